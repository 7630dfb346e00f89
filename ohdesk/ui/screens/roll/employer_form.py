"""The form of one employer: the fields of the roll, and the reason."""

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.register.definition import Field
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.roll import roll_definition
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import city
from ohdesk.services.roll import entries, proposals, values
from ohdesk.services.roll.asked import asked_of_employer
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.page import Page

_REASON = "reason"
_COLUMNS = 4


class EmployerDraft(NamedTuple):
    """A form that was being filled: whose (an id, or "" for a new employer), and what was typed."""

    correcting: str
    typed: dict[str, str]


class EmployerForm(Page):
    """Asks for a new employer, or for what is to be put right of one."""

    closed = Signal()
    kept = Signal(str, str)  # the id of the employer that was saved, and what was done; "" where nothing differed

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._correcting = ""
        reason = Field(_REASON, mark("理由"), help=mark("例如：营业执照变更、现场核实。"), most=200)
        # With the words that this office fills its fields with.
        asked = (*asked_of_employer(city.profile(ctx)), reason)
        self.form = Form(asked, legal_day(ctx.now()).isoformat(), _COLUMNS, check=_against, warn=_doubtful)
        self.form.edited.connect(lambda key: self._want_of_kind() if key == "kind" else None)
        self.form.submitted.connect(self._save)
        self.form.closed.connect(self.closed)
        column(grow(self.form), of=self, edges=("page_side", "page_top"))

    def ask_new(self, typed: Values | None = None) -> None:
        """Ask for a new employer; typed: what was typed before a lock."""
        self._correcting = ""
        self._ask(tr("保存单位(&S)"), {}, typed)

    def ask_correction(self, establishment: str, held: Mapping[str, str], typed: Values | None = None) -> None:
        """Ask what of an employer is to be put right; held: what is saved, typed: what was typed before a lock."""
        self._correcting = establishment
        self._ask(tr("保存更正(&S)"), held, typed)

    def focus_first(self) -> None:
        """The focus is in the first field."""
        self.form.focus_first()

    def draft(self) -> EmployerDraft | None:
        """Return what was typed and is not saved yet."""
        typed = self.form.draft()
        return EmployerDraft(self._correcting, typed) if typed else None

    def _ask(self, action: str, held: Mapping[str, str], typed: Values | None) -> None:
        self.form.ask("", action, typed or held, held=held)  # the header says what it is
        self._want_of_kind()

    def _want_of_kind(self) -> None:
        """Ask for what only some kinds of establishment have of those alone; what is held stays to be seen."""
        for field in roll_definition().fields:
            if field.only_for:
                wanted = self.form.value("kind") in field.only_for or bool(self.form.value(field.key))
                self.form.want(field.key, wanted=wanted)

    def _save(self) -> None:
        fields, establishment = self.form.changed(), self._correcting
        reason = fields.pop(_REASON, "")
        try:
            if establishment:
                change = entries.correct(self.ctx, establishment, fields, reason)
            else:
                establishment = entries.add(self.ctx, fields, reason)
                change = Change.PROPOSALS if proposals.is_waiting(self.ctx, establishment) else Change.ROLL
        except UserError as error:
            self.form.show_problems(error)
            return
        act = tr("更正 {name}") if self._correcting else tr("新增 {name}")
        label = act.format(name=self.form.value("name").strip()) if change else ""
        self.form.close_form()
        self.changed.emit(change)
        self.kept.emit(establishment, label)
        self.done.emit(proposals.proposed_text() if Change.PROPOSALS in change else tr("已保存。"))


def _against(key: str, typed: str) -> Problem | None:
    """Return what the roll has against a value."""
    if key == _REASON:
        return None
    try:
        values.checked({key: typed})
    except ProblemsError as error:
        return error.problems[0]
    return None


def _doubtful(key: str, typed: str) -> Problem | None:
    """Return what should be looked at in a value that the roll takes."""
    return next(iter(values.warnings({key: typed})), None)
