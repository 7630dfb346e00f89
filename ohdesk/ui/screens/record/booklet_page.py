"""Papers together: those chosen in the list, a case file, and a booklet of a period, counted before it is written."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import framed
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.flow import Flow
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.screens.record.together import Together

if TYPE_CHECKING:
    from ohdesk.domain.progress import Progress
    from ohdesk.services.paper.booklet import Booklet

_MONTH, _QUARTER, _OWN = "month", "quarter", "own"
_PERIODS = {_MONTH: mark("本月"), _QUARTER: mark("本季"), _OWN: mark("自选")}
_MONTHS = 3  # of a quarter


class BookletPage(Page):
    """Counts first, as nobody prints a thousand pages by mistake; `back_wanted` leads to the list."""

    back_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, together: Together) -> None:
        super().__init__(ctx, jobs)
        today = legal_day(ctx.now())
        self._counted: Booklet | None = None
        self.header = Header(tr("导出和合订"))
        self.header.add(action("back", tr("返回(&K)"), self.back_wanted.emit, "Esc"))
        self.periods = FilterChips(tr("期间"))
        self.periods.show_chips([(key, tr(words), None) for key, words in _PERIODS.items()])
        self.periods.chosen.connect(self._show_period)
        self.first, self.last = DayEdit(today.isoformat()), DayEdit(today.isoformat())
        for edit in (self.first, self.last):
            edit.textChanged.connect(self._forget)
            edit.returnPressed.connect(self.count)
        self.counts = action("search", tr("清点(&C)"), self.count)
        self.write = primary_action("save", tr("写出 PDF…(&W)"), self._choose)
        self._told, self._wrong = text("", "question"), text("", "fieldError")
        about = muted(
            tr("编入已定稿的笔录和已制发、给当事人或公开的文书；草稿、内部文书、投诉举报材料和涉密单位的文书不编入。")
        )
        days = row(Field(tr("从"), self.first), Field(tr("到"), self.last), grow(), gap="gap")
        inside = (about, self.periods, days, row(self.counts, grow()), self._wrong, self._told, row(self.write, grow()))
        self._together, self._about = together, muted()
        chosen = Flow(together.export, together.print, together.file_one, together.type_in)
        first = framed(
            column(text(tr("列表里的文书"), "heading"), self._about, chosen, gap="gap", edges=("gap", "gap"))
        )
        heading = text(tr("一段时间的册子"), "heading")
        card = framed(column(heading, *inside, gap="gap", edges=("gap", "gap")))
        both = box(column(first, card, grow(), gap="gap", edges=("page_side", "page_top")))
        column(self.header, grow(FollowingScroll(both)), of=self, gap="")
        self.on_key("Esc", self.back_wanted.emit)
        self._show_period()

    def begin(self) -> None:
        """Show what was asked last, to be counted anew."""
        self._forget()
        self._about.setText(self._together.told)
        self.focus_first()

    def focus_first(self) -> None:
        """Go to what comes next."""
        (self._together.export if self._counted is None else self.write).setFocus()

    def count(self) -> None:
        """Count papers and pages of the period, on the worker."""
        first, last = day_in(self.first.text()), day_in(self.last.text())
        if first is None or last is None or last < first:
            say(self._wrong, tr("请填两个日期，后一个不早于前一个，例如 2026-03-01 到 2026-03-31。"))
            self.first.setFocus()
            return
        ctx = self.ctx
        self.work_reporting(partial(_plan, ctx, first, last), self._show, tr("清点文书"))

    def write_to(self, target: Path) -> None:
        """Write what was counted, on the worker."""
        counted = self._counted
        if counted is not None:
            said = tr("册子已写出，{pages} 页：{file}", pages=counted.pages, file=target)
            self.work_reporting(
                partial(_write, counted, target),
                lambda _nothing: self.saved.emit(said, target),
                tr("合订文书"),
            )

    def _show(self, counted: "Booklet") -> None:
        self._counted = counted
        said = tr("{papers} 份文书，{pages} 页。", papers=len(counted.bound), pages=counted.pages)
        if counted.left_out:
            said += tr("另有 {left} 份读不出来，没有编入。", left=len(counted.left_out))
        say(self._told, said)
        self.write.show()
        self.write.setFocus()

    def _forget(self) -> None:
        """What was counted is of other days, or of another moment."""
        self._counted = None
        say(self._told, "")
        say(self._wrong, "")
        self.write.hide()

    def _show_period(self) -> None:
        key, today = self.periods.current, legal_day(self.ctx.now())
        if key == _OWN:
            self.first.setFocus()
            return
        month = today.month if key == _MONTH else today.month - (today.month - 1) % _MONTHS
        self.first.setText(date(today.year, month, 1).isoformat())
        self.last.setText(today.isoformat())

    def _choose(self) -> None:
        name = tr("文书汇编_{first}_{last}", first=self.first.text(), last=self.last.text())
        if target := choose_target(self, tr("写出册子"), f"{name}.pdf", tr("PDF 文书 (*.pdf)")):
            self.write_to(target)


def _plan(ctx: Context, first: date, last: date, report: "Progress") -> "Booklet":
    from ohdesk.services.paper import booklet  # late, aside: brings the typesetting and pyHanko along

    return booklet.plan(ctx, first, last, report)


def _write(counted: "Booklet", target: Path, report: "Progress") -> None:
    from ohdesk.services.paper import booklet  # loaded by now

    booklet.write(counted, target, report)
