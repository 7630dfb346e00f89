"""Rows of a repeat (posts, samples, devices) as a table that is filled by keys: Enter goes on, an empty row ends it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ohdesk.domain.canonical import NotCanonicalError
from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.forms.detail_values import MOST_ROWS, Row, cell_key, rows_in, rows_text, value_problems
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import plain_tip

_Hint = QAbstractItemDelegate.EndEditHint
_LINES = 6  # shown without scrolling


class _EnterWatch(QObject):
    """Takes Enter and Tab from the editor of a cell, before the delegate of Qt has them."""

    pressed = Signal(QWidget)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        pressed = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if pressed in {*ENTERS, Qt.Key.Key_Tab} and isinstance(editor, QWidget):
            self.pressed.emit(editor)
            return True
        return False


class _CellDelegate(QStyledItemDelegate):
    """Has the editor of a cell say when Enter or Tab was pressed in it; `written` comes behind its text."""

    written = Signal()

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self._watch = _EnterWatch(self)
        self._watch.pressed.connect(self._write)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        super().setEditorData(editor, index)
        editor.installEventFilter(self._watch)  # the last to come is the first asked: Qt has put its own there by now

    def _write(self, editor: QWidget) -> None:
        # Before the table moves on: as Qt has it the text comes later, when another cell is in front.
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, _Hint.NoHint)
        self.written.emit()


class RepeatTable(QTableWidget):
    """Emits `edited` with each cell, and `left` where Enter is pressed in an empty row, or Tab in the last cell.

    A cell whose text is refused stays in front; a word of a choice is written by its place, "1", or as it stands.
    """

    edited = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[DetailField] = ()
        self._field: DetailField | None = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.AnyKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        left_and_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.horizontalHeader().setDefaultAlignment(left_and_middle)
        self.horizontalHeader().setStretchLastSection(True)
        self.itemChanged.connect(self._change)
        delegate = _CellDelegate(self)
        delegate.written.connect(self._go_on)
        self.setItemDelegate(delegate)

    def ask(self, field: DetailField, held: str) -> None:
        """Ask for the rows of a field, filled with those that are held."""
        self._field = field
        self._columns = [column for column in field.columns if column.computed is None]
        try:
            rows = rows_in(held)
        except (ValueError, NotCanonicalError):
            rows = ()
        with QSignalBlocker(self):
            self.setColumnCount(len(self._columns))
            self.setHorizontalHeaderLabels([column.said_with_unit for column in self._columns])
            self.setRowCount(0)
            for row in (*rows, {}):
                self._append(row)
            self.setCurrentCell(0, 0)
        self._fit()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What stands in the rows, those at the end that are empty left out."""
        return rows_in(self.value)

    @property
    def value(self) -> str:
        """The rows as they are stored; "" where nothing stands."""
        return rows_text([self._row(number) for number in range(self.rowCount())])

    def choose(self, value: str) -> None:
        """Show other rows of the same field."""
        if self._field is not None:
            self.ask(self._field, value)

    def counted(self, row: int) -> Row:
        """Return what stands in a row."""
        return self._row(row)

    def put(self, row: int, cells: Row) -> None:
        """Write into cells of a row."""
        with QSignalBlocker(self):
            for place, column in enumerate(self._columns):
                if column.key in cells:
                    self._set(self._item(row, place), column, cells[column.key])
        self._grow()
        self.edited.emit()

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Mark the cells that were refused or are missing, by the keys under which problems name them."""
        with QSignalBlocker(self):
            for row in range(self.rowCount()):
                for place in range(self.columnCount()):
                    said = faults.get(self._key(row, place), "")
                    item = self._item(row, place)
                    item.setToolTip(plain_tip(said))
                    item.setBackground(theme.colour("bad_soft" if said else "surface"))

    def show_cell(self, key: str) -> None:
        """Go to the cell of a key, or where one begins."""
        places = [(row, place) for row in range(self.rowCount()) for place in range(self.columnCount())]
        found = next((each for each in places if self._key(*each) == key), (max(0, self.rowCount() - 1), 0))
        self.setCurrentCell(*found)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTERS and not self._row(self.currentRow()):
            self.left.emit()
        elif event.key() in ENTERS or event.key() == Qt.Key.Key_Tab:
            self._go_on()
        elif event.key() == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._remove(self.currentRow())
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.currentItem().setText("")
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what an input method commits into the cell: as Qt has it, the first word only opens the editor."""
        super().inputMethodEvent(event)
        editor = self._editor()
        if event.commitString() and editor is not None and not editor.text():
            editor.setText(event.commitString())

    def _editor(self) -> QLineEdit | None:
        return next((each for each in self.viewport().findChildren(QLineEdit) if each.isVisible()), None)

    def _go_on(self) -> None:
        """Go to the next cell, unless what stands up to here in its row cannot be stored."""
        row, place = self.currentRow(), self.currentColumn()
        if self._is_refused(row, place):
            return
        if place + 1 < self.columnCount():
            self.setCurrentCell(row, place + 1)
        elif row + 1 < self.rowCount():
            self.setCurrentCell(row + 1, 0)
        else:
            self.left.emit()  # behind the last cell there is nowhere else to go

    def _is_refused(self, row: int, last: int) -> bool:
        if self._field is None:
            return False
        wrong = {each.field for each in value_problems("", [self._field], {self._field.key: self.value})}
        return not wrong.isdisjoint(self._key(row, place) for place in range(last + 1))

    def _change(self, item: QTableWidgetItem) -> None:
        column = self._columns[item.column()]
        with QSignalBlocker(self):
            self._set(item, column, _meant(column, item.text()))
        self._grow()
        self.edited.emit()

    def _remove(self, row: int) -> None:
        if row + 1 < self.rowCount():
            self.removeRow(row)
            self._fit()
            self.edited.emit()

    def _grow(self) -> None:
        """Keep an empty row at the end, as long as there may be one more."""
        last = self.rowCount() - 1
        most = int(self._field.most or MOST_ROWS) if self._field else MOST_ROWS
        if self._row(last) and self.rowCount() < most:
            with QSignalBlocker(self):
                self._append({})
            self._fit()

    def _append(self, row: Row) -> None:
        number = self.rowCount()
        self.insertRow(number)
        for place, column in enumerate(self._columns):
            item = QTableWidgetItem()
            self._set(item, column, row.get(column.key, ""))
            if column.kind.is_number:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(number, place, item)

    def _set(self, item: QTableWidgetItem, column: DetailField, text: str) -> None:
        item.setText(column.said_word(text))
        item.setData(Qt.ItemDataRole.UserRole, text)

    def _row(self, number: int) -> Row:
        cells = {
            column.key: str(self._item(number, place).data(Qt.ItemDataRole.UserRole) or "")
            for place, column in enumerate(self._columns)
        }
        return {key: text for key, text in cells.items() if text.strip()}

    def _item(self, row: int, place: int) -> QTableWidgetItem:
        return self.item(row, place) or QTableWidgetItem()

    def _key(self, row: int, place: int) -> str:
        """Return the key by which a problem names a cell: of the rows as they are stored, without the empty ones."""
        stored = sum(bool(self._row(before)) for before in range(row))
        return cell_key(self._field.key if self._field else "", stored, self._columns[place].key)

    def _fit(self) -> None:
        lines = min(_LINES, self.rowCount()) + 1
        self.setFixedHeight(lines * theme.size("row") + theme.size("gap"))
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Give each column the room of its heading, and its part of what is left over."""
        bold = QFont(self.font())
        bold.setBold(True)  # as the style sheet draws headings, of which Qt says nothing beforehand
        metrics, least, side = QFontMetrics(bold), theme.size("fact_name"), theme.size("page_side")
        wanted = [max(least, metrics.horizontalAdvance(each.said_with_unit) + side) for each in self._columns]
        over = max(0, self.viewport().width() - sum(wanted)) // max(1, len(wanted))
        for place, width in enumerate(wanted):
            self.setColumnWidth(place, width + over)


def _meant(column: DetailField, text: str) -> str:
    """Return what was meant by a text: of a choice its key, by its place in the list or by its word."""
    typed = text.strip()
    if column.kind is not FieldKind.CHOICE:
        return typed
    by_text = {each.said: each.key for each in column.choices} | {
        str(place): each.key for place, each in enumerate(column.choices, 1)
    }
    return by_text.get(typed, typed)


def table_hint(field: DetailField) -> str:
    """Return how the table is filled, and what the places of its choices stand for."""
    words = [tr("Enter 下一格，空行上按 Enter 完成，Ctrl+Delete 删一行。")]
    for column in field.columns:
        if column.choices:
            places = "、".join(f"{place} {each.said}" for place, each in enumerate(column.choices, 1))
            words.append(tr("{label}：{places}。", label=column.said, places=places))
    return (" " if words[0].isascii() else "").join(words)  # Chinese needs none


def table_field(label: str, table: RepeatTable, hint: str = "") -> Field:
    """Return a table under its label; a cell that no paper could print is warned of as it is left."""
    made = Field(label, table, hint, written=lambda: table.value)
    table.edited.connect(made.warn_of_signs)
    return made
