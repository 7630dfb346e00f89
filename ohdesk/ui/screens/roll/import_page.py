"""What a list would change, before anything is changed: counts, the rows behind each, and one button."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal

from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.export import write_refusals
from ohdesk.services.roll.importing import Comparison, apply, not_taken_text
from ohdesk.ui.kit.actions import button, focus_offered
from ohdesk.ui.kit.card import figure
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.first_rows import MOST_LISTED
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, grow, muted, row, stack
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.roll.import_lists import FOREIGN, LISTS, REFUSED, LookedAt, read_list

NOTES = "notes"


class ImportPage(Page):
    """Reads a list, shows how it compares with the roll, and imports it."""

    read = Signal()  # a list was read, and is to be shown
    started = Signal(object)  # Job: nothing else may be started meanwhile
    imported = Signal()
    cancelled = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._comparison: Comparison | None = None
        self._rows: Mapping[str, Sequence[Any]] = {}
        self._made: dict[str, ListOrWhy] = {}
        self._source, self._warnings = muted(), muted()
        self._warnings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._counts = row(gap="gap")
        self.chips = FilterChips(tr("列出"))
        self.chips.chosen.connect(self._show_list)
        self._nothing = _nothing()
        self.notes = Scrolled(self._warnings)
        self.notes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notes.setAccessibleName(tr("读取时的提示"))
        self._stack = stack(self._nothing, self.notes)
        self.submit = button("", act=self._import, primary=True)
        self._refusals = button(tr("另存退回的行…(&R)"), act=self._choose_refusals)
        self._cancel = button(tr("不导入(&Q)"), "Esc", act=self.cancelled.emit)
        self.on_key("Esc", self.cancelled.emit)
        foot = row(self._refusals, grow(), self._cancel, self.submit)
        parts = (self._source, self._counts, self.chips, grow(self._stack), foot)
        column(*parts, of=self, gap="gap", edges=("page_side", "page_top"))
        self.offer_import()

    def choose_list(self) -> None:
        """Ask for the list to import."""
        if path := choose_file(self, tr("选择名单"), tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)")):
            self.read_list(path)

    def read_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        compared = partial(read_list, self.ctx, path)
        self.started.emit(self.work_reporting(compared, self._show_read, tr("读取名单 {name}", name=path.name)))

    def save_refusals(self, path: Path) -> None:
        """Write the refused rows into a workbook beside the user's own words, on the worker."""
        if self._comparison is not None:
            written = partial(write_refusals, self._comparison.reading, path)
            self.started.emit(self.write_rows(written, path, tr("另存退回的行"), tr("已另存 {count} 行：{path}")))

    def focus_first(self) -> None:
        """Put the focus on what goes on."""
        focus_offered(self.submit, self._cancel)

    def list_of(self, key: str) -> ListOrWhy:
        """Return the list of one kind, made when it is first shown."""
        if key not in self._made:
            listed = LISTS[key]
            made = self._made[key] = ListOrWhy(f"import-{key}", tr(listed.name), listed.columns(), _nothing())
            made.show_rows(self._rows[key])
            self._stack.addWidget(made)
        return self._made[key]

    def show_comparison(self, looked_at: LookedAt) -> None:
        """Show what importing would do."""
        self._comparison, self._rows, listed = looked_at
        comparison, reading = looked_at.comparison, looked_at.comparison.reading
        found = comparison.counts
        said = tr("{source}：读到 {rows} 行", source=reading.source, rows=reading.rows)
        if reading.not_taken:
            said = tr("{said}，有 {count} 列没有收入名录（见“提示”）", said=said, count=len(reading.not_taken))
        self._source.setText(said)
        self._show_counts(
            (
                (tr("新增"), found["new"], "plain"),
                (tr("变更"), found["changed"], "plain"),
                (tr("相同，不写入"), found["same"], "plain"),
                (tr("名单内重复，不写入"), found["repeated"], "plain"),
                (tr("退回"), len(reading.refusals), "bad"),
                *([(tr("别的镇街，不写入"), found["foreign"], "warn")] if found["foreign"] else []),
            )
        )
        left = [not_taken_text(reading.not_taken)] if reading.not_taken else []
        notes = [*left, *reading.warnings, *_not_listed(listed)]
        self._warnings.setText("\n".join(notes))
        for key, made in self._made.items():
            made.show_rows(self._rows[key])
        counts = {**listed, NOTES: len(notes)}
        words = {**{key: tr(listed.word) for key, listed in LISTS.items()}, NOTES: tr("提示(&T)")}
        if not found["foreign"]:  # nearly never any
            del words[FOREIGN]
        self.chips.show_chips([(key, word, counts[key]) for key, word in words.items()])
        self.chips.choose(next((key for key in words if counts[key]), REFUSED))
        self._show_list(self.chips.current)
        self._refusals.setEnabled(len(reading.refusals) > 0)
        self.offer_import()

    def offer_import(self, *, when: bool = True) -> None:
        """Offer the import, `when` nothing else is being done, if there is something to write."""
        comparison = self._comparison
        count = 0 if comparison is None else comparison.to_write
        self.submit.setText(tr("导入 {count} 家(&I)", count=count))
        self.submit.setEnabled(when and count > 0)

    def _show_read(self, looked_at: LookedAt) -> None:
        self.show_comparison(looked_at)
        self.read.emit()

    def _choose_refusals(self) -> None:
        if path := choose_target(self, tr("另存退回的行"), tr("退回的行.xlsx"), "Excel (*.xlsx)"):
            self.save_refusals(path)

    def _import(self) -> None:
        if (comparison := self._comparison) is not None:
            written = partial(apply, self.ctx, comparison)
            self.started.emit(self.work_reporting(written, partial(self._imported, comparison), tr("导入名单")))

    def _imported(self, comparison: Comparison, batch: str) -> None:
        self.imported.emit()
        self.changed.emit(Change.ROLL if batch else Change.NOTHING)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。", **comparison.counts))

    def _show_list(self, key: str) -> None:
        if key == NOTES:
            self._stack.setCurrentWidget(self.notes if self._warnings.text() else self._nothing)
        else:
            self._stack.setCurrentWidget(self.list_of(key))

    def _show_counts(self, counts: Sequence[tuple[str, int, str]]) -> None:
        clear(self._counts)
        for name, count, kind in counts:
            self._counts.addWidget(figure(name, count, kind if count else "nothing"), 1)


def _not_listed(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield what is said where a list is too long to be shown whole."""
    for key, count in counts.items():
        if count > MOST_LISTED:
            name = tr(LISTS[key].name)
            yield tr("{name}共 {count} 行，这里只列出前 {most} 行。", name=name, count=count, most=MOST_LISTED)


def _nothing() -> EmptyState:
    return EmptyState(tr("这里没有要看的行"), tr("名单中没有属于这一类的行，可以看别的分类，或直接导入。"))
