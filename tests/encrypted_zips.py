"""Opens an encrypted ZIP as the standard says (WinZip AE-2), written apart from what the program writes it with."""

import hashlib
import hmac
import struct
from pathlib import Path
from zipfile import ZipFile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def opened(path: Path, password: str) -> dict[str, bytes]:
    """Return the files in it by name; raises ValueError for another password and for changed bytes."""
    with ZipFile(path) as listed:
        entries = listed.infolist()
    whole = path.read_bytes()
    return {each.filename: _opened(whole, each, password) for each in entries}


def _opened(whole, entry, password):
    assert entry.extra[:11] == struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 0)
    name, extra = struct.unpack_from("<HH", whole, entry.header_offset + 26)
    start = entry.header_offset + 30 + name + extra
    sealed = whole[start : start + entry.compress_size]
    salt, check, content, total = sealed[:16], sealed[16:18], sealed[18:-10], sealed[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if check != keys[64:] or total != hmac.digest(keys[32:64], content, "sha1")[:10]:
        raise ValueError(entry.filename)
    block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()  # noqa: S305 - of counters
    stream = b"".join(block.update(number.to_bytes(16, "little")) for number in range(1, len(content) // 16 + 2))
    plain = bytes(one ^ other for one, other in zip(content, stream, strict=False))
    assert len(plain) == entry.file_size
    return plain
