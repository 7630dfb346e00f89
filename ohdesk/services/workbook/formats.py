"""Which kind of file it is, judged by its bytes, and how each kind is read."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote

from ohdesk.domain.roll.table import Merge, Table
from ohdesk.domain.secrecy import STARRED
from ohdesk.security.workbook_keys import opens_by_default
from ohdesk.services.workbook import long_sheets, sheet_xml, text_tables
from ohdesk.services.workbook.cells import Contents, NotReadableError, settled
from ohdesk.services.workbook.limits import (
    DENSE_CELLS,
    FILLED_CELLS,
    FORMULAS,
    SHEETS,
    SUSPICIOUS_ROWS,
    WHOLE_FILE,
    WHOLE_TEXT,
)
from ohdesk.services.workbook.parts import Parts

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
SPREADSHEET_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
ODS_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
SEPARATED_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
TEXT_SUFFIXES = SEPARATED_SUFFIXES | {".xls", ".et"}
MARKUP_SUFFIXES = frozenset({".htm", ".html", ".xls", ".et"})
ARCHIVE_SUFFIXES = MARKUP_SUFFIXES | {".mht", ".mhtml"}
_CONTENT_TYPES = "[Content_Types].xml"
_ODS_PAGE = re.compile(rb"<style:(?:header|footer)\b[^>]*[^/]>(.*?)</style:(?:header|footer)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MAIN_PART = re.compile(rb'<Override\b(?=[^>]*ContentType="[^"]*(?:sheet|template)\.main\+xml")[^>]*PartName="([^"]+)"')
_WORKSHEET, _TEXTS, _STYLES = "worksheet", "sharedStrings", "styles"  # ends of the types of relationships


class _ListedSheet(NamedTuple):
    """A sheet as the workbook lists it; `part` is "" where its part is missing, `kind` ends its relationship's type."""

    name: str
    part: str
    kind: str
    hidden: bool


class _Package(NamedTuple):
    """The parts of an xlsx file that hold its list: whatever they are called, the relationships lead to them."""

    workbook: str
    sheets: tuple[_ListedSheet, ...]
    texts: str  # "" for none
    styles: str


def _workbook_part(container: Parts) -> str:
    """Return the part that lists the sheets; "" for a file that is no xlsx."""
    for _, kind, part in _relationships(container, ""):
        if kind == "officeDocument" and part.endswith(".xml") and container.has(part):
            # A document of another program has other elements in it; only a workbook lists sheets.
            return part if b"sheets" in container.read(part) else ""
    if container.has("xl/workbook.xml"):
        return "xl/workbook.xml"
    listed = container.read(_CONTENT_TYPES) if container.has(_CONTENT_TYPES) else b""
    said = _MAIN_PART.search(listed)
    part = said[1].decode("utf-8", "replace").lstrip("/") if said else ""
    return part if container.has(part) else ""


def _relationships(container: Parts, part: str) -> list[tuple[str, str, str]]:
    """Return name, kind (the end of its type) and target of each relationship of a part, "" for the file itself."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found: list[tuple[str, str, str]] = []

    def relationship(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and "Id" in attributes and "Target" in attributes:
            # From the folder of the part, wherever that leads; before the first folder there is none.
            said = attributes["Target"].replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, said)).lstrip("/")
            # A name with other characters than those of ASCII is written with their percents.
            target = target if container.has(target) else unquote(target)
            found.append((attributes["Id"], attributes.get("Type", "").rpartition("/")[2], target))

    if container.has(listed):
        sheet_xml.parse(container.read(listed), relationship, _nothing)
    return found


def _read_package(container: Parts, workbook: str) -> _Package:
    """Return the sheets in the workbook's own order, and what their cells refer to."""
    found = {identity: (kind, part) for identity, kind, part in _relationships(container, workbook)}
    sheets: list[_ListedSheet] = []

    def sheet(element: str, attributes: dict[str, str]) -> None:
        if element == "sheet" and "name" in attributes and "id" in attributes:
            kind, part = found.get(attributes["id"], ("", ""))
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(_ListedSheet(attributes["name"], part if container.has(part) else "", kind, hidden))

    def only(wanted: str) -> str:
        return next((part for kind, part in found.values() if kind == wanted and container.has(part)), "")

    sheet_xml.parse(container.read(workbook), sheet, _nothing)
    return _Package(workbook, tuple(sheets), only(_TEXTS), only(_STYLES))


def _nothing(_name: str, _text: str) -> None:
    return None


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
    if suffix in ARCHIVE_SUFFIXES and b"mime-version:" in data[:4096].lower():
        return settled(text_tables.read_web_archive(data))
    if suffix in MARKUP_SUFFIXES | {".xml"}:
        text = text_tables.markup(data)
        head = text[:4096].lower()
        if SPREADSHEET_2003 in head:
            return settled(text_tables.read_spreadsheet_2003(text))
        if suffix in MARKUP_SUFFIXES and ("<html" in head or "<table" in text.lower()):
            return settled(text_tables.read_html(text))
    if suffix in TEXT_SUFFIXES:
        return settled(text_tables.read_separated(data))
    raise NotReadableError("not_workbook")


def _read_ole(data: bytes) -> Contents:
    if "EncryptedPackage".encode("utf-16-le") in data:
        # Saved to be read only, as many systems export: locked with the key that every program knows.
        raise NotReadableError("read_only" if opens_by_default(data) else "encrypted")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise NotReadableError("not_workbook")
    # Headers and footers, which calamine does not tell, stand somewhere among the bytes.
    beside = [mark for mark in STARRED if mark.encode("utf-16-le") in data]
    return replace(_read_plain(data), beside=beside)


def _read_zip(file: BinaryIO, size: int) -> Contents:
    container = Parts(file, size)
    if workbook := _workbook_part(container):
        container.check()
        package = _read_package(container, workbook)
        if container.is_long:
            return _read_long_xlsx(container, package)
        return settled(_read_xlsx(file, container, package))
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
        styles = container.read("styles.xml") if container.has("styles.xml") else b""
        beside = [_TAG.sub(" ", match[1].decode("utf-8", "replace")) for match in _ODS_PAGE.finditer(styles)]
        return replace(settled(_read_plain(data)), beside=beside)
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


def _read_long_xlsx(container: Parts, package: _Package) -> Contents:
    """Read what does not fit in memory, or what calamine stumbles over, row by row."""
    if len(package.sheets) > SHEETS:
        raise NotReadableError("too_large")
    book = long_sheets.read_book(container, package.workbook, package.texts, package.styles)
    sheets = [sheet for sheet in package.sheets if sheet.part and sheet.kind == _WORKSHEET]
    beside: list[str] = []
    tables = tuple(
        long_sheets.read_sheet(sheet.name, sheet.part, container, book, beside) for sheet in sheets if not sheet.hidden
    )
    hidden = tuple(sheet.name for sheet in sheets if sheet.hidden)
    other = tuple(sheet.name for sheet in package.sheets if sheet not in sheets)
    return Contents(tables, hidden, other, _notes(container), beside)


def _notes(container: Parts) -> tuple[str, ...]:
    return ("macros",) if container.has("xl/vbaProject.bin") else ()


def _read_xlsx(file: BinaryIO, container: Parts, package: _Package) -> Contents:
    """Read by calamine; where it stumbles over an odd but undamaged workbook, row by row from the XML."""
    parts = {sheet.name: container.read(sheet.part) for sheet in package.sheets if sheet.part and not sheet.hidden}
    if sum(xml.count(b"</c>") for xml in parts.values()) > FILLED_CELLS:
        raise NotReadableError("too_large")
    notes = list(_notes(container))
    beside = [text for xml in parts.values() for text in sheet_xml.page_texts(xml)]

    def finished(table: Table) -> Table:
        xml = parts.get(table.name, b"")
        if sheet_xml.NOT_COMPUTED in _restore(table, xml):
            notes.append("not_computed")
        formulas = frozenset(sheet_xml.formulas(xml, FORMULAS))
        return replace(table, hidden_rows=sheet_xml.hidden_rows(xml), formulas=formulas)

    try:
        workbook = _open(file)
        contents = _contents(
            workbook, lambda name: finished(_read_sheet(workbook, name, parts.get(name, b""), container, package))
        )
    except NotReadableError as error:
        if error.code != "damaged" or not parts:
            raise
        return _read_long_xlsx(container, package)
    return replace(contents, notes=tuple(dict.fromkeys(notes)), beside=beside)


def _read_sheet(workbook: Any, name: str, xml: bytes, container: Parts, package: _Package) -> Table:
    """Read one sheet by calamine, or cell by cell where that would cost too much memory or finds nothing."""
    if sheet_xml.looks_far_flung(xml, SUSPICIOUS_ROWS) and sheet_xml.rectangle(xml) > DENSE_CELLS:
        return _read_cells(name, xml, container, package)
    table = _dense(workbook, name)
    if any(map(any, table.rows)) or not sheet_xml.has_values(xml):
        return table
    return _read_cells(name, xml, container, package)


def _read_cells(name: str, xml: bytes, container: Parts, package: _Package) -> Table:
    texts = sheet_xml.shared_strings(container.read(package.texts)) if package.texts else []
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
