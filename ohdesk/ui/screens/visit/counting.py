"""清点: one key counts one person. The counters of a question, or of the row of a table one stands in."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.i18n import tr
from ohdesk.ui.kit.keys import ENTERS, HeldKey
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import column, grow, muted, row, text

Values = Mapping[str, str]


class Counting(QFrame):
    """Counts while it has the focus: the key of a counter adds one, Backspace takes the last one back.

    `counted(values)` has what changed, also the sums of counters; `ended` comes with Enter or Esc.
    """

    counted = Signal(object)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("清点"))
        self._fields: Sequence[DetailField] = ()
        self._counters: dict[str, DetailField] = {}  # by the key that counts
        self._read: Callable[[], Values] = dict
        self._done: list[str] = []
        self._held = HeldKey()
        self._title, self._shown = muted(), row(gap="gap")
        self._figures: list[Label] = []
        column(self._title, row(self._shown, grow()), of=self, edges=("gap", "gap_small"))
        self.hide()

    def begin(self, title: str, fields: Sequence[DetailField], read: Callable[[], Values]) -> None:
        """Count for the counters among some fields; read: what stands there now."""
        counters = [field for field in fields if field.kind is FieldKind.COUNTER]
        self._fields, self._read, self._done = fields, read, []
        self._counters = {field.press or str(place): field for place, field in enumerate(counters, 7)}
        self._title.setText(tr("正在清点：{title}。Backspace 退回一个，Enter 结束。", title=title))
        for _ in counters[len(self._figures) :]:
            self._figures.append(text("", "question"))
            self._shown.addWidget(self._figures[-1])
        self._show()
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = self._held.is_held(event)
        if event.key() in {*ENTERS, Qt.Key.Key_Escape}:
            self.hide()
            self.ended.emit()
        elif event.key() == Qt.Key.Key_Backspace and self._done:
            self._add(self._done.pop(), -1)
        elif event.text() in self._counters:
            if not held:  # a key held down counts once
                self._done.append(event.text())
                self._add(event.text(), 1)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._held.let_go(event)

    def _add(self, press: str, count: int) -> None:
        counter = self._counters[press]
        now = dict(self._read())
        now[counter.key] = str(max(0, _number(now, counter.key) + count))
        changed = {counter.key: now[counter.key]}
        for field in self._fields:
            if counter.key in field.sum_of:
                changed[field.key] = str(sum(_number(now, each) for each in field.sum_of))
        self.counted.emit(changed)
        self._show()

    def _show(self) -> None:
        now = self._read()
        for place, figure in enumerate(self._figures):
            figure.setVisible(place < len(self._counters))
        for figure, (press, field) in zip(self._figures, self._counters.items(), strict=False):
            figure.setText(tr("[{key}] {label} {count}", key=press, label=field.said, count=_number(now, field.key)))


def _number(values: Values, key: str) -> int:
    text = values.get(key, "")
    return int(text) if text.isascii() and text.isdigit() else 0
