"""Lists of the roll: which entries, in which order, and the rows of a page."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Engine,
    Integer,
    Select,
    Text,
    TextClause,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.engine import reading, roomy
from ohdesk.db.models import ContestedField, Establishment, EstablishmentHead, Merged
from ohdesk.db.prepared import Cursor, Prepared, cursor_of, fetched, fetched_plainly
from ohdesk.db.row_numbers import Names, is_numbered, name, names_of, number
from ohdesk.db.search_index import ROLL, pieces_sought
from ohdesk.domain.ids import TAG_LENGTH, tag
from ohdesk.domain.merge import county_of, is_county

SCROLLING_MIB = 8  # neighbours in a list stand on different pages: 50 of 20,000 take 0.25 ms then, else 0.7
SEARCHING_MIB = 16  # the index of 50,000 texts: decrypted once, not at every key (20,000: 5 ms instead of 12)
_WALK_PAYS = 20  # times as long as a step of a walk over all names takes a look at one that the index found
_AT_ONCE = 500  # rows fetched together
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
    contested_only: bool = False


def on_roll(division: str) -> ColumnElement[bool]:
    """True for the entries on the roll of this office: at a county all, at a town those it wrote or that are its own.

    The county's operations are one chain, so a town also holds what the county wrote for other towns.
    """
    if is_county(division):
        return Establishment.withdrawn.is_(False)
    return Establishment.withdrawn.is_(False) & _own_or_nobodys(division, tags_of(division))


def tags_of(division: str) -> str:
    """Return how the ids end of what this office makes, or its county."""
    return f"{tag(division)} {tag(county_of(division))}"


def goes_on(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the entry that a column names, or the one that goes on for it where it was merged."""
    into = select(Merged.into).where(Merged.establishment == column, Merged.into != "").scalar_subquery()
    return func.coalesce(into, column)


def together(column: InstrumentedAttribute[str], establishment: str) -> ColumnElement[bool]:
    """True where a column names an entry, or one that was merged into it."""
    return or_(column == establishment, column.in_(select(Merged.establishment).where(Merged.into == establishment)))


def few_by_name() -> tuple[ColumnElement[Any], ...]:
    """Return by what a few entries are ordered, by the pinyin of their names, and sorted once they are found."""
    # As a value: for the sake of the order SQLite would walk the index of names and look at every entry of the roll.
    return func.coalesce(Establishment.search, null()), Establishment.id.expression


def first_lines(engine: Engine, which: Which, limit: int, **asked: Any) -> list[tuple[Any, ...]]:
    """Return what the first lines of a list show, by the pinyin of the name; all with limit -1.

    asked: division and search (folded), as `which` has them
    """
    asked["tags"] = tags_of(asked["division"])
    if not which.search or not is_numbered(engine):
        return fetched(engine, _first(which), limit=limit, **asked)
    with reading(engine) as session:  # not what is kept for pages: a screen would wait for it
        cursor = cursor_of(session)
        if limit >= 0 and not which.contested_only and ROLL.is_ready(cursor):
            return _found(cursor, which, limit, asked)
        cursor.execute(f"PRAGMA cache_size=-{1024 * SEARCHING_MIB}")
        return _first(which)(cursor, limit=limit, **asked).fetchall()  # type: ignore[no-any-return]


def _found(cursor: Cursor, which: Which, limit: int, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the first lines of what the index finds: what stood there when it was made, and what was written since."""
    asked |= {"limit": limit, "pieces": pieces_sought(asked["search"])}
    both = [_indexed(which)(cursor, **asked).fetchall(), _written_since(which)(cursor, **asked).fetchall()]
    in_order = islice(merge(*both, key=itemgetter(-1, 0)), limit)  # by the text that is searched, then by the id
    return [line[:-1] for line in in_order]


def lines_of(engine: Engine, names: Names) -> list[tuple[Any, ...]]:
    """Return what these lines show, in this order; one that was taken off the roll meanwhile is left out."""
    if is_numbered(engine):
        return fetched(engine, numbered_lines(), SCROLLING_MIB, names=json.dumps(list(names)))
    return lines_by_id(engine, names)


def lines_by_id(engine: Engine, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Do as `lines_of` in any database."""
    wanted = select(*_line()).where(Establishment.id.in_(ids), Establishment.withdrawn.is_(False))
    found = {line[0]: line for line in fetched_plainly(engine, wanted)}
    return [found[each] for each in ids if each in found]


def names(
    session: Session,
    which: Which,
    order: str,
    *,
    falling: bool,
    numbered: bool,
    conditions: Sequence[ColumnElement[bool] | TextClause] = (),
    walks: bool = True,
    **asked: Any,
) -> Names:
    """Return all that a list holds, by its name in the order of a field, "" for the pinyin of the name.

    conditions: what is asked of the fields besides · walks: as `_sorted` has it
    """
    wanted = select(name(Establishment, Establishment.id, numbered=numbered))
    statement = _sorted(wanted, which, order, falling=falling, walks=walks).where(*conditions)
    asked["tags"] = tags_of(asked["division"])
    if not numbered:
        return names_of(session, statement, asked, numbered=False)
    cursor = cursor_of(session)
    if which.search and not which.contested_only and ROLL.is_ready(cursor):
        asked["pieces"] = pieces_sought(asked["search"])
        if ROLL.are_few(cursor, asked["pieces"], _WALK_PAYS):
            statement = statement.where(number(Establishment).in_(ROLL.rows()))
    with roomy(session, SORTING_MIB):
        return names_of(session, statement, asked, numbered=True)


def numbers(which: Which, order: str, *, falling: bool, walks: bool) -> Select[int]:
    """Select the numbers of the rows that a list holds, in its order; walks: as `_sorted` has it."""
    return _sorted(select(number(Establishment)), which, order, falling=falling, walks=walks)


def values(
    session: Session,
    which: Which,
    order: str,
    keys: Sequence[str],
    *,
    falling: bool,
    conditions: Sequence[ColumnElement[bool]] = (),
    **asked: Any,
) -> Iterator[Sequence[Any]]:
    """Yield the fields of these keys of all that a list holds, in its order; conditions: as `names` has them."""
    wanted = select(*(getattr(Establishment, key) for key in keys))
    statement = _sorted(wanted, which, order, falling=falling, walks=False).where(*conditions)
    asked["tags"] = tags_of(asked["division"])
    # Row by row: a roll of a million would not fit in memory.
    return iter(session.execute(statement.execution_options(yield_per=_AT_ONCE), asked))


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
def _indexed(which: Which) -> Prepared:
    grams, places = ROLL.grams, ROLL.places
    here = places.join(grams, places.c.place == grams.c.rowid)
    lines = select(*_line(), Establishment.search).select_from(here)
    lines = lines.join(Establishment, number(Establishment) == places.c.row)
    told = (ROLL.has(bindparam("pieces")), places.c.row.not_in(select(ROLL.changed.c.row)))
    return Prepared(lines.where(*told, *_conditions(which)).order_by(grams.c.rowid).limit(bindparam("limit")))


@cache
def _written_since(which: Which) -> Prepared:
    since = ROLL.changed
    lines = select(*_line(), Establishment.search).join_from(
        since, Establishment, number(Establishment) == since.c.row
    )  # fmt: skip
    told = func.instr(since.c.text, bindparam("search")) > 0
    in_order = (since.c.text, since.c.id)  # so that of a common word only the first are looked up
    told_of = _conditions(which, is_scan=True)
    return Prepared(lines.where(told, *told_of).order_by(*in_order).limit(bindparam("limit")))


@cache
def numbered_lines() -> Prepared:
    """Return what asks for the rows of a page by their numbers."""
    # One parameter, however many: their number is then no part of the prepared text. `key` is the place among them.
    given = func.json_each(bindparam("names")).table_valued(column("key", Integer), column("value", Integer))
    there = select(*_line()).join_from(given, Establishment, number(Establishment) == given.c.value)
    return Prepared(there.where(Establishment.withdrawn.is_(False)).order_by(given.c.key))


def _sorted(wanted: Select[Any], which: Which, order: str, *, falling: bool, walks: bool = True) -> Select[Any]:
    """Select what is wanted in the order of a field, "" for the name.

    walks: in the order of an index of that field, where there is one; else each entry is looked at, and in the order of
    the table
    """
    # Names are sorted by their pinyin, with which the text that is searched begins.
    by_name = order in {"", "name"}
    by: ColumnElement[Any] = Establishment.search.expression if by_name else Establishment.__table__.c[order]
    if not walks:
        by = func.coalesce(by, null())  # as a value, that no index of it is walked for it either
    # Named twice, the text that is searched would be sorted by once more.
    in_order = (by, *(() if by_name else (Establishment.search,)), Establishment.id)
    if falling:  # all the same way round, so that one index serves either
        in_order = tuple(each.desc() for each in in_order)
    return wanted.where(*_conditions(which, is_scan=not (by_name and walks))).order_by(*in_order)


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
        conditions.append(_own_or_nobodys(bindparam("division"), bindparam("tags")))
    if which.search:
        # Not LIKE, in which "%" and "_" typed by a person would mean something.
        conditions.append(func.instr(Establishment.search, bindparam("search")) > 0)
    if which.contested_only:
        # Few are; asked one by one whether it is, a roll of a million would take seconds.
        conditions.append(Establishment.id.in_(select(ContestedField.establishment)))
    return conditions


def _own_or_nobodys(division: str | BindParameter[str], tags: str | BindParameter[str]) -> ColumnElement[bool]:
    town = Establishment.town
    # Only a whole town code says that an entry is another town's; an empty or odd one must not hide it. Of an entry
    # that another town set down only what the county wrote may be held, and that need not be its town.
    anothers = func.instr(tags, func.substr(Establishment.id, -TAG_LENGTH)) == 0
    elsewhere = (town != division) & ((func.length(town) == func.length(division)) | anothers)
    written_here = exists().where(
        EstablishmentHead.establishment == Establishment.id, EstablishmentHead.division == division
    )
    return ~elsewhere | written_here
