"""Columns of the roll, and of the rows an import refuses."""

from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.domain.roll.definition import ROLL
from ohdesk.domain.roll.table import Entry, Refusal
from ohdesk.i18n import tr
from ohdesk.services.roll.entries import EstablishmentRow
from ohdesk.ui.kit.status_chip import risk_kind, risk_text
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.roll.import_lines import Changed, Doubtful


def roll_columns() -> tuple[Column[EstablishmentRow], ...]:
    """Return the columns of the roll, as its definition names them."""
    cells: dict[str, Column[EstablishmentRow]] = {
        "name": Column(tr("名称"), lambda row: row.name, 204, sought=True),
        "uscc": Column(tr("信用代码"), lambda row: row.uscc or row.local_id, 170),
        "industry_code": Column(tr("行业"), lambda row: " ".join(filter(None, (row.industry_code, row.industry))), 140),
        "exposed_workers": Column(tr("接害"), lambda row: _count(row.exposed_workers), 72, numeric=True),
        "risk_class": Column(
            tr("风险类别"),
            lambda row: risk_text(row.risk_class, row.risk_scheme),
            148,
            kind=lambda row: risk_kind(row.risk_class, row.risk_scheme),
        ),
        "status": Column(tr("状态"), _state, 90, kind=_state_kind),
    }
    return tuple(cells[key] for key in ROLL.columns)


def refusal_columns() -> tuple[Column[Refusal], ...]:
    """Return the columns of the list of refused rows."""
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("列"), lambda row: row.column, 150),
        Column(tr("应为"), lambda row: row.expected, 190),
        Column(tr("现为"), lambda row: row.found, 140),
        Column(tr("原因"), lambda row: row.reason, 220),
    )


def doubtful_columns() -> tuple[Column[Doubtful], ...]:
    """Return the columns of the list of rows that are imported and should be looked at."""
    return (
        Column(tr("工作表"), lambda line: line.sheet, 106),
        Column(tr("行"), lambda line: str(line.row), 52, numeric=True),
        Column(tr("单位名称"), lambda line: line.name, 160, sought=True),
        Column(tr("列"), lambda line: line.column, 148),
        Column(tr("应为"), lambda line: line.expected, 168),
        Column(tr("现为"), lambda line: line.found, 150),
        Column(tr("原因"), lambda line: line.reason, 160),
    )


def changed_columns() -> tuple[Column[Changed], ...]:
    """Return the columns of the list of values that would be replaced."""
    return (
        Column(tr("行"), lambda line: str(line.row), 52, numeric=True),
        Column(tr("单位名称"), lambda line: line.name, 220, sought=True),
        Column(tr("字段"), lambda line: line.heading, 130),
        Column(tr("现在"), lambda line: line.before, 270),
        Column(tr("改为"), lambda line: line.after, 270),
    )


def repeated_columns() -> tuple[Column[Entry], ...]:
    """Return the columns of the list of rows that repeat an earlier row of the same list."""
    return (
        Column(tr("工作表"), lambda entry: entry.sheet, 110),
        Column(tr("行"), lambda entry: str(entry.row), 52, numeric=True),
        Column(tr("单位名称"), lambda entry: entry.name, 260, sought=True),
        Column(tr("统一社会信用代码"), lambda entry: entry.uscc, 190),
        Column(tr("重复的行"), _first_row, 200),
    )


def _first_row(entry: Entry) -> str:
    rows = [flag.partition(":")[2] for flag in entry.flags if flag.startswith("duplicate_of:")]
    return tr("与第 {row} 行是同一家", row=rows[0]) if rows else tr("与名单中前面的行是同一家")


def _count(persons: int | None) -> str:
    return "" if persons is None else str(persons)


def _state_kind(row: EstablishmentRow) -> str:
    return "warn" if row.contested or row.status in CLOSED_STATES else ""


def _state(row: EstablishmentRow) -> str:
    status = tr(row.status) if row.status else ""  # the catalogue's entry for nothing is its own heading
    return tr("待核 · {status}", status=status) if row.contested else status
