"""What an employer's detail leads to: a visit, a record, an entry, the state that a visit suggests, splitting off."""

from functools import cached_property, partial
from typing import NamedTuple

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.paper.listing import BOOK as PAPERS
from ohdesk.services.register.listing import BookEntry
from ohdesk.services.roll import life_cycle, merging, proposals
from ohdesk.services.roll.entries import EstablishmentRow, MergedEntry
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.screens.roll.detail import DetailPane
from ohdesk.ui.screens.roll.in_place import InPlace
from ohdesk.ui.screens.roll.offering import Offering
from ohdesk.ui.screens.roll.stating import Stating

_REASON = Field("reason", mark("理由，例如：两张执照，两个厂区"), required=True, most=200)


class ActDraft(NamedTuple):
    """What was being typed in the place of the detail: for which act, about which employer."""

    act: str
    establishment: str
    typed: dict[str, str]


class DetailActs(Page):
    """Acts on what the list has selected; it is never shown itself, but its form stands in the place of the detail."""

    def __init__(self, ctx: Context, jobs: Jobs, pane: DetailPane, listed: ListWithPane[EstablishmentRow]) -> None:
        super().__init__(ctx, jobs)
        self.setParent(listed)
        self.hide()
        self._listed, self._to_split = listed, ""
        self.offering, self.stating = Offering(ctx, jobs, listed), Stating(ctx, jobs, listed)
        self._asking: dict[str, InPlace] = {"offering": self.offering, "stating": self.stating}
        self.hand_on(*self._asking.values())
        self.allow(Right.ROLL, pane.accept, pane.state, pane.transfer)
        self.allow(Right.VISIT, pane.visit)
        pane.visit_wanted.connect(self._plan_visit)
        pane.line_wanted.connect(self._open_line)
        pane.entry_wanted.connect(self._open_entry)
        pane.papers_wanted.connect(lambda employer: self.wanted.emit("record", f"papers-of:{employer}"))
        pane.state_wanted.connect(self._accept_state)
        pane.split_wanted.connect(self._ask_split)
        pane.transfer_wanted.connect(partial(self._ask, self.offering))
        pane.stating_wanted.connect(partial(self._ask, self.stating))
        pane.proof_wanted.connect(self.stating.save_file)

    @cached_property
    def form(self) -> Form:
        """Asks why an employer is split off, made when it is first wanted."""
        form = Form((_REASON,))
        form.submitted.connect(self._split)
        form.closed.connect(self._listed.back)
        return form

    @property
    def asking(self) -> InPlace | None:
        """What asks in the place of the detail; None for nothing that would be lost."""
        made = (each for each in self._asking.values() if "form" in vars(each))
        return next((each for each in made if not each.form.isHidden()), None)

    def draft(self) -> ActDraft | None:
        """Return what was typed into a form in the place of the detail."""
        drafts = ((key, each, each.draft()) for key, each in self._asking.items())
        found = (ActDraft(key, each.establishment, typed) for key, each, typed in drafts if typed is not None)
        return next(found, None)

    def take_draft(self, draft: object) -> None:
        """Ask again, with what was typed."""
        if isinstance(draft, ActDraft):
            with self.telling():
                self._asking[draft.act].ask(draft.establishment, draft.typed)

    def _ask(self, asking: InPlace) -> None:
        if (one := self._listed.current) is not None:
            with self.telling():
                asking.ask(one.id)

    def _plan_visit(self) -> None:
        if (one := self._listed.current) is not None:
            self.wanted.emit("visit", f"new:{one.id}")

    def _open_line(self, line: VisitLine) -> None:
        self.wanted.emit("record" if line.number else "visit", line.visit)

    def _open_entry(self, entry: BookEntry) -> None:
        if entry.register == PAPERS:  # which has a page of its own
            self.wanted.emit("record", f"paper:{entry.id}")
        else:
            self.wanted.emit("registers", f"{entry.register}:{entry.id}")

    def _accept_state(self) -> None:
        if (one := self._listed.current) is not None:
            with self.telling():
                self._say(tr("已登记。"), life_cycle.accept(self.ctx, one.id))

    def _ask_split(self, merged: MergedEntry) -> None:
        self._to_split = merged.id
        self._listed.ask(self.form)
        self.form.ask(tr("拆开“{name}”", name=merged.name), tr("拆开，恢复为单独一家(&W)"), {}, held={})

    def _split(self) -> None:
        act = partial(merging.split, self.ctx, self._to_split, self.form.value(_REASON.key))
        self.form.save(self, act, partial(self._say, tr("已拆开。")))

    def _say(self, said: str, change: Change) -> None:
        self.changed.emit(change)
        self.done.emit(proposals.proposed_text() if Change.PROPOSALS in change else said)
