"""Columns and filters of the list of findings."""

from ohdesk.domain.rectification import Standing
from ohdesk.i18n import mark, tr
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.ui.kit.table_view import Column

FILTER_WORDS = {
    "all": mark("全部"),
    "overdue": mark("逾期"),
    "due": mark("本周到期"),
    "waiting": mark("待复查"),
    "planned": mark("已安排复查"),
    "finished": mark("已完成"),
}
_KINDS = {
    Standing.DUE: "warn",
    Standing.OVERDUE: "bad",
    Standing.PLANNED: "active",
    Standing.MET: "ok",
    Standing.AGAIN: "bad",
    Standing.CORRECTED: "ok",
    Standing.REFERRED: "warn",
}
_ORDER = tuple(Standing)


def state_kind(row: RectificationRow) -> str:
    """Return the kind of chip a state is shown as."""
    return _KINDS.get(row.state, "plain")


def columns(*, towns: bool) -> tuple[Column[RectificationRow], ...]:
    """Return the columns; with the town at a county."""
    town: Column[RectificationRow] = Column(tr("镇街"), lambda row: row.town, 114)
    return (
        # Wide enough for （假日未定） too: late in the year most new deadlines have it until the next is on file.
        Column(tr("期限"), lambda row: row.due or tr("不设期限"), 176, by=lambda row: row.due_on),
        *((town,) if towns else ()),
        Column(tr("单位"), lambda row: row.name, 140 if towns else 160, sought=True),
        Column(tr("问题"), lambda row: row.fact, 110 if towns else 166),
        Column(tr("依据"), lambda row: "；".join(row.duty), 72 if towns else 110),
        Column(tr("处置"), lambda row: row.disposal, 102),
        Column(tr("状态"), lambda row: row.word, 112, kind=state_kind, by=lambda row: _ORDER.index(row.state)),
    )
