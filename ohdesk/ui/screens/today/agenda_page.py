"""The day: numbers, visits of today and this week, what needs attention, and how far the year has come."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from ohdesk.i18n import mark, tr
from ohdesk.services.start.today import Agenda, Backlog
from ohdesk.services.visit.views import NextStep
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button, equally_wide
from ohdesk.ui.kit.card import framed
from ohdesk.ui.kit.job_bar import progress_bar
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.screens.today.attention import attention, visit_line
from ohdesk.ui.screens.today.lines import LeadingButton, Line, Lines, Tile

_SHOWN = 8
_FIGURES = {  # what each number counts, and where its list is: the screen, and what of it
    "planned": (mark("本周待检查"), "visit", ""),
    "running": (mark("检查中"), "visit", ""),
    "sign": (mark("待签名"), "record", ""),
    "overdue": (mark("整改逾期"), "finding", "overdue"),
    "due": (mark("整改本周到期"), "finding", "due"),
}


class AgendaPage(QWidget):
    """Emits `wanted(screen, thing)`."""

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        among: list[LeadingButton] = []
        self.tiles = {key: Tile(tr(label), screen, thing, among) for key, (label, screen, thing) in _FIGURES.items()}
        self.now, self.week = Lines(tr("今天的检查")), Lines(tr("本周的检查"))
        self.attention = Lines(tr("需要处理"))
        for lines in (self.now, self.week, self.attention):
            lines.wanted.connect(self.wanted)
        for tile in self.tiles.values():
            tile.wanted.connect(self.wanted)
        self._about_week = text("", "heading")
        gap = box(column(grow()))
        gap.setFixedHeight(theme.size("gap_small"))
        visits = (text(tr("今天"), "heading"), self.now, gap, self._about_week, self.week, grow())
        pressing = (text(tr("需要处理"), "heading"), self.attention, grow())
        self._columns = row(
            grow(framed(column(*visits, gap="", edges=("gap", "gap"))), 3),
            grow(framed(column(*pressing, gap="", edges=("gap", "gap"))), 2),
            gap="gap",
        )
        self._coverage = self._coverage_card()
        figures = box(row(*map(grow, self.tiles.values())))
        figures.setAccessibleName(tr("今日数字"))
        inside = column(figures, grow(self._columns), self._coverage, gap="gap", edges=("page_side", "page_top"))
        column(grow(FollowingScroll(box(inside))), of=self)

    def show_day(self, agenda: Agenda, backlog: Backlog | None) -> None:
        """Show the day; `backlog` is None while it is being found out."""
        self._show_figures(agenda, backlog)
        today = agenda.today
        now = [visit_line(visit, today) for visit in agenda.now]
        self.now.show_lines(_cut(now) or [_nothing_today(agenda)])
        self.week.show_lines(_cut([visit_line(visit, today) for visit in agenda.week]))
        equally_wide([*self.now.buttons, *self.week.buttons])  # they stand one above the other
        self._about_week.setText(_about_week(agenda))
        found = attention(agenda, backlog)
        if not found and backlog is not None:
            settled = tr("整改、签名、照片和上报都没有欠账。")
            found = [Line(tr("没有需要处理的事"), settled, "", "", role="ok", tint="ok")]
        self.attention.show_lines(found)
        if backlog is not None:
            self._show_coverage(backlog)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < theme.layout("sentence") + theme.layout("drawer")
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def _show_figures(self, agenda: Agenda, backlog: Backlog | None) -> None:
        running = sum(each.step in {NextStep.FILL, NextStep.NOTE} for each in agenda.now)
        self.tiles["planned"].show_figure(len(agenda.planned))
        self.tiles["running"].show_figure(running)
        to_sign = (*agenda.waiting_for(NextStep.SIGN), *agenda.waiting_for(NextStep.SCAN_IN))
        self.tiles["sign"].show_figure(len(to_sign))
        self.tiles["overdue"].show_figure(backlog.overdue.findings if backlog else None, "bad")
        self.tiles["due"].show_figure(backlog.due.findings if backlog else None)

    def _coverage_card(self) -> QFrame:
        self.coverage_text = text()
        self._bar = progress_bar(tr("今年检查的覆盖"))
        roll = button(tr("看名录(&R)"), act=lambda: self.wanted.emit("roll", ""), quiet=True)
        card = framed(row(grow(self.coverage_text, 2), grow(self._bar, 3), roll, gap="gap", edges=("gap", "gap_small")))
        card.hide()
        return card

    def _show_coverage(self, backlog: Backlog) -> None:
        visited = backlog.visited
        self._coverage.setVisible(visited.whole > 0)
        said = tr("今年用检查表查完 {visited} 家，在业 {on_roll} 家，覆盖率 {rate}")
        self.coverage_text.setText(said.format(visited=visited.part, on_roll=visited.whole, rate=visited.word))
        self._bar.setMaximum(max(1, visited.whole))  # a bar without an end would run for ever
        self._bar.setValue(min(visited.part, visited.whole))


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


def _cut(lines: list[Line]) -> list[Line]:
    """Return as many lines as fit the eye, and one that leads to the rest."""
    if len(lines) <= _SHOWN:
        return lines
    rest = tr("另有 {count} 次", count=len(lines) - _SHOWN)
    return [*lines[:_SHOWN], Line(rest, "", tr("看全部检查"), "visit")]
