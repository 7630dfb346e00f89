"""Likely pairs (疑似重复): entries of the roll that may be one employer, for a person to look at."""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, ToldApart
from ohdesk.db.prepared import rows_of
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import on_roll
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import FIELDS, value_text
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.roll.duplicates import Likeness, Listed, Pair, Twice, alike, keys, pairs
from ohdesk.domain.roll.values import folded_name
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import entry_of

SHOWN = 500  # pairs: more than anybody looks through; those that go make room for the next
_AT_A_TIME = 5000  # entries read between two reports


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two entries and what they have in common, what tells most first."""

    first: Listed
    second: Listed
    why: tuple[Likeness, ...]

    @property
    def id(self) -> str:
        """Of both."""
        return f"{self.first.id} {self.second.id}"


@dataclass(frozen=True, slots=True)
class Found:
    """The likely pairs, and how many more there may be than are shown."""

    pairs: tuple[LikelyPair, ...]
    more: int = 0


def likely_pairs(ctx: Context, report: Progress = unwatched) -> Found:
    """Return the pairs that may be one employer, without those told apart: looks at the whole roll, so for a Job.

    report: called with entries looked at and entries in all, each being looked at twice
    """
    ctx.require(Right.READ)
    with ctx.reading() as session:
        apart = {(row.first, row.second) for row in session.scalars(select(ToldApart))}
        found, more = pairs(_groups(ctx, session, report), apart)
        likely = list(_likely(session, found))
    return Found(tuple(likely[:SHOWN]), more + len(likely[SHOWN:]))


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of two entries as people read it; "" where one of them has nothing there."""

    heading: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """True where the two say different things."""
        return self.first != self.second


def side_by_side(ctx: Context, pair: LikelyPair) -> list[Compared]:
    """Return the fields of two entries of which at least one says something. Raises UserError when one is gone."""
    with ctx.reading() as session:
        first, second = (entry_of(session, each.id) for each in (pair.first, pair.second))
        said = [{field.key: value_text(getattr(row, field.key)) for field in FIELDS} for row in (first, second)]
    both = (Compared(tr(field.heading), said[0][field.key], said[1][field.key]) for field in FIELDS)
    return [each for each in both if each.first or each.second]


def tell_apart(ctx: Context, one: str, other: str, reason: str = "") -> Change:
    """Set down that two entries are not one employer: the pair is not shown again on this laptop.

    Raises UserError for one and the same.
    """
    ctx.require(Right.ROLL)
    if one == other:
        raise UserError(tr("这是同一条名录。"), tr("请指明两家不同的单位。"))
    first, second = sorted((one, other))
    said = {"by": ctx.stamp().by, "at": ctx.now(), "reason": clean_text(reason).strip()}
    with ctx.transaction() as session:
        session.merge(ToldApart(first=first, second=second, **said))
    return Change.ROLL


def _groups(ctx: Context, session: Session, report: Progress) -> dict[Likeness, Collection[Sequence[str]]]:
    """Return the ids of entries with a key in common, by what that is.

    In two looks at the roll: the first only notes which keys there are, so that of a long roll no more is held than
    the entries that share one.
    """
    here = on_roll(ctx.office.division)
    count = session.scalar(select(func.count()).select_from(Establishment).where(here)) or 0
    twice, forms = Twice(count), legal_forms()
    for entry in _watched(session, _entries().where(here), 0, count, report):
        for each in keys(entry, forms):
            twice.note(hash(each))
    groups: dict[Likeness, defaultdict[int, list[str]]] = {each: defaultdict(list) for each in Likeness}
    for entry in _watched(session, _entries().where(here), count, count, report):
        for each in keys(entry, forms):
            if (key := hash(each)) in twice:
                groups[each[0]][key].append(entry.id)
    return {likeness: [ids for ids in found.values() if len(ids) > 1] for likeness, found in groups.items()}


def _watched(
    session: Session, wanted: Select[*tuple[Any, ...]], before: int, count: int, report: Progress
) -> Iterator[Listed]:
    for done, row in enumerate(rows_of(session, wanted)):
        if done % _AT_A_TIME == 0:
            report(before + done, 2 * count)
        yield Listed._make(row)


def _likely(session: Session, found: Sequence[Pair]) -> Iterator[LikelyPair]:
    """Compare the two of each pair: keys are only numbers, and what they share may say nothing."""
    for start in range(0, len(found), _AT_A_TIME):
        part = found[start : start + _AT_A_TIME]
        ids = {each for pair in part for each in pair}
        rows = {row.id: Listed._make(row) for row in session.execute(_entries().where(among(Establishment.id, ids)))}
        for one, other in part:
            if why := alike(rows[one], rows[other], legal_forms()):
                yield LikelyPair(rows[one], rows[other], why)


def _entries() -> Select[*tuple[Any, ...]]:
    columns = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.address, Establishment.phone)
    return select(*columns)


@cache
def legal_forms() -> tuple[str, ...]:
    """Return what is no part of a name when two are compared, folded, the longest first."""
    text = (resources() / "roll" / "duplicates.toml").read_text(encoding="utf-8")
    return tuple(sorted(map(folded_name, tomllib.loads(text)["legal_forms"]), key=len, reverse=True))
