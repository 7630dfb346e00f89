"""What the unlock card says about a practice world: which office, which password, and how to be rid of it."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.field import Choice, Field
from ohdesk.ui.kit.lay import column, grow, muted, row

if TYPE_CHECKING:
    from ohdesk.services.start.practice import PracticeWorld
    from ohdesk.ui.kit.confirm import Confirm


class PracticePart(QWidget):
    """Hidden for a real workspace. chip: says what it is, for the head of the card."""

    office_chosen = Signal(object)  # Path
    throw_away_wanted = Signal(object)  # Path: the whole world

    def __init__(self) -> None:
        super().__init__()
        self.world: PracticeWorld | None = None
        self.chip = StatusChip()
        self.office = Choice()
        self.office.activated.connect(self._choose)
        self.text = muted()
        self.remove = button(tr("删除练习库…(&T)"), act=self._ask, quiet=True)
        parts = (self.text, Field(tr("练习哪个单位"), self.office), row(self.remove, grow()))
        self._column = column(*parts, of=self, gap="gap_tiny")
        self.hide()

    @cached_property
    def _confirm(self) -> "Confirm":
        from ohdesk.ui.kit.confirm import Confirm  # late: hardly ever asked

        made = Confirm()
        made.confirmed.connect(self._throw_away)
        made.declined.connect(self.remove.setFocus)
        self._column.addWidget(made)
        return made

    def look_at(self, folder: Path) -> Path | None:
        """Show the practice world of a folder, if it is one; return the office to open when it is the world itself."""
        from ohdesk.services.start.practice import find_world  # late: the prompt is painted without it

        world = self.world = find_world(folder)
        self.setVisible(world is not None)
        self.chip.show_state("" if world is None else tr("练习库"), "warn")
        if world is None:
            return None
        self.text.setText(
            tr("练习库里的单位和人员都是虚构的，随便练。每个账户的密码都是 {password}", password=world.password)
        )
        label = tr("{name}（{role}）")
        self.office.offer(
            (world.folder / each.folder, label.format(name=each.name, role=each.role.word)) for each in world.offices
        )
        self.office.setCurrentIndex(max(0, self.office.findData(folder)))
        return world.folder / world.offices[0].folder if folder == world.folder and world.offices else None

    def _choose(self, place: int) -> None:
        self.office_chosen.emit(self.office.itemData(place))

    def _ask(self) -> None:
        if self.world is None:
            return
        question = tr(
            "删除整个练习库？{folder} 里的 {count} 个练习工作区和全部练习文件都会删除，不能恢复。",
            folder=self.world.folder,
            count=len(self.world.offices),
        )
        self._confirm.ask(question, tr("删除练习库(&D)"))

    def _throw_away(self, _nothing: str) -> None:
        if self.world is not None:
            self.throw_away_wanted.emit(self.world.folder)
