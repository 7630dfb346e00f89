"""What a verification found: separate facts, never one boolean."""

from dataclasses import dataclass

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class Verdict(Worded):
    """Whether a fact holds; the value is what `--json` prints."""

    HOLDS = "holds", mark("成立")
    FAILS = "does not hold", mark("不成立")
    # "Could not be checked" is neither yes nor no: one boolean would have to lie about it.
    UNCHECKED = "unchecked", mark("未核")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at: a stable key, its sentence for people, the verdict, and the particulars."""

    key: str
    sentence: str
    verdict: Verdict
    detail: str = ""
