"""Read what a TrueType face says of its characters at once, where reportlab reads one number after the other.

Our two faces have 60,000 glyphs, whose numbers take a fifth of the time of whoever draws or checks a single document.
It may go when reportlab reads them so itself.
"""

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from struct import error, unpack_from
from typing import Any

from reportlab.pdfbase import ttfonts

_BEYOND_THE_PLANE = (3, 10)  # platform and encoding of a map of all code points (OpenType 1.9, cmap)
_GROUPS = 12  # the format that such a map has: groups of code points whose glyphs follow one another


@dataclass(frozen=True, slots=True)
class _Outlines:
    """Those of a face, of which a document takes out some hundred: not copied, 10 MB, to do so."""

    face: bytes
    start: int

    def __getitem__(self, part: slice) -> bytes:
        return self.face[self.start + part.start : self.start + part.stop]


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Width and side bearing of each glyph, made when a document asks for one: 60,000 pairs are 5 MB."""

    numbers: "array[int]"

    def __getitem__(self, glyph: int) -> tuple[int, int]:
        return self.numbers[2 * glyph], self.numbers[2 * glyph + 1]


class Face(ttfonts.TTFontFace):
    """A face as reportlab has it; read at once if it says its characters, widths and places as our two do."""

    _ttf_data: bytes  # what the stubs of reportlab leave out
    _pdfScale: Callable[[float], float]  # noqa: N815 - reportlab's own name

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N802, N803 - reportlab's own names
        """Read the face. Raises TTFError when it is damaged or says something in another way than our two."""
        super().extractInfo(charInfo=0)
        try:
            if charInfo:
                self._read_characters()
        except (LookupError, ValueError, error) as problem:
            raise ttfonts.TTFError(f"{type(problem).__name__}: {problem}") from problem

    def get_table(self, tag: str) -> Any:
        """Return a table of the face, as bytes; the outlines as what hands out pieces of them."""
        if tag == "glyf":
            return _Outlines(self._ttf_data, self.get_table_pos(tag)[0])
        return super().get_table(tag)  # type: ignore[no-untyped-call]

    def _read_characters(self) -> None:
        count = self.numGlyphs
        (long_places,) = self._numbers("H", "head", 50)
        (with_width,) = self._numbers("H", "hhea", 34)
        if (long_places, with_width) != (1, count):
            raise ValueError("other tables")
        numbers = self._row("H", "hmtx", 2 * count)  # as many widths as glyphs, each with its side bearing
        self.hmetrics = _Metrics(numbers)
        widths = numbers[::2]
        scaled = {width: self._pdfScale(width) for width in set(widths)}
        self.defaultWidth = scaled[widths[0]]
        glyphs = self.charToGlyph = self._map()
        self.charWidths = {point: scaled[widths[glyph]] for point, glyph in glyphs.items()}
        self.glyphPos = self._row("I", "loca", count + 1)
        # A space that ends no line is drawn as any other.
        glyphs[0xA0], self.charWidths[0xA0] = glyphs[0x20], self.charWidths[0x20]

    def _map(self) -> dict[int, int]:
        """Return the glyph of each code point."""
        (maps,) = self._numbers("H", "cmap", 2)
        places = {self._numbers("HH", "cmap", 4 + 8 * number): 8 + 8 * number for number in range(maps)}
        (start,) = self._numbers("L", "cmap", places[_BEYOND_THE_PLANE])
        (form,) = self._numbers("H", "cmap", start)
        if form != _GROUPS:
            raise ValueError("another map of characters")
        (count,) = self._numbers("L", "cmap", start + 12)
        groups = self._row("I", "cmap", 3 * count, start + 16)
        return {
            point: point + glyph - first
            for first, last, glyph in zip(groups[::3], groups[1::3], groups[2::3], strict=True)
            for point in range(first, last + 1)
        }

    def _numbers(self, form: str, table: str, place: int) -> tuple[int, ...]:
        """Return the numbers of this form (as for `struct`) that stand at a place in a table."""
        start, length = self.get_table_pos(table)
        return unpack_from(f">{form}", memoryview(self._ttf_data)[start : start + length], place)

    def _row(self, kind: str, table: str, count: int, place: int = 0) -> "array[int]":
        """Return so many unsigned numbers, of two bytes (H) or four (I), that follow one another in a table."""
        row = array(kind)
        start = self.get_table_pos(table)[0] + place
        row.frombytes(memoryview(self._ttf_data)[start : start + count * row.itemsize])
        if len(row) != count:
            raise ValueError(f"{table} breaks off")
        if sys.byteorder == "little":
            row.byteswap()
        return row
