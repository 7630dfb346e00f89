"""What a list would change, before anything is changed: counts, the rows behind each, and one button."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll.importing import Comparison
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, grow, muted, row, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView
from ohdesk.ui.screens.roll.import_lines import LookedAt
from ohdesk.ui.screens.roll.table import changed_columns, doubtful_columns, refusal_columns, repeated_columns

REFUSED, DOUBTFUL, CHANGED, REPEATED, NOTES = "refused", "doubtful", "changed", "repeated", "notes"


class ImportPage(Page):
    """Shows a comparison; emits what the user wants to do with it."""

    import_wanted = Signal(object)  # Comparison
    refusals_wanted = Signal(object)  # Comparison
    cancelled = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._comparison: Comparison | None = None
        self._source, self._warnings = muted(), muted()
        self._warnings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._counts = row(gap="gap")
        self._chips = FilterChips(tr("列出"))
        self._chips.chosen.connect(self._show_list)
        self._lists = QStackedWidget()
        self._views: dict[str, TableView] = {}
        self._columns: dict[str, tuple[str, Sequence[Column[Any]]]] = {
            REFUSED: (tr("退回的行"), refusal_columns()),
            DOUBTFUL: (tr("待核的行"), doubtful_columns()),
            CHANGED: (tr("变更的单位"), changed_columns()),
            REPEATED: (tr("名单内重复的行"), repeated_columns()),
        }
        self._tables = {key: PagedTable[Any](columns) for key, (_name, columns) in self._columns.items()}
        self._none = EmptyState(tr("这里没有要看的行"), tr("名单中没有属于这一类的行，可以看别的分类，或直接导入。"))
        self._notes = Scrolled(self._warnings)
        self._notes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._notes.setAccessibleName(tr("读取时的提示"))
        self._lists.addWidget(self._none)
        self._lists.addWidget(self._notes)
        self.submit = button("", primary=True)
        self.submit.clicked.connect(self._import)
        self._refusals = button(tr("另存退回的行…(&R)"))
        self._refusals.clicked.connect(self._save_refusals)
        self._cancel = button(tr("不导入(&Q)"), "Esc")
        self._cancel.clicked.connect(self.cancelled)
        self.on_key("Esc", self.cancelled.emit)
        foot = row(self._refusals, grow(), self._cancel, self.submit)
        column(
            self._source,
            self._counts,
            self._chips,
            grow(self._lists),
            foot,
            of=self,
            gap="gap",
            edges=("page_side", "page_top"),
        )
        self.offer_import()

    def focus_first(self) -> None:
        """Put the focus on what goes on."""
        (self.submit if self.submit.isEnabled() else self._cancel).setFocus()

    @property
    def view(self) -> TableView:
        """The list of the refused rows."""
        return self._view(REFUSED)

    @property
    def doubtful(self) -> TableView:
        """The list of the rows that are imported and should be looked at."""
        return self._view(DOUBTFUL)

    def show_comparison(self, looked_at: LookedAt) -> None:
        """Show what importing would do."""
        comparison = self._comparison = looked_at.comparison
        preview = comparison.reading
        self._source.setText(tr("{source}：读到 {rows} 行", source=preview.source, rows=preview.rows))
        self._show_counts(
            (
                (tr("新增"), len(comparison.new), "plain"),
                (tr("变更"), len(comparison.changed), "plain"),
                (tr("相同，不写入"), len(comparison.same), "plain"),
                (tr("名单内重复，不写入"), len(comparison.repeated), "plain"),
                (tr("退回"), len(preview.refusals), "bad"),
            )
        )
        self._warnings.setText("\n".join(preview.warnings))
        self._show_rows(REFUSED, preview.refusals)
        self._show_rows(DOUBTFUL, looked_at.doubtful)
        self._show_rows(CHANGED, looked_at.changed)
        self._show_rows(REPEATED, comparison.repeated)
        self._show_chips(len(preview.warnings))
        self._refusals.setEnabled(bool(preview.refusals))
        self.offer_import()
        self.focus_first()

    def show_list(self, key: str) -> None:
        """Show the rows of one kind: "refused", "doubtful", "changed", "repeated"; or the "notes"."""
        self._chips.choose(key)

    def offer_import(self) -> None:
        """Offer the import, unless there is nothing to write."""
        comparison = self._comparison
        count = 0 if comparison is None else len(comparison.new) + len(comparison.changed)
        self.submit.setText(tr("导入 {count} 家(&I)", count=count))
        self.submit.setEnabled(count > 0)

    def _view(self, key: str) -> TableView:
        """Return the list of one kind, made when it is first shown."""
        if key not in self._views:
            name, columns = self._columns[key]
            view = self._views[key] = TableView(f"import-{key}", name)
            view.show_table(self._tables[key], columns)
            self._lists.addWidget(view)
        return self._views[key]

    def _show_rows(self, key: str, rows: Sequence[Any]) -> None:
        self._tables[key].show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])

    def _show_chips(self, notes: int) -> None:
        words = {
            REFUSED: tr("退回(&B)"),
            DOUBTFUL: tr("导入但待核(&D)"),
            CHANGED: tr("变更(&G)"),
            REPEATED: tr("名单内重复(&P)"),
            NOTES: tr("提示(&T)"),
        }
        counts = {**{key: table.total for key, table in self._tables.items()}, NOTES: notes}
        self._chips.show_chips([(key, word, counts[key]) for key, word in words.items()])
        self._chips.choose(next((key for key in words if counts[key]), REFUSED))
        self._show_list(self._chips.current)

    def _show_list(self, key: str) -> None:
        if key == NOTES:
            self._lists.setCurrentWidget(self._notes if self._warnings.text() else self._none)
        elif self._tables[key].total:
            self._lists.setCurrentWidget(self._view(key))
        else:
            self._lists.setCurrentWidget(self._none)

    def _import(self) -> None:
        self.import_wanted.emit(self._comparison)

    def _save_refusals(self) -> None:
        self.refusals_wanted.emit(self._comparison)

    def _show_counts(self, counts: Sequence[tuple[str, int, str]]) -> None:
        clear(self._counts)
        for name, count, kind in counts:
            self._counts.addWidget(_figure(name, count, kind if count else "nothing"), 1)


def _figure(name: str, count: int, kind: str) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    figure = text(str(count), "figure")
    figure.setProperty("kind", kind)
    column(figure, muted(name), of=card, gap="", edges=("gap", "gap_small"))
    return card
