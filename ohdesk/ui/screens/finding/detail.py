"""One finding beside the list: what was seen, what was ordered, and what has become of it so far."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.finding.rows import RectificationDetail, Step
from ohdesk.ui.kit.lay import Item, column, facts, muted, text
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.screens.finding.table import state_kind


class DetailPane(Pane):
    """The finding selected."""

    def __init__(self) -> None:
        super().__init__(tr("问题详情"))

    def show_detail(self, detail: RectificationDetail) -> None:
        """Show one finding."""
        row = detail.row
        number = tr("第 {number} 项问题", number=row.number)
        where = tr("笔录 {record} · {number}", record=row.record, number=number)
        if not row.record:
            where = tr("笔录没有定稿，处置和期限还可以改 · {number}", number=number)
        self.show_head(row.name, where, ((row.word, state_kind(row)),))
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
