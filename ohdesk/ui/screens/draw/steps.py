"""The five steps of a draw, how far one has come, and what the pages of the steps have in common."""

from collections.abc import Callable
from enum import IntEnum

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.paper import Paper
from ohdesk.ui.kit.step_page import StepPage

_KIND_OF_STATE = {"committed": "active", "seeded": "active", "computed": "ok", "void": "plain"}


class Step(IntEnum):
    """The five steps, in their order."""

    SCOPE, CHECK, SEED, DRAW, PUBLISH = range(5)


class DrawStep(StepPage):
    """A step that knows what of it the public may see."""

    def project(self, *, on: bool) -> None:
        """Show only what the public may see, in large type, or everything again."""


class PaperStep(DrawStep):
    """Shows a frozen draw; `paper` gives out its paper."""

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
        self._title = title
        self.paper = Paper(ctx, jobs, make, save, print_)
        self.hand_on(self.paper)

    def take_view(self, view: FrozenView) -> None:
        """Give out the paper of a draw from now on."""
        self.view = view
        self.paper.offer(view.row.id, self._title(view.row))


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
