"""The ZIP container of a workbook: checked as a whole before any part of it is read."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ohdesk.services.workbook.cells import NotReadableError
from ohdesk.services.workbook.limits import MIB, PARTS, WHOLE_SHEET, expanded_bytes

ENCRYPTED = 0x1
_SHEETS = "xl/worksheets/"
_READ_AGAIN = (_SHEETS, "xl/workbook")
_PICTURES = ("xl/media/", "pictures/", "thumbnails/")


class Parts:
    """The parts of a workbook by folded name: lower case, forward slashes, no leading slash.

    Raises NotReadableError for a damaged file ("damaged"), two parts of one name ("duplicate_parts"),
    a locked archive ("encrypted") and more than the program unpacks ("too_large").
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        with _damage():
            self._archive = zipfile.ZipFile(file)
        entries = self._archive.infolist()
        # By the sizes the directory states; `zipfile` stops at those when it unpacks.
        if len(entries) > PARTS or sum(entry.file_size for entry in entries) > expanded_bytes(size):
            raise NotReadableError("too_large")
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise NotReadableError("encrypted")
        self._kept: dict[str, bytes] = {}
        self._entries = {_folded(entry.filename): entry for entry in entries}
        # Two parts of one name: Excel shows one of them, other programs the other. What was read must be what was seen.
        if len(self._entries) != len(entries):
            raise NotReadableError("duplicate_parts")

    def has(self, name: str) -> bool:
        return _folded(name) in self._entries

    @property
    def is_long(self) -> bool:
        """True when the sheets, or their table of texts, are too long to stand in memory."""
        sizes = {name: entry.file_size for name, entry in self._entries.items()}
        sheets = sum(size for name, size in sizes.items() if name.startswith(_SHEETS))
        # By any name: the relationships of a workbook may lead to parts that are called as they like.
        longest = max((size for name, size in sizes.items() if name.endswith(".xml")), default=0)
        return max(sheets, longest) > WHOLE_SHEET

    def read(self, name: str) -> bytes:
        """Return a part, its checksum checked; raises NotReadableError ("damaged")."""
        kept = self._kept.get(_folded(name))
        if kept is not None:
            return kept
        with _damage():
            return self._archive.read(self._entries[_folded(name)])

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part from its beginning, a MiB at a time; raises as `read` does, at the end for the checksum."""
        with _damage(), self._archive.open(self._entries[_folded(name)]) as part:
            while piece := part.read(MIB):
                yield piece

    def check(self) -> None:
        """Read every part that is no picture once, so that damage anywhere is known."""
        for name, entry in self._entries.items():
            if name.startswith(_PICTURES):
                continue
            begin = b""
            if self.is_long or entry.file_size > WHOLE_SHEET:
                for piece in self.pieces(name):
                    begin = begin or piece
            else:
                begin = self.read(name)
                if name.startswith(_READ_AGAIN):
                    self._kept[name] = begin
            # A document type is how XML is made to eat memory or to fetch files; no spreadsheet program writes one.
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in begin[:4096]:
                raise NotReadableError("damaged")


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as error:
        raise NotReadableError("damaged") from error


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
