"""From a filled visit to its final record: prepare, let the party sign, let the inspectors sign, done."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ohdesk.domain.record import SIGNING_WAYS, PartyStatement
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts
from ohdesk.services.record import composing, finalizing, signing, views
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.party_statement import forget_party, keep_party, party_before, party_problems
from ohdesk.services.record.signing import Seat, SecondSigner, Strokes
from ohdesk.services.record.views import OpenRecord
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.screens.record.conclude_page import ConcludePage
from ohdesk.ui.screens.record.prepare_page import PreparePage
from ohdesk.ui.screens.record.result_page import ResultPage
from ohdesk.ui.screens.record.signing_page import SigningPage

_TOUCHED = Change.RECORDS | Change.VISITS | Change.FINDINGS


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a visit before it is signed. refused: why there is no draft, else None."""

    name: str
    seats: tuple[Seat, ...]
    party: PartyStatement
    situation: tuple[str, ...]
    draft: Draft | None
    refused: UserError | None


class SigningFlow(QWidget):
    """Four pages; only the second one asks for the whole window (`kiosk_wanted`)."""

    failed = Signal(Exception)
    changed = Signal(object)
    wanted = Signal(str, str)
    kiosk_wanted = Signal(bool)
    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self._visit = ""
        self._fills = False
        self._draft: Draft | None = None
        self._seats: tuple[Seat, ...] = ()
        self._strokes: tuple[Strokes, ...] = ()
        self._party: PartyStatement | None = None
        self._drafting: Job | None = None
        self.prepare = PreparePage(jobs)
        self.signing = SigningPage(jobs)
        self.conclude = ConcludePage(jobs)
        self.result = ResultPage(jobs)
        self._connect()
        self._pages = QStackedWidget()
        for page in (self.prepare, self.signing, self.conclude, self.result):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    @property
    def visit(self) -> str:
        """The visit being signed; empty when there is none, or its record is final."""
        return "" if self._pages.currentWidget() is self.result else self._visit

    @property
    def page(self) -> QWidget:
        """The page in front."""
        return self._pages.currentWidget()

    def open(self, visit: str) -> None:
        """Begin with a visit, or begin with it again."""
        self._visit, self._fills = visit, True
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

    def arrive(self) -> None:
        """Put the focus where one goes on."""
        if self.page is self.prepare:
            self.prepare.focus_first()
        elif self.page is self.conclude:
            self.conclude.focus_first()

    def _connect(self) -> None:
        self.prepare.edited.connect(self._make_draft)
        self.prepare.go_wanted.connect(self._go_on)
        self.prepare.back_wanted.connect(self._close)
        self.prepare.inspection_wanted.connect(self._fix)
        self.signing.opinion_changed.connect(self._make_draft)
        self.signing.password_given.connect(self._check_password)
        self.conclude.finalize_wanted.connect(self._finalize)
        self.conclude.back_wanted.connect(self._again)
        self.result.home_wanted.connect(self._go_home)
        self.result.list_wanted.connect(self._close)

    def _read(self) -> None:
        job = Job(partial(_case, self._ctx, self._visit))
        job.succeeded.connect(self._show_case)
        job.failed.connect(self._refuse_case)
        self._start_draft(job)

    def _show_case(self, case: Case) -> None:
        if self._is_late():
            return
        self._seats = case.seats
        if self._fills:
            self.prepare.show_visit(case.name, case.seats)
            self.prepare.show_party(case.party, case.situation)
        self._fills = False
        if case.draft is not None:
            self._take_draft(case.draft)
        elif case.refused is not None:
            self.prepare.show_refused(case.refused)
        self.prepare.focus_first()

    def _refuse_case(self, error: Exception) -> None:
        if not self._is_late():
            self._close()
            self.failed.emit(error)

    def _make_draft(self) -> None:
        """Make the draft with what is filled in now; what is shown of an earlier one does not count any more."""
        in_kiosk = self.page is self.signing
        party = self.signing.party if in_kiosk else self.prepare.party
        job = Job(partial(_drafted, self._ctx, self._visit, party, self.prepare.own_situation))
        job.succeeded.connect(self._show_draft)
        job.failed.connect(self._refuse_draft)
        self._start_draft(job)

    def _start_draft(self, job: Job) -> None:
        if self._drafting is not None:
            self._drafting.cancel()
        self._drafting = self._jobs.start(job)

    def _is_late(self) -> bool:
        return self.sender() is not self._drafting

    def _show_draft(self, draft: Draft) -> None:
        if not self._is_late():
            self._take_draft(draft)

    def _take_draft(self, draft: Draft) -> None:
        self._draft = draft
        if self.page is self.signing:
            self.signing.show_draft(draft)
        else:
            self.prepare.show_draft(draft, _visit_problems(draft))

    def _refuse_draft(self, error: Exception) -> None:
        if self._is_late():
            return
        self._draft = None
        page = self.signing if self.page is self.signing else self.prepare
        page.show_refused(error)

    def _go_on(self) -> None:
        """Hand the laptop to whoever signs by hand; where nobody does, the inspectors sign at once."""
        draft = self._draft
        if draft is None:
            return
        party = self._party = self.prepare.party
        self._strokes = ()
        if party.way not in SIGNING_WAYS and not party.witness:
            self._to_conclude()
            return
        self._pages.setCurrentWidget(self.signing)
        self.kiosk_wanted.emit(True)
        self.signing.show_document(draft, party, self._ctx.actor.name)

    def _check_password(self, password: str, finished: bool) -> None:
        job = Job(partial(_checked, self._ctx, password, finished))
        job.succeeded.connect(self._leave_kiosk)
        job.failed.connect(self.signing.refuse_password)
        self._jobs.start(job)

    def _leave_kiosk(self, finished: bool) -> None:
        if finished:
            self._strokes, self._party = self.signing.strokes, self.signing.party
            self._to_conclude()
        else:
            self._again()

    def _to_conclude(self) -> None:
        self._pages.setCurrentWidget(self.conclude)
        self.kiosk_wanted.emit(False)
        if self._draft is not None and self._party is not None:
            self.conclude.show_draft(self._draft, self._party, self._seats)

    def _to_prepare(self) -> None:
        self.conclude.seats.clear()
        self._strokes = ()
        self._pages.setCurrentWidget(self.prepare)

    def _again(self) -> None:
        """Back to the beginning; a signature given before does not count for what is signed next."""
        if self.page is self.signing:
            self.kiosk_wanted.emit(False)
        party = self._party or self.prepare.party
        if self.page is self.signing:
            party = self.signing.party
        self._to_prepare()
        self.prepare.show_party(party, self.prepare.own_situation)
        self._make_draft()

    def _finalize(self) -> None:
        if self._draft is None or self._party is None:
            return
        shown = self._draft.composed.record_sha256
        work = partial(
            _finalized,
            self._ctx,
            self._visit,
            self._party,
            self._strokes,
            self.conclude.signers,
            self.prepare.own_situation,
            shown,
        )
        self.conclude.set_busy()
        job = Job(work)
        job.succeeded.connect(self._show_result)
        job.failed.connect(self.conclude.refuse)
        self._jobs.start(job, tr("正在签名定稿"))

    def _show_result(self, record: OpenRecord) -> None:
        self.conclude.seats.clear()
        self._strokes = ()
        self._pages.setCurrentWidget(self.result)
        self.result.show_record(record)
        self.changed.emit(_TOUCHED)

    def _fix(self) -> None:
        self.wanted.emit("visit", self._visit)

    def _go_home(self) -> None:
        self._close()
        self.wanted.emit("today", "")

    def _close(self) -> None:
        self.leave()
        self._visit = ""
        self.closed.emit()


def _case(ctx: Context, visit: str) -> Case:
    party, situation = party_before(ctx, visit)
    composed = composing.compose(ctx, visit, party, situation)
    seats = signing.seats(ctx, visit)
    name = composed.record.body.name
    try:
        return Case(name, seats, party, situation, finalizing.draft(ctx, visit, party, situation), None)
    except UserError as error:
        return Case(name, seats, party, situation, None, error)


def _drafted(ctx: Context, visit: str, party: PartyStatement, situation: tuple[str, ...]) -> Draft:
    keep_party(ctx, visit, party, situation)
    return finalizing.draft(ctx, visit, party, situation)


def _visit_problems(draft: Draft) -> tuple[Problem, ...]:
    """Return what is wrong with the visit itself; what the party's statement lacks is asked for beside its fields."""
    of_party = set(party_problems(draft.composed.record.party))
    return tuple(problem for problem in draft.composed.problems if problem not in of_party)


def _checked(ctx: Context, password: str, finished: bool) -> bool:
    accounts.check_own_password(ctx, password)
    return finished


def _finalized(
    ctx: Context,
    visit: str,
    party: PartyStatement,
    strokes: tuple[Strokes, ...],
    signers: tuple[SecondSigner, ...],
    situation: tuple[str, ...],
    shown: str,
) -> OpenRecord:
    finalizing.finalize(ctx, visit, party, strokes, *signers, situation=situation, shown_sha256=shown)
    forget_party(ctx, visit)
    return views.open_record(ctx, visit)
