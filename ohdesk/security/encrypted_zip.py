"""A ZIP file whose files open with a password, as 7-Zip, WinRAR and the like do it (WinZip AE-2, AES-256).

https://www.winzip.com/en/support/aes-encryption/ ; APPNOTE 6.3.10, 4.3.14 to 4.3.16 for what is beyond 4 GiB.  The
standard spends 1,000 rounds on a guess: a password has to be one that nobody guesses, so it is made here.
"""

import hashlib
import hmac
import secrets
import struct
import sys
from array import array

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ohdesk.files import WritesBytes

_SALT, _KEY, _VERIFIER, _SUM = 16, 32, 2, 10  # bytes
_AROUND = _SALT + _VERIFIER + _SUM
_ROUNDS = 1000
_BLOCK = 16  # bytes
_AT_ONCE = 1 << 20  # bytes sealed together
_NEEDS, _NEEDS_64 = 51, 45  # the version of the format that AES asks for, and what lies beyond 4 GiB
_FLAGS = 1 | 1 << 11  # encrypted; names are UTF-8
_METHOD = 99  # AES: how the bytes are packed stands in the extra field
_DAY = 1 << 5 | 1  # 1980-01-01: when a file was packed is nobody's business
_AE2 = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 0)  # AES-256, stored
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I and O
_GROUPS, _GROUP = 6, 4  # 120 bits


def new_password() -> str:
    """Return a password that nobody guesses: six groups of four letters and digits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


class EncryptedZip:
    """Writes files into a ZIP, one after the other; `finish` ends it.

    Names and lengths of the files stand in it for everybody to read.
    """

    def __init__(self, out: WritesBytes, password: str) -> None:
        self._out, self._password = out, password.encode()
        self._end = 0
        self._entries: list[bytes] = []

    def add(self, name: str, content: bytes) -> None:
        """Write a file of at most 4 GiB."""
        salt, at, written = secrets.token_bytes(_SALT), self._end, name.encode()
        derived = hashlib.pbkdf2_hmac("sha1", self._password, salt, _ROUNDS, 2 * _KEY + _VERIFIER)
        sealed = _counted(derived[:_KEY], content)
        total = hmac.digest(derived[_KEY : 2 * _KEY], sealed, "sha1")[:_SUM]
        # No checksum of the plain bytes: AE-2 leaves it out, as it would tell something of them.
        about = (_FLAGS, _METHOD, 0, _DAY, 0, len(content) + _AROUND, len(content), len(written))
        self._write(_LOCAL.pack(b"PK\3\4", _NEEDS, *about, len(_AE2)) + written + _AE2)
        self._write(salt + derived[2 * _KEY :] + sealed + total)
        beyond = struct.pack("<HHQ", 1, 8, at) if at >= _FULL_32 else b""
        extra = _AE2 + beyond
        central = _CENTRAL.pack(b"PK\1\2", _NEEDS, _NEEDS, *about, len(extra), 0, 0, 0, 0, min(at, _FULL_32))
        self._entries.append(central + written + extra)

    def finish(self) -> None:
        """Write what readers find the files by."""
        at, count = self._end, len(self._entries)
        listed = b"".join(self._entries)
        self._write(listed)
        if at + len(listed) >= _FULL_32 or count >= _FULL_16:
            rest = _END_64.size - 12  # of the record behind its own length
            self._write(_END_64.pack(b"PK\6\6", rest, _NEEDS_64, _NEEDS_64, 0, 0, count, count, len(listed), at))
            self._write(_LOCATOR.pack(b"PK\6\7", 0, at + len(listed), 1))
        counts = (min(count, _FULL_16),) * 2
        self._write(_END.pack(b"PK\5\6", 0, 0, *counts, min(len(listed), _FULL_32), min(at, _FULL_32), 0))

    def _write(self, piece: bytes) -> None:
        self._out.write(piece)
        self._end += len(piece)


def _counted(key: bytes, content: bytes) -> bytes:
    """Return bytes encrypted in counter mode: the counter begins at 1 and is little-endian, as no library has it."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - of counters, each of which comes once
    sealed = bytearray()
    for start in range(0, len(content), _AT_ONCE):
        piece = content[start : start + _AT_ONCE]
        stream = cipher.update(_counters(start // _BLOCK + 1, -(-len(piece) // _BLOCK)))[: len(piece)]
        mixed = int.from_bytes(piece, "big") ^ int.from_bytes(stream, "big")
        sealed += mixed.to_bytes(len(piece), "big")
    return bytes(sealed)


def _counters(first: int, count: int) -> bytes:
    pairs = array("Q", bytes(count * _BLOCK))
    pairs[::2] = array("Q", range(first, first + count))
    if sys.byteorder == "big":
        pairs.byteswap()
    return pairs.tobytes()
