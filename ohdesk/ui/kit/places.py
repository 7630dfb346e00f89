"""Where a file goes: one of the sticks that are plugged in, or a folder."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import drives
from ohdesk.services.office.drives import Stick
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, row
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.wording import size_text

_SHOWN_LENGTH = 60


class PlaceChoice(Page):
    """Offers the sticks found and folders chosen; the one chosen last stays chosen."""

    settled = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, label: str) -> None:
        super().__init__(ctx, jobs)
        self._label = label
        self.sticks: tuple[Stick, ...] = ()  # found at the last look
        self._folder: Path | None = None
        self.choice = LongChoice()
        self.choice.setAccessibleName(label)
        self.other = action("folder", tr("文件夹…(&D)"), self.choose)
        self.again = button(tr("查找(&F)"), act=self.look, quiet=True)
        self.setFocusProxy(self.choice)
        row(grow(self.choice), self.other, self.again, of=self)
        self._show()

    @property
    def place(self) -> Path | None:
        """The folder chosen; None while there is neither a stick nor a folder."""
        return self.choice.currentData()  # type: ignore[no-any-return]

    @property
    def is_stick(self) -> bool:
        """True when what is chosen has to be pulled out."""
        return any(stick.path == self.place for stick in self.sticks)

    def look(self) -> None:
        """Look for sticks, on the worker: a bad one may take its time."""
        self.work(lambda: drives.sticks(), self.show_sticks)

    def show_sticks(self, sticks: Sequence[Stick]) -> None:
        """Offer these sticks."""
        self.sticks = tuple(sticks)
        self._show()
        self.settled.emit()

    def choose(self) -> None:
        """Ask for a folder."""
        folder = choose_folder(self, self._label)
        if folder is not None:
            self.choose_folder(folder)
            self.again.setFocus()
            self.again.focusNextChild()  # the place is settled: on to what is done with it

    def choose_folder(self, folder: Path) -> None:
        """Offer and choose a folder."""
        self._folder = folder
        self._show(folder)
        self.settled.emit()

    def _show(self, chosen: Path | None = None) -> None:
        held = chosen or self.place
        self.choice.clear()
        for stick in self.sticks:
            name = tr("{path}　{label}　可用 {free}", path=stick.path, label=stick.label, free=size_text(stick.free))
            self.choice.addItem(_shortened(name), stick.path)
        if self._folder is not None:
            self.choice.addItem(_shortened(str(self._folder)), self._folder)
        if not self.choice.count():
            self.choice.addItem(tr("没有找到优盘：请插入后再查找，或选择文件夹"), None)
        self.choice.setCurrentIndex(max(0, self.choice.findData(held)))


def _shortened(text: str) -> str:
    """Return a long path by its end, which tells more than its beginning."""
    return text if len(text) <= _SHOWN_LENGTH else f"…{text[-_SHOWN_LENGTH:]}"
