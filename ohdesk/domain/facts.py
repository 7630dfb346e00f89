"""What a verification found: separate facts, never one boolean."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Whether a fact holds; the value is what `--json` prints."""

    HOLDS = "holds"
    FAILS = "does not hold"
    # "Could not be checked" is neither yes nor no: one boolean would have to lie about it.
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at: a stable key, its sentence for people, the verdict, and the particulars."""

    key: str
    sentence: str
    verdict: Verdict
    detail: str = ""
