"""What calamine does not tell about a sheet, found in the sheet's own XML; and a reader that survives odd layouts.

The scans are regular expressions over bytes because they run over every import; `read_cells` parses properly
and holds only filled cells, so a stray cell in the last corner of the sheet costs nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import islice
from typing import Any
from xml.parsers import expat

from ohdesk.domain.roll.table import Merge, column_index
from ohdesk.services.workbook.cells import NotReadableError, filled_rows
from ohdesk.services.workbook.limits import FILLED_CELLS

NOT_COMPUTED = "#未计算"

_ROWS = b"sheetData"  # the name of the element of all rows
_HEAD = 1 << 16  # bytes of a sheet within which that element begins
_ENDS = (b"</worksheet>", b":worksheet>")
_PREFIX = rb"(?:\w+:)?"
_ROW = re.compile(rb"<" + _PREFIX + rb"row\b([^>]*)>")
NUMBER = re.compile(rb"""\br\s*=\s*["'](\d+)["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']|\bht\s*=\s*["']0(?:\.0+)?["']""")
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<""", re.DOTALL
)
_NOT_COMPUTED = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*[^/>]>[^<]*</(?:\w+:)?f>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?f\b")
_TEXT_RESULT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FAR_COLUMN = re.compile(rb' r="[A-Z]{3}\d')
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*[^/>]>""")
_VALUE = re.compile(rb"<" + _PREFIX + rb"(?:v|is)>[^<]*[^<\s]|<" + _PREFIX + rb"is>")
_PAGE_TEXT = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)[^>]*>([^<]*)<")
_PAGE_SIGN = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+\-.]{6}|[A-Za-z])')
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")


def hidden_rows(xml: bytes) -> frozenset[int]:
    """Return the rows, from 0, that are hidden by hand, by a filter, or by a height of nothing."""
    return frozenset(row_numbers(xml, 0)[1]) if _may_hide(xml) else frozenset()


def row_numbers(xml: bytes, before: int) -> tuple[int, list[int]]:
    """Return the number of the last row of a piece of a sheet, from 1, and the hidden rows in it, from 0.

    before: the number of the last row before the piece
    """
    hidden: list[int] = []
    may_hide = _may_hide(xml)
    last = -1 if may_hide else xml.rfind(b"<row")
    # Nearly always all of them say their number, and the last one's is enough.
    if last >= 0 and (number := NUMBER.search(xml, last, xml.find(b">", last))):
        return int(number[1]), hidden
    for match in _ROW.finditer(xml):
        number = NUMBER.search(match[1])
        before = int(number[1]) if number else before + 1
        if may_hide and _HIDDEN.search(match[1]):
            hidden.append(before - 1)
    return before, hidden


def _may_hide(xml: bytes) -> bool:
    return _stands(xml, b"h", b" hidden=", b' ht="0', b" ht='0")


def _stands(xml: bytes, rare: bytes, *marks: bytes) -> bool:
    """True when one of `marks`, each with the byte `rare` in it, stands among the rows of a sheet or a piece of one.

    A byte is found thirty times as fast as a mark, and of many sheets the rows have none.
    """
    start = max(xml.find(_ROWS, 0, _HEAD), 0)
    # Behind the last cell nothing is said of rows, but margins and much else; of a piece nobody knows what follows.
    end = xml.rfind(b"c>") if xml.rstrip().endswith(_ENDS) else len(xml)
    return xml.find(rare, start, end) >= 0 and any(xml.find(mark, start, end) >= 0 for mark in marks)


def lost_cells(xml: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield row, column (from 0) and text of cells that calamine reads as empty: errors, formulas without a result."""
    if b'="e"' in xml or _stands(xml, b"'", b"='e'"):
        for match in _ERROR.finditer(xml):
            if place := _REFERENCE.search(match[1]):
                yield int(place[2]) - 1, column_index(place[1].decode("ascii")), match[2].decode("utf-8", "replace")
    if _stands(xml, b"f", b"<f", b":f"):
        for match in _NOT_COMPUTED.finditer(xml):
            place = _REFERENCE.search(match[1])
            if place and not _TEXT_RESULT.search(match[1]):
                yield int(place[2]) - 1, column_index(place[1].decode("ascii")), NOT_COMPUTED


def formulas(xml: bytes, most: int) -> list[tuple[int, int]]:
    """Return row and column (from 0) of cells that are computed, of the first `most` of them."""
    if not _stands(xml, b"f", b"<f", b":f"):
        return []
    places = (_REFERENCE.search(match[1]) for match in islice(_FORMULA.finditer(xml), most))
    return [(int(each[2]) - 1, column_index(each[1].decode("ascii"))) for each in places if each]


def page_texts(xml: bytes) -> list[str]:
    """Return what the headers and footers of a sheet say, without the signs for place, font and page."""
    begin = xml.find(b"eaderFooter", max(xml.rfind(b"heetData>"), 0))  # they stand below the rows
    if begin < 0:
        return []
    texts = (unescape(match[1].decode("utf-8", "replace")) for match in _PAGE_TEXT.finditer(xml, begin))
    return [_PAGE_SIGN.sub(" ", text) for text in texts]


def looks_far_flung(xml: bytes, rows: int) -> bool:
    """True when a cell lies beyond column ZZ, or the last row element is numbered above `rows`."""
    last = xml.rfind(b"row ")
    number = NUMBER.search(xml, last, last + 200) if last >= 0 else None
    return bool(_FAR_COLUMN.search(xml)) or bool(number and int(number[1]) > rows)


def rectangle(xml: bytes) -> int:
    """Return how many cells the smallest rectangle from A1 around all filled cells has."""
    row = column = 0
    for match in _FILLED_CELL.finditer(xml):
        row = max(row, int(match[2]))
        column = max(column, column_index(match[1].decode("ascii")) + 1)
    return row * column


def has_values(xml: bytes) -> bool:
    """True when any cell holds a value."""
    return bool(_VALUE.search(xml))


def merges(xml: bytes) -> list[Merge]:
    """Return the merged ranges of a sheet."""
    return [
        Merge(
            int(match[2]) - 1,
            column_index(match[1].decode("ascii")),
            int(match[4]) - 1,
            column_index(match[3].decode("ascii")),
        )
        for match in _MERGE.finditer(xml)
    ]


def parse(
    xml: bytes | str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str, str], None],
    said: Callable[[str], None] | None = None,
) -> None:
    """Walk through an XML part: `start(name, attributes)`, `end(name, text)`, names without prefix.

    text: what stands before the end of an element since the tag before · said: called with every piece of text
    Raises NotReadableError ("damaged") for what is not well-formed or carries a document type.
    """
    parser = expat.ParserCreate()
    text: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        text.clear()
        start(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def closed(name: str) -> None:
        end(name.rpartition(":")[2], "".join(text))
        text.clear()

    def told(piece: str) -> None:
        text.append(piece)
        if said:
            said(piece)

    def refused(*_: Any) -> None:
        raise NotReadableError("damaged")

    parser.buffer_text = True
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = told if said else text.append
    # Entities are how XML is made to expand without end or to fetch files.
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise NotReadableError("damaged") from error


def shared_strings(xml: bytes) -> list[str]:
    """Return the text table of a workbook; reading aids above characters (phonetic runs) left out."""
    strings: list[str] = []
    pieces: list[str] = []
    phonetic = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        if name == "si":
            pieces.clear()
        phonetic += name == "rPh"

    def end(name: str, text: str) -> None:
        nonlocal phonetic
        if name == "t" and not phonetic:
            pieces.append(text)
        phonetic -= name == "rPh"
        if name == "si":
            strings.append("".join(pieces))

    parse(xml, start, end)
    return strings


def read_cells(xml: bytes, strings: list[str]) -> list[Sequence[Any]]:
    """Return the rows of a sheet from 0 to the last filled one, each up to its own last filled cell.

    Dates come back as the numbers they are stored as.
    """
    rows: dict[int, dict[int, Any]] = {}
    row, column, kind, pieces = -1, -1, "n", list[str]()
    filled = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind
        if name == "row":
            row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else row + 1
            column = -1
        elif name == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            column = column_index(letters) if letters.isascii() and letters.isalpha() else column + 1
            kind = attributes.get("t", "n")
            pieces.clear()

    def end(name: str, text: str) -> None:
        nonlocal filled
        if name in {"v", "t"}:
            pieces.append(text)
        elif name == "c" and (value := _value(kind, "".join(pieces), strings)) is not None:
            rows.setdefault(row, {})[column] = value
            filled += 1
            if filled > FILLED_CELLS:
                raise NotReadableError("too_large")

    parse(xml, start, end)
    return filled_rows(rows)


def _value(kind: str, text: str, strings: list[str]) -> Any:
    if not text:
        return None
    if kind == "s":
        index = int(text) if text.isdecimal() else -1
        return strings[index] if 0 <= index < len(strings) else None
    if kind == "b":
        return text == "1"
    if kind in {"n", ""}:
        try:
            return float(text)
        except ValueError:
            return text
    return text
