"""The strata of a plan as a table to be filled in: which take part, their share, and the least number of each."""

import re
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from PySide6.QtWidgets import QTableView

from ohdesk.domain.draw.drawing import quota, share_out
from ohdesk.i18n import tr
from ohdesk.services.draw.plan import StratumPlan
from ohdesk.ui import theme
from ohdesk.ui.kit.table_view import NO_PARENT, Index, RowDelegate

CODE, SIZE, SHARE, LEAST, DRAWN = range(5)
_SHARE = re.compile(r"(\d{1,6})\s*(?:%|/\s*(\d{1,6}))?")
_WIDTH = 68  # of a column of numbers, before scaling


class StrataModel(QAbstractTableModel):
    """Space takes a stratum in or out; typing over a share ("20%", "1/3") or a least number changes it."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[StratumPlan] = []
        self._sizes: dict[str, int] = {}
        self._out: set[str] = set()
        self._total: int | None = None
        self._drawn: dict[str, int] = {}

    @property
    def chosen(self) -> tuple[StratumPlan, ...]:
        """The strata that take part."""
        return tuple(each for each in self._rows if each.code not in self._out)

    @property
    def available(self) -> int:
        """How many firms in business the strata hold that take part."""
        return sum(self._sizes.get(each.code, 0) for each in self.chosen)

    @property
    def drawn(self) -> int:
        """About how many firms the draw will give."""
        return sum(self._drawn.values())

    def show_strata(self, strata: tuple[StratumPlan, ...], sizes: dict[str, int], out: set[str]) -> None:
        """Show other strata; sizes: firms in business by code · out: the codes that do not take part."""
        self.beginResetModel()
        self._rows, self._sizes, self._out = list(strata), sizes, out
        self._count()
        self.endResetModel()

    def set_total(self, total: int | None) -> None:
        """Share out a fixed number, or None to let each stratum have its own share."""
        self.beginResetModel()
        self._total = total
        self._count()
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else DRAWN + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("层"), tr("在册"), tr("比例"), tr("至少"), tr("约抽"))[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == CODE:
            return usual | Qt.ItemFlag.ItemIsUserCheckable
        editable = index.column() in {SHARE, LEAST} and self._total is None
        return usual | Qt.ItemFlag.ItemIsEditable if editable else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == CODE:
            return Qt.CheckState.Unchecked if row.code in self._out else Qt.CheckState.Checked
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self._out ^= {row.code}
        elif index.column() == SHARE:
            found = _SHARE.fullmatch(str(value).strip())
            if found is None or (found[2] is not None and int(found[2]) == 0):
                return False
            self._rows[index.row()] = replace(row, num=int(found[1]), den=int(found[2] or 100))
        elif str(value).strip().isdecimal():
            self._rows[index.row()] = replace(row, least=int(value))
        else:
            return False
        self._count()
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, DRAWN))
        self.edited.emit()
        return True

    def _text(self, row: StratumPlan, column: int) -> str:
        size = self._sizes.get(row.code)
        if column == CODE:
            return row.code
        if column == SIZE:
            return "—" if size is None else str(size)
        if column == DRAWN:
            return str(self._drawn.get(row.code, 0))
        if self._total is not None:
            return "—"
        if column == LEAST:
            return str(row.least)
        return f"{row.num}%" if row.den == 100 else f"{row.num}/{row.den}"

    def _count(self) -> None:
        sizes = {each.code: self._sizes.get(each.code, 0) for each in self.chosen}
        if self._total is None:
            self._drawn = {each.code: quota(sizes[each.code], each.num, each.den, each.least) for each in self.chosen}
        else:
            self._drawn = share_out(min(self._total, sum(sizes.values())), sizes)


class StrataTable(QTableView):
    """The table of `strata`, edited cell by cell; Tab leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.strata = StrataModel()
        self.setModel(self.strata)
        self.setItemDelegate(RowDelegate(self))
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(theme.size("row") * 4)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        header = self.horizontalHeader()
        header.setSectionResizeMode(CODE, header.ResizeMode.Stretch)
        for column in range(SIZE, DRAWN + 1):
            header.resizeSection(column, theme.scaled(_WIDTH))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == CODE else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
