"""Tables that are text underneath: CSV, and the web pages or XML that other systems save as ".xls"."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html.parser import HTMLParser
from io import StringIO, TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO

from ohdesk.domain.roll.headings import outside_brackets
from ohdesk.domain.roll.table import Merge, Table
from ohdesk.domain.roll.values import heading_of, looks_like_code, moment_of
from ohdesk.services.workbook import sheet_xml
from ohdesk.services.workbook.cells import Contents, LongRows, NotReadableError, Row, filled_rows, plain_row
from ohdesk.services.workbook.limits import CELL_CHARACTERS, FILLED_CELLS, MIB, STREAMED_CELLS
from ohdesk.services.workbook.wordings import roll_words

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_CHARSET = re.compile(r"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_SEPARATORS = ("\t", ",", ";", "，", "|", "；", "^")
_SAMPLE_ROWS = 50
_CODE_AMONG = 40  # cells of a row, among which its credit code is
_SAMPLE_CHARACTERS = 1 << 16
_SPAN_LIMIT = 1000
_SIGN = '="'  # before digits that are text
_NAME = "CSV"  # of the only table that a text has
# What DOS programs write behind the last line, and programs of fixed blocks behind that.
_FILLING = "\x1a\0"


def decode(data: bytes) -> str:
    """Return text in utf-8, utf-16 or gb18030, tried strictly.

    Raises NotReadableError ("not_workbook") for bytes that are text in none of them.
    """
    # In this order: nearly every text in GB 18030 fails as UTF-8 at once, but UTF-8 read as GB 18030 may give
    # wrong characters without an error.
    for encoding in _encodings(data):
        try:
            # Of UTF-16 a byte too many is cut off: programs copy files in blocks.
            text = data[: len(data) & ~1 if encoding.startswith("utf-16") else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.rstrip(_FILLING)
        if _CONTROL.search(text):
            break
        return text
    raise NotReadableError("not_workbook")


def markup(data: bytes) -> str:
    """Return the text of a web page or XML file, in the encoding it declares where it is in that.

    Raises NotReadableError as `decode` does.
    """
    declared = None if _encodings(data)[0].startswith("utf-16") else _CHARSET.search(data[:4096].decode("latin-1"))
    if declared:
        # What a page declares may be wrong: systems write one encoding and declare another. Then it is tried as usual;
        # so is what declares a Chinese one: nothing written in those can be read as UTF-8, but much the other way.
        name = declared[1].lower()
        if name not in {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936"}:
            try:
                return data.decode("utf-8-sig" if name == "utf-8" else name).lstrip("\ufeff").rstrip(_FILLING)
            except (LookupError, UnicodeDecodeError):
                pass
    return decode(data)


def read_separated(data: bytes) -> Contents:
    """Return the one table of a CSV file."""
    text = decode(data)
    rows = _separated(StringIO(text, newline=""), _separator(text), signs=_SIGN in text)
    return Contents((Table(_NAME, list(rows)),))


def read_long(file: BinaryIO) -> Contents:
    """Return the one table of a CSV file that is too long for the memory; its rows are read as they are asked for."""
    file.seek(0)
    for encoding in _encodings(file.read(4096)):
        try:
            beginning, lines, signs = _looked_through(file, encoding)
        except UnicodeDecodeError:
            continue
        read = partial(_read_rows, file, encoding, _separator(beginning), signs=signs)
        rows = LongRows(read, lines, frozenset())
        return Contents((Table(_NAME, rows),))
    raise NotReadableError("not_workbook")


def _looked_through(file: BinaryIO, encoding: str) -> tuple[str, int, bool]:
    """Return the beginning of a text, how many lines it has at most, and whether ="…" may stand in it.

    Raises UnicodeDecodeError, or NotReadableError ("not_workbook") for what is no text.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    beginning, lines, signs, ended = "", 1, False, False
    while not ended:
        piece = file.read(MIB)
        ended = not piece
        # A byte too many at the end of UTF-16 is let go, as of a short file.
        text = decoder.decode(piece, final=ended and not encoding.startswith("utf-16"))
        if _CONTROL.search(text.rstrip(_FILLING)):
            raise NotReadableError("not_workbook")
        beginning = beginning or text
        # One cut in two is seldom the only one.
        signs = signs or _SIGN in text
        # Line ends of every system; one cut in two counts twice, which does no harm.
        lines += text.count("\n") + text.count("\r") - text.count("\r\n")
    return beginning, lines, signs


def _read_rows(file: BinaryIO, encoding: str, separator: str, *, signs: bool) -> Iterator[tuple[int, Row]]:
    file.seek(0)
    # "ignore" only for the byte too many: the whole of it was decoded strictly before.
    text = TextIOWrapper(file, encoding, errors="ignore", newline="")
    cells = 0
    try:
        for number, row in enumerate(_separated(text, separator, signs=signs)):
            if filled := plain_row(row):
                cells += len(filled)
                if cells > STREAMED_CELLS:
                    raise NotReadableError("too_large")
                yield number, filled
    finally:
        text.detach()  # the file is read again where the rows are asked for again


def _separated(text: Iterable[str], separator: str, *, signs: bool) -> Iterator[list[str]]:
    """Yield the rows of a text; signs: whether ="…" stands anywhere in it."""
    csv.field_size_limit(CELL_CHARACTERS * 4)
    lines = csv.reader(text, delimiter=separator)
    before = 0
    try:
        for row in lines:
            # Excel's own first line, which says the separator: no row of the list, but the rows keep their numbers.
            if not before and _said_separator(f"{row[0]}{separator}" if len(row) > 1 else "".join(row)):
                yield []
            elif lines.line_num > before + 1 and (swallowed := _swallowed(row, separator)):
                for each in csv.reader(swallowed, delimiter=separator, quoting=csv.QUOTE_NONE):
                    yield [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in each]
            else:
                yield list(_as_text(row, separator)) if signs else row
            before = lines.line_num
    except csv.Error as error:
        raise NotReadableError("damaged") from error


def _swallowed(row: Sequence[str], separator: str) -> list[str]:
    """Return the lines of a row in a cell of which stand rows with credit codes of their own; none where none do.

    A quote that is never closed is a character, else the rest of the list would be one cell.
    """
    for place, cell in enumerate(row):
        lines = cell.splitlines()
        pieces = (piece for line in lines[1:] for piece in line.split(separator)[:_CODE_AMONG])
        if any(looks_like_code(piece.strip('"')) for piece in pieces):
            before, behind = (each + separator for each in row[:place]), (separator + each for each in row[place + 1 :])
            return [f'{"".join(before)}"{lines[0]}', *lines[1:-1], "".join((lines[-1], *behind))]
    return []


def _as_text(row: Iterable[str], separator: str) -> Iterator[str]:
    """Yield the cells of a row, what stands in ="…" as the text that it says; a separator within belongs to it."""
    begun = ""
    for cell in row:
        begun = f"{begun}{separator}{cell}" if begun else cell
        marked = begun.strip()
        if marked.startswith('="') and not (len(marked) > 2 and marked.endswith('"')):
            continue
        yield marked[2:-1].replace('""', '"') if marked.startswith('="') else begun
        begun = ""
    if begun:
        yield begun


def _said_separator(line: str) -> str:
    """Return the separator that the first line of a CSV file names, "sep=;"."""
    match = re.fullmatch(r"sep=(.)\s*", line.lstrip("\ufeff"), re.IGNORECASE)
    return match[1] if match else ""


def _separator(text: str) -> str:
    """Return what the cells of a text are separated by.

    The one by which a row falls into the most headings that are known; among equals, that by which the most rows have
    a credit code for a cell, then the same number of cells. What stands most often may stand within the cells.
    """
    if said := _said_separator(text[:8].partition("\n")[0].rstrip("\r")):
        return said
    known = roll_words().headings

    def fits(separator: str) -> tuple[int, int, float, int]:
        lines = StringIO(text[:_SAMPLE_CHARACTERS], newline="")
        try:
            read = islice(_separated(lines, separator, signs=True), _SAMPLE_ROWS)
            rows = [row for row in read if any(map(str.strip, row))]
        except NotReadableError:
            return 0, 0, 0, 0
        said = ([heading_of(outside_brackets(cell)) for cell in row] for row in rows)
        headings = max((sum(text in known for text in texts) for texts in said), default=0)
        [(width, count)] = Counter(map(len, rows)).most_common(1) or [(0, 0)]
        coded = sum(any(map(looks_like_code, row)) for row in rows)
        return headings, coded, count / max(len(rows), 1) if width > 1 else 0, width

    return max(_SEPARATORS, key=fits)


def _encodings(beginning: bytes) -> Sequence[str]:
    """Return the encodings to be tried, in this order."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # Without a mark: of digits and separators one byte of two is nothing.
    sample = beginning[:4096].rstrip(b"\0\x1a")
    if b"\0" in sample:
        return ("utf-16-be",) if sample[::2].count(0) > sample[1::2].count(0) else ("utf-16-le",)
    return ("utf-8-sig", "gb18030")


def read_web_archive(data: bytes) -> Contents:
    """Return the tables of a web page saved as one file with all its parts (MHTML)."""
    from email import message_from_bytes

    texts: list[str] = []
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html" and isinstance(payload := part.get_payload(decode=True), bytes):
            charset = part.get_content_charset()
            try:
                texts.append(payload.decode(charset) if charset else markup(payload))
            except (LookupError, UnicodeDecodeError):
                texts.append(markup(payload))
    return _pages(texts)


def read_html(text: str) -> Contents:
    """Return the tables of a web page saved as a workbook."""
    return _pages([text])


def _pages(texts: Sequence[str]) -> Contents:
    page = _Page()
    for text in texts:
        page.feed(text)
        page.end_text()
    if not page.tables:
        raise NotReadableError("not_workbook")
    return Contents(tuple(page.tables), beside=tuple(page.beside))


class _Grid:
    """One table of a page while it is being read; cells that span rows or columns become merged ranges."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.cell: list[str] | None = None
        self.has_tables = False
        self._rows: list[dict[int, str]] = []
        self._hidden: set[int] = set()
        self._taken: set[tuple[int, int]] = set()
        self._merges: list[Merge] = []
        self._place = (0, 0)

    def begin_row(self, *, hidden: bool) -> None:
        self.finish_cell()
        self._rows.append({})
        if hidden:
            self._hidden.add(len(self._rows) - 1)

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        self.finish_cell()
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
        self.cell = []

    def finish_cell(self) -> None:
        if self.cell is not None:
            row, column = self._place
            text = "".join(self.cell).strip()
            self._rows[row][column] = next(_as_text([text], "")) if text.startswith('="') else text
            self.cell = None

    @property
    def is_cell(self) -> bool:
        """True for a table of one row or one column: text laid out within a cell of another."""
        return len(self._rows) < 2 or max(map(len, self._rows)) < 2

    def text(self) -> str:
        """Return all that stands in it."""
        return "\n".join(text for row in self._rows for text in row.values() if text)

    def table(self, name: str) -> Table:
        """Return it as a sheet."""
        rows = [[cells.get(column) for column in range(max(cells, default=-1) + 1)] for cells in self._rows]
        return Table(name, rows, tuple(self._merges), frozenset(self._hidden))


class _Page(HTMLParser):
    """Collects tables, those within others too, and the texts beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.beside: list[str] = []
        self._open: list[_Grid] = []
        self._finished: list[_Grid] = []
        self._count = 0
        self._silent = ""  # the element whose text nobody sees

    @property
    def tables(self) -> list[Table]:
        """The tables of the page in their order."""
        finished = sorted((grid for grid in self._finished if grid.text()), key=lambda grid: grid.number)
        return [grid.table(f"Table{number}") for number, grid in enumerate(finished, 1)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        grid = self._open[-1] if self._open else None
        if tag in {"script", "style"}:
            self._silent = tag
        elif tag == "table":
            self._count += 1
            self._open.append(_Grid(self._count))
        elif grid is None:
            return
        elif tag == "tr":
            grid.begin_row(hidden=_is_hidden(dict(attrs)))
        elif tag in {"td", "th"}:
            grid.begin_cell(dict(attrs))
        elif tag in {"br", "p", "div"} and grid.cell:
            grid.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif self._open and tag in {"td", "th", "tr", "table"}:
            self._open[-1].finish_cell()
            if tag == "table":
                self._finish_table()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not self._open:
            if data.strip():
                self.beside.append(data.strip())
        elif self._open[-1].cell is not None:
            self._open[-1].cell.append(data)

    def end_text(self) -> None:
        """Finish what a page cut short leaves open."""
        self.close()
        while self._open:
            self._open[-1].finish_cell()
            self._finish_table()
        self._silent = ""
        self.reset()

    def _finish_table(self) -> None:
        grid = self._open.pop()
        outer = self._open[-1] if self._open else None
        # A table that lays out the text of a cell belongs to it; one with rows and columns is a list of its own.
        if outer is not None and outer.cell is not None and grid.is_cell and not grid.has_tables:
            outer.cell.append(grid.text())
            return
        if outer is not None:
            outer.has_tables = True
        self._finished.append(grid)


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:collapse" in style


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
            value = moment_of(text) or text
        elif kind == "Boolean":
            value = text == "1" if text in {"0", "1"} else text
        self._rows.setdefault(self._row, {})[self._column] = value


def _place(attributes: dict[str, str], before: int) -> int:
    """Return where a row or cell stands, from 0: as it says itself, else behind the one before."""
    index = attributes.get("Index", "")
    return int(index) - 1 if index.isdecimal() else before + 1


def read_spreadsheet_2003(text: str) -> Contents:
    """Return the sheets of an XML spreadsheet (Excel 2003), visible ones as tables."""
    sheets: list[_Sheet2003] = []
    hidden: list[str] = []
    beside: list[str] = []
    kind = ""
    pieces: list[str] = []
    within: list[str] = []  # the elements around, as far as they matter: a comment has data of its own

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind
        if name == "Worksheet":
            sheets.append(_Sheet2003(attributes.get("Name", f"Sheet{len(sheets) + 1}")))
        elif name == "Row" and sheets:
            sheets[-1].begin_row(attributes)
        elif name == "Cell" and sheets:
            sheets[-1].begin_cell(attributes)
        elif name in {"Header", "Footer"}:
            beside.append(attributes.get("Data", ""))
        elif name in {"Data", "Comment"}:
            within.append(name)
            if within == ["Data"]:
                kind = attributes.get("Type", "String")
                pieces.clear()

    def said(text: str) -> None:
        # The text of a cell may change its font in its midst, each piece in an element of its own.
        if within == ["Data"]:
            pieces.append(text)

    def end(name: str, text: str) -> None:
        if name in {"Data", "Comment"} and within:
            if within == ["Data"] and sheets and (whole := "".join(pieces)):
                sheets[-1].put(kind, whole)
            within.pop()
        elif name == "Visible" and sheets and text.startswith("SheetHidden"):
            hidden.append(sheets[-1].name)

    # As text: the XML parser knows none of the Chinese encodings.
    sheet_xml.parse(_DECLARATION.sub("", text, count=1), start, end, said)
    if not sheets:
        raise NotReadableError("damaged")
    tables = tuple(sheet.table() for sheet in sheets if sheet.name not in hidden)
    return Contents(tables, tuple(hidden), beside=tuple(beside))
