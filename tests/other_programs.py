"""Workbooks saved again by other programs: the same cells, and nothing else as it was written."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def saved_by(program: Callable[[Parts], None], file: Path) -> None:
    """Write the parts of a workbook again as a program does."""
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    program(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)


def a_lean_writer(parts: Parts) -> None:
    """Every text in its cell, and nothing else: no styles, no lists to choose from, no kinds of numbers."""
    del parts["xl/styles.xml"]
    for name in _sheets(parts):
        data = re.sub(rb' s="\d+"| t="n"', b"", parts[name])
        parts[name] = re.sub(rb"<dataValidations.*?</dataValidations>", b"", data, flags=re.DOTALL)
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = re.sub(rb"<(Override|Relationship)[^>]*styles[^>]*/>", b"", parts[name])


def an_office_suite(parts: Parts) -> None:
    """Texts in a table of their own, in runs; rows with all they can say; cells that have a style and no value."""
    texts: list[str] = []
    for name in _sheets(parts):
        sheet = _parsed(parts[name])
        for row in sheet.iter(f"{{{MAIN}}}row"):
            row.attrib |= {"customFormat": "false", "ht": "29.85", "hidden": "false", "outlineLevel": "0"}
            for cell in row:
                _share(cell, texts)
        rows = sheet.find(f"{{{MAIN}}}sheetData")
        behind = ElementTree.SubElement(rows, f"{{{MAIN}}}row", {"r": "2000"})
        ElementTree.SubElement(behind, f"{{{MAIN}}}c", {"r": "A2000", "s": "1"})
        parts[name] = _written(sheet)
    _put_shared(parts, texts)


def a_writer_with_prefixes(parts: Parts) -> None:
    """The office suite's texts, with every element under a prefix, and the answers that could be chosen moved away."""
    an_office_suite(parts)
    for name in [name for name in parts if name.startswith("xl/") and name.endswith(".xml")]:
        root = _parsed(parts[name])
        for lists in root.findall(f"{{{MAIN}}}dataValidations"):
            root.remove(lists)
        parts[name] = _written(root, "x:")


PROGRAMS = (a_lean_writer, an_office_suite, a_writer_with_prefixes)


def _sheets(parts: Parts) -> list[str]:
    return [name for name in parts if name.startswith("xl/worksheets/") and name.endswith(".xml")]


def _share(cell: ElementTree.Element, texts: list[str]) -> None:
    """Put the text of a cell into the common table."""
    inline = cell.find(f"{{{MAIN}}}is")
    if inline is None:
        return
    cell.remove(inline)
    cell.set("t", "s")
    ElementTree.SubElement(cell, f"{{{MAIN}}}v").text = str(len(texts))
    texts.append("".join(inline.itertext()))


def _put_shared(parts: Parts, texts: list[str]) -> None:
    part = "xl/sharedStrings.xml"
    table = ElementTree.Element(f"{{{MAIN}}}sst", {"count": str(len(texts)), "uniqueCount": str(len(texts))})
    for text in texts:
        # The last character in a run of its own, as a half-formatted cell has it; and how it is read aloud.
        item = ElementTree.SubElement(table, f"{{{MAIN}}}si")
        for piece in filter(None, (text[:-1], text[-1:])):
            run = ElementTree.SubElement(item, f"{{{MAIN}}}r")
            ElementTree.SubElement(ElementTree.SubElement(run, f"{{{MAIN}}}rPr"), f"{{{MAIN}}}b")
            ElementTree.SubElement(run, f"{{{MAIN}}}t", {"xml:space": "preserve"}).text = piece
    parts[part] = _written(table)
    _add(
        parts,
        "[Content_Types].xml",
        f"{{{_TYPES}}}Override",
        PartName=f"/{part}",
        ContentType=f"{_KINDS}.sharedStrings+xml",
    )
    _add(
        parts,
        "xl/_rels/workbook.xml.rels",
        f"{{{_RELATIONSHIPS}}}Relationship",
        Id="rId90",
        Type=f"{_OFFICE}/sharedStrings",
        Target="sharedStrings.xml",
    )


def _parsed(part: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(part)  # noqa: S314 - written by the test itself


def _written(root: ElementTree.Element, prefix: str = "") -> bytes:
    """Return a part with the elements of its first namespace under a prefix, "" for none."""
    text = ElementTree.tostring(root, encoding="unicode").replace("ns0:", prefix)
    return text.replace("xmlns:ns0", f"xmlns:{prefix}".rstrip(":")).encode()


def _add(parts: Parts, name: str, element: str, **attributes: str) -> None:
    root = _parsed(parts[name])
    ElementTree.SubElement(root, element, attributes)
    parts[name] = _written(root)
