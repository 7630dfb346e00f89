"""今日: what to do now, what is planned, what needs attention; in a new workspace the first steps."""

from functools import cached_property

from PySide6.QtWidgets import QStackedWidget

from ohdesk.domain.calendar import legal_day, weekday_name
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.start import today
from ohdesk.services.start.today import Agenda, Backlog
from ohdesk.ui.kit.actions import primary_action, relabel
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.today.agenda_page import AgendaPage
from ohdesk.ui.screens.today.attention import NextThing, next_thing
from ohdesk.ui.screens.today.first_steps_page import FirstStepsPage


class TodayScreen(Screen):
    """Two pages: the day, and the first steps of a new workspace."""

    reloads_on = Change.SHARED | Change.SETTINGS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._agenda: Agenda | None = None
        self._backlog: Backlog | None = None
        self._next = NextThing("", "", "")
        self._is_filled = False
        self._filling = later(self, self._fill)
        self._header = Header("")
        self.primary = primary_action("next", "", lambda: self.wanted.emit(self._next.screen, self._next.thing))
        self._header.add(self.primary)
        self._pages = QStackedWidget()
        column(self._header, grow(self._pages), of=self, gap="")

    @cached_property
    def day(self) -> AgendaPage:
        """The day, made when there is one to show."""
        day = AgendaPage()
        day.wanted.connect(self.wanted)
        self._pages.addWidget(day)
        return day

    @cached_property
    def steps(self) -> FirstStepsPage:
        """The first steps, made when there are some."""
        steps = FirstStepsPage()
        steps.wanted.connect(self.wanted)
        steps.skipped.connect(self._skip)
        self._pages.addWidget(steps)
        return steps

    def arrive(self) -> None:
        """Come to the front: read the day again."""
        self.reload()
        self.focus_first()

    def focus_first(self) -> None:
        """The focus is on the next thing to do."""
        if self._agenda is not None and self._agenda.starting:
            self.steps.focus_next()
        else:
            self.primary.setFocus()

    def reload(self) -> None:
        """Read the day again; what takes longer is counted on the worker."""
        ctx = self.ctx
        with self.telling():
            self._agenda = today.agenda(ctx)
            self._show(self._agenda)
            if not self._agenda.starting:
                # Findings and the roll are counted for a while; the visits of the day need not wait.
                self.latest.ask(lambda: today.backlog(ctx), self._show_backlog)

    def _show(self, agenda: Agenda) -> None:
        day = legal_day(self.ctx.now())
        self._header.entitle(tr("{month}月{day}日 {weekday}", month=day.month, day=day.day, weekday=weekday_name(day)))
        self._header.say(self.ctx.office.name)
        self.primary.setVisible(not agenda.starting)
        self._pages.setCurrentWidget(self.steps if agenda.starting else self.day)
        if agenda.starting:
            self.steps.show_steps(agenda.steps)
            return
        self._next = next_thing(agenda, self._backlog)
        relabel(self.primary, self._next.text)
        if self._is_filled:
            self._fill()
        else:
            self._filling.start()

    def _fill(self) -> None:
        """Fill the page of the day: for the first time at a turn of its own, after it was made and the day read."""
        self._is_filled = True
        if self._agenda is not None:
            self.day.show_day(self._agenda, self._backlog)

    def _show_backlog(self, backlog: Backlog) -> None:
        self._backlog = backlog
        if self._agenda is not None:
            self._show(self._agenda)

    def _skip(self, key: str) -> None:
        with self.telling():
            change = today.skip(self.ctx, key)
            self.reload()
            self.steps.focus_next()
            self.changed.emit(change)
