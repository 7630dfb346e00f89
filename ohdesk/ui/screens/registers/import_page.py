"""What a list would change in a book, before anything is changed."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ohdesk.domain.list_columns import Choices
from ohdesk.domain.progress import Progress
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register.columns import called, field_choices
from ohdesk.services.register.import_preview import BookPreview, Outcome
from ohdesk.services.register.importing import apply
from ohdesk.services.workbook.reading import read_rows
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_preview import COLUMNS, ListedRows, ListPreview, Looked, Place
from ohdesk.ui.screens.registers.import_lists import Changed, listed_rows, look


class BookImportPage(ListPreview[BookPreview]):
    """Reads a list, shows how it compares with its book, and imports it."""

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        self.definition = definition
        super().__init__(ctx, jobs, "book-import")

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
