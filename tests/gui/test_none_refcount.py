"""Python 3.11's None is mortal: a binding that takes one reference too many ends the program after some hours."""

import subprocess
import sys

PROBE = """
import gc, os, sys
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QTableView, QVBoxLayout, QWidget

app = QApplication([])

class Table(QAbstractTableModel):
    def rowCount(self, parent=QModelIndex()): return 30
    def columnCount(self, parent=QModelIndex()): return 5
    def data(self, index, role=0): return None

class Sender(QObject):
    sent = Signal(object)

label, line, box, sender, timer, table = QLabel(), QLineEdit(), QComboBox(), Sender(), QTimer(), Table()
sender.sent.connect(lambda _thing: None)
view = QTableView()
view.setModel(table)
view.resize(600, 600)
view.show()
holder = QWidget()
layout = QVBoxLayout(holder)
inner = QWidget()
picture = QPixmap(10, 10)

def draw():
    painter = QPainter(picture)
    painter.drawLine(0, 0, 5, 5)
    painter.end()

calls = {
    "setText": lambda: label.setText("x"),
    "line": lambda: line.setText("x"),
    "findChild": lambda: label.findChild(QLabel),
    "addItem": lambda: box.addItem("x"),
    "repaint": lambda: view.viewport().repaint(),
    "data": lambda: table.index(0, 0).data(),
    "dataChanged": lambda: table.dataChanged.emit(table.index(0, 0), table.index(1, 1)),
    "emit": lambda: sender.sent.emit(None),
    "singleShot": lambda: (QTimer.singleShot(0, lambda: None), app.processEvents()),
    "addWidget": lambda: layout.addWidget(inner),
    "draw": draw,
}

from ohdesk.ui import display
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.step_page import StepBar
from ohdesk.ui.kit.table_view import Column, TableView

display.apply()
notice, chip, header, field = NoticeBar(), StatusChip(), Header("x"), Field("x", QLineEdit())
steps = StepBar(("a", "b"))
columns = (Column("a", str, 90), Column("b", str, 90, kind=lambda _row: "ok"))
listed = TableView("probe", "x", columns)
listed.table.show_rows(40, lambda offset, limit: range(offset, min(offset + limit, 40)))
for widget in (notice, chip, header, field, steps, listed):
    widget.resize(600, 400)
    widget.show()
calls |= {
    "notice": lambda: (notice.done("x", "y", list), notice.hide()),
    "chip": lambda: chip.show_state("x", "ok"),
    "header": lambda: (header.say("x"), header.grab()),
    "field": lambda: (field.set_error("x"), field.clear_error()),
    "steps": steps.grab,
    "rows": lambda: listed.table.show_rows(40, lambda offset, limit: range(offset, min(offset + limit, 40))),
    "select": lambda: (listed.selectRow(1), listed.selectRow(2)),
    "list painted": lambda: listed.viewport().repaint(),
}
taken = {}
for name, call in calls.items():
    call(); call(); gc.collect()
    before = sys.getrefcount(None)
    for _ in range(100):
        call()
    taken[name] = (sys.getrefcount(None) - before) / 100
print([name for name, each in taken.items() if each < -0.5], flush=True)
os._exit(0)
"""


def test_no_call_takes_references_from_none():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
