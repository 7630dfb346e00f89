"""From a filled visit to its final record: prepare, have it signed in ink or on the screen, confirm, done."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.domain.record import PartyStatement, SignedIn, StrokeSet
from ohdesk.domain.scan import Scanned
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.record import composing, finalizing, ink, signing, views
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.ink import Awaited
from ohdesk.services.record.party_statement import forget_party, keep_party, party_before, party_problems
from ohdesk.services.record.signing import Seat
from ohdesk.services.record.views import OpenRecord
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, stack
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.reading import PagesRead
from ohdesk.ui.screens.record.conclude_page import ConcludePage
from ohdesk.ui.screens.record.ink_page import InkPage, Printed, printed
from ohdesk.ui.screens.record.prepare_page import PreparePage
from ohdesk.ui.screens.record.result_page import ResultPage
from ohdesk.ui.screens.record.signing_page import SigningPage

_TOUCHED = Change.RECORDS | Change.VISITS | Change.FINDINGS


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a visit before it is signed.

    in_ink: that is the usual way · awaited: what was printed and is to come back, None without
    draft: none where it is to come back · refused: why there is none, else None
    """

    name: str
    seats: tuple[Seat, ...]
    party: PartyStatement
    situation: tuple[str, ...]
    in_ink: bool
    awaited: Awaited | None
    draft: Draft | None
    refused: UserError | None


class SigningFlow(Page):
    """Five pages; only where the party signs on the screen is the whole window asked for (`kiosk_wanted`)."""

    kiosk_wanted = Signal(bool)
    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = ""
        self._fills = False
        self._draft: Draft | None = None
        self._seats: tuple[Seat, ...] = ()
        self._name = ""
        self._strokes: tuple[StrokeSet, ...] = ()
        self._scanned: tuple[Scanned, ...] = ()
        self._shown = PagesRead()
        self.prepare, self.signing = PreparePage(ctx, jobs), SigningPage(ctx, jobs, self._shown)
        self.conclude, self.result = ConcludePage(ctx, jobs, self._shown), ResultPage(ctx, jobs)
        self.ink = InkPage(ctx, jobs)
        pages = (self.prepare, self.signing, self.ink, self.conclude, self.result)
        self._pages = stack(*pages)
        self.hand_on(*pages)
        column(self._pages, of=self, gap="")
        self._connect()

    @property
    def visit(self) -> str:
        """The visit being signed; empty when there is none, or its record is final."""
        return "" if self.page is self.result else self._visit

    @property
    def page(self) -> QWidget:
        return self._pages.currentWidget()

    def open(self, visit: str) -> None:
        """Begin with a visit, or begin with it again."""
        self._visit, self._fills = visit, True
        self._shown.forget()
        self._to_prepare()
        self.prepare.begin()
        self._read()

    def reload(self) -> None:
        """Look again at what the visit says, while it is being prepared; what is typed stays."""
        if self._visit and self.page is self.prepare:
            self.prepare.flush()
            self._read()

    def leave(self) -> None:
        """Keep what was just typed."""
        if self.page is self.prepare and self._visit:
            self.prepare.flush()

    def focus_first(self) -> None:
        """Put the focus where one goes on."""
        front = self.page
        if isinstance(front, Page) and front is not self.signing:  # whoever signs is not to be led anywhere
            front.focus_first()

    def _connect(self) -> None:
        self.prepare.edited.connect(self._make_draft)
        self.prepare.advanced.connect(self._go_on)
        self.prepare.back_wanted.connect(self._close)
        self.prepare.inspection_wanted.connect(lambda: self.wanted.emit("visit", self._visit))
        self.signing.opinion_changed.connect(self._make_draft)
        self.signing.handed_back.connect(self._leave_kiosk)
        self.signing.paper_wanted.connect(self._leave_for_paper)
        self.ink.advanced.connect(self._confirm_scans)
        self.ink.back_wanted.connect(self._again)
        self.conclude.finalize_wanted.connect(self._finalize)
        self.conclude.back_wanted.connect(self._back_from_conclude)
        self.result.list_wanted.connect(self._close)

    def _read(self) -> None:
        self.latest.ask(partial(_case, self.ctx, self._visit), self._show_case, "", self._refuse_case)

    def _show_case(self, case: Case) -> None:
        self._seats, self._name = case.seats, case.name
        awaited = case.awaited
        if self._fills:
            self.prepare.show_visit(case.name, case.seats)
            self.prepare.show_party(case.party, case.situation)
            self.prepare.show_signing(in_ink=case.in_ink, void=awaited.outdated if awaited else "")
        first, self._fills = self._fills, False
        if first and awaited is not None and not awaited.outdated:
            self._to_ink()
            self.ink.show_awaited(self._visit, awaited)
            return
        if case.draft is not None:
            self._take_draft(case.draft)
        elif case.refused is not None:
            self.prepare.refuse(case.refused)
        self.prepare.focus_first()

    def _refuse_case(self, error: Exception) -> None:
        self._close()
        self.failed.emit(error)

    def _make_draft(self) -> None:
        """Keep what is filled in now and draw it; what is shown of an earlier draft does not count any more."""
        party = self.signing.party if self.page is self.signing else self.prepare.party
        given = (self.ctx, self._visit, party, self.prepare.own_situation)
        # Each version is kept, in its order, though a drawing that was overtaken is never made: the next visit may
        # be opened before this one's last words are drawn.
        self.work(partial(keep_party, *given), lambda _change: None)
        self.latest.ask(partial(finalizing.draft, *given), self._take_draft, "", self._refuse_draft)

    def _take_draft(self, draft: Draft) -> None:
        self._draft = draft
        if self.page is self.signing:
            self.signing.show_draft(draft)
        else:
            self.prepare.show_draft(draft, _visit_problems(draft))

    def _refuse_draft(self, error: Exception) -> None:
        self._draft = None
        page = self.signing if self.page is self.signing else self.prepare
        page.refuse(error)

    def _go_on(self) -> None:
        """Hand the laptop to whoever signs by hand; where nobody does, the inspectors sign at once."""
        draft = self._draft
        if draft is None:
            return
        party = self.prepare.party
        self._strokes = ()
        if self.prepare.in_ink:
            self._print()
            return
        if not party.way.signs and not party.witness:
            self._to_conclude()
            return
        self._pages.setCurrentWidget(self.signing)
        self.kiosk_wanted.emit(True)
        self.signing.show_document(draft, party)

    def _leave_kiosk(self, finished: bool) -> None:
        self.prepare.show_party(self.signing.party, self.prepare.own_situation)  # the opinion may be another one now
        if finished:
            self._strokes = self.signing.strokes
            self._to_conclude()
        else:
            self._again()

    def _leave_for_paper(self) -> None:
        """The party wants the paper: what it said of the record so far stands on it."""
        self.prepare.show_party(self.signing.party, self.prepare.own_situation)
        self.prepare.sign_in.choose(SignedIn.INK)
        self.kiosk_wanted.emit(False)
        self._to_prepare()
        self._print()

    def _print(self) -> None:
        given = (self.ctx, self._visit, self.prepare.party, self.prepare.own_situation)
        self.prepare.do(partial(printed, *given), self._show_printed, tr("正在生成待签文书"))

    def _show_printed(self, made: Printed) -> None:
        self._to_ink()
        self.ink.begin(self._visit, made)
        self.changed.emit(Change.VISITS)

    def _to_ink(self) -> None:
        self._pages.setCurrentWidget(self.ink)

    def _confirm_scans(self) -> None:
        self._scanned = self.ink.scanned
        self._pages.setCurrentWidget(self.conclude)
        self.conclude.show_scans(self._name, self._scanned, self._seats)

    def _back_from_conclude(self) -> None:
        if self._scanned:
            self._scanned = ()
            self.conclude.forget()
            self._to_ink()
            self.ink.focus_first()
        else:
            self._again()

    def _to_conclude(self) -> None:
        self._pages.setCurrentWidget(self.conclude)
        self.kiosk_wanted.emit(False)
        if self._draft is not None:
            self.conclude.show_draft(self._draft, self._seats)

    def _to_prepare(self) -> None:
        self.conclude.forget()
        self._strokes, self._scanned = (), ()
        self._pages.setCurrentWidget(self.prepare)

    def _again(self) -> None:
        """Back to the beginning; a signature given before does not count for what is signed next."""
        self.kiosk_wanted.emit(False)
        self._to_prepare()
        self._make_draft()

    def _finalize(self) -> None:
        if self._scanned:
            self._finalize_scanned()
            return
        if self._draft is None:
            return
        ctx, visit, strokes = self.ctx, self._visit, (*self._strokes, *self.conclude.hands.strokes)
        signers, situation = self.conclude.seats.signers, self.prepare.own_situation
        party, shown = self._draft.composed.record.party, self._draft.composed.record_sha256

        def finalize() -> OpenRecord:
            finalizing.finalize(ctx, visit, party, strokes, *signers, situation=situation, shown_sha256=shown)
            forget_party(ctx, visit)
            return views.open_record(ctx, visit)

        self.conclude.do(finalize, self._show_result, tr("正在签名定稿"))

    def _finalize_scanned(self) -> None:
        ctx, visit, scanned, signers = self.ctx, self._visit, self._scanned, self.conclude.seats.signers

        def finalize() -> OpenRecord:
            ink.finalize_scanned(ctx, visit, scanned, *signers)
            forget_party(ctx, visit)
            return views.open_record(ctx, visit)

        self.conclude.do(finalize, self._show_result, tr("正在定稿"))

    def _show_result(self, record: OpenRecord) -> None:
        self.conclude.forget()
        self._strokes, self._scanned = (), ()
        self._pages.setCurrentWidget(self.result)
        self.result.show_record(record)
        self.changed.emit(_TOUCHED)

    def _close(self) -> None:
        self.leave()
        self._visit = ""
        self.closed.emit()


def _case(ctx: Context, visit: str) -> Case:
    party, situation = party_before(ctx, visit)
    composed = composing.compose(ctx, visit, party, situation)
    seats = signing.seats(ctx, visit)
    awaited = ink.awaited(ctx, visit)
    known = (composed.record.body.name, seats, party, situation, ink.is_usual(ctx), awaited)
    if awaited is not None and not awaited.outdated:
        return Case(*known, None, None)
    try:
        return Case(*known, finalizing.draft(ctx, visit, party, situation), None)
    except UserError as error:
        return Case(*known, None, error)


def _visit_problems(draft: Draft) -> tuple[Problem, ...]:
    """Return what is wrong with the visit itself; what the party's statement lacks is asked for beside its fields."""
    of_party = set(party_problems(draft.composed.record.party))
    return tuple(problem for problem in draft.composed.problems if problem not in of_party)
