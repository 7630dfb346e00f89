"""The words of a draw on screen: its steps, its states, how it stands."""

from ohdesk.i18n import tr
from ohdesk.services.draw.views import DrawRow

SCOPE, CHECK, SEED, DRAW, PUBLISH = range(5)
_KIND_OF_STATE = {"committed": "active", "seeded": "active", "computed": "ok", "void": "plain"}
_STEP_OF_STATE = {"committed": SEED, "seeded": DRAW, "computed": PUBLISH, "void": DRAW}


def steps() -> tuple[str, ...]:
    """Return the names of the five steps."""
    return tr("范围"), tr("名单核对"), tr("公布种子"), tr("抽取"), tr("公示")


def state_text(row: DrawRow) -> str:
    """Return in words how far a draw has come."""
    return tr("超期未完成，须作废") if row.overdue else row.state.word


def state_kind(row: DrawRow) -> str:
    """Return the kind of the state's chip."""
    return "bad" if row.overdue else _KIND_OF_STATE[row.state]


def step_of(row: DrawRow) -> int:
    """Return the step at which a draw stopped."""
    if row.state == "void":
        return DRAW if row.computed_at else SEED
    return _STEP_OF_STATE[row.state]


def reached(row: DrawRow) -> int:
    """Return the last step of a draw that can be looked at."""
    return PUBLISH if row.computed_at else step_of(row)
