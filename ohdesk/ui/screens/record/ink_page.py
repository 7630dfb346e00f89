"""纸质签署: what was printed of a visit is signed with the pen, and comes back as pictures."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.record import PartyStatement
from ohdesk.domain.scan import Scanned
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.record import ink
from ohdesk.services.record.ink import Awaited, FairCopies
from ohdesk.services.record.party_statement import party_before
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.kit.scan_page import ScanPage
from ohdesk.ui.kit.wording import minute_text


class Printed(NamedTuple):
    """What is to be printed now, and what is known again of it."""

    copies: FairCopies
    awaited: Awaited | None


class InkPage(ScanPage):
    """Emits `advanced` with all pages in `scanned`; Ctrl+P prints again."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.scanned: tuple[Scanned, ...] = ()
        self._visit = ""
        self.header = self.put_header(tr("归入扫描件"))
        self.save = action("save", tr("存成 PDF…(&S)"), self._choose_folder)
        self.print = action("print", tr("打印(&P)"), self.print_again, "Ctrl+P")
        self.header.add(self.save, self.print)
        self._printing = Printing(jobs, self)
        self._printing.done.connect(self.done)
        self._printing.failed.connect(self.failed)

    def show_awaited(self, visit: str, awaited: Awaited, *, voids: bool = False) -> None:
        """Ask for the pictures of what was printed; voids: in place of other papers, printed before."""
        self._visit = visit
        copy = awaited.copy
        said = [
            tr("编号 {number}，{at} 打印。", number=copy.number, at=minute_text(parse_instant(copy.at))),
            tr("请各人在纸上用笔签名，再把每一页拍照或扫描，归到这里。"),
        ]
        self.header.say("".join([tr("以前打印的已作废，请收回。"), *said] if voids else said))
        self.ask(awaited.papers, {}, self._hold)

    def print_papers(self, copies: FairCopies) -> None:
        """Hand all papers to a printer, one behind the other."""
        self._printing.print_all(
            [paper.pdf for paper in copies.papers], tr("待签文书 {number}", number=copies.copy.number)
        )

    def print_again(self) -> None:
        """Print the papers as the record is now."""
        self.do(partial(_again, self.ctx, self._visit), self.show_printed, tr("正在生成待签文书"))

    def show_printed(self, printed: Printed) -> None:
        """Print papers that were just made, and ask for them."""
        if printed.awaited is not None:
            self.show_awaited(self._visit, printed.awaited, voids=printed.copies.voids)
        self.print_papers(printed.copies)

    def begin(self, visit: str, printed: Printed) -> None:
        """Print the papers of a visit, and ask for them."""
        self._visit = visit
        self.show_printed(printed)

    def _hold(self, scanned: Sequence[Scanned]) -> Change:
        self.scanned = tuple(scanned)
        return Change.NOTHING  # until both inspectors confirm

    def _choose_folder(self) -> None:
        folder = choose_folder(self, tr("待签文书存到哪个文件夹或优盘"))
        if folder is not None:
            ctx, visit = self.ctx, self._visit
            self.do(
                lambda: ink.write_fair_copies(ctx, visit, *party_before(ctx, visit), folder),
                lambda files: self.saved.emit(
                    tr("已写出 {count} 份待签文书：{folder}", count=len(files), folder=folder), folder
                ),
                tr("正在生成待签文书"),
            )


def printed(ctx: Context, visit: str, party: PartyStatement, situation: Sequence[str]) -> Printed:
    """Make the papers of a visit that are to be printed: for a Job."""
    return Printed(ink.fair_copies(ctx, visit, party, situation), ink.awaited(ctx, visit))


def _again(ctx: Context, visit: str) -> Printed:
    return printed(ctx, visit, *party_before(ctx, visit))
