"""The roll itself: its list, the employer selected beside it, and what was done taken back."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.register.definition import Field
from ohdesk.forms.roll import roll_definition
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import city
from ohdesk.services.office.towns import known_towns
from ohdesk.services.register.conditions import EVERYTHING, EntryQuery
from ohdesk.services.roll import entries, export
from ohdesk.services.roll.asked import filtered_by
from ohdesk.services.roll.entries import EstablishmentRow, Listed
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.filter_bar import FilterBar
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.screens.roll.detail import DetailPane, read_detail
from ohdesk.ui.screens.roll.detail_acts import ActDraft, DetailActs
from ohdesk.ui.screens.roll.first_page import FirstPage, first_page
from ohdesk.ui.screens.roll.table import roll_columns, roll_keys
from ohdesk.ui.screens.roll.undoing import Undoing

_ALL = "all"


class ListPage(Page):
    """The first page of the whole roll is read at once.

    What is searched for or filtered is found beside the interface, the newest question first; until its answer is there
    the one before stands, and keys act on it. How many there are in all, and what takes a look at every entry, is found
    on the worker.
    """

    correct_wanted = Signal(str)  # the id of an employer
    import_wanted = Signal()
    shown = Signal()  # there are rows, or none: something else can be done with them
    started = Signal(object)  # Job: nothing else may be started meanwhile

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._of_towns = ctx.office.role == OfficeRole.COUNTY
        self._keys = roll_keys(towns=self._of_towns)
        self._towns: dict[str, str] = {}
        self._to_show = ""  # the id of the employer that is selected once it is known where it stands
        self._later = later(self, self._count_all)
        self._at_rest = later(self, lambda: entries.rest(ctx), "list_rests_ms")
        self._finding, self._detail = Latest(self, aside=True), Latest(self, aside=True)
        self._shown = EVERYTHING  # what the first page that is shown was asked for
        self._is_awaited = False  # no page is shown before all are found
        self._stood = -1  # the row of what was selected when the same was asked again
        self._everything: int | None = None  # entries of the whole roll, once they were counted
        self.pane = DetailPane(plans_visits=ctx.office.role == OfficeRole.TOWN)
        self.pane.correct_wanted.connect(self._correct)
        self.allow(Right.ROLL, self.pane.correct)
        self.list = self._make_list()
        self.acts = DetailActs(ctx, jobs, self.pane, self.list)
        self.undoing = Undoing(ctx, jobs)
        self.undoing.offered.connect(self.shown)
        self.undoing.started.connect(self.started)
        self.filters = FilterBar(ctx, jobs, roll_definition(), self._filtered_by, lambda: self.query)
        self.filters.asked.connect(self._read)
        self.filters.viewed.connect(self._show_view)
        self.hand_on(self.acts, self.undoing, self.filters)
        self.shown.connect(self._offer_filters)
        listed = column(self.filters, grow(self.list), edges=("page_side", "page_top"), gap="gap")
        column(grow(listed), self.undoing, of=self, gap="")

    @property
    def query(self) -> EntryQuery:
        """What is looked for, and in which order."""
        return self.filters.query_of(self.list.query(self._keys, _ALL), _ALL)

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open beside it."""
        if self.acts.asking is not None:
            self.acts.asking.form.focus_first()
        else:
            self.list.focus_list()

    def draft(self) -> ActDraft | None:
        """Return what was typed beside the list and is not saved."""
        return self.acts.draft()

    def take_draft(self, draft: object) -> None:
        """Go on with what was typed about an employer."""
        if isinstance(draft, ActDraft):
            self.select(draft.establishment)
            self.acts.take_draft(draft)

    def reload(self) -> None:
        """Read the roll again, keeping search and selection."""
        self._everything = None
        if self._of_towns:
            self._towns.update(known_towns(self.ctx))  # one may have joined
        self._read(self._selected)
        self.undoing.reload()

    def show_employer(self, establishment: str) -> None:
        """Show one employer in full, without search and filter where they hide it."""
        self.list.back()
        with self.telling():
            entries.detail(self.ctx, establishment)  # there may be no such employer any more
            self.select(establishment)
            self.list.open_pane()

    def select(self, establishment: str) -> None:
        """Select an employer, wherever it stands in the list, without search and filter where they hide it."""
        self._to_show = ""
        if not self.list.select(establishment):
            self.filters.clear()
            if not self.list.reveal(establishment):
                self._show_later(establishment)

    def show_kept(self, establishment: str) -> None:
        """Select an employer that was saved; who goes through what a filter found stays there, and goes on."""
        if self.filters.conditions:
            self._read(establishment)
        else:
            self.select(establishment)

    def choose_export(self) -> None:
        """Ask where the entries listed are to be written."""
        suggested = tr("{office}名录.xlsx", office=self.ctx.office.name)
        if path := choose_target(self, tr("导出名录"), suggested, "Excel (*.xlsx)"):
            self.export(path)

    def export(self, path: Path) -> None:
        """Write the entries listed into a workbook, on the worker."""
        exported = partial(export.export_roll, self.ctx, path, self.query)
        self.started.emit(self.write_rows(exported, path, tr("导出名录"), tr("已导出 {count} 家：{path}")))

    @property
    def _selected(self) -> str:
        return "" if self.list.current is None else self.list.current.id

    def _make_list(self) -> ListWithPane[EstablishmentRow]:
        nothing = EmptyState(
            tr("名录还是空的"),
            tr("导入县级或市场监管部门下发的 Excel 名单；哪些行要新增、变更、退回，会先列出来核对，再写入。"),
            tr("导入第一份名单…(&L)"),
        )
        nothing.wanted.connect(self.import_wanted)
        self.allow(Right.ROLL, nothing.button)
        hint = tr("名称、代码、首字母、地址、人、电话  Ctrl+F")
        made = ListWithPane(
            "roll", tr("单位"), roll_columns(self._keys, self._towns), nothing, hint, self.pane, edges=None
        )
        made.chips.show_chips(((_ALL, tr("全部"), None), (entries.CONTESTED, tr("待核(&D)"), None)))
        made.selected.connect(self._show_detail)
        made.asked.connect(self._read)
        made.everything_wanted.connect(lambda: self.filters.clear())
        return made

    def _offer_filters(self) -> None:
        self.filters.setVisible(not self.list.is_empty)

    def _filtered_by(self) -> Sequence[Field]:
        return filtered_by(self.ctx, city.profile(self.ctx))

    def _show_view(self, query: EntryQuery) -> None:
        self.list.show_query(ListQuery(query.state or _ALL, query.sought, query.order, query.falling), self._keys)
        self._read(self._selected)

    def _read(self, held: str = "") -> None:
        """Ask for the first page; another order than the usual takes a look at every entry first.

        held: the id of what was selected, and stays so wherever it stands
        """
        query = self.query
        self._stood = self.list.view.currentIndex().row() if query == self._shown else -1
        self._later.stop()  # another first page is coming: what is counted for the one before would not fit it
        if query == EVERYTHING:
            self._finding.forget()
            self._show_first(query, held, first_page(self.ctx, query))
        else:
            self._finding.ask(partial(first_page, self.ctx, query), partial(self._show_first, query, held))

    def _show_first(self, query: EntryQuery, held: str, page: FirstPage | None) -> None:
        self._is_awaited = page is None
        if page is None:
            self._to_show = held
            self._count_all()
            return
        first, is_empty = page
        self._shown = query
        self.list.show_pages(len(first), lambda offset, limit: first[offset : offset + limit], is_empty=is_empty)
        is_gone = bool(held) and self._selected != held  # or it stands beyond the first page
        if is_gone:
            self._stay_near(len(first))
        if query == EVERYTHING and len(first) < entries.PAGE:
            self._everything = len(first)
        if len(first) < entries.PAGE and self._everything is not None:
            self._say_count(len(first), self._everything)
        else:
            self.list.count.clear()
            if is_gone:
                self._show_later(held)
            else:
                # After the detail, which it would slow down.
                self._later.start(2 * theme.layout("after_first_paint_ms"))
        self.shown.emit()

    def _count_all(self) -> None:
        query, wanted = self.query, self._to_show
        listed = partial(entries.listed, self.ctx, query, wanted, self._everything)
        # Of a long roll one waits for it, and sees that it goes on.
        title = tr("查找单位") if self._is_awaited else ""
        self.latest.ask(listed, partial(self._show_listed, query, wanted), title)

    def _show_listed(self, query: EntryQuery, wanted: str, listed: Listed) -> None:
        if query != self.query or not (self._is_awaited or query == self._shown):
            return  # asked for something else meanwhile
        names, self._everything = listed.names, listed.everything

        def fetch(offset: int, limit: int) -> list[EstablishmentRow]:
            self._at_rest.start()
            return entries.rows_of(self.ctx, names[offset : offset + limit])

        if self._is_awaited:
            self._shown, self._is_awaited = query, False
            self.list.show_pages(len(names), fetch, is_empty=not listed.everything)
        else:
            self.list.table.expect(len(names), fetch)
        self._say_count(len(names), listed.everything)
        if listed.place >= 0 and wanted == self._to_show:
            self.list.view.selectRow(listed.place)
        elif wanted:
            self._stay_near(len(names))
        self._to_show = ""
        self.shown.emit()

    def _stay_near(self, total: int) -> None:
        """Select what stands now where that stood which is found no more."""
        if self._stood >= 0 and total:
            self.list.view.selectRow(min(self._stood, total - 1))

    def _say_count(self, found: int, everything: int) -> None:
        count = tr("共 {all} 家") if found == everything else tr("共 {all} 家，筛出 {found} 家")
        self.list.count.setText(count.format(all=everything, found=found))

    def _show_later(self, establishment: str) -> None:
        """Select an employer once it is known where it stands."""
        self._to_show = establishment
        self._later.stop()
        self._count_all()

    def _correct(self) -> None:
        if self.list.current is not None:
            self.correct_wanted.emit(self.list.current.id)

    def _show_detail(self, row: EstablishmentRow | None) -> None:
        if row is None or not self.pane.isVisibleTo(self):
            return  # read when the drawer is opened
        self._detail.ask(partial(read_detail, self.ctx, row.id), self.pane.show_detail)
