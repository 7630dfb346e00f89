"""A draw as planned (抽取方案), and the pool it is held over: who takes part, who is left out and why."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.draw.drawing import Candidate, PoolEntry, Sheet, Stratum
from ohdesk.domain.establishment import Value, value_text

_NOT_IN_IDS = re.compile(r"[^0-9A-Z-]")


class DrawState(StrEnum):
    """committed → seeded → computed; void ends each of them."""

    COMMITTED = "committed"
    SEEDED = "seeded"
    COMPUTED = "computed"
    VOID = "void"


WAITING = frozenset({DrawState.COMMITTED, DrawState.SEEDED})  # for a seed or for the result
# Else a company that learns the list and the seed could compute whether it is drawn before the inspectors come.
NONCE_BYTES = 32  # 256 random bits


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumPlan:
    """A stratum (层): the firms whose roll fields have one of the values, and how many of them are drawn.

    where: key of `establishment.FIELDS` → allowed values, as people write them; empty takes everybody not taken by an
    earlier stratum
    num/den of the firms are drawn, rounded up, and at least `least` of them; whole numbers
    """

    code: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    num: int = 0
    den: int = 1
    least: int = 0

    def takes(self, fields: Mapping[str, Value | date]) -> bool:
        """True when a roll entry with these fields belongs to the stratum."""
        return all(value_text(fields.get(key)) in values for key, values in self.where.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A firm left out by hand: roll entry, reason code, and a note that stays internal."""

    establishment: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An inspector left out by hand: person, reason code, and a note that stays internal."""

    person: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recusal:
    """An inspector and a firm that may not meet (回避): person, roll entry, reason code, internal note."""

    person: str
    establishment: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """What is settled before the freeze.

    plan: plan number (抽查计划编号) · title, matter, basis, place: as printed on the record
    seed_source: named in advance: which dice and who throws, or which lottery and issue, or the county's seed
    day: the day on which certificates must be valid · inspected_since: firms inspected from then on are left out
    total: a fixed number shared out over the strata by largest remainder, instead of their own ratios
    """

    plan: str
    seed_source: str
    strata: tuple[StratumPlan, ...]
    team: int
    cap: int
    slack: int
    title: str = ""
    matter: str = ""
    basis: str = ""
    place: str = ""
    day: date | None = None
    inspected_since: date | None = None
    total: int | None = None
    exclusions: tuple[Exclusion, ...] = ()
    absences: tuple[Absence, ...] = ()
    recusals: tuple[Recusal, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolFirm:
    """A roll entry as it enters the pool. `reason` is the code for leaving it out, empty when it takes part."""

    id: str
    establishment: str
    name: str
    stratum: str
    reason: str
    publishable: bool

    def entry(self, words: Mapping[str, str]) -> PoolEntry:
        """Return the line of pool.csv; a firm that may not be published stands without its name."""
        # Under a publication ban the id alone stands there, so that the pool stays complete and countable.
        name = self.name if self.publishable else ""
        return PoolEntry(self.id, name, self.stratum, words[self.reason] if self.reason else "")


@dataclass(frozen=True, slots=True)
class PoolInspector:
    """A person of the office as a candidate. `reason` is the code for leaving the person out, or empty.

    id: number of the certificate as it stands in a sheet · until: its last day, "" while none is known
    """

    id: str
    person: str
    name: str
    until: str
    leads: bool
    reason: str


def tidied(plan: DrawPlan) -> DrawPlan:
    """Return the plan with its texts as they may stand in canonical JSON: NFC, no control characters, trimmed."""
    strata = tuple(
        replace(
            each,
            code=_tidy(each.code),
            where={key: tuple(map(_tidy, values)) for key, values in each.where.items()},
        )
        for each in plan.strata
    )
    return replace(
        plan,
        strata=strata,
        plan=_tidy(plan.plan),
        seed_source=_tidy(plan.seed_source),
        title=_tidy(plan.title),
        matter=_tidy(plan.matter),
        basis=_tidy(plan.basis),
        place=_tidy(plan.place),
    )


def _tidy(text: str) -> str:
    return " ".join(clean_text(text).split())


def as_id(text: str) -> str:
    """Return a number of the office as it may stand in a sheet: upper case, only 0-9, A-Z and hyphens."""
    return _NOT_IN_IDS.sub("", text.upper())


def sheet_of(
    plan: DrawPlan,
    number: int,
    nonce: str,
    strata: tuple[Stratum, ...],
    inspectors: Iterable[PoolInspector],
    recusals: Iterable[tuple[str, str]],
    more: Mapping[str, object],
) -> Sheet:
    """Return the sheet of a plan over a settled pool; everything in a fixed order."""
    # Sorted, so that the order of the people in the office's list cannot be used to choose among sheets.
    eligible = sorted((each.id, each.leads) for each in inspectors if not each.reason)
    return Sheet(
        plan=plan.plan,
        draw=number,
        nonce=nonce,
        team=plan.team,
        cap=plan.cap,
        slack=plan.slack,
        strata=strata,
        inspectors=tuple(Candidate(name, leads) for name, leads in eligible),
        recusals=tuple(sorted(set(recusals))),
        more=dict(more),
    )
