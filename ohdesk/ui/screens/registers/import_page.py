"""What a list would change in a book, before anything is changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.domain.list_columns import Choices
from ohdesk.domain.progress import Progress
from ohdesk.domain.provenance import Provenance
from ohdesk.domain.register.definition import Definition, word
from ohdesk.domain.register.values import Value
from ohdesk.forms.list_sources import sources_of
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register.columns import called, field_choices, provenance_of
from ohdesk.services.register.import_preview import BookPreview, Outcome
from ohdesk.services.register.importing import apply
from ohdesk.services.workbook.reading import read_rows
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Choice
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.kit.list_preview import COLUMNS, NOTES, ListedRows, ListPreview, Looked, Place
from ohdesk.ui.screens.registers.import_lists import Changed, listed_rows, look


class BookImportPage(ListPreview[BookPreview]):
    """Reads a list, shows how it compares with its book, and imports it."""

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        self.definition = definition
        self.system, self.listed_on, self.report_no = Choice(), DayEdit(), QLineEdit()
        for editor, called_so in (
            (self.system, tr("名单出自")),
            (self.listed_on, tr("名单日期")),
            (self.report_no, tr("名单编号")),
        ):
            editor.setAccessibleName(called_so)
            editor.setToolTip(plain_tip(called_so))
        self.report_no.setPlaceholderText(tr("名单编号"))
        super().__init__(ctx, jobs, "book-import")

    def beside(self) -> Mapping[str, Sequence[QWidget]]:
        """Return what stands at the foot beside the notes: where the list is from."""
        systems = [self.system] if sources_of(self.definition.id) else []
        return {NOTES: (muted(tr("名单出处")), *systems, self.listed_on, self.report_no)}

    def show_preview(self, looked: Looked[BookPreview]) -> None:
        """Show what importing would do, and where the list is from."""
        # Not where only columns were chosen otherwise: what was typed since stays.
        if self.looked is None or self.looked.shown.listed is not looked.shown.listed:
            self._show_provenance(looked.shown.provenance)
        super().show_preview(looked)

    def settled(self, shown: BookPreview) -> BookPreview:
        """Return the preview with what was typed of where the list is from."""
        typed = (str(self.system.currentData()), self.listed_on.day(), self.report_no.text())
        return replace(shown, provenance=provenance_of(self.definition.id, *typed))

    def lists(self) -> Mapping[str, ListedRows]:
        """Return the lists of the preview."""
        columns = ListedRows(mark("列的对应(&M)"), mark("表里的列"), self.column_columns())
        return {COLUMNS: columns, **listed_rows(self.definition, self._text, self.treated())}

    def look(self, path: Path, report: Progress) -> Looked[BookPreview]:
        """Read a workbook and find out what it would change."""
        return look(self.ctx, self.definition.id, read_rows(path, report), path.name, None, report)

    def look_again(self, before: Looked[BookPreview], choices: Choices, report: Progress) -> Looked[BookPreview]:
        """Hold the rows that were read against the book once more, with their columns chosen otherwise."""
        return look(self.ctx, self.definition.id, before.shown.listed, before.source, choices, report)

    def write(self, shown: BookPreview, declined: Collection[Place], report: Progress) -> str:
        """Write the list into its book."""
        return apply(self.ctx, shown, report, declined)

    def tell(self, shown: BookPreview, batch: str) -> None:
        """Say what was imported."""
        self.changed.emit(Change.REGISTERS if batch else Change.NOTHING)
        new, changed = shown.counts[Outcome.NEW], shown.counts[Outcome.CHANGED]
        self.done.emit(tr("已导入：新增 {new} 条，变更 {changed} 条。", new=new, changed=changed))

    def field_choices(self) -> Sequence[tuple[str, str]]:
        """Return what a column may go into."""
        return field_choices(self.definition)

    def called(self, key: str) -> str:
        """Return what a column goes into, in words."""
        return called(self.definition, key)

    def place(self, line: Changed) -> Place:
        """Return by what a change is declined."""
        return line.place

    def _text(self, key: str, value: Value) -> str:
        return "" if self.looked is None else self.looked.shown.text(self.definition, key, value)

    def _show_provenance(self, known: Provenance) -> None:
        systems = [(each.id, word(each.title)) for each in sources_of(self.definition.id)]
        self.system.offer([("", tr("没有指明系统")), *systems])
        self.system.setCurrentIndex(max(0, self.system.findData(known.source)))
        self.listed_on.set_day(known.listed_on)
        self.report_no.setText(known.report_no)
