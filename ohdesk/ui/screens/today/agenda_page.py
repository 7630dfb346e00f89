"""The day: numbers, visits of today and this week, what needs attention, and how far the year has come."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.services.start.today import Agenda, Backlog
from ohdesk.services.visit.views import NextStep
from ohdesk.ui import theme
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.today.attention import attention, visit_line
from ohdesk.ui.screens.today.figures import Figures
from ohdesk.ui.screens.today.lines import Line, Lines, align

_SHOWN = 8


class AgendaPage(QWidget):
    """Emits `wanted(screen, thing)`."""

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.figures = self._figures()
        self.now, self.week = Lines(tr("今天的检查")), Lines(tr("本周的检查"))
        self.attention = Lines(tr("需要处理"))
        self._about_week = _heading("")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for each in (self.figures, self.now, self.week, self.attention):
            each.wanted.connect(self.wanted)
        inside = QWidget()
        column = QVBoxLayout(inside)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self.figures)
        self._columns.setSpacing(theme.size("gap"))
        self._columns.addWidget(self._visits_card(), 3)
        self._columns.addWidget(self._attention_card(), 2)
        column.addLayout(self._columns, 1)
        column.addWidget(self._coverage_card())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(inside))

    def show_day(self, agenda: Agenda, backlog: Backlog | None) -> None:
        """Show the day; `backlog` is None while it is being found out."""
        self._show_figures(agenda, backlog)
        today = agenda.today
        now = [visit_line(visit, today) for visit in agenda.now]
        self.now.show_lines(_cut(now, tr("看全部检查")) or [_nothing_today(agenda)])
        week = [visit_line(visit, today) for visit in agenda.week]
        self.week.show_lines(_cut(week, tr("看全部检查")))
        align(self.now, self.week)
        self._about_week.setText(_about_week(agenda))
        found = attention(agenda, backlog)
        if not found and backlog is not None:
            found = [
                Line(tr("没有需要处理的事"), tr("整改、签名、照片和上报都没有欠账。"), "", "", role="ok", tint="ok")
            ]
        self.attention.show_lines(found)
        if backlog is not None:
            self._show_coverage(backlog)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < theme.layout("sentence") + theme.layout("drawer")
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def _figures(self) -> Figures:
        figures = Figures(tr("今日数字"))
        figures.add("planned", tr("本周待检查"), "visit")
        figures.add("running", tr("检查中"), "visit")
        figures.add("sign", tr("待签名"), "record")
        figures.add("overdue", tr("整改逾期"), "finding", "overdue")
        figures.add("due", tr("整改本周到期"), "finding", "due")
        return figures

    def _show_figures(self, agenda: Agenda, backlog: Backlog | None) -> None:
        show = self.figures.show_figure
        show("planned", len(agenda.planned))
        show("running", sum(each.step in {NextStep.FILL, NextStep.NOTE} for each in agenda.now))
        show("sign", len(agenda.waiting_for(NextStep.SIGN)))
        show("overdue", None if backlog is None else len(backlog.overdue), "bad")
        show("due", None if backlog is None else len(backlog.due))

    def _visits_card(self) -> QFrame:
        card, column = _card()
        column.addWidget(_heading(tr("今天")))
        column.addWidget(self.now)
        column.addSpacing(theme.size("gap_small"))
        column.addWidget(self._about_week)
        column.addWidget(self.week)
        column.addStretch(1)
        return card

    def _attention_card(self) -> QFrame:
        card, column = _card()
        column.addWidget(_heading(tr("需要处理")))
        column.addWidget(self.attention)
        column.addStretch(1)
        return card

    def _coverage_card(self) -> QFrame:
        self._coverage, row = QFrame(), QHBoxLayout()
        self._coverage.setObjectName("card")
        self._coverage.setLayout(row)
        gap = theme.size("gap")
        row.setContentsMargins(gap, theme.size("gap_small"), gap, theme.size("gap_small"))
        row.setSpacing(gap)
        self.coverage_text = QLabel()
        self.coverage_text.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("今年检查的覆盖"))
        roll = QPushButton(tr("看名录(&R)"))
        roll.setProperty("quiet", True)
        roll.clicked.connect(lambda: self.wanted.emit("roll", ""))
        row.addWidget(self.coverage_text, 2)
        row.addWidget(self._bar, 3)
        row.addWidget(roll)
        self._coverage.hide()
        return self._coverage

    def _show_coverage(self, backlog: Backlog) -> None:
        self._coverage.setVisible(backlog.on_roll > 0)
        if backlog.on_roll:
            self.coverage_text.setText(
                tr(
                    "今年有定稿笔录的单位 {visited} 家，名录在册 {on_roll} 家，{share:.1f} %",
                    visited=backlog.visited,
                    on_roll=backlog.on_roll,
                    share=100 * backlog.visited / backlog.on_roll,
                )
            )
            self._bar.setRange(0, backlog.on_roll)
            self._bar.setValue(min(backlog.visited, backlog.on_roll))


def _about_week(agenda: Agenda) -> str:
    parts = [tr("本周") if agenda.week else tr("本周没有其他安排")]
    if agenda.later:
        parts.append(tr("以后 {count} 次", count=agenda.later))
    if agenda.undated:
        parts.append(tr("未定日期 {count} 次", count=agenda.undated))
    return " · ".join(parts)


def _nothing_today(agenda: Agenda) -> Line:
    if agenda.week or agenda.later or agenda.undated:
        return Line(tr("今天没有安排检查"), tr("以后的检查可以提前批准、改期。"), tr("看全部检查"), "visit")
    return Line(tr("没有安排检查"), tr("由抽取结果安排，或为一家单位单独安排。"), tr("去抽取"), "draw")


def _cut(lines: list[Line], action: str) -> list[Line]:
    """Return as many lines as fit the eye, and one that leads to the rest."""
    if len(lines) <= _SHOWN:
        return lines
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], Line(tr("另有 {count} 次", count=rest), "", action, "visit")]


def _card() -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setObjectName("card")
    column = QVBoxLayout(card)
    gap = theme.size("gap")
    column.setContentsMargins(gap, gap, gap, gap)
    column.setSpacing(0)
    return card, column


def _heading(text: str) -> QLabel:
    heading = QLabel(text)
    heading.setObjectName("heading")
    heading.setWordWrap(True)
    return heading
