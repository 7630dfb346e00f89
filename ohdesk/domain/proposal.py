"""Proposals (建议): what a town writes of an entry that is not its own, until the county has said a word on it."""

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class ProposalState(Worded):
    """What became of a proposal."""

    OPEN = "open", mark("待县级处理")
    ACCEPTED = "accepted", mark("县级已采纳")
    DECLINED = "declined", mark("县级未采纳")
