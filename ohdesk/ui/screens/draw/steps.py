"""The five steps of a draw, how far one has come, and what the pages of the steps have in common."""

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import TypeVar

from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.kit.step_page import StepPage

Result = TypeVar("Result")
_KIND_OF_STATE = {"committed": "active", "seeded": "active", "computed": "ok", "void": "plain"}


class Step(IntEnum):
    """The five steps, in their order."""

    SCOPE, CHECK, SEED, DRAW, PUBLISH = range(5)


class DrawStep(StepPage):
    """A step that knows what of it the public may see."""

    def project(self, *, on: bool) -> None:
        """Show only what the public may see, in large type, or everything again."""


class PaperStep(DrawStep):
    """Shows a frozen draw; `save` and `print` give out its paper, made on the worker."""

    def __init__(
        self,
        ctx: Context,
        jobs: Jobs,
        make: Callable[[Context, str], bytes],
        title: Callable[[DrawRow], str],
        save: str,
        print_: str,
    ) -> None:
        """make: returns the paper of a draw · title: its title and name of file · save, print_: words of the buttons"""
        super().__init__(ctx, jobs)
        self.view: FrozenView | None = None
        self._make, self._title = make, title
        self._printing = Printing(jobs, self)
        self._printing.done.connect(self.done)
        self._printing.failed.connect(self.failed)
        self.save = action("save", save, self.save_paper)
        self.print = action("print", print_, self.print_paper)

    def save_paper(self) -> None:
        """Ask where to, and write the paper there."""
        if self.view is None:
            return
        title = self._title(self.view.row)
        path = choose_target(self, title, f"{title}.pdf", tr("PDF 文件 (*.pdf)"))
        if path is not None:
            said = tr("已保存：{file}", file=path)
            self._give_out(self.view.row, partial(hand_out, path), lambda _whole: self.saved.emit(said, path))

    def print_paper(self) -> None:
        """Hand the paper to a printer."""
        if self.view is not None:
            title = self._title(self.view.row)
            self._give_out(self.view.row, lambda data: data, lambda data: self._printing.print_pdf(data, title))

    def _give_out(self, row: DrawRow, use: Callable[[bytes], Result], then: Callable[[Result], object]) -> None:
        ctx, make = self.ctx, self._make
        self.work(lambda: use(make(ctx, row.id)), then, tr("正在生成：{title}", title=self._title(row)))


def steps() -> tuple[str, ...]:
    """Return the names of the five steps."""
    return tr("范围"), tr("名单核对"), tr("公布种子"), tr("抽取"), tr("公示")


def state_text(row: DrawRow) -> str:
    """Return in words how far a draw has come."""
    return tr("超期未完成，须作废") if row.overdue else row.state.word


def state_kind(row: DrawRow) -> str:
    """Return the kind of the state's chip."""
    return "bad" if row.overdue else _KIND_OF_STATE[row.state]


def step_of(row: DrawRow) -> Step:
    """Return the step at which a draw stopped."""
    if row.state == "void":
        return Step.DRAW if row.computed_at else Step.SEED
    return {"committed": Step.SEED, "seeded": Step.DRAW, "computed": Step.PUBLISH}[row.state]


def reached(row: DrawRow) -> Step:
    """Return the last step of a draw that can be looked at."""
    return Step.PUBLISH if row.computed_at else step_of(row)
