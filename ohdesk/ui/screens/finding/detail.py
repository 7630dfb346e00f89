"""A finding as a row of the list, and whole beside it: what was seen, what was ordered, what has become of it."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import Standing
from ohdesk.i18n import mark, tr
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow, Step
from ohdesk.ui.kit.lay import Item, column, facts, muted, text
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import Column

FILTER_WORDS = {
    "all": mark("全部"),
    "overdue": mark("逾期"),
    "due": mark("本周到期"),
    "waiting": mark("待复查"),
    "planned": mark("已安排复查"),
    "finished": mark("已完成"),
    "bad": mark("核对不通过"),
}
_KINDS = {
    Standing.DUE: "warn",
    Standing.OVERDUE: "bad",
    Standing.PLANNED: "active",
    Standing.MET: "ok",
    Standing.AGAIN: "bad",
    Standing.CORRECTED: "ok",
    Standing.REFERRED: "warn",
    Standing.BAD: "bad",
}
_ORDER = tuple(Standing)


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
        Column(tr("状态"), lambda row: row.word, 112, kind=_kind, by=lambda row: _ORDER.index(row.state)),
    )


class DetailPane(Pane):
    """The finding selected."""

    def __init__(self) -> None:
        super().__init__(tr("问题详情"))

    def show_detail(self, detail: RectificationDetail) -> None:
        row = detail.row
        number = tr("第 {number} 项问题", number=row.number)
        where = tr("笔录 {record} · {number}", record=row.record, number=number)
        if not row.record:
            where = tr("笔录没有定稿，处置和期限还可以改 · {number}", number=number)
        chips = [(row.word, _kind(row))]
        if row.verified in {Verification.WAITING, Verification.UNCHECKED}:
            chips.append((tr("笔录{state}", state=row.verified.word), "warn"))
        self.show_head(row.name, where, chips)
        self.show_parts(_parts(detail))


def _parts(detail: RectificationDetail) -> Iterator[Item]:
    row = detail.row
    unconfirmed = tr("期限的天数由程序建议、执法人员确认，全县统一的标准待县级核定。")
    yield from _part(tr("事实"), row.fact)
    yield from _part(tr("处置"), _disposal(row.disposal, row.due))
    if detail.deadline_unconfirmed:
        yield muted(unconfirmed)
    steps = ((step.day or tr("未定"), _step(step)) for step in detail.timeline)
    yield column(text(tr("经过"), "heading"), facts(steps), gap="gap_tiny")
    yield from _part(tr("依据"), "\n".join(row.duty))
    yield from _part(tr("证据"), detail.evidence)
    yield from _part(tr("检查项"), detail.text)
    yield from _part(tr("执法人员"), "、".join(detail.inspectors))


def _part(heading: str, said: str) -> Iterator[Item]:
    if said:
        yield column(text(heading, "heading"), text(said, selectable=True), gap="gap_tiny")


def _step(step: Step) -> QWidget:
    """Return what happened, or is to come."""
    return muted(step.what) if step.ahead else text(step.what, selectable=True)


def _disposal(disposal: str, due: str) -> str:
    return tr("{disposal}，至 {day}", disposal=disposal, day=due) if due else disposal


def _kind(row: RectificationRow) -> str:
    """Return the kind of chip a state is shown as."""
    return _KINDS.get(row.state, "plain")
