"""The lines of an import's preview: what should be looked at, and which values would replace which."""

from dataclasses import dataclass
from typing import NamedTuple

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.roll.table import Entry
from ohdesk.i18n import tr
from ohdesk.services.roll.importing import Comparison

_COLUMN_OF_CODE = "uscc"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """One thing to look at in a row that is imported all the same."""

    sheet: str
    row: int
    name: str
    column: str
    expected: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that would replace another."""

    row: int
    name: str
    heading: str
    before: str
    after: str


class LookedAt(NamedTuple):
    """A comparison with the lines of its preview, put together beside the interface: a list may be long."""

    comparison: Comparison
    doubtful: list[Doubtful]
    changed: list[Changed]


def look_at(comparison: Comparison) -> LookedAt:
    """Return a comparison with the lines of its preview."""
    return LookedAt(comparison, _doubtful_lines(comparison), _changed_lines(comparison))


def _doubtful_lines(comparison: Comparison) -> list[Doubtful]:
    """Return every doubt about the rows that are imported, in the order of the list."""
    written = (planned.entry for planned in (*comparison.new, *comparison.changed, *comparison.same))
    return [line for entry in sorted(written, key=lambda each: (each.sheet, each.row)) for line in _doubts(entry)]


def _changed_lines(comparison: Comparison) -> list[Changed]:
    """Return every value that would be replaced."""
    return [
        Changed(
            planned.entry.row, planned.entry.name, tr(FIELD_BY_KEY[key].heading), planned.before.get(key, ""), value
        )
        for planned in comparison.changed
        for key, value in planned.fields.items()
    ]


def _doubts(entry: Entry) -> list[Doubtful]:
    lines = [
        Doubtful(entry.sheet, entry.row, entry.name, doubt.column, doubt.expected, doubt.found, doubt.reason)
        for doubt in entry.doubts
    ]
    heading = tr(FIELD_BY_KEY[_COLUMN_OF_CODE].heading)
    flags = {
        "uscc_missing": (heading, tr("18 位代码"), tr("空白"), tr("没有信用代码，按本地编号登记")),
        "hidden": ("", tr("显示的行"), tr("隐藏的行"), tr("这一行在表格中是隐藏的")),
        "closed": (tr(FIELD_BY_KEY["status"].heading), tr("在业"), tr("停业、注销等"), tr("按已停业登记")),
    }
    lines += [Doubtful(entry.sheet, entry.row, entry.name, *flags[flag]) for flag in entry.flags if flag in flags]
    return lines
