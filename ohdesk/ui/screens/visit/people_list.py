"""Who goes along: names that can be ticked; who may not says why."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from ohdesk.i18n import tr
from ohdesk.services.visit.views import Colleague
from ohdesk.ui.kit.low_list import LowList

_MOST = 6  # lines shown without scrolling


class PeopleList(LowList):
    """Arrows move, Space ticks."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__(_MOST)
        self.itemChanged.connect(lambda _item: self.edited.emit())

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of those who go along, in the order of the list."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(self.key_of(item) for item in items if item.checkState() == Qt.CheckState.Checked)

    def show_people(self, people: Sequence[Colleague], ticked: Sequence[str], *, fixed: bool = False) -> None:
        """Show people; those who may not go are neither ticked nor to be ticked. fixed: nobody can be changed."""
        self.blockSignals(True)  # nobody ticks anything
        self.clear()
        for person in people:
            item = self.offer_line(_line(person), person.id)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
            may = not person.why_not and not fixed
            item.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if may else flags)
            chosen = person.id in ticked and (fixed or not person.why_not)
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # the page's
            return
        super().keyPressEvent(event)


def _line(person: Colleague) -> str:
    parts = [person.name, person.certificate_no]
    if person.why_not:
        parts.append(person.why_not)
    elif person.certificate_until:
        parts.append(tr("有效期至 {day}", day=person.certificate_until))
    if person.leads:
        parts.append(tr("可带队"))
    return "　".join(filter(None, parts))
