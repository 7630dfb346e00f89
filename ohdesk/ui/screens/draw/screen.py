"""抽取: the list of draws, and the five steps of one."""

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtWidgets import QStackedLayout

from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.draw.list_page import ListPage
from ohdesk.ui.screens.draw.wizard import Wizard


class _Draft(NamedTuple):
    draw: str  # empty while the plan is made
    step: int
    seed: Mapping[str, str]


class DrawsScreen(Screen):
    """Either the list or one draw is in front."""

    reloads_on = Change.DRAWS | Change.ROLL | Change.PEOPLE

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.list = ListPage(ctx, jobs)
        self._made: Wizard | None = None
        self.hand_on(self.list)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.list)
        self.list.new_wanted.connect(self.start)
        self.list.opened.connect(self.open)
        self.list.reload()

    @property
    def wizard(self) -> Wizard:
        """The five steps, made when they are first asked for."""
        if self._made is None:
            wizard = self._made = Wizard(self.ctx, self.jobs)
            self.hand_on(wizard)
            self._stack.addWidget(wizard)
            wizard.closed.connect(self._show_list)
            wizard.projected.connect(self.kiosk_wanted)
        return self._made

    def arrive(self) -> None:
        """Come to the front, where one left."""
        self._front().focus_first()

    def leave(self) -> None:
        """Keep the plan that is being made."""
        if self._front() is not self.list:
            self.wizard.leave()

    def reload(self) -> None:
        """Read again what is in front."""
        self.list.reload()
        if self._front() is not self.list:
            self.wizard.reload()

    def start(self) -> None:
        """Begin a draw."""
        self._stack.setCurrentWidget(self.wizard)
        self.wizard.start()

    def open(self, draw_id: str) -> None:
        """Show a draw at the step where it stopped."""
        self._stack.setCurrentWidget(self.wizard)
        self.wizard.show_draw(draw_id)

    def draft(self) -> object | None:
        """Return where one stood and the seed being typed, to be kept over a lock."""
        if self._front() is self.list:
            return None
        self.wizard.leave()
        return _Draft(self.wizard.draw_id, self.wizard.step, self.wizard.seed.values())

    def take_draft(self, draft: object) -> None:
        """Go on where one stood before the lock."""
        if not isinstance(draft, _Draft):
            return
        if not draft.draw:
            self.start()
            return
        self._stack.setCurrentWidget(self.wizard)
        self.wizard.show_draw(draft.draw, draft.step)
        self.wizard.seed.await_values(draft.draw, draft.seed)

    def _show_list(self) -> None:
        self._stack.setCurrentWidget(self.list)
        self.list.reload()
        self.list.focus_first()

    def _front(self) -> ListPage | Wizard:
        return self.list if self._stack.currentWidget() is self.list else self.wizard
