"""Bytes put aside while a job needs them: encrypted, in memory while they are few, then in a file without a name."""

from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir
from weakref import finalize

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ohdesk.files import medium_told

_IN_MEMORY = 48 << 20  # bytes: a list of 40,000 employers; a longer one goes to the disk
_NONCE = 12


class Scratch:
    """Pieces of bytes in the order in which they were added.

    The key lives as long as this object and is stored nowhere: what stays of the file when a process is killed, or on
    the disk after it, is read by nobody.
    """

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when nobody holds this object any more
        finalize(self, self._file.close)
        self._ends = array("Q", [0])

    def add(self, piece: bytes) -> None:
        """Put a piece behind the others; raises MachineError when there is no room for it."""
        number = len(self._ends) - 1
        with medium_told(Path(gettempdir())):
            self._file.seek(self._ends[-1])
            self._file.write(self._cipher.encrypt(number.to_bytes(_NONCE), piece, None))
        self._ends.append(self._file.tell())

    def __iter__(self) -> Iterator[bytes]:
        for number in range(len(self._ends) - 1):
            start, end = self._ends[number : number + 2]
            self._file.seek(start)
            # Another number to each piece, so that none is mistaken for another.
            yield self._cipher.decrypt(number.to_bytes(_NONCE), self._file.read(end - start), None)
