"""Makes `resources/fonts/OhdeskExtra.ttf`: what the Noto faces have no glyph for, put together from free faces.

python tools/extra_face.py HANAMINA.ttf NOTOSERIF-REGULAR.ttf NOTOSERIF-SEMIBOLD.ttf

Needs fontTools, which nothing else here does. From where the three files come stands in `resources/fonts/SOURCE.md`.
"""

import sys
import unicodedata
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.basePen import BasePen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "resources" / "fonts" / "OhdeskExtra.ttf"
SANS = TARGET.with_name("NotoSansSC-Regular.ttf")
EM = 1000
MADE = 3786912000  # seconds since 1904: 2024-01-01, so that the same faces give the same file
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2F7FF))  # unified ideographs, without the compatible ones
SIGNS = ((0x2000, 0x27FF), (0x2900, 0x2BFF))  # without Braille
SIGN_KINDS = {"So", "Sm", "No", "Sc", "Lu", "Ll"}
# The raised figures that Noto has (¹²³⁴) are 0.64 as wide and 0.59 as high as its figures, and as heavy.
SMALL_WIDTH, SMALL_HEIGHT, RAISED, LOWERED = 0.64, 0.59, 461, -130
RAISED_SIGNS = dict(zip("⁰⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "056789+−=()ni", strict=True))
LOWERED_SIGNS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₓ", "0123456789+−=()nx", strict=True))
BOX = (90, -70, 910, 750)  # left, bottom, right, top of ☐, as large as a character
LINE = 46
TICK = ((260, 330), (330, 395), (445, 265), (705, 620), (765, 570), (450, 155))
CROSS = (0.26, 0.74)  # of the box, from where to where

Contour = tuple[tuple[float, float], ...]


def main(hanamin: str, regular: str, semibold: str) -> None:
    """Write the face from these three."""
    here = set(TTFont(SANS).getBestCmap()) | set(TTFont(regular).getBestCmap())
    glyphs: dict[int, tuple[object, int]] = {}
    source = TTFont(hanamin)
    for point in sorted(set(source.getBestCmap()) - here):
        if _within(point, HAN) or (_within(point, SIGNS) and unicodedata.category(chr(point)) in SIGN_KINDS):
            glyphs[point] = _taken(source, point, EM / source["head"].unitsPerEm)
    heavy = TTFont(semibold)
    for signs, up in ((RAISED_SIGNS, RAISED), (LOWERED_SIGNS, LOWERED)):
        for sign, plain in signs.items():
            glyphs[ord(sign)] = _taken(heavy, ord(plain), SMALL_WIDTH, SMALL_HEIGHT, up)
    left, bottom, right, top = BOX
    ring = [_rectangle(BOX), _rectangle((left + LINE, bottom + LINE, right - LINE, top - LINE))[::-1]]
    glyphs[ord("☐")] = _drawn(ring)
    glyphs[ord("☑")] = _drawn([*ring, TICK])
    glyphs[ord("☒")] = _drawn([*ring, *_cross()])
    glyphs[ord("✔")] = _drawn([TICK])
    _write({point: glyphs[point] for point in sorted(glyphs)})


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= point <= last for first, last in ranges)


def _taken(face: TTFont, point: int, wide: float, high: float | None = None, up: float = 0) -> tuple[object, int]:
    name, glyphs = face.getBestCmap()[point], face.getGlyphSet()
    pen, recorded = TTGlyphPen(None), DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recorded)
    recorded.replay(TransformPen(pen, (wide, 0, 0, wide if high is None else high, 0, up)))
    return pen.glyph(), round(glyphs[name].width * wide)


def _drawn(contours: list[Contour]) -> tuple[object, int]:
    pen: BasePen = TTGlyphPen(None)
    for contour in contours:
        pen.moveTo(contour[0])
        for place in contour[1:]:
            pen.lineTo(place)
        pen.closePath()
    return pen.glyph(), EM


def _rectangle(edges: tuple[float, float, float, float]) -> Contour:
    left, bottom, right, top = edges
    return (left, bottom), (left, top), (right, top), (right, bottom)


def _cross() -> list[Contour]:
    left, bottom, right, top = BOX
    near, far = (left + (right - left) * share for share in CROSS)
    low, up = (bottom + (top - bottom) * share for share in CROSS)
    half = LINE * 0.7
    rising = ((near, low + half), (far - half, up), (far, up - half), (near + half, low))
    falling = ((near, up - half), (near + half, up), (far, low + half), (far - half, low))
    return [rising, falling]


def _write(glyphs: dict[int, tuple[object, int]]) -> None:
    names = {point: f"u{point:04X}" for point in glyphs}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    empty = _drawn([_rectangle(BOX)])
    builder.setupGlyf({".notdef": empty[0], **{names[point]: glyph for point, (glyph, _) in glyphs.items()}})
    outlines = builder.font["glyf"]
    widths = {".notdef": empty[1], **{names[point]: width for point, (_, width) in glyphs.items()}}
    builder.setupHorizontalMetrics({name: (width, outlines[name].xMin) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=1151, descent=-286)
    builder.setupNameTable(
        {
            "copyright": "Copyright 2011 GlyphWiki Project; copyright 2017-2024 Adobe; signs drawn for ohdesk",
            "familyName": "Ohdesk Extra",
            "styleName": "Regular",
            "uniqueFontIdentifier": "OhdeskExtra",
            "fullName": "Ohdesk Extra",
            "psName": "OhdeskExtra",
            "version": "Version 1.000",
            "licenseDescription": "SIL Open Font License, Version 1.1",
            "licenseInfoURL": "https://openfontlicense.org",
        }
    )
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, fsType=0)
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = MADE
    builder.save(TARGET)


if __name__ == "__main__":
    main(*sys.argv[1:])
