"""The columns of a sheet: into which field each goes, and what is kept of those that go into none.

Each is named to the user, so that nothing is lost in silence.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from ohdesk.domain.kept_columns import MOST
from ohdesk.domain.list_columns import Choices, Column
from ohdesk.domain.personal import masked_text
from ohdesk.domain.roll.columns import Layout
from ohdesk.domain.roll.table import Cell, Table
from ohdesk.domain.roll.values import text_of
from ohdesk.i18n import tr

_HEAD = 40  # rows in which the heading of a sheet is guessed that was not understood


def columns_unread(table: Table) -> tuple[Column, ...]:
    """Return the columns of a sheet that was not understood, under what may head them: a person may know them."""
    rows = [list(map(text_of, row)) for row in table.rows[:_HEAD]]
    widest = max((sum(map(bool, row)) for row in rows), default=0)
    heading = next((row for row in rows if 2 * sum(map(bool, row)) >= widest), [])
    filled = [at for at in range(max(map(len, rows), default=0)) if any(at < len(row) and row[at] for row in rows)]
    return tuple(Column(at, masked_text(heading[at]) if at < len(heading) else "") for at in filled)


class SheetColumns:
    """Finds the columns of a sheet, heading by heading and row by row.

    kept: under which heading what stands in a column of the table, from 0, is kept · said: the names that a person
    gave and that a column has
    """

    def __init__(self, table: Table, choices: Choices) -> None:
        self.kept: dict[str, int] = {}
        self.said: set[str] = set()
        self._table, self._choices = table, choices
        self._found: dict[Column, None] = {}  # in their order
        self._own: list[Column] = []  # of the heading that was begun last
        self._unheaded: set[int] = set()  # of which nobody knows yet whether there is anything in them
        self._width = self._most = 0
        self._taken: frozenset[int] = frozenset()

    def use(self, layout: Layout) -> None:
        """Begin a heading."""
        keys = {column: key for key, columns in layout.columns.items() for column in columns}
        self._taken = frozenset(keys)
        self.said |= layout.said.keys()
        rows = self._table.rows[max(layout.top, 0) : layout.bottom + 1]
        self._width = max(map(len, rows), default=0)
        self._unheaded, self._own = set(), []
        for column in sorted({*range(self._width), *self._taken}):
            # A year or a day heads its column as well as a text does.
            printed = (text_of(row[column]) for row in rows if column < len(row))
            heading = layout.headings.get(column) or next(filter(None, printed), "")
            if heading or column in self._taken:
                self._add(column, heading, keys.get(column, ""), "serial" if column == layout.serial else "")
            else:
                self._unheaded.add(column)
        self._choose()

    def look_at(self, cells: Sequence[Cell]) -> None:
        """Look at what stands under no heading in a row; costs nothing where every column has one."""
        if len(cells) > self._width:
            self._unheaded.update(set(range(self._width, len(cells))) - self._taken)
            self._width = len(cells)
        if not self._unheaded:
            return
        if filled := [each for each in sorted(self._unheaded) if each < len(cells) and text_of(cells[each])]:
            self._unheaded.difference_update(filled)
            for column in filled:
                self._add(column, "")
            self._choose()

    def _add(self, column: int, heading: str, key: str = "", why: str = "") -> None:
        found = Column(column + self._table.left, masked_text(heading), key, "" if key else why)
        self._own.append(found)
        self._found[found] = None

    def _choose(self) -> None:
        kept = self._choices.kept(self._own)
        self._most = max(self._most, len(kept))
        self.kept = {heading: at - self._table.left for heading, at in islice(kept.items(), MOST)}

    @property
    def found(self) -> tuple[Column, ...]:
        """All of them so far."""
        return tuple(self._found)

    def warnings(self) -> Iterator[str]:
        """Yield what the user should know of them."""
        if self._most > MOST:
            yield tr("工作表“{sheet}”最多保留 {most} 列，其余的没有保留。", sheet=self._table.name, most=MOST)
