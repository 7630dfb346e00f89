"""A ZIP file whose files open with a password, as 7-Zip, WinRAR and the like do it (WinZip AE-2, AES-256).

https://www.winzip.com/en/support/aes-encryption/ .  The standard spends 1,000 rounds on a guess: a password has to be
one that nobody guesses, so it is made here.
"""

import secrets
from contextlib import nullcontext, suppress
from typing import IO, Self

from pyzipper import WZ_AES, ZIP_STORED, AESZipFile
from pyzipper.zipfile_aes import AESZipInfo

_BITS = 256
_DAY = (1980, 1, 1, 0, 0, 0)  # when a file was packed is nobody's business
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I and O
_GROUPS, _GROUP = 6, 4  # 120 bits


def new_password() -> str:
    """Return a password that nobody guesses: six groups of four letters and digits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


class EncryptedZip:
    """Writes files into a ZIP, one after the other; the end of its block ends it.

    Names and lengths of the files stand in it for everybody to read.
    """

    def __init__(self, out: IO[bytes], password: str) -> None:
        self._zip = AESZipFile(out, "w", compression=ZIP_STORED)
        self._zip.setpassword(password.encode())
        self._zip.setencryption(WZ_AES, nbits=_BITS)

    def add(self, name: str, content: bytes) -> None:
        """Write a file."""
        self._zip.writestr(AESZipInfo(name, _DAY), content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        # Closed in either case, while there is something to write to: else it tries to when it is thrown away.
        with suppress(OSError) if kind else nullcontext():
            self._zip.close()
