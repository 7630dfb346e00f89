"""The faces of printed documents, embedded in subsets, and which of them draws a character.

Running text is Noto Serif SC, headings and labels are Noto Sans SC Bold; what is set very small is Noto Sans SC. A
character that one of them lacks is drawn by another: names are printed as they are, or refused, never dropped.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.reports.glyphs import damaged, has_glyph

if TYPE_CHECKING:
    from reportlab.pdfbase import ttfonts

REGULAR = "NotoSerifSC"
BOLD = "NotoSansSC-Bold"
SANS = "NotoSansSC"
EXTRA = "OhdeskExtra"
FILES = {
    REGULAR: "NotoSerifSC-Regular.ttf",
    BOLD: "NotoSansSC-Bold.ttf",
    SANS: "NotoSansSC-Regular.ttf",
    EXTRA: "OhdeskExtra.ttf",
}
# Who draws what a face has no glyph for, in this order.
INSTEAD = {REGULAR: (SANS, EXTRA), BOLD: (REGULAR, EXTRA), SANS: (REGULAR, EXTRA)}

_OWN: dict[str, set[str]] = {name: set() for name in INSTEAD}  # characters known to be drawn by the face itself

BLOCK = 100  # entries one bfchar block may hold (Adobe Technical Note 5411)
SHOWN_PROBLEMS = 5


def register() -> None:
    """Load the faces of running text and of headings, once per process; the others are loaded when they are needed.

    Raises MachineError when a file is missing or damaged: the installation is not whole.
    """
    load(REGULAR)
    load(BOLD)


@cache
def load(name: str) -> "ttfonts.TTFont":
    """Return a face as reportlab's font, loaded once. Raises MachineError when its file is missing or damaged."""
    from reportlab.pdfbase import pdfmetrics, ttfonts  # late, as everywhere here: 8 MB that only a document needs

    _make_readable()
    file = FILES[name]
    try:
        font = ttfonts.TTFont(name, str(resources() / "fonts" / file), shapable=False, asciiReadable=False)
    except ttfonts.TTFError as error:
        raise damaged(file) from error
    pdfmetrics.registerFont(font)
    return font


@cache
def _make_readable() -> None:
    """Make reportlab write what other programs can read back."""
    from reportlab import rl_config
    from reportlab.pdfbase import ttfonts

    from ohdesk.reports.quick_faces import Face

    # Base-85 would grow photos by a quarter and cost more time than all the rest.
    rl_config.useA85 = 0
    ttfonts.makeToUnicodeCMap = to_unicode_cmap  # type: ignore[assignment]  # its stub names the arguments otherwise
    ttfonts.TTFontFace = Face  # type: ignore[misc]


@lru_cache(maxsize=16384)
def face_of(name: str, character: str) -> str:
    """Return which face draws a character where the text is set in the face of this name."""
    return next((each for each in (name, *INSTEAD[name]) if has_glyph(FILES[each], character)), name)


def pieces(name: str, text: str) -> Iterable[tuple[str, str]]:
    """Return the face and the text of each piece of a line that is set in the face of this name."""
    own = _OWN[name]
    if own.issuperset(text):  # nearly always, and asked for every line of every paper
        return ((name, text),)
    faces = [face_of(name, character) for character in text]
    own.update(character for character, face in zip(text, faces, strict=True) if face == name)
    pieces, start = [], 0
    for face, run in groupby(faces):
        end = start + len(list(run))
        pieces.append((face, text[start:end]))
        start = end
    return pieces


def to_unicode_cmap(font_name: str, subset: Sequence[int]) -> str:
    """Return the table by which a reader turns glyphs back into text (ISO 32000-1, 9.10.3).

    reportlab 5.1 writes code points above U+FFFF as five digits and all entries in one block;
    UTF-16 pairs and blocks of at most 100 are what readers understand.
    """
    entries = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset) if point
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
        f"/CMapName /{font_name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for start in range(0, len(entries), BLOCK):
        block = entries[start : start + BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that would print as nothing, in order, each once.

    Invisible format characters (zero-width space, direction marks) count: what cannot be seen cannot be signed.
    """
    return tuple(char for char in dict.fromkeys(text) if not _is_drawable(char))


def refuse_missing_glyphs(texts: Iterable[tuple[str, str]]) -> None:
    """Check every (place, text) of a document before it is drawn.

    Raises ProblemsError naming each character, its code point and its place; nothing is left out in silence.
    """
    texts = list(texts)
    # All characters at once, as nothing is wrong with nearly all papers; only then place by place.
    if all(map(_is_drawable, set().union(*(text for _, text in texts)))):
        return
    problems = [
        Problem(
            place=place,
            expected=tr("随附字体中有的字"),
            found=named(char),
            remedy=tr("请核对这个字；确需使用的，请联系维护人员增加字体。"),
        )
        for place, text in texts
        for char in missing_glyphs(text)
    ]
    if problems:
        raise ProblemsError(_sentence(problems), tuple(problems), problems[0].remedy)


def character_width(name: str, character: str) -> float:
    """Return the advance of one character in thousandths of the type size, in the face that draws it."""
    face = load(face_of(name, character)).face
    return float(face.charWidths.get(ord(character), face.defaultWidth))


def _sentence(problems: Sequence[Problem]) -> str:
    named = "；".join(
        tr("{place}中的{character}", place=problem.place, character=problem.found)
        for problem in problems[:SHOWN_PROBLEMS]
    )
    if len(problems) > SHOWN_PROBLEMS:
        named += tr("；等 {count} 处", count=len(problems))
    return tr("随附字体印不出下列字，文书没有生成：{named}。", named=named)


def named(character: str) -> str:
    """Return a character with its code point, for a sentence about it."""
    # A combining mark or a private character shown by itself would spoil the sentence that names it.
    visible = character.isprintable() and unicodedata.category(character) not in {"Cf", "Mn", "Co", "Cn"}
    shown = f"“{character}”" if visible else tr("看不见的字符")
    return f"{shown}（U+{ord(character):04X}）"


@cache
def _is_drawable(char: str) -> bool:
    # In each face, for a heading may be bold on one page and a cell light on the next.
    in_all = all(has_glyph(FILES[face_of(name, char)], char) for name in INSTEAD)
    return char == "\n" or (in_all and unicodedata.category(char) != "Cf")
