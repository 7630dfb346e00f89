"""联合检查结果汇总表: the task, the departments with their officers and results, and a place for each to sign."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ohdesk.paths import resources
from ohdesk.reports import flowables, fonts
from ohdesk.reports.flowables import STRIP_HEIGHT, Strip, Table, plain
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import CELL, MM, TITLE, TextStyle

_ABOUT = TextStyle(CELL.font, 8.5, 12, "centre", gray=0.3)
_WIDTHS = (("department", 40), ("officers", 50), ("result", 66))  # millimetres


class SheetOfficer(NamedTuple):
    """Somebody who signs: name and certificate number."""

    name: str
    number: str


class SheetDepartment(NamedTuple):
    """A department with its officers, and what it found; "" is left to the pen."""

    name: str
    officers: tuple[SheetOfficer, ...]
    result: str


@dataclass(frozen=True, slots=True)
class JointSheet:
    """What is printed. fields: labels by their key and values, one or two pairs a line."""

    office: str
    fields: tuple[tuple[tuple[str, str], ...], ...]
    departments: tuple[SheetDepartment, ...]


@cache
def joint_words() -> dict[str, Any]:
    """Return the words of the sheet by their keys."""
    return tomllib.loads((resources() / "visits" / "joint_sheet.toml").read_text(encoding="utf-8"))


def render_joint_sheet(sheet: JointSheet) -> bytes:
    """Return the PDF of the sheet. Raises ProblemsError when a character has no glyph."""
    fonts.register()
    fonts.refuse_missing_glyphs(_texts(sheet))
    words, pages = joint_words(), Pages()
    pages.paragraph(words["title"], TITLE)
    pages.paragraph(words["about"], _ABOUT)
    pages.skip(2 * MM)
    labels = words["labels"]
    flowables.fields(pages, [[(labels[key], text or words["blank"]) for key, text in line] for line in sheet.fields])
    flowables.heading(pages, words["headings"]["results"])
    table = Table(pages, [(words["columns"][key], width) for key, width in _WIDTHS])
    for each in sheet.departments:
        officers = tuple((_officer(officer), CELL) for officer in each.officers)
        table.row([plain(each.name, CELL), officers, plain(each.result, CELL)])
    flowables.heading(pages, words["headings"]["signatures"], STRIP_HEIGHT)
    for each in sheet.departments:
        for officer in each.officers:
            # One by one: more of them than a page holds go on to the next.
            lines = (each.name, _officer(officer), words["day"])
            flowables.signature_strips(pages, [Strip(words["signature"], None, "", lines)])

    def furniture(page: Page, number: int, total: int) -> None:
        flowables.foot(page, words["title"], words["page"].format(number=number, total=total), sheet.office)

    return paint(pages.pages, furniture, {}, Properties(words["title"], sheet.office, ""))


def _officer(officer: SheetOfficer) -> str:
    said: str = joint_words()["officer"]
    return said.format(name=officer.name, number=officer.number)


def _texts(sheet: JointSheet) -> Iterator[tuple[str, str]]:
    labels, columns = joint_words()["labels"], joint_words()["columns"]
    yield from ((labels[key], text) for line in sheet.fields for key, text in line)
    for each in sheet.departments:
        yield columns["department"], each.name
        yield columns["result"], each.result
        yield from ((columns["officers"], _officer(officer)) for officer in each.officers)
