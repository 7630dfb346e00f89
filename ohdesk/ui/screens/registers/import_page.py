"""What a list would change in a book, before anything is changed; its columns can be put right here."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal

from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register.columns import field_choices
from ohdesk.services.register.import_preview import BookPreview, Outcome
from ohdesk.services.register.importing import apply
from ohdesk.ui.kit.actions import button, focus_offered
from ohdesk.ui.kit.card import figure
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.first_rows import MOST_LISTED
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import box, clear, column, grow, muted, row, stack
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.registers.import_lists import (
    CHANGED,
    COLUMNS,
    LISTS,
    REFUSED,
    ColumnLine,
    Look,
    LookedAt,
    look_again,
    read_list,
)

NOTES = "notes"
_KEEP, _LEAVE = "*", ""  # what a column may be besides a field


class BookImportPage(Page):
    """Shows a preview, lets its columns be chosen otherwise and changes be declined, and imports it."""

    closed = Signal()
    read = Signal()  # a list was read, and is to be shown

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        super().__init__(ctx, jobs)
        self.definition = definition
        self._looked_at: LookedAt | None = None
        self._declined: set[tuple[str, int, str]] = set()
        self._made: dict[str, ListOrWhy] = {}
        self._source, self._notes = muted(), muted()
        self._notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._counts = row(gap="gap")
        self.chips = FilterChips(tr("列出"))
        self.chips.chosen.connect(self._show_list)
        self._nothing = EmptyState(tr("这里没有要看的行"), tr("可以看别的分类，或直接导入。"))
        self.notes = Scrolled(self._notes)
        self.notes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notes.setAccessibleName(tr("读取时的提示"))
        self._stack = stack(self._nothing, self.notes)
        self.choice = LongChoice()
        self.choice.setAccessibleName(tr("选中的列导入到"))
        self.choice.activated.connect(self._choose)
        self._chosen_for = muted()
        self._choosing = box(row(self._chosen_for, grow(self.choice), gap="gap"))
        self.decline = button(tr("改 / 不改这一处(&X)"), act=self._turn_change)
        self.submit = button("", act=self._import, primary=True)
        self._cancel = button(tr("不导入(&Q)"), "Esc", act=self.closed.emit)
        self.on_key("Esc", self.closed.emit)
        foot = row(self.decline, grow(self._choosing, 4), grow(), self._cancel, self.submit)
        parts = (self._source, self._counts, self.chips, grow(self._stack), foot)
        column(*parts, of=self, gap="gap", edges=("page_side", "page_top"))
        self._offer()

    def read_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        looked = partial(read_list, self.ctx, self.definition.id, path)
        self._be_busy(self.work_reporting(looked, self._show_first, tr("读取 {name}", name=path.name)))

    def focus_first(self) -> None:
        """Put the focus on what goes on."""
        focus_offered(self.submit, self._cancel)

    def list_of(self, key: str) -> ListOrWhy:
        """Return the list of one kind, made when it is first shown."""
        if key not in self._made:
            listed = LISTS[key]
            columns = listed.columns(Look(self.definition, self._text, self._declined))
            nothing = EmptyState(tr("这里没有要看的行"), tr("可以看别的分类，或直接导入。"))
            made = self._made[key] = ListOrWhy(f"book-import-{key}", tr(listed.name), columns, nothing)
            made.view.selected.connect(self._offer_choice)
            made.show_rows(self._rows(key))
            self._stack.addWidget(made)
        return self._made[key]

    def show_preview(self, looked_at: LookedAt) -> None:
        """Show what importing would do."""
        self._looked_at = looked_at
        self._declined.clear()
        shown, listed = looked_at.shown, looked_at.counts
        left = [each for each in shown.not_taken if not shown.is_kept(each) and each.why != "computed"]
        said = tr("{source}：读到 {rows} 行", source=shown.source, rows=shown.rows)
        if left:
            said = tr("{said}，有 {count} 列没有导入（见“列的对应”，可以改）", said=said, count=len(left))
        self._source.setText(said)
        refused = len({(each.sheet, each.row) for each in shown.refusals})
        self._show_counts(
            (
                (tr("新增"), shown.counts[Outcome.NEW], "plain"),
                (tr("变更"), shown.counts[Outcome.CHANGED], "plain"),
                (tr("相同，不写入"), shown.counts[Outcome.SAME], "plain"),
                (tr("表内重复，不写入"), shown.counts[Outcome.REPEATED], "plain"),
                (tr("退回"), refused, "bad"),
            )
        )
        notes = [*shown.warnings, *_not_listed(listed)]
        self._notes.setText("\n".join(notes))
        for key, made in self._made.items():
            made.show_rows(looked_at.rows[key])
        counts = {**listed, NOTES: len(notes)}
        words = {**{key: tr(each.word) for key, each in LISTS.items()}, NOTES: tr("提示(&T)")}
        self.chips.show_chips([(key, word, counts[key]) for key, word in words.items()])
        self._show_list(self.chips.current)
        self._offer()

    def _show_first(self, looked_at: LookedAt) -> None:
        self.read.emit()
        self.show_preview(looked_at)
        is_whole = all(line.column.key or line.kept or line.column.why for line in looked_at.rows[COLUMNS])
        self.chips.choose(REFUSED if is_whole and looked_at.counts[REFUSED] else COLUMNS)
        self._show_list(self.chips.current)
        self.focus_first()

    def _text(self, key: str, value: Value) -> str:
        return "" if self._looked_at is None else self._looked_at.shown.text(self.definition, key, value)

    def _rows(self, key: str) -> Sequence[Any]:
        return () if self._looked_at is None else self._looked_at.rows[key]

    def _offer(self, *, when: bool = True) -> None:
        """Offer the import, `when` nothing else is being done, if there is something to write."""
        shown = None if self._looked_at is None else self._looked_at.shown
        count = 0 if shown is None else shown.counts[Outcome.NEW] + shown.counts[Outcome.CHANGED]
        self.submit.setText(tr("导入 {count} 条(&I)", count=count))
        self.submit.setEnabled(when and count > 0)
        self.choice.setEnabled(when)

    def _show_list(self, key: str) -> None:
        if key == NOTES:
            self._stack.setCurrentWidget(self.notes if self._notes.text() else self._nothing)
        else:
            listed = self.list_of(key)
            self._stack.setCurrentWidget(listed)
            if key == COLUMNS and listed.view.current() is None and self._rows(key):
                listed.view.selectRow(0)
        self.decline.setVisible(key == CHANGED)
        self._offer_choice()

    def _offer_choice(self, _row: object = None) -> None:
        """Offer what the column selected may go into."""
        line = self._line()
        self._choosing.setVisible(line is not None)
        if line is not None:
            named = tr("“{heading}”（{letters} 列）导入到", heading=line.column.title, letters=line.column.letters)
            self._chosen_for.setText(named)
            choices = field_choices(self.definition)
            self.choice.offer([(_LEAVE, tr("不导入")), (_KEEP, tr("按原样保留")), *choices])
            self.choice.setCurrentIndex(self.choice.findData(line.column.key or (_KEEP if line.kept else _LEAVE)))

    def _line(self) -> ColumnLine | None:
        line = self.list_of(COLUMNS).view.current() if self.chips.current == COLUMNS else None
        return line if isinstance(line, ColumnLine) else None

    def _choose(self) -> None:
        """Read the list as the column selected is chosen now."""
        line, looked_at = self._line(), self._looked_at
        if line is not None and looked_at is not None:
            chosen = str(self.choice.currentData())
            kept = chosen == _KEEP
            choices = looked_at.shown.chosen(line.column, _LEAVE if kept else chosen, kept=kept)
            looked = partial(look_again, self.ctx, looked_at.shown, choices)
            self._be_busy(self.work_reporting(looked, self.show_preview, tr("按列的对应重新比对")))

    def _turn_change(self) -> None:
        """Decline the change selected, or take it again."""
        changed = self.list_of(CHANGED)
        if (line := changed.view.current()) is not None:
            self._declined ^= {line.place}
            changed.show_rows(self._rows(CHANGED))

    def _import(self) -> None:
        if self._looked_at is not None:
            shown = self._looked_at.shown
            written = partial(apply, self.ctx, shown, declined=frozenset(self._declined))
            self._be_busy(self.work_reporting(written, partial(self._imported, shown), tr("导入登记簿")))

    def _imported(self, shown: BookPreview, batch: str) -> None:
        self.closed.emit()
        self.changed.emit(Change.REGISTERS if batch else Change.NOTHING)
        new, changed = shown.counts[Outcome.NEW], shown.counts[Outcome.CHANGED]
        self.done.emit(tr("已导入：新增 {new} 条，变更 {changed} 条。", new=new, changed=changed))

    def _be_busy(self, job: Job) -> None:
        """Offer nothing that would have to wait for the job."""
        self._offer(when=False)
        job.ended.connect(self._offer)

    def _show_counts(self, counts: Sequence[tuple[str, int, str]]) -> None:
        clear(self._counts)
        for name, count, kind in counts:
            self._counts.addWidget(figure(name, count, kind if count else "nothing"), 1)


def _not_listed(counts: Mapping[str, int]) -> list[str]:
    """Return what is said where a list is too long to be shown whole."""
    return [
        tr("{name}共 {count} 行，这里只列出前 {most} 行。", name=tr(LISTS[key].name), count=count, most=MOST_LISTED)
        for key, count in counts.items()
        if count > MOST_LISTED
    ]
