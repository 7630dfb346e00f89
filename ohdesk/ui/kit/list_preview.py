"""What a list from elsewhere would change, before anything is changed.

Its columns can be put right, and changes be declined one by one, all by keyboard.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ohdesk.domain.list_columns import PERSONS, Choices
from ohdesk.domain.list_columns import Column as ListColumn
from ohdesk.domain.progress import Progress
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import button, focus_offered
from ohdesk.ui.kit.card import figure
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.editors import ActingChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.first_rows import MOST_LISTED, first_rows
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import box, clear, column, grow, muted, row, stack
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column

COLUMNS, REFUSED, CHANGED, NOTES = "columns", "refused", "changed", "notes"
_KEEP, _LEAVE = "*", ""  # what a column may be besides a field

Shown = TypeVar("Shown")
Place = tuple[str, int, str]  # sheet, row and key of a change


class ColumnLine(NamedTuple):
    """A column of the list, on which sheet, and whether it is kept as it is."""

    sheet: str
    column: ListColumn
    kept: bool


class ListedRows(NamedTuple):
    """A list of the preview. word: on its chip · name: what is listed · rare: left out where it has no rows"""

    word: str
    name: str
    columns: Sequence[Column[Any]]
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Looked(Generic[Shown]):
    """A preview, put together beside the interface.

    shown: what is imported · source: the file · rows_read: how many it has · figures: name, number and kind of each
    to_write: how many entries importing would write · notes: what to know · rows, counts: of each list
    sheets: the columns of each sheet · choices: what was said of them
    """

    shown: Shown
    source: str
    rows_read: int
    figures: Sequence[tuple[str, int, str]]
    to_write: int
    notes: Sequence[str]
    sheets: Sequence[Sequence[ListColumn]]
    choices: Choices
    rows: Mapping[str, Sequence[Any]]
    counts: Mapping[str, int]


class Sheet(NamedTuple):
    """A sheet of the list and its columns."""

    name: str
    columns: Sequence[ListColumn]


def looked(
    shown: Shown,
    source: str,
    rows_read: int,
    figures: Sequence[tuple[str, int, str]],
    to_write: int,
    notes: Sequence[str],
    sheets: Sequence[Sheet],
    choices: Choices,
    lists: Mapping[str, Iterable[Any]],
) -> Looked[Shown]:
    """Return a preview with the first rows of its lists: nobody looks through a hundred thousand."""
    columns = [
        ColumnLine(sheet.name, each, not each.key and choices.keeps(each)) for sheet in sheets for each in sheet.columns
    ]
    rows, counts = first_rows({COLUMNS: columns, **lists})
    of_sheets = [sheet.columns for sheet in sheets]
    return Looked(shown, source, rows_read, figures, to_write, notes, of_sheets, choices, rows, counts)


class ListPreview(Page, Generic[Shown]):
    """Reads a list, shows what it would change, lets columns be chosen and changes be declined, and imports it.

    A page for one kind of list says in the methods that raise NotImplementedError what is its own.
    """

    closed = Signal()
    read = Signal()  # a list was read, and is to be shown
    started = Signal(object)  # Job: nothing else may be started meanwhile
    imported = Signal()
    submit_word = mark("导入 {count} 条(&I)")

    def __init__(self, ctx: Context, jobs: Jobs, name: str) -> None:
        """`name`: under which widths and order of columns are kept."""
        super().__init__(ctx, jobs)
        self.looked: Looked[Shown] | None = None
        self.declined: set[Place] = set()
        self._name = name
        self._lists = self.lists()
        self._made: dict[str, ListOrWhy] = {}
        self._source, self._notes = muted(), muted()
        self._notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._counts = row(gap="gap")
        self.chips = FilterChips(tr("列出"))
        self.chips.chosen.connect(self._show_list)
        self._nothing = _nothing()
        self.notes = Scrolled(self._notes)
        self.notes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notes.setAccessibleName(tr("读取时的提示"))
        self._stack = stack(self._nothing, self.notes)
        self.choice = ActingChoice()
        self.choice.setAccessibleName(tr("选中的列导入到"))
        self.choice.activated.connect(self._choose)
        self._choosing = box(row(muted(tr("导入到")), grow(self.choice), gap="gap_small"))
        self.keep = button(tr("保留(&K)"), act=self._turn_kept)
        self.keep_all = button(tr("全部保留(&L)"), act=self._keep_all)
        self.decline = button(tr("改 / 不改这一处(&C)"), act=self._turn_change)
        self._beside = {COLUMNS: (self.keep, self.keep_all, self._choosing), CHANGED: (self.decline,), **self.beside()}
        self.submit = button("", act=self._import, primary=True)
        self.cancel = button(tr("不导入(&Q)"), "Esc", act=self.closed.emit)
        self.on_key("Esc", self.closed.emit)
        tools = [grow(each, 4) if each is self._choosing else each for some in self._beside.values() for each in some]
        foot = row(*tools, grow(), self.cancel, self.submit)
        parts = (self._source, self._counts, self.chips, grow(self._stack), foot)
        column(*parts, of=self, gap="gap", edges=("page_side", "page_top"))
        self.offer()

    # what a page for one kind of list says

    def lists(self) -> Mapping[str, ListedRows]:
        """Return the lists of the preview in the order of their chips, with the columns of each."""
        raise NotImplementedError

    def beside(self) -> Mapping[str, Sequence[QWidget]]:
        """Return what stands at the foot while a list is in front, besides what every page has."""
        return {}

    def look(self, path: Path, report: Progress) -> Looked[Shown]:
        """Read a workbook and find out what it would change: for a Job."""
        raise NotImplementedError

    def look_again(self, before: Looked[Shown], choices: Choices, report: Progress) -> Looked[Shown]:
        """Find out what a list would change with its columns chosen otherwise: for a Job."""
        raise NotImplementedError

    def write(self, shown: Shown, declined: Collection[Place], report: Progress) -> str:
        """Write a list; return the name of the batch, "" where nothing was written: for a Job."""
        raise NotImplementedError

    def tell(self, shown: Shown, batch: str) -> None:
        """Say what was imported."""
        raise NotImplementedError

    def field_choices(self) -> Sequence[tuple[str, str]]:
        """Return what a column may go into: keys, and what they are called."""
        raise NotImplementedError

    def called(self, key: str) -> str:
        """Return what a column goes into, in words."""
        raise NotImplementedError

    def settled(self, shown: Shown) -> Shown:
        """Return what is imported, with what was typed on the page. Raises UserError for what cannot be taken."""
        return shown

    def place(self, line: Any) -> Place:
        """Return by what a line of the changes is declined."""
        raise NotImplementedError

    # what all of them do

    def read_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        read = partial(self.look, path)
        self.be_busy(self.work_reporting(read, self._show_first, tr("读取 {name}", name=path.name)))

    def focus_first(self) -> None:
        """Put the focus on what goes on."""
        focus_offered(self.submit, self.cancel)

    def list_of(self, key: str) -> ListOrWhy:
        """Return the list of one kind, made when it is first shown."""
        if key not in self._made:
            listed = self._lists[key]
            name = f"{self._name}-{key}"
            made = self._made[key] = ListOrWhy(name, tr(listed.name), listed.columns, _nothing())
            made.view.selected.connect(self._offer_choice)
            made.view.opened.connect(self._open)
            made.show_rows(self._rows(key))
            self._stack.addWidget(made)
        return self._made[key]

    def show_preview(self, looked: Looked[Shown]) -> None:
        """Show what importing would do."""
        self.looked = looked
        self.declined.clear()
        lines: Sequence[ColumnLine] = looked.rows[COLUMNS]
        left = [line for line in lines if not (line.column.key or line.kept or line.column.why)]
        said = tr("{source}：读到 {rows} 行", source=looked.source, rows=looked.rows_read)
        if left:
            said = tr("{said}，有 {count} 列没有导入（见“列的对应”，可以改）", said=said, count=len(left))
        self._source.setText(said)
        clear(self._counts)
        for name, count, kind in looked.figures:
            self._counts.addWidget(figure(name, count, kind if count else "nothing"), 1)
        notes = [*looked.notes, *self._not_listed(looked.counts)]
        self._notes.setText("\n".join(notes))
        for key, made in self._made.items():
            made.show_rows(looked.rows[key])
        counts = {**looked.counts, NOTES: len(notes)}
        words = {key: tr(each.word) for key, each in self._lists.items() if counts[key] or not each.rare}
        chips = {**words, NOTES: tr("提示(&T)")}
        self.chips.show_chips([(key, word, counts[key]) for key, word in chips.items()])
        self._show_list(self.chips.current)
        self.offer()

    def offer(self, *, when: bool = True) -> None:
        """Offer the import, `when` nothing else is being done, if there is something to write."""
        count = self.looked.to_write if self.looked else 0
        self.submit.setText(tr(self.submit_word, count=count))
        self.submit.setEnabled(when and count > 0)
        self.choice.setEnabled(when)
        self.keep_all.setEnabled(when)
        self._offer_choice()

    def be_busy(self, job: Job) -> None:
        """Offer nothing that would have to wait for the job."""
        self.offer(when=False)
        job.ended.connect(self.offer)
        self.started.emit(job)

    def goes_into(self, line: ColumnLine) -> str:
        """Return in words what becomes of a column."""
        if line.column.key:
            return self.called(line.column.key)
        if line.kept:
            return tr("按原样保留")
        why = {
            "twice": tr("不导入（已有另一列）"),
            "computed": tr("不导入（由程序计算）"),
            "files": tr("不导入（附件另加）"),
            "serial": tr("不导入（序号）"),
            PERSONS: tr("不导入（涉及个人，本册只记人数）"),
        }
        return why.get(line.column.why, tr("不导入"))

    def column_columns(self) -> Sequence[Column[ColumnLine]]:
        """Return the columns of the list of columns."""
        return (
            Column(tr("工作表"), lambda line: line.sheet, 160),
            Column(tr("列"), lambda line: line.column.letters, 52),
            Column(tr("表头"), lambda line: line.column.heading or tr("（没有表头）"), 300, sought=True),
            Column(tr("导入到"), self.goes_into, 300, kind=_kind),
        )

    def treated(self) -> Column[Any]:
        """Return the column of the changes that says which are made."""
        return Column(
            tr("处理"),
            lambda line: tr("不改") if self.place(line) in self.declined else tr("改"),
            80,
            kind=lambda line: "warn" if self.place(line) in self.declined else "ok",
        )

    def _show_first(self, looked: Looked[Shown]) -> None:
        self.read.emit()
        self.show_preview(looked)
        is_whole = all(line.column.key or line.kept or line.column.why for line in looked.rows[COLUMNS])
        self.chips.choose(REFUSED if is_whole and looked.counts[REFUSED] else COLUMNS)
        self._show_list(self.chips.current)
        self.focus_first()

    def _rows(self, key: str) -> Sequence[Any]:
        return self.looked.rows[key] if self.looked else ()

    def _show_list(self, key: str) -> None:
        if key == NOTES:
            self._stack.setCurrentWidget(self.notes if self._notes.text() else self._nothing)
        else:
            listed = self.list_of(key)
            self._stack.setCurrentWidget(listed)
            if key == COLUMNS and listed.view.current() is None and self._rows(key):
                listed.view.selectRow(0)
        for of, tools in self._beside.items():
            for each in tools:
                each.setVisible(key == of)
        self._offer_choice()

    def _offer_choice(self, _row: object = None) -> None:
        """Offer what the column selected may go into."""
        line = self._line()
        for each in (self._choosing, self.keep):
            each.setVisible(line is not None)
        if line is not None:
            self.keep.setEnabled(not line.column.key and line.column.why != PERSONS and self.choice.isEnabled())
            choices = dict(self.field_choices())
            if line.column.key:
                choices.setdefault(line.column.key, self.called(line.column.key))
            may_keep = [(_KEEP, tr("按原样保留"))] if line.column.why != PERSONS else []
            self.choice.offer([(_LEAVE, tr("不导入")), *may_keep, *choices.items()])
            self.choice.setCurrentIndex(self.choice.findData(line.column.key or (_KEEP if line.kept else _LEAVE)))

    def _open(self, _row: object) -> None:
        """Do what Enter does in the list in front."""
        if self.chips.current == COLUMNS and self.choice.isEnabled():
            self.choice.setFocus()
            self.choice.showPopup()
        elif self.chips.current == CHANGED:
            self._turn_change()

    def _line(self) -> ColumnLine | None:
        line = self.list_of(COLUMNS).view.current() if self.chips.current == COLUMNS else None
        return line if isinstance(line, ColumnLine) else None

    def _choose(self) -> None:
        """Read the list as the column selected is chosen now."""
        chosen = str(self.choice.currentData())
        self.list_of(COLUMNS).view.setFocus()  # on to the next one
        self._turn(_LEAVE if chosen == _KEEP else chosen, kept=chosen == _KEEP)

    def _turn_kept(self) -> None:
        """Keep the column selected as it is, or leave it again."""
        if (line := self._line()) is not None:
            self._turn(_LEAVE, kept=not line.kept)

    def _keep_all(self) -> None:
        """Keep all columns that go into no field."""
        if self.looked is not None:
            self._look_again(self.looked, self.looked.choices.keeping_all(self.looked.sheets))

    def _turn(self, key: str, *, kept: bool) -> None:
        line, looked = self._line(), self.looked
        if line is not None and looked is not None:
            self._look_again(looked, looked.choices.turned(line.column, key, looked.sheets, kept=kept))

    def _look_again(self, looked: Looked[Shown], choices: Choices) -> None:
        again = partial(self.look_again, looked, choices)
        job = self.work_reporting(again, self.show_preview, tr("按列的对应重新比对"))
        job.ended.connect(self._offer_choice)  # what was refused shows as it was
        self.be_busy(job)

    def _turn_change(self) -> None:
        """Decline the change selected, or take it again."""
        changed = self.list_of(CHANGED)
        if (line := changed.view.current()) is not None:
            self.declined ^= {self.place(line)}
            changed.show_rows(self._rows(CHANGED))

    def _import(self) -> None:
        if self.looked is None:
            return
        with self.telling():
            shown, declined = self.settled(self.looked.shown), frozenset(self.declined)
            written: Callable[[Progress], str] = partial(self.write, shown, declined)
            self.be_busy(
                self.work_reporting(written, partial(self._imported, shown), tr("导入 {name}", name=self.looked.source))
            )

    def _imported(self, shown: Shown, batch: str) -> None:
        self.imported.emit()
        self.tell(shown, batch)

    def _not_listed(self, counts: Mapping[str, int]) -> list[str]:
        """Return what is said where a list is too long to be shown whole."""
        long = {tr(self._lists[key].name): count for key, count in counts.items() if count > MOST_LISTED}
        said = tr("{name}共 {count} 行，这里只列出前 {most} 行。")
        return [said.format(name=name, count=count, most=MOST_LISTED) for name, count in long.items()]


def _kind(line: ColumnLine) -> str:
    return (
        "ok"
        if line.column.key
        else "plain"
        if line.kept or line.column.why in {"computed", "serial", PERSONS}
        else "warn"
    )


def _nothing() -> EmptyState:
    return EmptyState(tr("这里没有要看的行"), tr("可以看别的分类，或直接导入。"))
