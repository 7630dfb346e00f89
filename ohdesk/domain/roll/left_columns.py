"""The columns of a list that go into no field: each is named to the user, so that nothing is lost in silence."""

from collections.abc import Sequence

from ohdesk.domain.personal import masked_text
from ohdesk.domain.roll.columns import Layout
from ohdesk.domain.roll.table import Cell, ColumnLeft, Table, column_letters
from ohdesk.domain.roll.values import text_of


class LeftColumns:
    """Finds what a sheet holds beside the fields, heading by heading and row by row."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: dict[ColumnLeft, None] = {}  # in their order
        self._unheaded: set[int] = set()  # of which nobody knows yet whether there is anything in them
        self._width = 0
        self._taken: frozenset[int] = frozenset()

    def use(self, layout: Layout) -> None:
        """Begin a heading."""
        self._taken = frozenset(column for columns in layout.columns.values() for column in columns)
        rows = self._table.rows[max(layout.top, 0) : layout.bottom + 1]
        self._width = max(map(len, rows), default=0)
        self._unheaded = set()
        for column in sorted(set(range(self._width)) - self._taken):
            # A year or a day heads its column as well as a text does.
            printed = (text_of(row[column]) for row in rows if column < len(row))
            heading = layout.headings.get(column) or next(filter(None, printed), "")
            if heading:
                self._add(column, heading)
            else:
                self._unheaded.add(column)

    def look_at(self, cells: Sequence[Cell]) -> None:
        """Look at what stands under no heading in a row; costs nothing where every column has one."""
        if len(cells) > self._width:
            self._unheaded.update(set(range(self._width, len(cells))) - self._taken)
            self._width = len(cells)
        for column in [each for each in self._unheaded if each < len(cells) and text_of(cells[each])]:
            self._unheaded.remove(column)
            self._add(column, "")

    def _add(self, column: int, heading: str) -> None:
        self._found[ColumnLeft(self._table.name, column_letters(column + self._table.left), masked_text(heading))] = (
            None
        )

    @property
    def found(self) -> tuple[ColumnLeft, ...]:
        """All of them so far."""
        return tuple(self._found)
