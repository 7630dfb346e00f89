"""How far a draw has come."""

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class DrawState(Worded):
    """committed → seeded → computed; void ends each of them."""

    COMMITTED = "committed", mark("已冻结，等种子")
    SEEDED = "seeded", mark("已有种子，等抽取")
    COMPUTED = "computed", mark("已抽取")
    VOID = "void", mark("已作废")


WAITING = frozenset({DrawState.COMMITTED, DrawState.SEEDED})  # for a seed or for the result
