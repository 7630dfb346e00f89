"""Whether an encrypted workbook opens with the password that every spreadsheet program tries by itself.

[MS-OFFCRYPTO] 2.3.4: agile (Office 2010 and later) and standard encryption (2007).  Excel locks a workbook that is to
be read only with this password, and opens it without asking.
"""

import base64
import hashlib
import hmac
import re
import struct
from collections.abc import Iterator

_DEFAULT = "VelvetSweatshop".encode("utf-16-le")
_MOST_ROUNDS = 1_000_000
_KEY = re.compile(rb"<(?:\w+:)?encryptedKey\b[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(\w+)="([^"]*)"')
_INPUT, _VALUE = bytes.fromhex("fea7d2763b4b9e79"), bytes.fromhex("d7aa0f6d3061344e")
_PROVIDER = "Microsoft Enhanced RSA and AES Cryptographic Provider".encode("utf-16-le")
_STANDARD_ROUNDS = 50_000
_VERIFIER = struct.Struct("<I16s16sI32s")
_LONGEST_NAME = 64  # bytes of what may follow the provider's name


def opens_by_default(data: bytes) -> bool:
    """True when the default password opens a workbook, given as the bytes of its file."""
    return any(_agile(data)) or any(_standard(data))


def _agile(data: bytes) -> Iterator[bool]:
    for match in _KEY.finditer(data):
        said = {name.decode(): value.decode("ascii", "replace") for name, value in _ATTRIBUTE.findall(match[0])}
        try:
            yield _agile_key_fits(said)
        except (KeyError, ValueError):
            yield False


def _agile_key_fits(said: dict[str, str]) -> bool:
    name = said["hashAlgorithm"].replace("-", "").lower()
    rounds = int(said["spinCount"])
    if name not in {"sha1", "sha256", "sha384", "sha512"} or not 0 <= rounds <= _MOST_ROUNDS:
        return False
    salt = base64.b64decode(said["saltValue"])
    digest = _spun(name, salt, rounds)

    def opened(block: bytes, secret: str) -> bytes:
        key = hashlib.new(name, digest + block).digest().ljust(int(said["keyBits"]) // 8, b"\x36")
        start = salt.ljust(int(said["blockSize"]), b"\x36")[: int(said["blockSize"])]
        return _decrypted(key[: int(said["keyBits"]) // 8], base64.b64decode(said[secret]), start)

    verifier = opened(_INPUT, "encryptedVerifierHashInput")[: int(said["saltSize"])]
    expected = opened(_VALUE, "encryptedVerifierHashValue")[: int(said["hashSize"])]
    return hmac.compare_digest(hashlib.new(name, verifier).digest(), expected)


def _standard(data: bytes) -> Iterator[bool]:
    place = data.find(_PROVIDER)
    if place < 0:
        return
    end = data.find(b"\0\0\0", place + len(_PROVIDER) - 1, place + len(_PROVIDER) + _LONGEST_NAME)
    begin = end + 3
    if end < 0 or begin + _VERIFIER.size > len(data):
        return
    size, salt, verifier, hash_size, expected = _VERIFIER.unpack_from(data, begin)
    if (size, hash_size) != (16, 20):
        return
    digest = hashlib.sha1(_spun("sha1", salt, _STANDARD_ROUNDS) + struct.pack("<I", 0), usedforsecurity=False).digest()
    long_key = b"".join(
        hashlib.sha1(bytes(pad ^ byte for byte in digest.ljust(64, b"\0")), usedforsecurity=False).digest()
        for pad in (0x36, 0x5C)
    )
    for length in (16, 24, 32):
        opened = _decrypted(long_key[:length], verifier)
        yield hashlib.sha1(opened, usedforsecurity=False).digest() == _decrypted(long_key[:length], expected)[:20]


def _spun(name: str, salt: bytes, rounds: int) -> bytes:
    digest = hashlib.new(name, salt + _DEFAULT).digest()
    for number in range(rounds):
        digest = hashlib.new(name, struct.pack("<I", number) + digest).digest()
    return digest


def _decrypted(key: bytes, secret: bytes, start: bytes = b"") -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    opener = Cipher(algorithms.AES(key), modes.CBC(start) if start else modes.ECB()).decryptor()  # noqa: S305 - what Office 2007 wrote
    return opener.update(secret) + opener.finalize()
