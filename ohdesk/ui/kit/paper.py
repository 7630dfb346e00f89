"""Two buttons that give out one paper: to save it in a file and to print it; it is made on the worker each time."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import row
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.printing import Printing

Make = Callable[[Context, str], bytes]
Write = Callable[[Context, str, Path], object]


class Paper(Page):
    """`save` and `print` are the buttons; `offer` says of which thing the paper is."""

    def __init__(
        self, ctx: Context, jobs: Jobs, make: Make, save: str, print_: str, write: Write | None = None
    ) -> None:
        """make: returns the PDF for a thing by its id · write: writes its file, where that asks for more"""
        super().__init__(ctx, jobs)
        self._make, self._write = make, write or partial(_write, make)
        self._thing = self._title = ""
        self._printing = Printing(jobs, self)
        self._printing.done.connect(self.done)
        self._printing.failed.connect(self.failed)
        self.save = action("save", save, self.save_paper)
        self.print = action("print", print_, self.print_paper)
        row(self.save, self.print, of=self)

    def offer(self, thing: str, title: str) -> None:
        """Give out the paper of another thing; title: its name, and that of its file."""
        self._thing, self._title = thing, title

    def save_paper(self) -> None:
        """Ask where to, and write the paper there."""
        path = choose_target(self, self._title, f"{self._title}.pdf", tr("PDF 文件 (*.pdf)"))
        if path is not None:
            said = tr("已保存：{file}", file=path)
            work = partial(self._write, self.ctx, self._thing, path)
            self.work(work, lambda _: self.saved.emit(said, path), self._being_made())

    def print_paper(self) -> None:
        """Hand the paper to a printer."""
        title = self._title
        work = partial(self._make, self.ctx, self._thing)
        self.work(work, lambda data: self._printing.print_pdf(data, title), self._being_made())

    def _being_made(self) -> str:
        return tr("正在生成：{title}", title=self._title)


def _write(make: Make, ctx: Context, thing: str, path: Path) -> None:
    hand_out(path, make(ctx, thing))
