"""Columns of the roll, and of the rows an import refuses."""

from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.domain.roll_entry import Refusal
from ohdesk.i18n import tr
from ohdesk.services.establishments import EstablishmentRow
from ohdesk.ui.kit.status_chip import risk_kind, risk_text
from ohdesk.ui.kit.table_view import Column


def roll_columns() -> tuple[Column[EstablishmentRow], ...]:
    """Return the columns of the roll."""
    return (
        Column(tr("名称"), lambda row: row.name, 204),
        Column(tr("信用代码"), lambda row: row.uscc or row.local_id, 170),
        Column(tr("行业"), lambda row: " ".join(filter(None, (row.industry_code, row.industry))), 140),
        Column(tr("接害"), lambda row: _count(row.exposed_workers), 64, numeric=True),
        Column(
            tr("风险类别"),
            lambda row: risk_text(row.risk_class, row.risk_scheme),
            148,
            kind=lambda row: risk_kind(row.risk_class, row.risk_scheme),
        ),
        Column(tr("状态"), _state, 90, kind=_state_kind),
    )


def refusal_columns() -> tuple[Column[Refusal], ...]:
    """Return the columns of the list of refused rows."""
    return (
        Column(tr("工作表"), lambda row: row.sheet, 110),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("列"), lambda row: row.column, 120),
        Column(tr("应为"), lambda row: row.expected, 230),
        Column(tr("现为"), lambda row: row.found, 200),
        Column(tr("原因"), lambda row: row.reason, 220),
    )


def _count(persons: int | None) -> str:
    return "" if persons is None else str(persons)


def _state_kind(row: EstablishmentRow) -> str:
    return "warn" if row.contested or row.status in CLOSED_STATES else ""


def _state(row: EstablishmentRow) -> str:
    return tr("待核 · {status}").format(status=row.status) if row.contested else row.status
