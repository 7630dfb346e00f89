"""File names that Windows, a stick formatted long ago and an archive all accept."""

import re
import unicodedata

LONGEST = 80  # characters of the stem; FAT32 and exFAT allow 255 UTF-16 units in all
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)


def safe_stem(text: str) -> str:
    """Return `text` as the stem of a file name: NFC, nothing Windows forbids, no device name, never empty."""
    visible = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")
    stem = _FORBIDDEN.sub("_", visible).strip("._ ")[:LONGEST].rstrip("._ ")
    if stem.split(".")[0].upper() in _DEVICES:
        stem = f"_{stem}"
    return stem or "_"
