"""Read what a TrueType face says of its characters at once, where reportlab reads one number after the other.

The large faces have 30,000 glyphs each, whose numbers take a fifth of the time of whoever draws or checks a single
document.  It may go when reportlab reads them so itself.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from struct import error, unpack_from
from typing import Any

from reportlab.pdfbase import ttfonts

from ohdesk.reports.glyphs import glyph_map, numbers


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
    """A face as reportlab has it; read at once if it says its characters and places as ours do."""

    _ttf_data: bytes  # what the stubs of reportlab leave out
    _pdfScale: Callable[[float], float]  # noqa: N815 - reportlab's own name

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N802, N803 - reportlab's own names
        """Read the face. Raises TTFError when it is damaged or says something in another way than ours."""
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
        (long_places,) = unpack_from(">H", self._table("head"), 50)
        if long_places != 1:
            raise ValueError("short places")
        metrics = self._metrics(count)
        self.hmetrics = _Metrics(metrics)
        widths = metrics[::2]
        scaled = {width: self._pdfScale(width) for width in set(widths)}
        self.defaultWidth = scaled[widths[0]]
        glyphs = self.charToGlyph = glyph_map(self._table("cmap"))
        self.charWidths = {point: scaled[widths[glyph]] for point, glyph in glyphs.items()}
        self.glyphPos = numbers("I", self._table("loca"), count + 1)
        if 0x20 in glyphs:  # A space that ends no line is drawn as any other.
            glyphs[0xA0], self.charWidths[0xA0] = glyphs[0x20], self.charWidths[0x20]

    def _metrics(self, count: int) -> "array[int]":
        """Return width and side bearing of each glyph, one after the other; those at the end share one width."""
        (with_width,) = unpack_from(">H", self._table("hhea"), 34)
        written = numbers("H", self._table("hmtx"), count + with_width)
        metrics, width = written[: 2 * with_width], written[2 * with_width - 2]
        for bearing in written[2 * with_width :]:
            metrics.extend((width, bearing))
        return metrics

    def _table(self, tag: str) -> memoryview:
        start, length = self.get_table_pos(tag)
        return memoryview(self._ttf_data)[start : start + length]
