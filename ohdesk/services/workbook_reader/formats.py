"""Which kind of file it is, judged by its bytes, and how each kind is read."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from ohdesk.domain.roll_table import Merge, Table
from ohdesk.services.workbook_reader import sheet_xml, text_tables
from ohdesk.services.workbook_reader.container import Container
from ohdesk.services.workbook_reader.limits import DENSE_CELLS, SHEETS, SUSPICIOUS_ROWS
from ohdesk.services.workbook_reader.wire import Contents, NotReadableError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
ODS_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xls", ".et"})
MARKUP_SUFFIXES = frozenset({".htm", ".html", ".xls", ".et"})


def read(data: bytes, suffix: str) -> Contents:
    """Return the contents of a workbook; `suffix` (".xls") decides only whether text may pass as a table.

    Raises NotReadableError for everything that is no workbook or cannot be read.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise NotReadableError("empty")
    if data.startswith(OLE_MAGIC):
        return _read_ole(data)
    if data.startswith(ZIP_MAGICS):
        return _read_zip(data)
    head = data[:4096].lower()
    if SPREADSHEET_2003 in head and suffix in MARKUP_SUFFIXES | {".xml"}:
        return text_tables.read_spreadsheet_2003(data)
    if suffix in MARKUP_SUFFIXES and (b"<table" in data.lower() or b"<html" in head):
        return text_tables.read_html(data)
    if suffix in TEXT_SUFFIXES:
        return text_tables.read_separated(data)
    raise NotReadableError("not_workbook")


def _read_ole(data: bytes) -> Contents:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise NotReadableError("encrypted")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise NotReadableError("not_workbook")
    contents = _read_plain(data)
    return Contents(contents.tables, contents.hidden_sheets, contents.other_sheets, ("hidden_rows_unknown",))


def _read_zip(data: bytes) -> Contents:
    container = Container(data)
    if container.has("xl/workbook.xml"):
        container.check()
        return _read_xlsx(data, container)
    if container.has("xl/workbook.bin"):
        container.check()
        contents = _read_plain(data)
        return Contents(contents.tables, contents.hidden_sheets, contents.other_sheets, ("hidden_rows_unknown",))
    if container.has("mimetype") and container.read("mimetype").strip() == ODS_MIME:
        container.check()
        if container.has("meta-inf/manifest.xml") and b"encryption-data" in container.read("meta-inf/manifest.xml"):
            raise NotReadableError("encrypted")
        contents = _read_plain(data)
        return Contents(contents.tables, contents.hidden_sheets, contents.other_sheets, ("hidden_rows_unknown",))
    raise NotReadableError("not_workbook")


def _open(data: bytes) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError as error:
        raise NotReadableError("encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise NotReadableError("damaged") from error


def _read_plain(data: bytes) -> Contents:
    workbook = _open(data)
    return _contents(workbook, lambda name: _dense(workbook, name))


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


def _read_xlsx(data: bytes, container: Container) -> Contents:
    notes = ["macros"] if container.has("xl/vbaProject.bin") else []
    workbook = _open(data)
    parts = _sheet_parts(container)

    def read_sheet(name: str) -> Table:
        xml = container.read(parts[name]) if name in parts else b""
        table = _read_sheet(workbook, name, xml, container)
        if any(text == sheet_xml.NOT_COMPUTED for _, _, text in _restore(table, xml)):
            notes.append("not_computed")
        return Table(name, table.rows, table.merges, sheet_xml.hidden_rows(xml))

    contents = _contents(workbook, read_sheet)
    return Contents(contents.tables, contents.hidden_sheets, contents.other_sheets, tuple(dict.fromkeys(notes)))


def _read_sheet(workbook: Any, name: str, xml: bytes, container: Container) -> Table:
    """Read one sheet by calamine, or cell by cell where that would cost too much memory or finds nothing."""
    sparse = sheet_xml.looks_far_flung(xml, SUSPICIOUS_ROWS) and sheet_xml.rectangle(xml) > DENSE_CELLS
    if not sparse:
        table = _dense(workbook, name)
        if any(map(any, table.rows)) or not sheet_xml.has_values(xml):
            return table
    strings = "xl/sharedStrings.xml"
    texts = sheet_xml.shared_strings(container.read(strings)) if container.has(strings) else []
    return Table(name, sheet_xml.read_cells(xml, texts), tuple(sheet_xml.merges(xml)))


def _restore(table: Table, xml: bytes) -> list[tuple[int, int, str]]:
    """Put error values and formulas without a result back into the rows; return where they stand."""
    found = []
    rows: Any = table.rows
    for row, column, text in sheet_xml.lost_cells(xml):
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
            found.append((row, column, text))
    return found


def _sheet_parts(container: Container) -> dict[str, str]:
    """Return sheet name → part name, by the workbook and its relationships."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relationship(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and "Id" in attributes and "Target" in attributes:
            target = attributes["Target"].replace("\\", "/")
            targets[attributes["Id"]] = target if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and "name" in attributes and "id" in attributes:
            sheets[attributes["name"]] = attributes["id"]

    def ended(_name: str, _text: str) -> None:
        return None

    if container.has("xl/_rels/workbook.xml.rels"):
        sheet_xml.parse(container.read("xl/_rels/workbook.xml.rels"), relationship, ended)
    sheet_xml.parse(container.read("xl/workbook.xml"), sheet, ended)
    parts = {name: targets.get(identity, "") for name, identity in sheets.items()}
    return {name: part for name, part in parts.items() if container.has(part)}
