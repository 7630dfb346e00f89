"""A step with a paper of the draw: saved to a file or printed, made on the worker."""

from collections.abc import Callable

from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.screens.draw.draw_step import DrawStep

Make = Callable[[Context, str], bytes]
Title = Callable[[DrawRow], str]


class PaperStep(DrawStep):
    """Shows a frozen draw and gives out its paper."""

    def __init__(self, ctx: Context, jobs: Jobs, make: Make, title: Title) -> None:
        """make: returns the paper of a draw · title: its title and name of file"""
        super().__init__(ctx, jobs)
        self.view: FrozenView | None = None
        self._make, self._title = make, title
        self._printing = Printing(jobs, self)
        self._printing.done.connect(self.done)
        self._printing.failed.connect(self.failed)

    def save_paper(self) -> None:
        """Ask where to, and write the paper there."""
        if self.view is None:
            return
        title = self._title(self.view.row)
        path = choose_target(self, title, f"{title}.pdf", tr("PDF 文件 (*.pdf)"))
        if path is not None:
            ctx, make, draw, said = self.ctx, self._make, self.view.row.id, tr("已保存：{file}", file=path)
            self.work(
                lambda: hand_out(path, make(ctx, draw)), lambda _whole: self.saved.emit(said, path), _making(title)
            )

    def print_paper(self) -> None:
        """Hand the paper to a printer."""
        if self.view is not None:
            ctx, make, draw, title = self.ctx, self._make, self.view.row.id, self._title(self.view.row)
            self.work(lambda: make(ctx, draw), lambda data: self._printing.print_pdf(data, title), _making(title))


def commitment(ctx: Context, draw: str) -> bytes:
    """Return the paper that announces a frozen draw."""
    from ohdesk.services.draw.papers import commitment_pdf  # late, on the worker: it brings the typesetting along

    return commitment_pdf(ctx, draw)


def record(ctx: Context, draw: str) -> bytes:
    """Return the record of a draw."""
    from ohdesk.services.draw.papers import record_pdf

    return record_pdf(ctx, draw)


def _making(title: str) -> str:
    return tr("正在生成：{title}", title=title)
