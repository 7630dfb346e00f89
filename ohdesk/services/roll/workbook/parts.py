"""The ZIP container of a workbook: checked as a whole before any part of it is read."""

import zipfile
import zlib
from io import BytesIO

from ohdesk.services.roll.workbook.limits import EXPANDED_BYTES, PARTS
from ohdesk.services.roll.workbook.wire import NotReadableError

ENCRYPTED = 0x1
_READ_AGAIN = ("xl/worksheets/", "xl/workbook")
_PICTURES = ("xl/media/", "pictures/", "thumbnails/")


class Parts:
    """The parts of a workbook by folded name: lower case, forward slashes, no leading slash.

    Raises NotReadableError for a damaged file ("damaged"), two parts of one name ("duplicate_parts"),
    a locked archive ("encrypted") and more than the program unpacks ("too_large").
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise NotReadableError("damaged") from error
        entries = self._archive.infolist()
        # By the sizes the directory states; `zipfile` stops at those when it unpacks.
        if len(entries) > PARTS or sum(entry.file_size for entry in entries) > EXPANDED_BYTES:
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

    def read(self, name: str) -> bytes:
        """Return a part, its checksum checked; raises NotReadableError ("damaged")."""
        kept = self._kept.get(_folded(name))
        if kept is not None:
            return kept
        try:
            return self._archive.read(self._entries[_folded(name)])
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as error:
            raise NotReadableError("damaged") from error

    def check(self) -> None:
        """Read every part that is no picture once, so that damage anywhere is known."""
        for name in self._entries:
            if not name.startswith(_PICTURES):
                part = self.read(name)
                if name.startswith(_READ_AGAIN):
                    self._kept[name] = part
                # A document type is how XML is made to eat memory or to fetch files; no spreadsheet program writes one.
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part[:4096]:
                    raise NotReadableError("damaged")


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
