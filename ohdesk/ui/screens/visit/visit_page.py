"""A step of one visit: its fields by key, each problem at its field, and what is typed kept while it is being typed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ohdesk.errors import UserError
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import drafts
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.editors import put_value, value_of
from ohdesk.ui.kit.field import PasswordEdit
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.kit.step_page import StepPage

Typed = Mapping[str, str]


class VisitPage(StepPage):
    """A page has `fields` by key; it calls `begin` to show what is known, `finish` when that has changed.

    editors: what is typed into outside of these fields, by the key under which a draft keeps it

    The draft is written every so often while the page is seen: Esc, another screen and a crash leave it where it is.
    """

    page_wanted = Signal(object)  # Page
    question_wanted = Signal(str)  # its id: to be looked at again

    def __init__(self, ctx: Context, jobs: Jobs, name: str = "") -> None:
        """`name`: of the page, under which its drafts are kept; none where nothing is typed."""
        super().__init__(ctx, jobs)
        self.editors: dict[str, QWidget] = {}
        self.visit = ""  # the one that is shown
        self._name = name
        self._whose = ""  # a visit, or what stands for one that is not planned yet
        self._found: Typed = {}
        self._kept: Typed = {}
        self._keeps = QTimer(self)
        self._keeps.setInterval(theme.layout("autosave_after_ms"))
        self._keeps.timeout.connect(self._keep_now_and_then)

    def show_visit(self, view: VisitView) -> None:
        """Show a visit."""

    def typed(self) -> Typed:
        """Return what stands in the editors, as a draft keeps it."""
        return {key: value_of(editor) for key, editor in self._kept_editors().items()}

    def put(self, typed: Typed) -> None:
        """Put into every editor what was typed there, and nothing where nothing was."""
        for key, editor in self._kept_editors().items():
            put_value(editor, typed.get(key, ""))

    def put_cards(self, left: Sequence[QWidget], right: Sequence[QWidget]) -> None:
        """Put cards below each other in two columns of one width."""
        self.cards.addLayout(row(*(grow(column(*side, grow(), gap="gap")) for side in (left, right)), gap="gap"))

    def begin(self, whose: str, known: Typed | None = None) -> Typed:
        """Put what is known into the editors, and over it what was typed there before, which is returned."""
        self.put(known or {})
        self._whose, self._found = whose, self.typed()
        self._kept = drafts.kept(self.ctx, whose, self._name)
        self.clear_faults()
        if self._kept:
            self.put({**self._found, **self._kept})  # what a draft does not name stays as it is known
        return self._kept

    def finish(self, said: str) -> None:
        """What was typed is part of the visit now: say so."""
        if self._whose:
            drafts.forget(self.ctx, self._whose, self._name)
        self._whose = ""  # else leaving the page would write the draft again
        self.done.emit(said)
        self.changed.emit(Change.VISITS)

    def keep(self) -> None:
        """Write the draft, if something else was typed since. Raises UserError where it cannot be kept."""
        if not self._whose:
            return
        typed = self.typed()
        # Typed back to what is known, there is nothing to keep, and an older draft goes.
        values = {} if typed == self._found else typed
        if values != self._kept:
            drafts.keep(self.ctx, self._whose, self._name, values)
            self._kept = values

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keeps.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keeps.stop()

    def _kept_editors(self) -> dict[str, QWidget]:
        """Return what a draft keeps: a password is never written anywhere."""
        editors = {key: field.editor for key, field in self.fields.items()} | self.editors
        return {key: editor for key, editor in editors.items() if not isinstance(editor, PasswordEdit)}

    def _keep_now_and_then(self) -> None:
        try:
            self.keep()
        except UserError as error:
            self._keeps.stop()  # said once; leaving the page tries again
            self.failed.emit(error)
