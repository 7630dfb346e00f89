"""The form of one entry, made from the definition of its book."""

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.register.definition import Definition, Field, Kind, State, word
from ohdesk.domain.register.states import following, state_of
from ohdesk.domain.register.values import problem_of, typed_text
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.services.register import entries, listing
from ohdesk.ui.kit.asked import NONE, as_typed, show_asked
from ohdesk.ui.kit.establishment_finder import EstablishmentFinder
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.page import Page

_REASON = Field("reason", mark("理由"), help=mark("更正时写明，例如：电话核实、录入有误。"), most=200)
_TYPED_ELSEWHERE = frozenset({Kind.FILES})
_BY_NAME = frozenset({Kind.ESTABLISHMENT, Kind.ENTRY})
_COLUMNS = 3


class Typed(NamedTuple):
    """What was typed and is not saved: of which entry ("" for a new one), about whom, and the fields."""

    entry: str
    about: str
    fields: dict[str, str]


class EntryForm(Page):
    """Asks for a new entry, or for what is to be put right of one."""

    closed = Signal()
    kept = Signal(str)  # the id of the entry that was saved

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        super().__init__(ctx, jobs)
        self._definition = definition
        self._entry = ""
        self._known: Mapping[str, str] = {}
        today = legal_day(ctx.now()).isoformat()
        self.finder = EstablishmentFinder(ctx, jobs, tr("单位"))
        self.form = Form((*self._asked(), _REASON), today, columns=_COLUMNS, check=self._against)
        self.form.submitted.connect(self._save)
        self.form.closed.connect(self.closed)
        self.form.edited.connect(self._show_asked)
        column(self.finder, grow(self.form), of=self, edges=("page_side", "page_top"))
        self.finder.setVisible(definition.about == "establishment")

    @property
    def is_touched(self) -> bool:
        """True when something was typed that is not saved."""
        return self.form.is_touched

    def ask_new(self, about: str = "", typed: Mapping[str, str] | None = None) -> None:
        """Ask for a new entry; typed: what was typed before a lock."""
        self._entry = ""
        self._offer_people()
        self.finder.fixed = False
        self.finder.choose(about)
        today = legal_day(self.ctx.now()).isoformat()
        held = {field.key: _default(field, today) for field in self._definition.fields}
        self._offer_states("")
        self._ask(held | dict(typed or {}), held, tr("保存登记(&S)"), is_new=True)

    def ask_correction(self, entry: str, typed: Mapping[str, str] | None = None) -> None:
        """Ask what of an entry is to be put right; typed: what was typed before a lock, or is proposed."""
        detail = entries.detail(self.ctx, entry)
        row = listing.row_of(self.ctx, self._definition.id, entry)
        self._entry = entry
        self._offer_people()
        self.finder.fixed = True
        self.finder.choose(str(detail.values.get("establishment") or ""))
        state = str(detail.values.get("state") or "")
        self._offer_states(state)
        held = {each.key: _typed(each, detail.values.get(each.key)) for each in self._definition.fields}
        # What has a name is typed by it.
        held |= {each.key: row.texts.get(each.key, "") for each in self._definition.fields if each.kind in _BY_NAME}
        held["state"] = state
        self._ask(held | dict(typed or {}), held, tr("保存更正(&S)"), is_new=False)

    def focus_first(self) -> None:
        """The focus is where one begins to type."""
        if self._definition.about == "establishment" and not self.finder.value and not self._entry:
            self.finder.search.setFocus()
        else:
            self.form.focus_first()

    def draft(self) -> Typed | None:
        """Return what was typed and is not saved."""
        typed = self.form.draft()
        return Typed(self._entry, self.finder.value, typed) if typed else None

    def give_up(self) -> None:
        """Close, after a question if something was typed."""
        self.form.give_up()

    def show_problems(self, error: UserError) -> None:
        """Say each problem beside its field."""
        self.form.show_problems(error)

    def _ask(self, values: Mapping[str, str], held: Mapping[str, str], act: str, *, is_new: bool) -> None:
        self.form.fields["reason"].setVisible(not is_new)
        self.form.ask("", act, values, held=held)
        self._show_asked("")
        self.focus_first()

    def _asked(self) -> tuple[Field, ...]:
        fields = [each for each in self._definition.fields if each.kind not in _TYPED_ELSEWHERE and not each.computed]
        asked = [as_typed(each) for each in fields]
        if self._definition.states:
            asked.append(Field("state", mark("状态"), Kind.CHOICE))
        return tuple(asked)

    def _against(self, key: str, typed: str) -> Problem | None:
        field = self._definition.by_key.get(key)
        return None if field is None or field.kind in _BY_NAME else problem_of(field, typed)

    def _offer_states(self, state: str) -> None:
        if not self._definition.states:
            return
        held = state_of(self._definition, state)
        offered = [*([held] if held else []), *following(self._definition, state)]
        self.form.offer("state", [(each.key, _word(each)) for each in (offered if state else self._definition.states)])

    def _offer_people(self) -> None:
        staff = [(each.id, each.name) for each in people.list_people(self.ctx)]
        for field in self._definition.fields:
            if field.kind is Kind.PERSON:
                self.form.offer(field.key, [NONE, *staff])

    def _show_asked(self, _key: str) -> None:
        """Ask only for the fields that are wanted at the values of others."""
        show_asked(self.form, self._definition.fields)

    def _save(self) -> None:
        fields = {key: value for key, value in self.form.changed().items() if key != _REASON.key}
        reason = self.form.value(_REASON.key)
        try:
            if self._entry:
                change = entries.correct(self.ctx, self._entry, fields, reason)
            else:
                given = {key: value for key, value in self.form.values().items() if key != _REASON.key and value}
                self._entry = entries.add(self.ctx, self._definition.id, given, self.finder.value, reason)
                change = Change.REGISTERS
        except UserError as error:
            if any(each.field == "establishment" for each in error.problems):
                self.finder.field.set_error(tr("请选择单位。"))
            self.form.show_problems(error)
            return
        self.form.close_form()
        self.changed.emit(change)
        self.kept.emit(self._entry)
        self.done.emit(tr("已保存。") if change else tr("与原值相同，没有改动。"))


def _default(field: Field, today: str) -> str:
    if field.default == "today":
        return f"{today} 00:00" if field.kind is Kind.TIME else today
    return field.default


def _typed(field: Field, value: object) -> str:
    text = typed_text(field, value)  # type: ignore[arg-type] # as it came
    return text.replace("T", " ") if field.kind is Kind.TIME else text


def _word(state: State) -> str:
    return word(state.label)
