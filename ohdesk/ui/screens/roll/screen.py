"""The roll (单位): search, look at one, import a list, add or correct one."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import entries, transfer
from ohdesk.services.roll.transfer import Transfer
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.form import Values
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column, grow, stack
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.roll.detail_acts import ActDraft
from ohdesk.ui.screens.roll.employer_form import EmployerDraft, EmployerForm
from ohdesk.ui.screens.roll.import_page import ImportPage
from ohdesk.ui.screens.roll.list_page import ListPage
from ohdesk.ui.screens.roll.pairs_page import PairDraft, PairsPage
from ohdesk.ui.screens.roll.quality_page import QualityPage
from ohdesk.ui.screens.roll.transfers_page import TransferDraft, TransfersPage


class RollScreen(Screen):
    """The roll, the form of one employer, the preview of a list, likely pairs, transfers, what is wrong in the data.

    All but the roll are made when they are first wanted.
    """

    reloads_on = Change.ROLL | Change.VISITS | Change.RECORDS | Change.REGISTERS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._busy = False
        self._moving = 0  # employers in transfer
        self._counting = later(self, self._count_transfers, "after_first_paint_ms")
        self.roll = ListPage(ctx, jobs)
        self.roll.correct_wanted.connect(self.correct)
        self.roll.import_wanted.connect(self.choose_list)
        self.roll.shown.connect(self._offer)
        self.roll.started.connect(self._be_busy)
        self.hand_on(self.roll)
        self._behind: Page = self.roll  # the page that the form was opened from
        self._pages = stack(self.roll)
        column(self._make_header(), grow(self._pages), of=self, gap="")
        self.on_key("Ctrl+F", partial(self._leave_form_for, self._search))
        self.on_key("Ctrl+N", self._new.click)
        self.on_key("Ctrl+Z", self._undo_newest)
        self.on_key("Ctrl+Y", self._redo_newest)
        self.on_key("Ctrl+Shift+Z", self._redo_newest)
        self.reload()

    @cached_property
    def employer(self) -> EmployerForm:
        """The form of one employer."""
        page = EmployerForm(self.ctx, self.jobs)
        page.closed.connect(self.back)
        page.kept.connect(self._show_kept)
        return self.add_page(self._pages, page)

    @cached_property
    def preview(self) -> ImportPage:
        """The preview of a list."""
        page = ImportPage(self.ctx, self.jobs)
        page.read.connect(partial(self._leave_form_for, self._show_preview))
        page.started.connect(self._be_busy)
        page.imported.connect(self._show_imported)
        page.closed.connect(self.back)
        return self.add_page(self._pages, page)

    @cached_property
    def quality(self) -> QualityPage:
        """What is wrong in the data of the roll."""
        page = QualityPage(self.ctx, self.jobs)
        page.field_wanted.connect(self._correct_field)
        return self.add_page(self._pages, page)

    @cached_property
    def pairs(self) -> PairsPage:
        """The likely pairs."""
        page = PairsPage(self.ctx, self.jobs)
        page.closed.connect(self.back)
        page.found.connect(partial(self._leave_form_for, self._show_pairs))
        return self.add_page(self._pages, page)

    @cached_property
    def transfers(self) -> TransfersPage:
        """The employers that go from one town to another."""
        page = TransfersPage(self.ctx, self.jobs)
        page.closed.connect(self.back)
        return self.add_page(self._pages, page)

    def focus_first(self) -> None:
        """The focus is in the list, or in what stands in its place."""
        self._front.focus_first()

    def reload(self) -> None:
        """Read the roll again, keeping search and selection."""
        self.roll.reload()
        self._turn_to(self._front)
        if isinstance(self._front, QualityPage | TransfersPage):
            self._front.reload()
        self._counting.start()

    def open(self, thing: str) -> None:
        """Show one employer, by its id, "transfers", or among these one: "transfer:" and its id."""
        where, _, establishment = thing.partition(":")
        if where in {"transfer", "transfers"}:
            self._leave_form_for(partial(self.show_transfers, establishment))
        else:
            self._leave_form_for(partial(self._show, thing))

    def draft(self) -> object | None:
        """Return what was typed into a form and is not saved yet."""
        return self._front.draft()

    def take_draft(self, draft: object) -> None:
        """Open the form again with what was typed."""
        if isinstance(draft, PairDraft):
            self.find_pairs(draft)
        elif isinstance(draft, ActDraft):
            self.roll.take_draft(draft)
        elif isinstance(draft, TransferDraft):
            self.show_transfers()
            self.transfers.take_draft(draft)
        elif isinstance(draft, EmployerDraft) and draft.correcting:
            self.correct(draft.correcting, draft.typed)
        elif isinstance(draft, EmployerDraft):
            self._ask_new(draft.typed)

    def choose_list(self) -> None:
        """Ask for the list to import."""
        self.preview.choose_list()

    def find_pairs(self, draft: PairDraft | None = None) -> None:
        """Look for employers that may be one, on the worker, and show them; draft: what was typed before a lock."""
        self._be_busy(self.pairs.look(draft))

    def add(self) -> None:
        """Ask for a new employer."""
        self._leave_form_for(self._ask_new)

    def correct(self, establishment: str, typed: Values | None = None) -> None:
        """Ask what of an employer is to be put right; typed: what was typed before a lock."""
        with self.telling():
            held = entries.detail(self.ctx, establishment).fields
            self._turn_to(self.employer, tr("更正单位"), held["name"])
            self.employer.ask_correction(establishment, held, typed)

    def back(self) -> None:
        """Show the roll, or the page that the form was opened from."""
        behind, self._behind = self._behind, self.roll
        if behind is self.roll:
            self._turn_to(self.roll)
            self.roll.list.back()
        else:
            self.show_quality()

    def show_quality(self) -> None:
        """Show what is wrong in the data of the roll."""
        self._turn_to(self.quality, tr("资料质量"), self.ctx.office.name)
        self.quality.reload()
        self.quality.focus_first()

    def show_transfers(self, establishment: str = "") -> None:
        """Show the employers that go from one town to another, this one selected."""
        self._turn_to(self.transfers, tr("转出与接收"), self.ctx.office.name)
        self.transfers.show_one(establishment)
        self.transfers.focus_first()

    @property
    def _front(self) -> Page:
        front = self._pages.currentWidget()
        return front if isinstance(front, Page) else self.roll

    def _leave_form_for(self, act: Callable[[], object]) -> None:
        """Do something that takes the form away: where it was touched, a question comes first."""
        if isinstance(self._front, EmployerForm):
            self._front.form.give_up(act)
        else:
            act()

    def _ask_new(self, typed: Values | None = None) -> None:
        self._turn_to(self.employer, tr("新增单位"))
        self.employer.ask_new(typed)

    def _make_header(self) -> Header:
        self._header = Header(tr("单位名录"))
        self._back = action("back", tr("返回名录(&B)"), self.back)
        self._quality = action("indicator", tr("资料质量(&T)"), self.show_quality)
        self._transfers = action("next", "", self.show_transfers)
        self._undo = action("undo", tr("撤销导入(&U)"), self._undo_newest)
        self._choose = action("import", tr("导入名单…(&I)"), self.choose_list)
        self._export = action("export", tr("导出…(&O)"), self.roll.choose_export)
        self._pair = action("search", tr("查重…(&C)"), self.find_pairs)
        self._new = primary_action("add", tr("新增单位(&N)"), self.add, "Ctrl+N")
        self._first = action("add", tr("新增单位(&N)"), self.add)
        self.allow(Right.ROLL, self._new, self._first)
        beside = (self._quality, self._choose, self._pair, self._export)
        self._header.add(self._back, self._transfers, self._undo, *beside, self._first, self._new)
        return self._header

    def _show(self, establishment: str) -> None:
        self.back()
        self.roll.show_employer(establishment)

    def _search(self) -> None:
        if isinstance(self._front, QualityPage | TransfersPage):
            self._front.list.focus_search()
        else:
            self.back()
            self.roll.list.focus_search()

    def _turn_to(self, page: Page, title: str = "", about: str = "") -> None:
        """Show a page; the actions of the list stand above the list only, so that each page has one primary button."""
        self._pages.setCurrentWidget(page)
        if page is self.roll:
            title, about = tr("单位名录"), self.ctx.office.name
        if title:
            self._header.entitle(title)
            self._header.say(about)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with what is listed."""
        shown, undoing = self.roll.list, self.roll.undoing
        listed = self._front is self.roll
        for button in (self._choose, self._export, self._quality):
            button.setVisible(listed)
        self._back.setVisible(isinstance(self._front, QualityPage | PairsPage | TransfersPage))
        relabel(self._transfers, tr("转出与接收 {count}(&M)", count=self._moving))
        self._transfers.setVisible(listed and self._moving > 0)
        self._export.setEnabled(shown.table.total > 0)
        self._pair.setVisible(isinstance(self._front, QualityPage))
        self._pair.setEnabled(not self._busy)
        self._new.setVisible(listed and not shown.is_empty)
        self._first.setVisible(listed and shown.is_empty)
        self._undo.setVisible(listed and bool(undoing.what))
        relabel(self._undo, undoing.word)
        self._undo.setToolTip(plain_tip(tr("撤销：{label}  Ctrl+Z", label=undoing.what)))
        self.allow(Right.ROLL, self._choose, self._undo, when=not self._busy)

    def _show_kept(self, establishment: str, label: str) -> None:
        if label:
            self.roll.undoing.note_edit(label)
        self.roll.show_kept(establishment)
        self._offer()

    def _count_transfers(self) -> None:
        self.latest.ask(partial(transfer.transfers, self.ctx), self._show_moving)

    def _show_moving(self, moving: Sequence[Transfer]) -> None:
        self._moving = len(moving)
        self._offer()

    def _show_preview(self) -> None:
        self._turn_to(self.preview, tr("导入名单"), self.ctx.office.name)
        self.preview.focus_first()

    def _show_pairs(self) -> None:
        self._turn_to(self.pairs, tr("疑似重复"), self.ctx.office.name)
        self.pairs.focus_first()

    def _show_imported(self) -> None:
        self.roll.undoing.note_import()
        if self._front is self.preview:  # a form that was begun meanwhile stays
            self.back()

    def _undo_newest(self) -> None:
        if self._undo.isEnabled() and self._front is self.roll:
            self.roll.undoing.undo()

    def _redo_newest(self) -> None:
        if self._undo.isEnabled() and self._front is self.roll:
            self.roll.undoing.redo()

    def _correct_field(self, establishment: str, key: str) -> None:
        """Open the form of an employer at a field, and come back to where one was."""
        self.correct(establishment)
        if isinstance(self._front, EmployerForm):
            self._behind = self.quality
            self._front.form.focus_field(key)

    def _be_busy(self, job: Job) -> None:
        """Offer nothing that would have to wait for the job."""
        self._set_busy(busy=True)
        job.ended.connect(self._end_busy)

    def _end_busy(self) -> None:
        self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._offer()
        if "preview" in vars(self):
            self.preview.offer(when=not busy)
