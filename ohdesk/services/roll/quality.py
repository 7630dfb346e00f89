"""Quality of the data of the roll (资料质量): what is missing, contradictory, overdue or doubtful, and the score.

Found by the database, in as many statements as there are tables: what comes to Python is what is wrong. Beside the
rules of `forms.quality` these are fields in dispute, and what is overdue in the books.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Text, and_, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import ContestedField, Entry, Establishment, Peer
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import goes_on, on_roll
from ohdesk.domain.calendar import day_text, legal_day, months_after
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, FIELD_KEYS, value_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import word
from ohdesk.forms.quality import FaultKind, Rule, Test, quality_rules
from ohdesk.i18n import tr
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register.books import books
from ohdesk.services.register.due import count_due

ALL = "all"
_EVERYTHING = ListQuery(ALL)
_DISPUTE, _DUE = "?", "!"  # before a field, before the id of an entry of a book: no key of a rule begins so


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with one entry.

    id: of the fault · field: of the roll, "" where it stands in a book: which `book` and `entry` tell
    value: as it stands now
    """

    id: str
    establishment: str
    name: str
    town: str
    kind: FaultKind
    field: str
    heading: str
    says: str
    value: str
    book: str = ""
    entry: str = ""


class TownQuality(msgspec.Struct, frozen=True):
    """How the data of a town stand: entries, those with faults, and faults of each kind.

    score: entries without a fault in whole per cent, rounded down; None without entries
    """

    town: str
    name: str
    entries: int
    faulty: int
    missing: int
    contradictory: int
    overdue: int
    doubtful: int

    @property
    def score(self) -> int | None:
        """The entries without a fault, in whole per cent."""
        return None if not self.entries else 100 * (self.entries - self.faulty) // self.entries


class Found(NamedTuple):
    """What a query finds: ids of faults in order, and how many there are of each kind and of all."""

    ids: Sequence[str]
    counts: Mapping[str, int]


class _Beside(NamedTuple):
    """A fault that no rule finds, but a table of its own: a field in dispute, or an entry of a book that is overdue."""

    establishment: str
    town: str
    part: str


def towns(ctx: Context) -> list[TownQuality]:
    """Return how the data of each town stand, by division: looks at the whole roll, so for a Job."""
    ctx.require(Right.READ)
    count_due(ctx, books(ctx).by_id.values())
    today = legal_day(ctx.now())
    flags = _flags(today)
    with ctx.reading() as session, roomy(session):
        names = dict(session.execute(select(Peer.division, Peer.name)).all())
        beside = _beside(ctx, session, today)
        sums = [func.sum(_one(*(flag for rule, flag in flags if rule.kind is kind))) for kind in FaultKind]
        faulty = func.sum(case((_any(flags, beside), 1), else_=0))
        by_town = select(Establishment.town, func.count(), faulty, *sums).where(on_roll(ctx.office.division))
        lines = session.execute(by_town.group_by(Establishment.town).order_by(Establishment.town)).all()
    more = Counter((each.town, _kind(each.part)) for each in beside)
    return [
        TownQuality(
            town,
            ctx.office.name if town == ctx.office.division else names.get(town, town),
            entries,
            bad,
            *(count + more[town, kind] for kind, count in zip(FaultKind, counts, strict=True)),
        )
        for town, entries, bad, *counts in lines
    ]


def total(found: Sequence[TownQuality]) -> TownQuality:
    """Return several towns together."""
    counts = ("entries", "faulty", *FaultKind)
    return TownQuality("", "", *(sum(getattr(town, name) for town in found) for name in counts))


def faults(
    ctx: Context, query: ListQuery = _EVERYTHING, town: str = "", establishments: Sequence[str] | None = None
) -> Found:
    """Return the faults that a query asks for, by the order of the roll: looks at the whole roll, so for a Job.

    query: the part is a kind, or `ALL`; the order is name, town, kind or field, and for any other the roll's own
    town: "" for every one · establishments: only of these
    """
    ctx.require(Right.READ)
    count_due(ctx, books(ctx).by_id.values())
    today = legal_day(ctx.now())
    flags = _flags(today)
    which = [on_roll(ctx.office.division)]
    which += [Establishment.town == town] if town else []
    which += [among(Establishment.id, establishments)] if establishments is not None else []
    which += [func.instr(Establishment.search, folded(query.sought)) > 0] if folded(query.sought) else []
    columns: Mapping[str, Any] = {"name": Establishment.search, "town": Establishment.town}
    order = query.first_by(columns) if query.order in columns else ()
    with ctx.reading() as session, roomy(session):
        beside = _beside(ctx, session, today)
        wanted = select(Establishment.id, *(_one(flag) for _, flag in flags)).where(*which, _any(flags, beside))
        lines = session.execute(wanted.order_by(*order, Establishment.search, Establishment.id)).all()
    more = defaultdict(list)
    for each in beside:
        more[each.establishment].append(each.part)
    found = [
        (establishment, part)
        for establishment, *held in lines
        for part in (*(rule.key for (rule, _), is_so in zip(flags, held, strict=True) if is_so), *more[establishment])
    ]
    counts = Counter(_kind(part) for _, part in found)
    if query.part != ALL:
        found = [each for each in found if _kind(each[1]) == query.part]
    if query.order in {"kind", "field"}:
        place = _place_of_kind if query.order == "kind" else _place_of_field
        found.sort(key=lambda each: place(each[1]), reverse=query.falling)
    ids = [f"{establishment} {part}" for establishment, part in found]
    return Found(ids, {ALL: counts.total(), **{kind: counts[kind] for kind in FaultKind}})


def rows_of(ctx: Context, ids: Sequence[str]) -> list[Fault]:
    """Return these faults in this order; without those whose entry has gone meanwhile."""
    split = [tuple(each.split(" ", 1)) for each in ids]
    due = [part.removeprefix(_DUE) for _, part in split if part.startswith(_DUE)]
    with ctx.reading() as session:
        wanted = select(Establishment).where(among(Establishment.id, {establishment for establishment, _ in split}))
        held = {row.id: row for row in session.scalars(wanted)}
        entries = {row.id: row for row in session.scalars(select(Entry).where(among(Entry.id, due)))} if due else {}
        titles = {key: word(each.title) for key, each in books(ctx).by_id.items()} if due else {}
        return [
            _fault(held[establishment], part, entries, titles) for establishment, part in split if establishment in held
        ]


def _fault(row: Establishment, part: str, entries: Mapping[str, Entry], titles: Mapping[str, str]) -> Fault:
    book = value = entry = ""
    field = _field(part)
    if part.startswith(_DUE):
        entry = part.removeprefix(_DUE)
        if held := entries.get(entry):
            book, value = held.register, day_text(held.next_due)
        heading, says = titles.get(book, book), tr("登记簿里的期限已过")
    else:
        heading = tr(FIELD_BY_KEY[field].heading) if field in FIELD_BY_KEY else field
        says = tr("几处写的不一样，待核") if part.startswith(_DISPUTE) else word(_by_key()[part].says)
        value = value_text(getattr(row, field, ""))
    return Fault(f"{row.id} {part}", row.id, row.name, row.town, _kind(part), field, heading, says, value, book, entry)


def _beside(ctx: Context, session: Session, today: date) -> list[_Beside]:
    """Return the faults that other tables know, of entries on the roll: as few as there are."""
    here = on_roll(ctx.office.division)
    columns = (Establishment.id, Establishment.town)
    disputed = select(*columns, ContestedField.field).join(
        ContestedField, ContestedField.establishment == Establishment.id
    )
    counted = [each.id for each in books(ctx).by_id.values() if each.dues and each.travels != "no"]
    overdue = select(*columns, Entry.id).join(Entry, goes_on(Entry.establishment) == Establishment.id)
    overdue = overdue.where(
        Entry.register.in_(counted),
        Entry.next_due < today,
        ~Entry.withdrawn,
        Establishment.status.not_in(CLOSED_STATES),
    )
    found = [_Beside(entry, town, f"{_DISPUTE}{field}") for entry, town, field in session.execute(disputed.where(here))]
    found += [_Beside(about, town, f"{_DUE}{entry}") for about, town, entry in session.execute(overdue.where(here))]
    return found


def _any(flags: Sequence[tuple[Rule, ColumnElement[bool]]], beside: Sequence[_Beside]) -> ColumnElement[bool]:
    return or_(*(flag for _, flag in flags), among(Establishment.id, {each.establishment for each in beside}))


def _flags(today: date) -> list[tuple[Rule, ColumnElement[bool]]]:
    """Return each rule with what it asks of a row."""
    rules = quality_rules()
    is_closed, is_institution = _closed(closed=True), Establishment.kind.in_(rules.institutions)
    found = []
    for rule in rules.rules:
        asked = [_clause(test, today) for test in rule.when]
        asked += [] if rule.closed else [~is_closed]
        asked += [] if rule.institutions else [~is_institution]
        found.append((rule, and_(*asked)))
    return found


def _clause(test: Test, today: date) -> ColumnElement[bool]:
    column: Any = getattr(Establishment, test.field)
    ((asked, value),) = test.asked
    clause = _TESTS[asked](column, value, today)
    return ~clause if test.is_not else clause


def _closed(*, closed: bool) -> ColumnElement[bool]:
    is_closed = Establishment.status.in_(sorted(CLOSED_STATES))
    return is_closed if closed else ~is_closed


def _empty(column: InstrumentedAttribute[Any], *, empty: bool) -> ColumnElement[bool]:
    is_empty = column == "" if isinstance(column.type, Text) else column.is_(None)
    return is_empty if empty else ~is_empty


_TESTS: Mapping[str, Callable[[Any, Any, date], ColumnElement[bool]]] = {
    "empty": lambda column, value, _today: _empty(column, empty=value),
    "equals": lambda column, value, _today: column == value,
    "among": lambda column, value, _today: column.in_(value),
    "has": lambda column, value, _today: func.instr(column, value) > 0,
    "least": lambda column, value, _today: column >= value,
    "over": lambda column, value, _today: column > getattr(Establishment, value),
    "before": lambda column, value, _today: column < getattr(Establishment, value),
    "older": lambda column, value, today: column < months_after(today, -value.months),
    "future": lambda column, _value, today: column > today,
    "closed": lambda _column, value, _today: _closed(closed=value),
}


def _one(*flags: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many of these hold of a row; what compares with nothing does not."""
    return sum((case((flag, 1), else_=0) for flag in flags), start=literal(0))


def _kind(part: str) -> FaultKind:
    if part.startswith(_DUE):
        return FaultKind.OVERDUE
    return FaultKind.DOUBTFUL if part.startswith(_DISPUTE) else _by_key()[part].kind


def _field(part: str) -> str:
    """Return the field in which a fault is put right; "" for one that stands in a book."""
    if part.startswith(_DUE):
        return ""
    return part.removeprefix(_DISPUTE) if part.startswith(_DISPUTE) else _by_key()[part].field


def _place_of_kind(part: str) -> int:
    return list(FaultKind).index(_kind(part))


def _place_of_field(part: str) -> int:
    field = _field(part)
    return FIELD_KEYS.index(field) if field in FIELD_KEYS else len(FIELD_KEYS)


@cache
def _by_key() -> Mapping[str, Rule]:
    return {rule.key: rule for rule in quality_rules().rules}
