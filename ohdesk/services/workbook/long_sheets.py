"""The sheets of an xlsx file that are too long for the memory, read row by row.

Rows as spreadsheet programs write them are taken apart by one regular expression; any other row by the XML parser.
What comes out is what calamine gives for a shorter sheet.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from ohdesk.domain.roll.table import Cell, Merge, Table, column_index
from ohdesk.domain.roll.values import day_of_serial
from ohdesk.services.workbook import sheet_xml
from ohdesk.services.workbook.cells import LongRows, NotReadableError, Row, bounded, plain_row
from ohdesk.services.workbook.limits import MERGED_CELLS, ROW_BYTES, STREAMED_CELLS
from ohdesk.services.workbook.parts import Parts

# The whole of a cell as nearly every program writes it: reference, style, type; value or text.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    rb"(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space=\"preserve\")?>([^<]*)</t></is>)?</c>)"
)
_TEXT = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# ECMA-376, 18.8.30: the formats of days; those of times alone are no days.
_DAYS = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_LONGEST_PREFIX = 40  # of a name, with what stands around it
_REPEATED = 20_000  # of the texts of a workbook are kept ready once they were read
_LATEST = 2_958_465  # the last day of 9999
_1904 = 1462  # days that the other calendar of spreadsheet programs begins later


class Book(NamedTuple):
    """What the cells of all sheets refer to. days: numbers of the styles that show a number as a day"""

    texts: "Texts"
    days: frozenset[bytes]
    shift: int


class Texts:
    """The text table of a workbook as one run of bytes: as texts of their own, four million would not fit."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._bytes, self._ends = bytearray(), array("Q", [0])
        self._known: dict[bytes, str] = {}
        for _, piece in _cut_before(b"si", b"sst>", pieces):
            texts = _TEXT.findall(piece)
            # All of them or none, as with the cells of a row.
            if b"&" in piece or len(texts) != piece.count(b"<si"):
                texts = [text.encode("utf-8", "replace") for text in sheet_xml.shared_strings(_whole(piece))]
            for text in texts:
                self._bytes += text
                self._ends.append(len(self._bytes))

    def get(self, digits: bytes) -> str | None:
        """Return the text of this number, None where there is none."""
        text = self._known.get(digits)
        if text is None and digits.isdigit() and (number := int(digits)) < len(self._ends) - 1:
            text = self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "replace")
            # The words that lists repeat come early in the table.
            if number < _REPEATED:
                self._known[digits] = text
        return text


class _Outline(NamedTuple):
    """What a first look through a sheet finds: how many rows it has, which are hidden, its merged cells."""

    rows: int
    hidden: frozenset[int]
    merges: tuple[Merge, ...]


def read_book(container: Parts, workbook: str, strings: str, styles: str) -> Book:
    """Return what the cells of a workbook refer to; its parts, those it has not are ""."""
    texts = Texts(container.pieces(strings) if strings else ())
    days = _day_styles(container.read(styles)) if styles else frozenset()
    shift = _1904 if re.search(rb"""\bdate1904\s*=\s*["'](?:1|true)""", container.read(workbook)) else 0
    return Book(texts, days, shift)


def read_sheet(name: str, part: str, container: Parts, book: Book, beside: list[str]) -> Table:
    """Return a sheet whose rows are read when they are asked for; its headers and footers go to `beside`."""
    outline = _outlined(container.pieces(part), beside)
    tops = frozenset(merge.top for merge in outline.merges)
    rows = LongRows(partial(_rows, container, part, book), outline.rows, tops)
    return Table(name, rows, outline.merges, outline.hidden)


def _outlined(pieces: Iterable[bytes], beside: list[str]) -> _Outline:
    hidden: list[int] = []
    merges: list[Merge] = []
    rows = cells = 0
    for piece in _cut_before_tags(pieces):
        rows, found = sheet_xml.row_numbers(piece, rows)
        hidden += found
        if b"mergeCell " in piece:
            merges += sheet_xml.merges(piece)
        # One may be cut in two; those of short sheets, which nearly all are, never are.
        beside += sheet_xml.page_texts(piece)
        cells += piece.count(b"</c>")
        if cells > STREAMED_CELLS or len(merges) > MERGED_CELLS:
            raise NotReadableError("too_large")
    return _Outline(rows, frozenset(hidden), bounded(merges, rows - 1))


def _rows(container: Parts, part: str, book: Book) -> Iterator[tuple[int, Row]]:
    """Yield the filled rows of a sheet with their numbers from 0."""
    row = -1
    for prefix, piece in _cut_before(b"row", b"sheetData>", container.pieces(part)):
        opening, closing = b"<" + prefix + b"row", b"</" + prefix + b"row>"
        *rows, rest = piece.split(closing)
        for each in rows:
            row += each.count(opening)  # those before it in the same run are empty
            begin = each.rfind(opening)
            end = each.find(b">", begin)
            if number := sheet_xml.NUMBER.search(each, begin, end):
                row = int(number[1]) - 1
            content = each[end + 1 :]
            found = _CELL.findall(content)
            # All of its cells or none: what is taken for a cell here is a whole one.
            usual = found and len(found) == content.count(b"<c")
            cells = _cells(found, book) if usual else None
            if filled := plain_row(_odd_cells(content, book) if cells is None else cells):
                yield row, filled
        row += rest.count(opening)


def _cells(found: Iterable[tuple[bytes, ...]], book: Book) -> list[Cell] | None:
    """Return the cells of a row by column; None where they do not stand in order or are of an odd kind."""
    cells: list[Cell] = []
    text_of, days = book.texts.get, book.days
    for letters, style, kind, value, inline in found:
        column = _column(letters)
        behind = len(cells)
        if column > behind:
            cells += [None] * (column - behind)
        elif column < behind:
            return None
        if kind == b"s":
            cells.append(text_of(value))
        elif not kind or kind == b"n":
            # Whole numbers, as nearly all are, without a call.
            if value.isdigit() and style not in days:
                cells.append(float(value))
            else:
                cells.append(_number(value, style, book) if value else None)
        elif kind == b"inlineStr" or kind == b"str":
            cells.append(_unescaped((inline or value).decode("utf-8", "replace")))
        elif kind == b"b":
            cells.append(value == b"1" if value else None)
        else:
            return None
    return cells


@cache
def _column(letters: bytes) -> int:
    return column_index(letters.decode("ascii"))


def _number(value: bytes, style: bytes, book: Book) -> Cell:
    try:
        number = float(value)
    except ValueError:
        return value.decode("utf-8", "replace")
    if style in book.days and 1 <= number + book.shift <= _LATEST:
        return day_of_serial(number + book.shift)
    return number


def _odd_cells(content: bytes, book: Book) -> list[Cell]:
    """Return the cells of a row that is not as most programs write it."""
    cells: dict[int, Cell] = {}
    column, kind, style, computed = -1, "n", b"", False
    pieces: list[str] = []
    phonetic = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal column, kind, style, computed, phonetic
        if name == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            column = column_index(letters) if letters.isascii() and letters.isalpha() else column + 1
            kind, style, computed = attributes.get("t", "n"), attributes.get("s", "").encode(), False
            pieces.clear()
        phonetic += name == "rPh"
        computed = computed or name == "f"

    def end(name: str, text: str) -> None:
        nonlocal phonetic
        if name in {"v", "t"} and not phonetic:
            pieces.append(text)
        phonetic -= name == "rPh"
        if name == "c":
            cells[column] = _odd_value(kind, "".join(pieces), style, book, computed=computed)

    sheet_xml.parse(_whole(content), start, end)
    return [cells.get(place) for place in range(max(cells, default=-1) + 1)]


def _odd_value(kind: str, text: str, style: bytes, book: Book, *, computed: bool) -> Cell:
    if not text:
        return sheet_xml.NOT_COMPUTED if computed and kind != "str" else None
    if kind == "s":
        return book.texts.get(text.encode())
    if kind == "b":
        return text == "1"
    if kind == "d":
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return text
    return _number(text.encode(), style, book) if kind == "n" else text


def _day_styles(xml: bytes) -> frozenset[bytes]:
    """Return the numbers of the cell styles that show a number as a day."""
    own: dict[int, bool] = {}
    styles: list[bool] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            own[int(attributes["numFmtId"])] = _is_day(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = int(attributes["numFmtId"]) if attributes.get("numFmtId", "").isdecimal() else 0
            styles.append(own.get(number, number in _DAYS))

    def end(name: str, _text: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    try:
        sheet_xml.parse(xml, start, end)
    except NotReadableError:  # broken styles break no other program either
        return frozenset()
    return frozenset(str(number).encode() for number, is_day in enumerate(styles) if is_day)


def _is_day(code: str) -> bool:
    plain = _QUOTED.sub("", code.partition(";")[0]).lower()
    return "general" not in plain and ("y" in plain or "d" in plain)


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_meant, text) if "&" in text else text


def _meant(reference: "re.Match[str]") -> str:
    hexadecimal, decimal, name = reference.groups()
    if name:
        return _NAMED[name]
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else ""


def _whole(piece: bytes) -> bytes:
    """Return a run of elements as a document of its own."""
    return b"<x>" + piece + b"</x>"


def _cut_before(element: bytes, all_of_them: bytes, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what stands in an element, `all_of_them`, in pieces that hold whole elements of the kind `element`.

    Each comes with the prefix of their names, mostly none.
    """
    rest, prefix, opening = b"", b"", b""
    for piece in pieces:
        searched = max(len(rest) - len(all_of_them) - _LONGEST_PREFIX, 0)
        rest += piece
        if not opening:
            first = re.search(rb"<((?:\w+:)?)" + element + rb"\b", rest)
            if first is not None:
                prefix, rest = first[1], rest[first.start() :]
                opening = b"<" + prefix + element
                searched = 0
        end = rest.find(b"</" + prefix + all_of_them, searched)
        if end >= 0:
            yield prefix, rest[:end]
            return
        cut = rest.rfind(opening) if opening else 0
        if cut > 0:
            yield prefix, rest[:cut]
            rest = rest[cut:]
        if len(rest) > ROW_BYTES:
            raise NotReadableError("too_large")


def _cut_before_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a part in pieces that cut no tag in two."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"<")
        if b">" in rest[cut:]:
            cut = len(rest)
        yield rest[:cut]
        rest = rest[cut:]
        if len(rest) > ROW_BYTES:
            raise NotReadableError("too_large")
    yield rest
