"""Lists of the roll: which entries, in which order, and the rows of a page."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Engine,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import ContestedField, Establishment, EstablishmentHead
from ohdesk.db.prepared import Prepared, cursor_of, fetched, fetched_plainly
from ohdesk.db.row_numbers import Names, is_numbered, kept, name, number
from ohdesk.domain.merge import is_county

SEARCHING_MIB = 8  # the index of 50,000 names: decrypted once, not at every key (20,000: 2 ms instead of 10)
SORTING_MIB = 16  # pages kept while the roll is sorted by a field that has no index
# What a line of the roll shows.
LINE = (
    "id",
    "name",
    "uscc",
    "local_id",
    "town",
    "industry_code",
    "industry",
    "exposed_workers",
    "risk_class",
    "risk_scheme",
    "inspected_on",
    "status",
    "contested",
)


class Which(NamedTuple):
    """Which conditions a list has; what is compared with are values."""

    is_county: bool
    search: bool = False
    risk_class: bool = False
    contested_only: bool = False


def on_roll(division: str) -> ColumnElement[bool]:
    """True for the entries on the roll of this office: at a county all, at a town those it wrote or that are its own.

    The county's operations are one chain, so a town also holds what the county wrote for other towns.
    """
    if is_county(division):
        return Establishment.withdrawn.is_(False)
    return Establishment.withdrawn.is_(False) & _own_or_nobodys(division)


def first_lines(engine: Engine, which: Which, limit: int, **asked: Any) -> list[tuple[Any, ...]]:
    """Return what the first lines of a list show, by the pinyin of the name; all with limit -1.

    asked: division, search (folded) and risk_class, as `which` has them
    """
    return fetched(engine, _first(which), SEARCHING_MIB if which.search else 0, limit=limit, **asked)


def lines_of(engine: Engine, names: Names) -> list[tuple[Any, ...]]:
    """Return what these lines show, in this order; one that was taken off the roll meanwhile is left out."""
    if is_numbered(engine):
        return fetched(engine, numbered_lines(), names=json.dumps(list(names)))
    return lines_by_id(engine, names)


def lines_by_id(engine: Engine, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Do as `lines_of` in any database."""
    wanted = select(*_line()).where(Establishment.id.in_(ids), Establishment.withdrawn.is_(False))
    found = {line[0]: line for line in fetched_plainly(engine, wanted)}
    return [found[each] for each in ids if each in found]


def names(session: Session, which: Which, order: str, *, falling: bool, numbered: bool, **asked: Any) -> Names:
    """Return all that a list holds, by its name in the order of a field, "" for the pinyin of the name."""
    statement = _sorted(which, order, falling=falling, numbered=numbered)
    if not numbered:
        return kept(session.scalars(statement, asked), numbered=False)
    with roomy(session, SORTING_MIB):
        return kept(chain.from_iterable(Prepared(statement)(cursor_of(session), **asked)), numbered=True)


def name_of(session: Session, establishment: str, *, numbered: bool) -> Any:
    """Return by what lists name an entry; None when there is none."""
    wanted = select(name(Establishment, Establishment.id, numbered=numbered)).where(Establishment.id == establishment)
    return session.scalar(wanted)


def prepare() -> None:
    """Compile what shows a page of the roll, before somebody waits for it."""
    for whole_roll in (False, True):
        _first(Which(whole_roll))
    numbered_lines()


@cache
def _first(which: Which) -> Prepared:
    statement = select(*_line()).where(*_conditions(which)).order_by(Establishment.search, Establishment.id)
    return Prepared(statement.limit(bindparam("limit")))


@cache
def numbered_lines() -> Prepared:
    """Return what asks for the rows of a page by their numbers."""
    # One parameter, however many: their number is then no part of the prepared text. `key` is the place among them.
    given = func.json_each(bindparam("names")).table_valued(column("key", Integer), column("value", Integer))
    there = select(*_line()).join_from(given, Establishment, number(Establishment) == given.c.value)
    return Prepared(there.where(Establishment.withdrawn.is_(False)).order_by(given.c.key))


def _sorted(which: Which, order: str, *, falling: bool, numbered: bool) -> Select[Any]:
    # Names are sorted by their pinyin, with which the text that is searched begins.
    by_name = order in {"", "name"}
    by: ColumnElement[Any] = Establishment.search.expression if by_name else Establishment.__table__.c[order]
    # Named twice, the text that is searched would be sorted by once more.
    in_order = (by.desc() if falling else by, *(() if by_name else (Establishment.search,)), Establishment.id)
    wanted = select(name(Establishment, Establishment.id, numbered=numbered))
    return wanted.where(*_conditions(which, is_scan=not by_name)).order_by(*in_order)


def _line() -> Iterator[ColumnElement[Any]]:
    for key in LINE:
        if key == "contested":
            yield case((_contested(), literal_column("1")), else_=literal_column("0"))
        elif key == "inspected_on":
            yield func.coalesce(cast(Establishment.inspected_on, Text), literal_column("''"))
        else:
            yield getattr(Establishment, key)


def _contested() -> ColumnElement[bool]:
    return exists().where(ContestedField.establishment == Establishment.id)


def _conditions(which: Which, *, is_scan: bool = False) -> list[ColumnElement[bool]]:
    withdrawn: ColumnElement[Any] = Establishment.withdrawn.expression
    if is_scan:
        # As a value, not the column: for the sake of a condition on it SQLite would walk the index of names, and take
        # each row of the table for itself (29 s instead of 4 for a million).
        withdrawn = func.coalesce(withdrawn, false(), type_=Boolean)
    conditions: list[ColumnElement[bool]] = [withdrawn.is_(False)]
    if not which.is_county:
        conditions.append(_own_or_nobodys(bindparam("division")))
    if which.search:
        # Not LIKE, in which "%" and "_" typed by a person would mean something.
        conditions.append(func.instr(Establishment.search, bindparam("search")) > 0)
    if which.risk_class:
        conditions.append(Establishment.risk_class == bindparam("risk_class"))
    if which.contested_only:
        # Few are; asked one by one whether it is, a roll of a million would take seconds.
        conditions.append(Establishment.id.in_(select(ContestedField.establishment)))
    return conditions


def _own_or_nobodys(division: str | BindParameter[str]) -> ColumnElement[bool]:
    town = Establishment.town
    # Only a whole town code says that an entry is another town's; an empty or odd one must not hide it.
    elsewhere = (func.length(town) == func.length(division)) & (town != division)
    written_here = exists().where(
        EstablishmentHead.establishment == Establishment.id, EstablishmentHead.division == division
    )
    return ~elsewhere | written_here
