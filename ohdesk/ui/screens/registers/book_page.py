"""One book: its entries, one of them beside the list, and the form."""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register import entries, listing, undo
from ohdesk.services.register.attachments import PAPERS, PICTURES, Attachment, attach
from ohdesk.services.register.conditions import OF_ENTRY, EntryQuery
from ohdesk.services.register.export import export_book
from ohdesk.services.register.listing import EntryRow, Listed
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_file, choose_files, choose_target
from ohdesk.ui.kit.filter_bar import FilterBar
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow, stack
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.registers.attachment_page import AttachmentPage
from ohdesk.ui.screens.registers.entry_form import EntryForm, Typed
from ohdesk.ui.screens.registers.entry_pane import EntryPane, Known, read_entry
from ohdesk.ui.screens.registers.export_question import ExportQuestion
from ohdesk.ui.screens.registers.import_page import BookImportPage

_ALL = "all"
_NUMERIC = frozenset({Kind.COUNT, Kind.AMOUNT})
_WIDTHS = {"number": 152, "state": 84, "establishment": 164, "person": 90, "town": 90, "due_on": 96, "opened_on": 96}
_KIND_WIDTHS = {Kind.DAY: 96, Kind.TIME: 128, Kind.COUNT: 80, Kind.AMOUNT: 90, Kind.YES_NO: 70, Kind.CHOICE: 98}
_WIDTH = 150
_CHARACTER, _AROUND = 14, 20  # of a heading, in points: one of five characters is wider than a number below it


class BookPage(Page):
    """The list of a book with its form over it; says when another of the two is in front."""

    turned = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        super().__init__(ctx, jobs)
        self.definition = definition
        self._keys = _columns_of(definition, towns=ctx.office.role == OfficeRole.COUNTY)
        self._reading, self._finding = Latest(self, aside=True), Latest(self, aside=True)
        self._shown = EntryQuery()  # what the first page that is shown was asked for
        self.pane = EntryPane(definition)
        self.pane.correct_wanted.connect(self.correct)
        self.pane.turn_wanted.connect(self._turn)
        self.pane.file_wanted.connect(self._show_file)
        self.pane.files_wanted.connect(self._choose_files)
        self.pane.paper_wanted.connect(self._open_paper)
        self.list = self._make_list()
        self.filters = FilterBar(ctx, jobs, definition, partial(_filterable, definition), lambda: self.query)
        self.filters.asked.connect(self.reload)
        self.filters.viewed.connect(self._show_view)
        self.hand_on(self.filters)
        self._question = ExportQuestion(definition)
        self._question.confirmed.connect(self._choose_target)
        self.taking_back = Confirm()
        self.taking_back.confirmed.connect(self._take_back)
        self._listed = QWidget()
        parts = (self.filters, self._question, self.taking_back, grow(self.list))
        column(*parts, of=self._listed, edges=("page_side", "page_top"), gap="gap")
        self.form = EntryForm(ctx, jobs, definition)
        self.hand_on(self.form)
        self.form.closed.connect(self._show_list)
        self.form.kept.connect(self._show_kept)
        self._kept = ""
        self._pages = stack(self._listed, self.form)
        column(grow(self._pages), of=self, gap="")
        self._offer()

    @property
    def is_listing(self) -> bool:
        """True while the list is in front."""
        return self._pages.currentWidget() is self._listed

    @cached_property
    def importing(self) -> BookImportPage:
        """The preview of a list, made when one is first read."""
        page = BookImportPage(self.ctx, self.jobs, self.definition)
        page.read.connect(self._show_preview)
        page.closed.connect(self._show_list)
        page.imported.connect(self._show_list)
        return self.add_page(self._pages, page)

    @cached_property
    def attachment(self) -> AttachmentPage:
        """What shows a file of an entry, made when one is first looked at."""
        page = AttachmentPage(self.ctx, self.jobs)
        page.closed.connect(self._show_list)
        return self.add_page(self._pages, page)

    @property
    def is_filling(self) -> bool:
        """True while the form is in front."""
        return self._pages.currentWidget() is self.form

    @property
    def is_reading(self) -> bool:
        """True until the first page is there."""
        return self._finding.is_busy

    @property
    def query(self) -> EntryQuery:
        """What is listed."""
        return self.filters.query_of(self.list.query(self._keys, _ALL), _ALL)

    def show_entries(self, entry: str) -> None:
        """Read the entries again; entry: the id of the one to be shown, "" for none in particular."""
        self._kept = entry
        if entry:  # nothing hides it
            self.filters.clear()
            self.list.choose(_ALL)
        self.reload()

    def reload(self) -> None:
        """Read the entries again: the first page at once, beside the interface; how many there are on the worker."""
        query = self.query
        wanted = self._kept or ("" if self.list.current is None else self.list.current.id)
        self._finding.ask(partial(listing.first, self.ctx, self.definition.id, query), partial(self._show_first, query))
        listed = partial(listing.entries, self.ctx, self.definition.id, query, wanted)
        self.latest.ask(listed, partial(self._show_listed, query))

    def _show_view(self, query: EntryQuery) -> None:
        """List what a view asks."""
        self.list.show_query(ListQuery(query.state or _ALL, query.sought, query.order, query.falling), self._keys)
        self.reload()

    def focus_first(self) -> None:
        """The focus is in the list, or in what is in front of it."""
        front = self._pages.currentWidget()
        if isinstance(front, Page):
            front.focus_first()
        else:
            self.list.focus_list()

    def add(self, about: str = "") -> None:
        """Ask for a new entry."""
        self._turn_to(self.form)
        self.form.ask_new(about)

    def correct(self) -> None:
        """Ask what of the entry selected is to be put right."""
        if self.list.current is not None:
            with self.telling():
                self._ask_correction(self.list.current.id)

    def leave_form_for(self, act: object) -> None:
        """Do something that takes the form away: where it was touched, a question comes first."""
        self.form.form.give_up(act)  # type: ignore[arg-type] # what is done then

    def draft(self) -> Typed | None:
        """Return what was typed and is not saved."""
        return self.form.draft() if self.is_filling else None

    def take_draft(self, draft: object) -> None:
        """Open the form again with what was typed."""
        if isinstance(draft, Typed):
            self._turn_to(self.form)
            if draft.entry:
                with self.telling():
                    self.form.ask_correction(draft.entry, draft.fields)
            else:
                self.form.ask_new(draft.about, draft.fields)

    def choose_list(self) -> None:
        """Ask for the list to be imported."""
        if path := choose_file(self, tr("选择表格"), tr("表格 (*.xlsx *.xlsm *.xls *.ods *.csv)")):
            self.importing.read_list(path)

    def ask_undo(self) -> None:
        """Ask whether the newest import is to be taken back."""
        newest = next((each for each in undo.batches(self.ctx, self.definition.id) if each.source == undo.IMPORT), None)
        if newest is None:
            self.failed.emit(UserError(tr("这本登记簿没有可以撤销的导入。"), tr("导入过的表才能撤销。")))
        else:
            question = tr("撤销导入“{file}”（{count} 条）？", file=newest.reason, count=newest.writes)
            self.taking_back.ask(question, tr("撤销导入(&Y)"))

    def _take_back(self) -> None:
        taken = partial(undo.undo, self.ctx, self.definition.id, "", undo.IMPORT)
        self.work_reporting(taken, self._taken_back, tr("撤销导入"))

    def _taken_back(self, done: undo.Undone) -> None:
        self.changed.emit(Change.REGISTERS)
        self.done.emit(tr("撤出 {withdrawn} 条，改回 {restored} 条。", **done._asdict()))

    def choose_export(self) -> None:
        """Ask where the entries listed are to be written; first whether at all, and what of it."""
        if not self._question.ask_whether():
            self._choose_target()

    def _choose_target(self) -> None:
        title = word(self.definition.title)
        suggested = tr("{office}{title}.xlsx", office=self.ctx.office.name, title=title)
        if path := choose_target(self, tr("导出{title}", title=title), suggested, "Excel (*.xlsx)"):
            self.export(path)

    def export(self, path: Path) -> None:
        """Write the entries listed into a workbook, on the worker; of a book that travels without what stays here."""
        kept_here = self.definition.travels == "no"  # who asks for the file was asked
        inside = self._question.inside.isChecked()
        written = partial(export_book, self.ctx, self.definition.id, path, self.query, private=kept_here, inside=inside)
        self.write_rows(written, path, tr("导出登记簿"), tr("已导出 {count} 条：{path}"))

    def _make_list(self) -> ListWithPane[EntryRow]:
        title = word(self.definition.title)
        act = "" if self.definition.read_only else tr("登记第一条(&F)")
        nothing = EmptyState(tr("“{title}”还没有登记", title=title), self.definition.source, act)
        nothing.wanted.connect(self.add)
        self.allow(Right.REGISTER, nothing.button)
        columns = [_column(self.definition, key) for key in self._keys]
        name = f"register_{self.definition.id}"
        hint = tr("内容、单位、编号  Ctrl+F")
        made = ListWithPane(name, title, columns, nothing, hint, self.pane, edges=None)
        made.asked.connect(self.reload)
        made.everything_wanted.connect(lambda: self.filters.clear())
        made.selected.connect(self._read_entry)
        return made

    def _show_first(self, query: EntryQuery, rows: Sequence[EntryRow]) -> None:
        if query != self.query:
            return  # asked for something else meanwhile
        self._shown = query
        is_empty = not rows and not (query.sought or query.state or query.conditions)
        self.list.show_pages(len(rows), lambda offset, limit: rows[offset : offset + limit], is_empty=is_empty)
        self._select_kept()

    def _show_listed(self, query: EntryQuery, listed: Listed) -> None:
        if query != self.query or query != self._shown:
            return
        self._count(listed)
        names = listed.names

        def fetch(offset: int, limit: int) -> list[EntryRow]:
            return listing.rows_of(self.ctx, self.definition.id, names[offset : offset + limit])

        self.list.table.expect(len(names), fetch)
        if self._kept and listed.place >= 0:
            self.list.view.selectRow(listed.place)
            self._kept = ""

    def _count(self, listed: Listed) -> None:
        if self.definition.states:
            states = [(each.key, word(each.label), listed.counts.get(each.key, 0)) for each in self.definition.states]
            self.list.chips.show_chips([(_ALL, tr("全部"), listed.counts[""]), *states])
        else:
            self.list.count.setText(tr("共 {count} 条", count=listed.counts[""]))

    def _select_kept(self) -> None:
        """Select the entry that was asked for, where it stands on the first page."""
        if self._kept and self.list.select(self._kept):
            self._kept = ""

    def _read_entry(self, row: EntryRow | None) -> None:
        if row is None:
            self._reading.forget()
        else:
            self._reading.ask(partial(read_entry, self.ctx, self.definition, row.id), self._show_entry)

    def _show_entry(self, known: Known) -> None:
        self.pane.show_entry(known)
        self._offer()

    def _offer(self) -> None:
        acts = (self.pane.correct, *self.pane.turns.values(), *self.pane.adding)
        self.allow(Right.REGISTER, *acts, when=not self.definition.read_only)

    def _choose_files(self, field: str) -> None:
        if self.list.current is None:
            return
        several = " ".join(f"*{ending}" for ending in sorted(PICTURES | PAPERS))
        if paths := choose_files(self, tr("选择附件"), tr("文件和照片 ({kinds})", kinds=several)):
            attached = partial(attach, self.ctx, self.list.current.id, field, paths)
            self.work(attached, self.changed.emit, tr("保存附件"))

    def _open_paper(self) -> None:
        if self.list.current is not None:
            self.wanted.emit("record", f"paper:{self.list.current.id}")

    def _show_file(self, attachment: Attachment) -> None:
        if self.list.current is not None:
            self._turn_to(self.attachment)
            may_remove = not self.definition.read_only
            self.attachment.show_file(self.list.current.id, attachment, may_remove=may_remove)

    def _ask_correction(self, entry: str) -> None:
        self._turn_to(self.form)
        self.form.ask_correction(entry)

    def _turn(self, state: str) -> None:
        """Turn the entry selected to a state; what that needs is asked for in the form."""
        row = self.list.current
        if row is None:
            return
        try:
            change = entries.correct(self.ctx, row.id, {"state": state})
        except ProblemsError as error:
            self._turn_to(self.form)
            self.form.ask_correction(row.id, {"state": state})
            self.form.show_problems(error)
        except UserError as error:
            self.failed.emit(error)
        else:
            self.changed.emit(change)

    def _show_preview(self) -> None:
        """Show what a list would change; a form that was begun while it was read is asked about first."""
        shown = partial(self._turn_to, self.importing)
        if self.is_filling:
            self.leave_form_for(shown)
        else:
            shown()

    def _show_kept(self, entry: str) -> None:
        self._kept = entry

    def _show_list(self) -> None:
        self._turn_to(self._listed)
        self.list.focus_list()

    def _turn_to(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self.turned.emit()


def _filterable(definition: Definition) -> list[Field]:
    """Return the fields that the list may be filtered by, those of every entry last."""
    of_entry = {"due_on": Kind.DAY, "opened_on": Kind.DAY, **({"number": Kind.TEXT} if definition.number else {})}
    return [*definition.fields, *(Field(key, OF_ENTRY[key], kind) for key, kind in of_entry.items())]


def _columns_of(definition: Definition, *, towns: bool) -> list[str]:
    """Return the columns of the list: those that the definition names, else the first fields; towns: whose each is."""
    town = ["town"] if towns else []
    if definition.listing.columns:
        return [*town, *definition.listing.columns]
    about = [] if definition.about == "nothing" else [definition.about]
    return [*town, "number", *about, *(each.key for each in definition.fields[:4]), "due_on"]


def _column(definition: Definition, key: str) -> Column[EntryRow]:
    field = definition.by_key.get(key)
    numeric = field is not None and field.kind in _NUMERIC
    heading = listing.heading(definition, key)
    usual = _WIDTHS.get(key) or _KIND_WIDTHS.get(field.kind if field else Kind.TEXT, _WIDTH)
    width = max(usual, min(len(heading) * _CHARACTER + _AROUND, _WIDTH))
    shown = partial(_cell, definition, key)
    return Column(heading, shown, width, numeric=numeric, sought=key == definition.about)


def _cell(definition: Definition, key: str, row: EntryRow) -> str:
    return listing.cell(definition, row, key)
