"""Which kind of file it is, judged by its bytes, and how each kind is read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from ohdesk.domain.roll.table import Merge, Table
from ohdesk.services.workbook import long_sheets, sheet_xml, text_tables
from ohdesk.services.workbook.cells import Contents, NotReadableError, settled
from ohdesk.services.workbook.limits import (
    DENSE_CELLS,
    FILLED_CELLS,
    SHEETS,
    SUSPICIOUS_ROWS,
    WHOLE_FILE,
    WHOLE_TEXT,
)
from ohdesk.services.workbook.parts import Parts

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
ODS_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
SEPARATED_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
TEXT_SUFFIXES = SEPARATED_SUFFIXES | {".xls", ".et"}
_WORKSHEETS = ("xl/worksheets/", "/xl/worksheets/")
MARKUP_SUFFIXES = frozenset({".htm", ".html", ".xls", ".et"})


def read(file: BinaryIO, size: int, suffix: str) -> Contents:
    """Return the contents of a workbook; `suffix` (".xls") decides only whether text may pass as a table.

    Of a large file the rows are read when they are asked for, so `file` has to stay open.
    Raises NotReadableError for everything that is no workbook or cannot be read, also while rows are read.
    """
    head = file.read(len(OLE_MAGIC))
    file.seek(0)
    if size > WHOLE_TEXT and suffix in SEPARATED_SUFFIXES and not head.startswith((OLE_MAGIC, *ZIP_MAGICS)):
        return text_tables.read_long(file)
    if size <= WHOLE_FILE:
        return _read_whole(file.read(), suffix)
    if head.startswith(ZIP_MAGICS):
        return _read_zip(file, size)
    raise NotReadableError("too_large")


def _read_whole(data: bytes, suffix: str) -> Contents:
    if not data.strip(b"\0 \r\n\t"):
        raise NotReadableError("empty")
    if data.startswith(OLE_MAGIC):
        return settled(_read_ole(data))
    if data.startswith(ZIP_MAGICS):
        return _read_zip(BytesIO(data), len(data))
    head = data[:4096].lower()
    if SPREADSHEET_2003 in head and suffix in MARKUP_SUFFIXES | {".xml"}:
        return settled(text_tables.read_spreadsheet_2003(data))
    if suffix in MARKUP_SUFFIXES and (b"<table" in data.lower() or b"<html" in head):
        return settled(text_tables.read_html(data))
    if suffix in TEXT_SUFFIXES:
        return settled(text_tables.read_separated(data))
    raise NotReadableError("not_workbook")


def _read_ole(data: bytes) -> Contents:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise NotReadableError("encrypted")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise NotReadableError("not_workbook")
    return _read_plain(data)


def _read_zip(file: BinaryIO, size: int) -> Contents:
    container = Parts(file, size)
    if container.has("xl/workbook.xml"):
        container.check()
        return _read_long_xlsx(container) if container.is_long else settled(_read_xlsx(file, container))
    if container.is_long or size > WHOLE_FILE:
        raise NotReadableError("too_large")
    file.seek(0)
    data = file.read()
    if container.has("xl/workbook.bin"):
        container.check()
        return settled(_read_plain(data))
    if container.has("mimetype") and container.read("mimetype").strip() == ODS_MIME:
        container.check()
        if container.has("meta-inf/manifest.xml") and b"encryption-data" in container.read("meta-inf/manifest.xml"):
            raise NotReadableError("encrypted")
        return settled(_read_plain(data))
    raise NotReadableError("not_workbook")


def _open(file: BinaryIO) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise NotReadableError("encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise NotReadableError("damaged") from error


def _read_plain(data: bytes) -> Contents:
    """Read by calamine alone, which does not tell the hidden rows of these formats."""
    workbook = _open(BytesIO(data))
    return replace(_contents(workbook, partial(_dense, workbook)), notes=("hidden_rows_unknown",))


def _contents(workbook: Any, read_sheet: Callable[[str], Table]) -> Contents:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if len(workbook.sheets_metadata) > SHEETS:
        raise NotReadableError("too_large")
    tables, hidden, other = [], [], []
    for sheet in workbook.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            other.append(sheet.name)
        elif sheet.visible is not SheetVisibleEnum.Visible:
            hidden.append(sheet.name)
        else:
            tables.append(read_sheet(sheet.name))
    return Contents(tuple(tables), tuple(hidden), tuple(other))


def _dense(workbook: Any, name: str) -> Table:
    from python_calamine import CalamineError

    try:
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or []
    except (CalamineError, OSError, ValueError) as error:
        raise NotReadableError("damaged") from error
    merges = tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    return Table(name, rows, merges)


def _read_long_xlsx(container: Parts) -> Contents:
    """Read what does not fit in memory, with the macros and hidden sheets told as of any other."""
    listed = _listed_sheets(container)
    if len(listed) > SHEETS:
        raise NotReadableError("too_large")
    book = long_sheets.read_book(container)
    sheets = [sheet for sheet in listed if sheet.part.lower().startswith(_WORKSHEETS)]
    tables = tuple(
        long_sheets.read_sheet(sheet.name, sheet.part, container, book) for sheet in sheets if not sheet.hidden
    )
    hidden = tuple(sheet.name for sheet in sheets if sheet.hidden)
    other = tuple(sheet.name for sheet in listed if sheet not in sheets)
    notes = ("macros",) if container.has("xl/vbaProject.bin") else ()
    return Contents(tables, hidden, other, notes)


def _read_xlsx(file: BinaryIO, container: Parts) -> Contents:
    """Read by calamine; where it stumbles over an odd but undamaged workbook, cell by cell from the XML."""
    sheets = _listed_sheets(container)
    parts = {sheet.name: container.read(sheet.part) for sheet in sheets if sheet.part and not sheet.hidden}
    if sum(xml.count(b"</c>") for xml in parts.values()) > FILLED_CELLS:
        raise NotReadableError("too_large")
    notes = ["macros"] if container.has("xl/vbaProject.bin") else []

    def finished(table: Table) -> Table:
        xml = parts.get(table.name, b"")
        if sheet_xml.NOT_COMPUTED in _restore(table, xml):
            notes.append("not_computed")
        return replace(table, hidden_rows=sheet_xml.hidden_rows(xml))

    try:
        workbook = _open(file)
        contents = _contents(
            workbook, lambda name: finished(_read_sheet(workbook, name, parts.get(name, b""), container))
        )
    except NotReadableError as error:
        if error.code != "damaged" or not parts:
            raise
        tables = tuple(finished(_read_cells(name, xml, container)) for name, xml in parts.items())
        contents = Contents(tables, tuple(sheet.name for sheet in sheets if sheet.hidden))
    return replace(contents, notes=tuple(dict.fromkeys(notes)))


def _read_sheet(workbook: Any, name: str, xml: bytes, container: Parts) -> Table:
    """Read one sheet by calamine, or cell by cell where that would cost too much memory or finds nothing."""
    if sheet_xml.looks_far_flung(xml, SUSPICIOUS_ROWS) and sheet_xml.rectangle(xml) > DENSE_CELLS:
        return _read_cells(name, xml, container)
    table = _dense(workbook, name)
    if any(map(any, table.rows)) or not sheet_xml.has_values(xml):
        return table
    return _read_cells(name, xml, container)


def _read_cells(name: str, xml: bytes, container: Parts) -> Table:
    strings = "xl/sharedStrings.xml"
    texts = sheet_xml.shared_strings(container.read(strings)) if container.has(strings) else []
    return Table(name, sheet_xml.read_cells(xml, texts), tuple(sheet_xml.merges(xml)))


def _restore(table: Table, xml: bytes) -> set[str]:
    """Put error values and formulas without a result back into the rows; return which there were."""
    found = set()
    rows: Any = table.rows
    for row, column, text in sheet_xml.lost_cells(xml):
        rows.extend(() for _ in range(len(rows), row + 1))
        rows[row] = [*rows[row], *[None] * (column + 1 - len(rows[row]))]
        rows[row][column] = text
        found.add(text)
    return found


class _ListedSheet(NamedTuple):
    """A sheet as the workbook lists it; `part` is "" where its part is missing."""

    name: str
    part: str
    hidden: bool


def _listed_sheets(container: Parts) -> list[_ListedSheet]:
    """Return the sheets in the workbook's own order, with the parts that its relationships name."""
    targets: dict[str, str] = {}
    listed: list[tuple[str, str, bool]] = []

    def relationship(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and "Id" in attributes and "Target" in attributes:
            target = attributes["Target"].replace("\\", "/")
            targets[attributes["Id"]] = target if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and "name" in attributes and "id" in attributes:
            listed.append((attributes["name"], attributes["id"], attributes.get("state", "visible") != "visible"))

    def ended(_name: str, _text: str) -> None:
        return None

    if container.has("xl/_rels/workbook.xml.rels"):
        sheet_xml.parse(container.read("xl/_rels/workbook.xml.rels"), relationship, ended)
    sheet_xml.parse(container.read("xl/workbook.xml"), sheet, ended)
    return [
        _ListedSheet(name, part if container.has(part := targets.get(identity, "")) else "", hidden)
        for name, identity, hidden in listed
    ]
