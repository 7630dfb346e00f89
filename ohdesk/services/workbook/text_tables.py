"""Tables that are text underneath: CSV, and the web pages or XML that other systems save as ".xls"."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html.parser import HTMLParser
from io import StringIO, TextIOWrapper
from typing import Any, BinaryIO

from ohdesk.domain.roll.table import Merge, Table
from ohdesk.services.workbook import sheet_xml
from ohdesk.services.workbook.cells import Contents, LongRows, NotReadableError, Row, filled_rows, plain_row
from ohdesk.services.workbook.limits import CELL_CHARACTERS, FILLED_CELLS, MIB, STREAMED_CELLS

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SEPARATORS = ("\t", ",", ";", "，", "|")
_SAMPLE_LINES = 50
_SPAN_LIMIT = 1000
_NAME = "CSV"  # of the only table that a text has


def decode(data: bytes) -> str:
    """Return text in utf-8, utf-16 with a mark, or gb18030, tried in this order, strictly.

    Raises NotReadableError ("not_workbook") for bytes that are text in none of them.
    """
    # In this order: nearly every text in GB 18030 fails as UTF-8 at once, but UTF-8 read as GB 18030 may give
    # wrong characters without an error.
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise NotReadableError("not_workbook")


def read_separated(data: bytes) -> Contents:
    """Return the one table of a CSV file; the separator is the one that most lines have most often."""
    text = decode(data)
    return Contents((Table(_NAME, list(_separated(StringIO(text, newline=""), _separator(text)))),))


def read_long(file: BinaryIO) -> Contents:
    """Return the one table of a CSV file that is too long for the memory; its rows are read as they are asked for."""
    file.seek(0)
    for encoding in _encodings(file.read(4)):
        try:
            beginning, lines = _looked_through(file, encoding)
        except UnicodeDecodeError:
            continue
        rows = LongRows(partial(_read_rows, file, encoding, _separator(beginning)), lines, frozenset())
        return Contents((Table(_NAME, rows),))
    raise NotReadableError("not_workbook")


def _looked_through(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """Return the beginning of a text and how many lines it has at most.

    Raises UnicodeDecodeError, or NotReadableError ("not_workbook") for what is no text.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    beginning, lines, ended = "", 1, False
    while not ended:
        piece = file.read(MIB)
        ended = not piece
        text = decoder.decode(piece, final=ended)
        if _CONTROL.search(text):
            raise NotReadableError("not_workbook")
        beginning = beginning or text
        # Line ends of every system; one cut in two counts twice, which does no harm.
        lines += text.count("\n") + text.count("\r") - text.count("\r\n")
    return beginning, lines


def _read_rows(file: BinaryIO, encoding: str, separator: str) -> Iterator[tuple[int, Row]]:
    file.seek(0)
    text = TextIOWrapper(file, encoding, newline="")
    cells = 0
    try:
        for number, row in enumerate(_separated(text, separator)):
            if filled := plain_row(row):
                cells += len(filled)
                if cells > STREAMED_CELLS:
                    raise NotReadableError("too_large")
                yield number, filled
    finally:
        text.detach()  # the file is read again where the rows are asked for again


def _separated(text: Iterable[str], separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(CELL_CHARACTERS * 4)
    try:
        yield from csv.reader(text, delimiter=separator)
    except csv.Error as error:
        raise NotReadableError("damaged") from error


def _separator(text: str) -> str:
    """Return what most lines at the beginning of a text are separated by."""
    sample = [line for line in text.splitlines() if line.strip()][:_SAMPLE_LINES]
    # At most thirty of a line count: one line of commas in a remark must not outvote the others.
    return max(_SEPARATORS, key=lambda each: sum(min(line.count(each), 30) for line in sample))


def _encodings(beginning: bytes) -> Sequence[str]:
    """Return the encodings to be tried, in this order."""
    return ("utf-16",) if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "gb18030")


def read_html(data: bytes) -> Contents:
    """Return the tables of a web page saved as a workbook."""
    declared = _CHARSET.search(data[:4096])
    text = ""
    if declared:
        try:
            # What a page declares may be wrong: systems write one encoding and declare another. Then it is tried as
            # usual.
            text = data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = ""
    page = _Page()
    page.feed(text or decode(data))
    page.close()
    if not page.tables:
        raise NotReadableError("not_workbook")
    return Contents(tuple(page.tables))


class _Page(HTMLParser):
    """Collects tables; cells that span rows or columns become merged ranges."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self._depth = 0
        self._rows: list[dict[int, str]] = []
        self._taken: set[tuple[int, int]] = set()
        self._merges: list[Merge] = []
        self._cell: list[str] | None = None
        self._place = (0, 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._rows, self._taken, self._merges = [], set(), []
        elif self._depth == 1 and tag == "tr":
            self._finish_cell()
            self._rows.append({})
        elif self._depth == 1 and tag in {"td", "th"}:
            self._finish_cell()
            self._start_cell(dict(attrs))
        elif tag in {"br", "p", "div"} and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._depth == 1 and tag in {"td", "th", "tr", "table"}:
            self._finish_cell()
        if tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._finish_table()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        if self._depth:
            self._finish_cell()
            self._finish_table()

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        if not self._rows:
            self._rows.append({})
        row = len(self._rows) - 1
        column = 0
        while column in self._rows[row] or (row, column) in self._taken:
            column += 1
        down, right = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
        if down * right > 1:
            self._merges.append(Merge(row, column, row + down - 1, column + right - 1))
            self._taken.update((row + y, column + x) for y in range(down) for x in range(right))
        if len(self._taken) > FILLED_CELLS:
            raise NotReadableError("too_large")
        self._place = (row, column)
        self._rows[row][column] = ""
        self._cell = []

    def _finish_cell(self) -> None:
        if self._cell is not None:
            row, column = self._place
            self._rows[row][column] = "".join(self._cell).strip()
            self._cell = None

    def _finish_table(self) -> None:
        rows = [[cells.get(column) for column in range(max(cells, default=-1) + 1)] for cells in self._rows]
        self.tables.append(Table(f"Table{len(self.tables) + 1}", rows, tuple(self._merges)))


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _SPAN_LIMIT) if text and text.isdecimal() else 1


class _Sheet2003:
    """One worksheet of an XML spreadsheet of 2003 while it is being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rows: dict[int, dict[int, Any]] = {}
        self._merges: list[Merge] = []
        self._hidden: set[int] = set()
        self._row = self._column = -1

    def table(self) -> Table:
        return Table(self.name, filled_rows(self._rows), tuple(self._merges), frozenset(self._hidden))

    def begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = _place(attributes, self._row), -1
        if attributes.get("Hidden") == "1":
            self._hidden.add(self._row)

    def begin_cell(self, attributes: dict[str, str]) -> None:
        self._column = _place(attributes, self._column)
        right, down = attributes.get("MergeAcross", "0"), attributes.get("MergeDown", "0")
        if right.isdecimal() and down.isdecimal() and (right, down) != ("0", "0"):
            last_row, last_column = self._row + int(down), self._column + int(right)
            self._merges.append(Merge(self._row, self._column, last_row, last_column))

    def put(self, kind: str, text: str) -> None:
        value: Any = text
        if kind == "Number":
            value = float(text) if re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", text) else text
        elif kind == "DateTime":
            value = text.partition("T")[0]
        self._rows.setdefault(self._row, {})[self._column] = value


def _place(attributes: dict[str, str], before: int) -> int:
    """Return where a row or cell stands, from 0: as it says itself, else behind the one before."""
    index = attributes.get("Index", "")
    return int(index) - 1 if index.isdecimal() else before + 1


def read_spreadsheet_2003(data: bytes) -> Contents:
    """Return the sheets of an XML spreadsheet (Excel 2003), visible ones as tables."""
    sheets: list[_Sheet2003] = []
    hidden: list[str] = []
    kind = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind
        if name == "Worksheet":
            sheets.append(_Sheet2003(attributes.get("Name", f"Sheet{len(sheets) + 1}")))
        elif name == "Row" and sheets:
            sheets[-1].begin_row(attributes)
        elif name == "Cell" and sheets:
            sheets[-1].begin_cell(attributes)
        elif name == "Data":
            kind = attributes.get("Type", "String")

    def end(name: str, text: str) -> None:
        if name == "Data" and sheets and text:
            sheets[-1].put(kind, text)
        elif name == "Visible" and sheets and text.startswith("SheetHidden"):
            hidden.append(sheets[-1].name)

    sheet_xml.parse(data, start, end)
    if not sheets:
        raise NotReadableError("damaged")
    return Contents(tuple(sheet.table() for sheet in sheets if sheet.name not in hidden), tuple(hidden))
