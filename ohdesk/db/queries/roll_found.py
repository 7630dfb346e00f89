"""What a filtered or sorted roll holds, by the indexes of its fields where they stand: its first page, and all of it.

A large roll is not looked through for a page of it.  What few entries have is looked up and sorted; of what many have a
page is met soon in the order of the list.  What lies between, or has no index, takes a walk over the table, as
`roll.names` has it.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, TextClause, bindparam, column, func, select, text
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment
from ohdesk.db.queries import roll
from ohdesk.db.queries.roll import Which
from ohdesk.db.row_numbers import Names, number

FEW = 2_000  # rows; looked up and sorted in 25 ms of a roll of a million
ON_THE_WAY = 3_000  # rows looked at in the order of the list until a page is met
PIECE = 100  # of those, at a time: where most rows fit, one or two pieces are a page
_TABLE = Establishment.__tablename__
# True of every row, and said in the lists alone: so no other query is led to the table by an index of theirs. The
# employers of one town, fifty by their numbers, took 0.6 s of a million once somebody had sorted the list by town.
_OF_LISTS = text("withdrawn IS NOT 2")


class Clause(NamedTuple):
    """What is asked of a field.

    told: of each row that is looked at, with no index of it wanted
    found: as an index of the field answers it, None where none does · is_equal: it asks for one value
    """

    key: str
    told: ColumnElement[bool]
    found: ColumnElement[bool] | None = None
    is_equal: bool = False


class _Ways(NamedTuple):
    """What is asked: by what an index finds, and what is looked at in each row that it gives.

    walks: the rows come in the order of the list
    """

    found: tuple[ColumnElement[bool], ...]
    told: tuple[ColumnElement[bool], ...]
    walks: bool


def index_of(key: str) -> tuple[str, str]:
    """Return name and SQL of the index of a field: in the order of the list, telling by itself who is on it."""
    name = f"ix_{_TABLE}_by_{key}"
    columns = f'"{key}", search, id, withdrawn, town'
    return name, f"CREATE INDEX IF NOT EXISTS {name} ON {_TABLE} ({columns}) WHERE {_OF_LISTS}"


def all_names(
    session: Session,
    which: Which,
    order: str,
    *,
    falling: bool,
    numbered: bool,
    clauses: Sequence[Clause] = (),
    **asked: Any,
) -> Names:
    """Return what a list holds, as `roll.names` has it, by an index where that is quicker."""
    ways = _Ways((), tuple(each.told for each in clauses), walks=not clauses)
    indexed = _indexed(session) if numbered else set()
    if indexed and clauses and not which.search:
        ways = _rare(session, clauses, indexed) or _covered(clauses, order, indexed) or ways
    conditions: list[ColumnElement[bool] | TextClause] = [*ways.found, *ways.told, *_of_lists(ways, order, indexed)]
    return roll.names(
        session,
        which,
        order,
        falling=falling,
        numbered=numbered,
        conditions=conditions,
        walks=ways.walks,
        **asked,
    )


def first_names(
    session: Session, which: Which, order: str, limit: int, *, falling: bool, clauses: Sequence[Clause], **asked: Any
) -> Sequence[int] | None:
    """Return the names of the first page of a list, by the numbers of rows; None where only a walk over all tells.

    limit: rows of a page
    """
    if which.search or which.contested_only:
        return None
    indexed = _indexed(session)
    rare = _rare(session, clauses, indexed)
    if rare is not None:
        wanted = roll.numbers(which, order, falling=falling, walks=False).where(*rare.found, *rare.told, _OF_LISTS)
        return session.scalars(wanted.limit(limit), _values(asked)).all()
    ways = _in_order(clauses, order, indexed)
    if ways is None:
        return None
    wanted = roll.numbers(which, order, falling=falling, walks=True).where(
        *ways.found, *_of_lists(ways, order, indexed)
    )
    if not ways.told:
        return session.scalars(wanted.limit(limit), _values(asked)).all()
    return _met(session, session.scalars(wanted.limit(ON_THE_WAY), _values(asked)).all(), ways.told, limit)


def _met(
    session: Session, passed: Sequence[int], told: Sequence[ColumnElement[bool]], limit: int
) -> Sequence[int] | None:
    """Return the first of the rows passed of which all is told; None where more would have to be passed."""
    given = func.json_each(bindparam("piece")).table_valued(column("value", Integer))
    looked_at = select(given.c.value).join_from(given, Establishment, number(Establishment) == given.c.value)
    met: list[int] = []
    for start in range(0, len(passed), PIECE):
        piece = passed[start : start + PIECE]
        there = set(session.scalars(looked_at.where(*told), {"piece": json.dumps(piece)}))
        met += [each for each in piece if each in there]
        if len(met) >= limit:
            return met[:limit]
    return met if len(passed) < ON_THE_WAY else None


def _rare(session: Session, clauses: Sequence[Clause], indexed: set[str]) -> _Ways | None:
    """Return how those are found that hold a clause which few do; None where each is held by many."""
    for each in clauses:
        if each.found is not None and each.key in indexed:
            some = select(Establishment.id).where(each.found, _OF_LISTS).limit(FEW + 1).subquery()
            if (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW:
                return _Ways((each.found,), _others(clauses, each), walks=False)
    return None


def _covered(clauses: Sequence[Clause], order: str, indexed: set[str]) -> _Ways | None:
    """Return how those are found that one index tells of; None where other fields are asked, too."""
    keys = {each.key for each in clauses} | ({order} - {"", "name"})
    if len(keys) > 1 or not keys <= indexed:
        return None
    found = tuple(each.found for each in clauses if each.found is not None)
    is_in_order = order in keys or any(each.is_equal for each in clauses)
    return _Ways(found, (), walks=is_in_order) if len(found) == len(clauses) else None


def _in_order(clauses: Sequence[Clause], order: str, indexed: set[str]) -> _Ways | None:
    """Return how rows are passed in the order of the list, from an index alone; None without one of its field."""
    if order in {"", "name"}:
        own = next((each for each in clauses if each.is_equal and each.key in indexed), None)
    elif order in indexed:
        own = next((each for each in clauses if each.key == order and each.found is not None), None)
    else:
        return None
    if own is None or own.found is None:
        return _Ways((), tuple(each.told for each in clauses), walks=True)
    return _Ways((own.found,), _others(clauses, own), walks=True)


def _others(clauses: Sequence[Clause], own: Clause) -> tuple[ColumnElement[bool], ...]:
    return tuple(each.told for each in clauses if each is not own)


def _indexed(session: Session) -> set[str]:
    """Return the fields that have an index of their own."""
    prefix, _ = index_of("")
    wanted = text("SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE :like")
    return {name.removeprefix(prefix) for name in session.scalars(wanted, {"like": f"{prefix}%"})}


def _of_lists(ways: _Ways, order: str, indexed: set[str]) -> tuple[TextClause, ...]:
    """Return what lets a query see the indexes of the lists, where it is to go by one."""
    return (_OF_LISTS,) if ways.found or (ways.walks and order in indexed) else ()


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    return asked | {"tags": roll.tags_of(asked["division"])}
