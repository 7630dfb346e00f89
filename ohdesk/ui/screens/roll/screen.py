"""The roll (单位): search, look at one, import a list, add or correct one."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.roll.definition import ROLL
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import entries, export, importing, proposals
from ohdesk.services.roll.entries import EstablishmentRow, Listed, RollQuery
from ohdesk.services.roll.importing import Comparison
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, stack
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.roll.detail import DetailPane, read_detail
from ohdesk.ui.screens.roll.detail_acts import DetailActs
from ohdesk.ui.screens.roll.employer_form import REASON, employer_form
from ohdesk.ui.screens.roll.first_page import EVERYTHING, FirstPage, first_page
from ohdesk.ui.screens.roll.import_lists import LookedAt, read_list
from ohdesk.ui.screens.roll.import_page import ImportPage
from ohdesk.ui.screens.roll.pairs_page import PairDraft, PairsPage
from ohdesk.ui.screens.roll.quality_page import QualityPage
from ohdesk.ui.screens.roll.table import roll_columns
from ohdesk.ui.screens.roll.undoing import Undoing


class Draft(NamedTuple):
    """A form that was being filled: whose (an id, or "" for a new employer), and what was typed."""

    correcting: str
    typed: dict[str, str]


class RollScreen(Screen):
    """Five pages: the roll, the form of one employer, the preview of a list, likely pairs, what is wrong in the data.

    The first page of the whole roll is read at once. What is searched for is found beside the interface, the newest
    question first; until its answer is there the one before stands, and keys act on it. How many there are in all,
    which takes a look at every entry, is counted on the worker.
    """

    reloads_on = Change.ROLL | Change.VISITS | Change.RECORDS | Change.REGISTERS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._correcting = self._to_show = ""
        self._busy = False
        self._later = later(self, self._count_all)
        self._at_rest = later(self, lambda: entries.rest(ctx), "list_rests_ms")
        self._finding, self._detail = Latest(self, aside=True), Latest(self, aside=True)
        self._shown = EVERYTHING  # what the first page that is shown was asked for
        self._everything: int | None = None  # entries of the whole roll, once they were counted
        self.undoing = Undoing(ctx, jobs)
        self.undoing.offered.connect(self._offer)
        self.undoing.started.connect(self._be_busy)
        self.hand_on(self.undoing)
        self.pane = DetailPane(plans_visits=ctx.office.role == OfficeRole.TOWN)
        self.pane.correct_wanted.connect(self._correct)
        self.allow(Right.ROLL, self.pane.correct)
        self.roll = self._make_list()
        self.acts = DetailActs(ctx, jobs, self.pane, self.roll)
        self.hand_on(self.acts)
        self._listed = box(column(grow(self.roll), self.undoing, gap=""))
        self._form_page = QWidget()
        self._behind: QWidget = self._listed  # the page that the form was opened from
        self._pages = stack(self._listed, self._form_page)
        column(self._make_header(), grow(self._pages), of=self, gap="")
        self.on_key("Ctrl+F", partial(self._leave_form_for, self._search))
        self.on_key("Ctrl+N", self._new.click)
        self.on_key("Ctrl+Z", self._undo_newest)
        self.on_key("Ctrl+Y", self._redo_newest)
        self.on_key("Ctrl+Shift+Z", self._redo_newest)
        self.reload()

    @cached_property
    def form(self) -> Form:
        """The form of one employer, made when it is first wanted."""
        form = employer_form(self.ctx)
        form.edited.connect(lambda key: self._want_of_kind() if key == "kind" else None)
        form.submitted.connect(self._save)
        form.closed.connect(self.back)
        column(grow(form), of=self._form_page, edges=("page_side", "page_top"))
        return form

    @cached_property
    def preview(self) -> ImportPage:
        """The preview of a list, made when it is first wanted."""
        preview = ImportPage(self.ctx, self.jobs)
        preview.import_wanted.connect(self._import)
        preview.refusals_wanted.connect(self._choose_refusals)
        preview.cancelled.connect(self.back)
        self._pages.addWidget(preview)
        return preview

    @cached_property
    def quality(self) -> QualityPage:
        """What is wrong in the data of the roll, made when it is first wanted."""
        page = QualityPage(self.ctx, self.jobs)
        page.field_wanted.connect(self._correct_field)
        self.hand_on(page)
        self._pages.addWidget(page)
        return page

    @cached_property
    def pairs(self) -> PairsPage:
        """The likely pairs, made when they are first wanted."""
        pairs = PairsPage(self.ctx, self.jobs)
        pairs.closed.connect(self.back)
        pairs.found.connect(partial(self._leave_form_for, self._show_pairs))
        self.hand_on(pairs)
        self._pages.addWidget(pairs)
        return pairs

    @property
    def query(self) -> RollQuery:
        """What is looked for, and in which order."""
        place, falling = self.roll.view.order
        return RollQuery(
            search=self.roll.search.text(),
            contested_only=self.roll.chips.current == "contested",
            order=ROLL.listing.columns[place] if place >= 0 else "",
            falling=falling,
        )

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        page = self._pages.currentWidget()
        if self._is_filling:
            self.form.focus_first()
        elif isinstance(page, Page):
            page.focus_first()
        else:
            self.roll.focus_list()

    def reload(self) -> None:
        """Read the roll again, keeping search and selection."""
        self._everything = None
        self._read(self._selected)
        self._turn_to(self._pages.currentWidget())
        if self._is_at_quality:
            self.quality.reload()
        self.undoing.reload()

    def open(self, thing: str) -> None:
        """Show one employer, without search and filter where they hide it."""
        self._leave_form_for(partial(self._show, thing))

    def draft(self) -> Draft | PairDraft | None:
        """Return what was typed into a form and is not saved yet."""
        page = self._pages.currentWidget()
        if isinstance(page, PairsPage):
            return page.draft()
        typed = self.form.draft() if self._is_filling else None
        return Draft(self._correcting, typed) if typed else None

    def take_draft(self, draft: object) -> None:
        """Open the form again with what was typed."""
        if isinstance(draft, PairDraft):
            self.find_pairs(draft)
        elif isinstance(draft, Draft) and draft.correcting:
            self.correct(draft.correcting, draft.typed)
        elif isinstance(draft, Draft):
            self._ask_new(draft.typed)

    def choose_list(self) -> None:
        """Ask for the list to import."""
        if path := choose_file(self, tr("选择名单"), tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)")):
            self.preview_list(path)

    def preview_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        compared = partial(read_list, self.ctx, path)
        self._be_busy(self.work_reporting(compared, self._preview_read, tr("读取名单 {name}", name=path.name)))

    def find_pairs(self, draft: PairDraft | None = None) -> None:
        """Look for employers that may be one, on the worker, and show them; draft: what was typed before a lock."""
        self._be_busy(self.pairs.look(draft))

    def export_roll(self, path: Path) -> None:
        """Write the entries listed into a workbook, on the worker."""
        exported = partial(export.export_roll, self.ctx, path, self.query.search)
        self._be_busy(self.write_rows(exported, path, tr("导出名录"), tr("已导出 {count} 家：{path}")))

    def save_refusals(self, comparison: Comparison, path: Path) -> None:
        """Write the refused rows into a workbook beside the user's own words, on the worker."""
        written = partial(export.write_refusals, comparison.reading, path)
        self._be_busy(self.write_rows(written, path, tr("另存退回的行"), tr("已另存 {count} 行：{path}")))

    def add(self) -> None:
        """Ask for a new employer."""
        self._leave_form_for(self._ask_new)

    def correct(self, establishment: str, typed: Values | None = None) -> None:
        """Ask what of an employer is to be put right; typed: what was typed before a lock."""
        with self.telling():
            held = entries.detail(self.ctx, establishment).fields
            self._correcting = establishment
            self._ask(tr("更正单位"), held["name"], tr("保存更正(&S)"), held, typed)

    def back(self) -> None:
        """Show the roll, or the page that the form was opened from."""
        behind, self._behind = self._behind, self._listed
        if behind is self._listed:
            self._turn_to(self._listed)
            self.roll.back()
        else:
            self.show_quality()

    def show_quality(self) -> None:
        """Show what is wrong in the data of the roll."""
        self._turn_to(self.quality, tr("资料质量"), self.ctx.office.name)
        self.quality.reload()
        self.quality.focus_first()

    @property
    def _selected(self) -> str:
        return "" if self.roll.current is None else self.roll.current.id

    @property
    def _is_filling(self) -> bool:
        return self._pages.currentWidget() is self._form_page

    @property
    def _is_at_quality(self) -> bool:
        return isinstance(self._pages.currentWidget(), QualityPage)

    def _leave_form_for(self, act: Callable[[], object]) -> None:
        """Do something that takes the form away: where it was touched, a question comes first."""
        if self._is_filling:
            self.form.give_up(act)
        else:
            act()

    def _ask_new(self, typed: Values | None = None) -> None:
        self._correcting = ""
        self._ask(tr("新增单位"), "", tr("保存单位(&S)"), {}, typed)

    def _ask(self, title: str, about: str, action: str, held: Values, typed: Values | None) -> None:
        self._turn_to(self._form_page, title, about)
        self.form.ask("", action, typed or held, held=held)  # the header says what it is
        self._want_of_kind()

    def _want_of_kind(self) -> None:
        """Ask for what only some kinds of establishment have of those alone; what is held stays to be seen."""
        for field in ROLL.fields:
            if field.only_for:
                wanted = self.form.value("kind") in field.only_for or bool(self.form.value(field.key))
                self.form.want(field.key, wanted=wanted)

    def _make_list(self) -> ListWithPane[EstablishmentRow]:
        nothing = EmptyState(
            tr("名录还是空的"),
            tr("导入县级或市场监管部门下发的 Excel 名单；哪些行要新增、变更、退回，会先列出来核对，再写入。"),
            tr("导入第一份名单…(&L)"),
        )
        nothing.wanted.connect(self.choose_list)
        self.allow(Right.ROLL, nothing.button)
        hint = tr("名称、代码、首字母、地址、人、电话  Ctrl+F")
        made = ListWithPane("roll", tr("单位"), roll_columns(), nothing, hint, self.pane)
        made.chips.show_chips((("all", tr("全部"), None), ("contested", tr("待核(&D)"), None)))
        made.selected.connect(self._show_detail)
        made.asked.connect(self._read)
        return made

    def _make_header(self) -> Header:
        self._header = Header(tr("单位名录"))
        self._back = action("back", tr("返回名录(&B)"), self.back)
        self._quality = action("indicator", tr("资料质量(&T)"), self.show_quality)
        self._undo = action("undo", tr("撤销导入(&U)"), self._undo_newest)
        self._choose = action("import", tr("导入名单…(&I)"), self.choose_list)
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._pair = action("search", tr("查重…(&C)"), self.find_pairs)
        self._new = primary_action("add", tr("新增单位(&N)"), self.add, "Ctrl+N")
        self._first = action("add", tr("新增单位(&N)"), self.add)
        self.allow(Right.ROLL, self._new, self._first)
        self._header.add(
            self._back, self._undo, self._quality, self._choose, self._pair, self._export, self._first, self._new
        )
        return self._header

    def _read(self, held: str = "") -> None:
        """Ask for the first page; another order than the usual takes a look at every entry first.

        held: the id of what was selected, and stays so wherever it stands
        """
        query = self.query
        self._later.stop()  # another first page is coming: what is counted for the one before would not fit it
        if query.order:
            self._finding.forget()
            self._to_show = held
            self._count_all()
        elif query == EVERYTHING:
            self._finding.forget()
            self._show_first(query, held, first_page(self.ctx, query))
        else:
            self._finding.ask(partial(first_page, self.ctx, query), partial(self._show_first, query, held))

    def _show_first(self, query: RollQuery, held: str, page: FirstPage) -> None:
        first, is_empty = page
        self._shown = query
        self.roll.show_pages(len(first), lambda offset, limit: first[offset : offset + limit], is_empty=is_empty)
        if len(first) < entries.PAGE and query == EVERYTHING:
            self._say_count(len(first), len(first))
        else:
            self.roll.count.clear()
            if held and self._selected != held:
                self._show_later(held)  # it may stand beyond the first page
            else:
                # After the detail, which it would slow down.
                self._later.start(2 * theme.layout("after_first_paint_ms"))
        self._offer()

    def _count_all(self) -> None:
        query, wanted = self.query, self._to_show
        listed = partial(entries.listed, self.ctx, query, wanted, self._everything)
        self.latest.ask(listed, partial(self._show_listed, query, wanted))

    def _show_listed(self, query: RollQuery, wanted: str, listed: Listed) -> None:
        if query != self.query or not (query.order or query == self._shown):
            return  # asked for something else meanwhile
        names, self._everything = listed.names, listed.everything

        def fetch(offset: int, limit: int) -> list[EstablishmentRow]:
            self._at_rest.start()
            return entries.rows_of(self.ctx, names[offset : offset + limit])

        if query.order:
            self._shown = query
            self.roll.show_pages(len(names), fetch, is_empty=not listed.everything)
        else:
            self.roll.table.expect(len(names), fetch)
        self._say_count(len(names), listed.everything)
        if listed.place >= 0 and wanted == self._to_show:
            self.roll.view.selectRow(listed.place)
        self._to_show = ""
        self._offer()

    def _say_count(self, found: int, everything: int) -> None:
        count = tr("共 {all} 家") if found == everything else tr("共 {all} 家，筛出 {found} 家")
        self.roll.count.setText(count.format(all=everything, found=found))

    def _show(self, establishment: str) -> None:
        self.back()
        with self.telling():
            entries.detail(self.ctx, establishment)  # there may be no such employer any more
            self._select(establishment)
            self.roll.open_pane()

    def _select(self, establishment: str) -> None:
        """Select an employer, wherever it stands in the list."""
        self._to_show = ""
        if not self.roll.reveal(establishment):
            self._show_later(establishment)

    def _show_later(self, establishment: str) -> None:
        """Select an employer once it is known where it stands."""
        self._to_show = establishment
        self._later.stop()
        self._count_all()

    def _show_detail(self, row: EstablishmentRow | None) -> None:
        if row is None or not self.pane.isVisibleTo(self):
            return  # read when the drawer is opened
        self._detail.ask(partial(read_detail, self.ctx, row.id), self.pane.show_detail)

    def _search(self) -> None:
        if self._is_at_quality:
            self.quality.list.focus_search()
        else:
            self.back()
            self.roll.focus_search()

    def _turn_to(self, page: QWidget, title: str = "", about: str = "") -> None:
        """Show a page; the actions of the list stand above the list only, so that each page has one primary button."""
        self._pages.setCurrentWidget(page)
        if page is self._listed:
            title, about = tr("单位名录"), self.ctx.office.name
        if title:
            self._header.entitle(title)
            self._header.say(about)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with what is listed."""
        listed = self._pages.currentWidget() is self._listed
        for button in (self._choose, self._export, self._quality):
            button.setVisible(listed)
        self._back.setVisible(isinstance(self._pages.currentWidget(), QualityPage | PairsPage))
        self._export.setEnabled(self.roll.table.total > 0)
        self._pair.setVisible(self._is_at_quality)
        self._pair.setEnabled(not self._busy)
        self._new.setVisible(listed and not self.roll.is_empty)
        self._first.setVisible(listed and self.roll.is_empty)
        self._undo.setVisible(listed and bool(self.undoing.what))
        relabel(self._undo, self.undoing.word)
        self._undo.setToolTip(plain_tip(tr("撤销：{label}  Ctrl+Z", label=self.undoing.what)))
        self.allow(Right.ROLL, self._choose, self._undo, when=not self._busy)

    def _save(self) -> None:
        fields, correcting = self.form.changed(), self._correcting
        reason = fields.pop(REASON, "")
        try:
            if correcting:
                change = entries.correct(self.ctx, correcting, fields, reason)
            else:
                correcting = entries.add(self.ctx, fields, reason)
                change = Change.PROPOSALS if proposals.is_waiting(self.ctx, correcting) else Change.ROLL
        except UserError as error:
            self.form.show_problems(error)
            return
        if change:
            label = tr("更正 {name}") if self._correcting else tr("新增 {name}")
            self.undoing.note_edit(label.format(name=self.form.value("name").strip()))
        self.form.close_form()
        self.changed.emit(change)
        self._select(correcting)
        self.done.emit(proposals.proposed_text() if Change.PROPOSALS in change else tr("已保存。"))

    def _preview_read(self, looked_at: LookedAt) -> None:
        """Show the preview; a form that was begun while the list was read is asked about first."""
        self._leave_form_for(partial(self._show_preview, looked_at))

    def _show_preview(self, looked_at: LookedAt) -> None:
        self._turn_to(self.preview, tr("导入名单"), self.ctx.office.name)
        self.preview.show_comparison(looked_at)

    def _show_pairs(self) -> None:
        self._turn_to(self.pairs, tr("疑似重复"), self.ctx.office.name)
        self.pairs.focus_first()

    def _import(self, comparison: Comparison) -> None:
        apply = partial(importing.apply, self.ctx, comparison)
        self._be_busy(self.work_reporting(apply, partial(self._imported, comparison), tr("导入名单")))

    def _imported(self, comparison: Comparison, batch: str) -> None:
        self.undoing.note_import()
        if self._pages.currentWidget() is self.preview:  # a form that was begun meanwhile stays
            self.back()
        self.changed.emit(Change.ROLL if batch else Change.NOTHING)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。", **comparison.counts))

    def _undo_newest(self) -> None:
        if self._undo.isEnabled() and self._pages.currentWidget() is self._listed:
            self.undoing.undo()

    def _redo_newest(self) -> None:
        if self._undo.isEnabled() and self._pages.currentWidget() is self._listed:
            self.undoing.redo()

    def _correct(self) -> None:
        if self.roll.current is not None:
            self.correct(self.roll.current.id)

    def _correct_field(self, establishment: str, key: str) -> None:
        """Open the form of an employer at a field, and come back to where one was."""
        self.correct(establishment)
        if self._is_filling:
            self._behind = self.quality
            self.form.focus_field(key)

    def _choose_export(self) -> None:
        suggested = tr("{office}名录.xlsx", office=self.ctx.office.name)
        if path := choose_target(self, tr("导出名录"), suggested, "Excel (*.xlsx)"):
            self.export_roll(path)

    def _choose_refusals(self, comparison: Comparison) -> None:
        if path := choose_target(self, tr("另存退回的行"), tr("退回的行.xlsx"), "Excel (*.xlsx)"):
            self.save_refusals(comparison, path)

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
            self.preview.offer_import(when=not busy)
