"""What a list would change on the roll, before anything is changed."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ohdesk.domain.list_columns import Choices
from ohdesk.domain.progress import Progress
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.columns import called, field_choices
from ohdesk.services.roll.export import write_refusals
from ohdesk.services.roll.importing import Comparison, apply
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_preview import COLUMNS, REFUSED, ListedRows, ListPreview, Looked, Place
from ohdesk.ui.screens.roll.import_lists import Changed, listed_rows, look, look_again


class ImportPage(ListPreview[Comparison]):
    """Reads a list, shows how it compares with the roll, and imports it."""

    submit_word = mark("导入 {count} 家(&I)")

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        self._refusals = button(tr("另存退回的行…(&R)"), act=self._choose_refusals)
        super().__init__(ctx, jobs, "import")

    def choose_list(self) -> None:
        """Ask for the list to import."""
        if path := choose_file(self, tr("选择名单"), tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)")):
            self.read_list(path)

    def save_refusals(self, path: Path) -> None:
        """Write the refused rows into a workbook beside the user's own words, on the worker."""
        if self.looked is not None:
            reading = self.looked.shown.reading
            self.be_busy(
                self.write_rows(
                    lambda: write_refusals(reading, path), path, tr("另存退回的行"), tr("已另存 {count} 行：{path}")
                )
            )

    def show_preview(self, looked: Looked[Comparison]) -> None:
        """Show what importing would do."""
        super().show_preview(looked)
        self._refusals.setEnabled(len(looked.shown.reading.refusals) > 0)

    def lists(self) -> Mapping[str, ListedRows]:
        """Return the lists of the preview."""
        columns = ListedRows(mark("列的对应(&M)"), mark("表里的列"), self.column_columns())
        return {COLUMNS: columns, **listed_rows(self.treated())}

    def beside(self) -> Mapping[str, Sequence[QWidget]]:
        """Return what stands at the foot while the refused rows are in front."""
        return {REFUSED: (self._refusals,)}

    def look(self, path: Path, report: Progress) -> Looked[Comparison]:
        """Read a workbook and find out what it would change."""
        return look(self.ctx, path, None, report)

    def look_again(self, before: Looked[Comparison], choices: Choices, report: Progress) -> Looked[Comparison]:
        """Read it once more, with its columns chosen otherwise."""
        return look_again(self.ctx, before, choices, report)

    def write(self, shown: Comparison, declined: Collection[Place], report: Progress) -> str:
        """Write the list into the roll."""
        return apply(self.ctx, shown, report, declined)

    def tell(self, shown: Comparison, batch: str) -> None:
        """Say what was imported."""
        self.changed.emit(Change.ROLL if batch else Change.NOTHING)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。", **shown.counts))

    def field_choices(self) -> Sequence[tuple[str, str]]:
        """Return what a column may go into."""
        return field_choices()

    def called(self, key: str) -> str:
        """Return what a column goes into, in words."""
        return called(key)

    def place(self, line: Changed) -> Place:
        """Return by what a change is declined."""
        return (*line.planned.place, line.key)

    def _choose_refusals(self) -> None:
        if path := choose_target(self, tr("另存退回的行"), tr("退回的行.xlsx"), "Excel (*.xlsx)"):
            self.save_refusals(path)
