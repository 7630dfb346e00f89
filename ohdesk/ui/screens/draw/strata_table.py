"""The strata of a plan as a table to be filled in: which take part, their share, and the least number of each."""

import re

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTableView

from ohdesk.domain.draw.drawing import quota, share_out
from ohdesk.i18n import tr
from ohdesk.services.draw.plan import StratumPlan
from ohdesk.ui import theme
from ohdesk.ui.kit.row_delegate import RowDelegate

CODE, SIZE, SHARE, LEAST, DRAWN = range(5)
_SHARE = re.compile(r"(\d{1,6})\s*(?:%|/\s*(\d{1,6}))?")
_WIDTH = 68  # of a column of numbers, before scaling
_USUAL = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class StrataTable(QTableView):
    """Space takes a stratum in or out; typing over a share ("20%", "1/3") or a least number changes it."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[StratumPlan] = []
        self._sizes: dict[str, int] = {}
        self._out: set[str] = set()
        self._total: int | None = None
        self._drawn: dict[str, int] = {}
        self._cells: list[list[QStandardItem]] = []
        self._model = QStandardItemModel(0, DRAWN + 1)
        self._model.itemChanged.connect(self._take)
        self.setModel(self._model)
        self.setItemDelegate(RowDelegate(self))
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(theme.size("row") * 4)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        header = self.horizontalHeader()
        header.setSectionResizeMode(CODE, header.ResizeMode.Stretch)
        for column, word in enumerate((tr("层"), tr("在册"), tr("比例"), tr("至少"), tr("约抽"))):
            self._model.setHorizontalHeaderItem(column, _cell(column, word))
            header.resizeSection(column, theme.scaled(_WIDTH))

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
        self._rows, self._sizes, self._out = list(strata), sizes, out
        self._model.setRowCount(0)
        self._cells = [[_cell(column) for column in range(CODE, DRAWN + 1)] for _ in strata]
        for cells in self._cells:
            self._model.appendRow(cells)
        self._show()

    def set_total(self, total: int | None) -> None:
        """Share out a fixed number, or None to let each stratum have its own share."""
        self._total = total
        self._show()

    def _take(self, item: QStandardItem) -> None:
        """Take what was ticked or typed; where it is no share and no number, what stood there is shown again."""
        place, row, typed = item.row(), self._rows[item.row()], item.text().strip()
        if item.column() == CODE:
            self._out ^= {row.code}
        elif item.column() == LEAST and typed.isdecimal():
            self._rows[place] = replace(row, least=int(typed))
        elif item.column() == SHARE and (found := _SHARE.fullmatch(typed)) and int(found[2] or 100):
            self._rows[place] = replace(row, num=int(found[1]), den=int(found[2] or 100))
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        sizes = {each.code: self._sizes.get(each.code, 0) for each in self.chosen}
        if self._total is None:
            self._drawn = {each.code: quota(sizes[each.code], each.num, each.den, each.least) for each in self.chosen}
        else:
            self._drawn = share_out(min(self._total, sum(sizes.values())), sizes)
        editable = _USUAL | Qt.ItemFlag.ItemIsEditable if self._total is None else _USUAL
        flags = (_USUAL | Qt.ItemFlag.ItemIsUserCheckable, _USUAL, editable, editable, _USUAL)
        with QSignalBlocker(self._model):  # nobody typed anything
            for each, cells in zip(self._rows, self._cells, strict=True):
                for cell, text, flag in zip(cells, self._texts(each), flags, strict=True):
                    cell.setText(text)
                    cell.setFlags(flag)
                taken = Qt.CheckState.Unchecked if each.code in self._out else Qt.CheckState.Checked
                cells[CODE].setCheckState(taken)
        self.viewport().update()

    def _texts(self, row: StratumPlan) -> tuple[str, ...]:
        size = self._sizes.get(row.code)
        share = f"{row.num}%" if row.den == 100 else f"{row.num}/{row.den}"
        own = (share, str(row.least)) if self._total is None else ("—", "—")
        return row.code, "—" if size is None else str(size), *own, str(self._drawn.get(row.code, 0))


def _cell(column: int, text: str = "") -> QStandardItem:
    cell = QStandardItem(text)
    side = Qt.AlignmentFlag.AlignLeft if column == CODE else Qt.AlignmentFlag.AlignRight
    cell.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return cell
