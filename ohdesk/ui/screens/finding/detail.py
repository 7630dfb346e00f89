"""One finding beside the list: what was seen, what was ordered, and what has become of it so far."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.finding.rows import RectificationDetail, Step
from ohdesk.ui import theme
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.finding.table import state_kind
from ohdesk.ui.theme.icons import icon


class DetailPane(QFrame):
    """The finding selected; emits `close_wanted` to go back to the list."""

    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._name = QLabel()
        self._name.setObjectName("question")
        self._name.setWordWrap(True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._where = QLabel()
        self._where.setObjectName("muted")
        self._where.setWordWrap(True)
        self._chip = StatusChip()
        self.close_button = QPushButton(icon("close"), "")
        self.close_button.setProperty("quiet", True)
        self.close_button.setAccessibleName(tr("关闭详情"))
        self.close_button.setToolTip(tr("关闭详情  Esc"))
        self.close_button.clicked.connect(self.close_wanted)
        self._scroll = Scrolled(QWidget())
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setAccessibleName(tr("问题详情"))
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        gap = theme.size("gap")
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(theme.size("gap_small"))
        whole.addLayout(head)
        whole.addWidget(self._where)
        whole.addWidget(self._chip)
        whole.addWidget(self._scroll, 1)

    def focus_text(self) -> None:
        """Put the focus where arrows scroll the text."""
        self._scroll.setFocus()

    def show_detail(self, detail: RectificationDetail) -> None:
        """Show one finding."""
        row = detail.row
        self._name.setText(row.name)
        number = tr("第 {number} 项问题", number=row.number)
        self._where.setText(
            tr("笔录 {record} · {number}", record=row.record, number=number)
            if row.record
            else tr("笔录没有定稿，处置和期限还可以改 · {number}", number=number)
        )
        self._chip.show_state(row.word, state_kind(row))
        self._scroll.show_inside(_inside(detail))


def _inside(detail: RectificationDetail) -> QWidget:
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, theme.size("gap_small"), 0)
    column.setSpacing(theme.size("gap_tiny"))
    row = detail.row
    _add(column, tr("事实"), _label(row.fact))
    _add(column, tr("处置"), _label(_disposal(row.disposal, row.due)))
    if detail.deadline_unconfirmed:
        column.addWidget(_label(tr("期限的天数由程序建议、执法人员确认，全县统一的标准待县级核定。"), "muted"))
    _add(column, tr("经过"), _timeline(detail.timeline))
    _add(column, tr("依据"), _label("\n".join(row.duty)))
    _add(column, tr("证据"), _label(detail.evidence))
    _add(column, tr("检查项"), _label(detail.text))
    if detail.inspectors:
        _add(column, tr("执法人员"), _label("、".join(detail.inspectors)))
    column.addStretch(1)
    return inside


def _add(column: QVBoxLayout, heading: str, widget: QWidget) -> None:
    if column.count():
        column.addSpacing(theme.size("gap_small"))
    column.addWidget(_label(heading, "heading"))
    column.addWidget(widget)


def _disposal(disposal: str, due: str) -> str:
    return tr("{disposal}，至 {day}", disposal=disposal, day=due) if due else disposal


def _timeline(steps: tuple[Step, ...]) -> QWidget:
    """Return what is known, day beside event; what is to come is muted."""
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.size("gap_small"))
    grid.setVerticalSpacing(theme.size("gap_tiny"))
    grid.setColumnStretch(1, 1)
    for number, step in enumerate(steps):
        day = _label(step.day or tr("未定"), "muted")
        day.setFixedWidth(theme.layout("fact_name"))
        day.setWordWrap(False)
        grid.addWidget(day, number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_label(step.what, "muted" if step.ahead else ""), number, 1, Qt.AlignmentFlag.AlignTop)
    return inside


def _label(text: str, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
