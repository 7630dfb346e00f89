"""The life of a paper: which states it goes through, and what may be done to it where it stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class PaperState(Worded):
    """Where a paper stands."""

    DRAFT = "draft", mark("草稿")
    APPROVED = "approved", mark("已批准")
    NUMBERED = "numbered", mark("已编号")
    SEALED = "sealed", mark("已用印，未送达")
    SERVED = "served", mark("已送达")
    SENT = "sent", mark("已发出，未回执")
    RECEIVED = "received", mark("已收到回执")
    MADE = "made", mark("已定稿，待签名")
    SIGNED = "signed", mark("已签名")
    CLOSED = "closed", mark("已办结")
    FILED = "filed", mark("已归档")
    WITHDRAWN = "withdrawn", mark("已作废")


class PaperAct(StrEnum):
    """What is done to a paper."""

    CHANGE = "change"
    MAKE = "make"
    APPROVE = "approve"
    NUMBER = "number"
    SEAL = "seal"
    SERVE = "serve"
    SIGN = "sign"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Step(NamedTuple):
    """A step of a life: what is done, and the state it leads to."""

    act: PaperAct
    to: PaperState


# By the life that a form names (`PaperForm.life`): the steps in their order, from the draft on.
LIVES: Mapping[str, tuple[Step, ...]] = {
    "internal": (Step(PaperAct.APPROVE, PaperState.APPROVED), Step(PaperAct.CLOSE, PaperState.FILED)),
    "note": (
        Step(PaperAct.MAKE, PaperState.MADE),
        Step(PaperAct.SIGN, PaperState.SIGNED),
        Step(PaperAct.CLOSE, PaperState.FILED),
    ),
    "outward": (
        Step(PaperAct.APPROVE, PaperState.APPROVED),
        Step(PaperAct.NUMBER, PaperState.NUMBERED),
        Step(PaperAct.SEAL, PaperState.SEALED),
        Step(PaperAct.SERVE, PaperState.SERVED),
        Step(PaperAct.CLOSE, PaperState.CLOSED),
    ),
    "letter": (
        Step(PaperAct.APPROVE, PaperState.APPROVED),
        Step(PaperAct.NUMBER, PaperState.NUMBERED),
        Step(PaperAct.SEAL, PaperState.SEALED),
        Step(PaperAct.SERVE, PaperState.SENT),
        Step(PaperAct.CLOSE, PaperState.RECEIVED),
    ),
}


def next_step(life: str, state: PaperState, *, has_series: bool = True) -> Step | None:
    """Return the step that comes next; None at the end. A paper without a series is never numbered."""
    steps = [step for step in LIVES[life] if has_series or step.act is not PaperAct.NUMBER]
    reached = [PaperState.DRAFT, *(step.to for step in steps)]
    if state not in reached or state is reached[-1]:
        return None
    return steps[reached.index(state)]


def may(act: PaperAct, life: str, state: PaperState, *, has_series: bool = True) -> bool:
    """True when this may be done to a paper that stands there."""
    if act is PaperAct.WITHDRAW:
        return state is not PaperState.WITHDRAWN
    if act is PaperAct.CHANGE:
        return state is PaperState.DRAFT
    step = next_step(life, state, has_series=has_series)
    return step is not None and step.act is act
