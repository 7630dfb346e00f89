"""Which characters a face has glyphs for, read from the file alone: whoever only asks that loads no face."""

import sys
from array import array
from bisect import bisect_right
from functools import cache
from pathlib import Path
from struct import error, unpack_from

from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.paths import resources

_BEYOND_THE_PLANE = (3, 10)  # platform and encoding of a map of all code points (OpenType 1.9, cmap)
_GROUPS = 12  # the format that such a map has: groups of code points whose glyphs follow one another
_ENTRY = 16  # bytes, of a table in the list at the beginning of a file

Groups = tuple["array[int]", "array[int]", "array[int]"]


def glyph_map(table: bytes | memoryview) -> dict[int, int]:
    """Return the glyph of each code point, from a face's `cmap`. Raises as `_groups_of`."""
    return {
        point: point + glyph - first
        for first, last, glyph in zip(*_groups_of(table), strict=True)
        for point in range(first, last + 1)
    }


def _groups_of(table: bytes | memoryview) -> Groups:
    """Return first and last code point and first glyph of each group of a `cmap`, in rising order.

    Raises LookupError, ValueError or struct.error for a table that is damaged, or of another kind than ours.
    """
    (maps,) = unpack_from(">H", table, 2)
    places = {unpack_from(">HH", table, 4 + 8 * number): 8 + 8 * number for number in range(maps)}
    (start,) = unpack_from(">L", table, places[_BEYOND_THE_PLANE])
    (form,) = unpack_from(">H", table, start)
    if form != _GROUPS:
        raise ValueError("another map of characters")
    (count,) = unpack_from(">L", table, start + 12)
    groups = numbers("I", table, 3 * count, start + 16)
    return groups[::3], groups[1::3], groups[2::3]


def numbers(kind: str, table: bytes | memoryview, count: int, place: int = 0) -> "array[int]":
    """Return so many unsigned numbers, of two bytes (H) or four (I), that follow one another in a table."""
    row = array(kind)
    row.frombytes(table[place : place + count * row.itemsize])
    if len(row) != count:
        raise ValueError("the table breaks off")
    if sys.byteorder == "little":
        row.byteswap()
    return row


def has_glyph(file: str, character: str) -> bool:
    """True when a face, by the name of its file, has a glyph for a character.

    Raises MachineError when the file is missing or damaged: the installation is not whole.
    """
    firsts, lasts, _ = _groups(file)
    place = bisect_right(firsts, ord(character)) - 1
    return place >= 0 and ord(character) <= lasts[place]


@cache
def _groups(file: str) -> Groups:
    try:
        return _groups_of(_cmap(resources() / "fonts" / file))
    except (OSError, LookupError, ValueError, error) as problem:
        raise damaged(file) from problem


def damaged(file: str) -> MachineError:
    """Return what is said of a face that cannot be read."""
    return MachineError(tr("字体文件 {file} 缺失或损坏，不能生成文书。", file=file), tr("请重新安装程序。"))


def _cmap(path: Path) -> bytes:
    with path.open("rb") as file:
        (count,) = unpack_from(">H", file.read(12), 4)
        listed = file.read(_ENTRY * count)
        for number in range(count):
            tag, _, start, length = unpack_from(">4sLLL", listed, _ENTRY * number)
            if tag == b"cmap":
                file.seek(start)
                return file.read(length)
    raise LookupError("cmap")
