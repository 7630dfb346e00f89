"""The shared tables made anew from the journal, in a database of their own, and compared with those that are held."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, insert, literal_column, select
from sqlalchemy.orm import Session

from ohdesk.db import accepting
from ohdesk.db.apply.applied import Applied
from ohdesk.db.chain import ForkError, GapError
from ohdesk.db.engine import open_engine, writing
from ohdesk.db.models import OperationRow, OwnOffice
from ohdesk.db.models.base import Base, Shared
from ohdesk.db.queries.digest import LOCAL_COLUMNS
from ohdesk.domain.canonical import NotCanonicalError
from ohdesk.domain.progress import Progress, unwatched

_AT_ONCE = 1000  # operations between two reports, which is where it can be cancelled
_OWN_OFFICE = tuple(OwnOffice.__table__.columns)
_NAMED = 3  # rows of a table that are named
# In the order in which they were taken in: each stands behind all that it needs.
_AS_TAKEN_IN: ColumnElement[int] = literal_column("rowid")


@dataclass(frozen=True, slots=True)
class Compared:
    """How many operations were applied anew, and the rows (table and key) that differ from those held."""

    operations: int
    problems: tuple[str, ...]


def compare(session: Session, folder: Path, report: Progress = unwatched) -> Compared:
    """Apply the whole journal to empty tables and compare them with those of an open session.

    The tables stand in a file in `folder` for as long as it takes, under a key that nobody keeps.  `report` is told
    operations; what it raises ends the work, and nothing of it is left.
    """
    total = session.scalar(select(func.count()).select_from(OperationRow)) or 0
    with _empty_tables(folder) as rebuilt:
        # What this workspace issued again itself needs nobody's word for whom it goes on for.
        rebuilt.execute(insert(OwnOffice), [dict(row) for row in session.execute(select(*_OWN_OFFICE)).mappings()])
        problems = _apply_all(session, rebuilt, total, report)
        return Compared(total, (*problems, *_differences(session, rebuilt)))


@contextmanager
def _empty_tables(folder: Path) -> Iterator[Session]:
    place = folder / "rebuilt.part"
    _take_away(place)  # of a check that died
    engine = open_engine(place, secrets.token_bytes(32))
    try:
        Base.metadata.create_all(engine)
        with writing(engine) as session:
            yield session
            session.rollback()
    finally:
        engine.dispose()
        _take_away(place)


def _take_away(place: Path) -> None:
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            place.with_name(place.name + end).unlink(missing_ok=True)


def _apply_all(session: Session, rebuilt: Session, total: int, report: Progress) -> list[str]:
    """Take all operations in as those of others are, each set aside where it is; return where that fails."""
    columns = (OperationRow.replica, OperationRow.seq, OperationRow.set_aside, OperationRow.body)
    rows = session.execute(select(*columns).order_by(_AS_TAKEN_IN).execution_options(yield_per=_AT_ONCE))
    problems: list[str] = []
    done = 0
    for replica, run in groupby(rows, lambda row: row.replica):
        while many := list(islice(run, _AT_ONCE)):
            report(done, total)
            problems += _take_in(rebuilt, replica, many)
            done += len(many)
            rebuilt.expunge_all()
    # Some came before the county's word by which they count.
    accepting.try_again(rebuilt, lambda: partial(_set_aside, session))
    report(total, total)
    return problems


def _take_in(rebuilt: Session, replica: str, many: Sequence[Row[str, int, str, bytes]]) -> Iterator[str]:
    aside: dict[str, str] = {f"{row.replica}:{row.seq}": row.set_aside for row in many}

    def as_held(applied: Applied) -> str:
        return aside.get(applied.name, "")

    try:
        accepting.accept_many(rebuilt, [row.body for row in many], lambda: as_held)
    except (ForkError, GapError, NotCanonicalError) as error:
        yield f"{OperationRow.__tablename__}: {replica} {error}"


def _set_aside(session: Session, applied: Applied) -> str:
    return session.get_one(OperationRow, (applied.replica, applied.seq)).set_aside


def _differences(session: Session, rebuilt: Session) -> Iterator[str]:
    for name in sorted(model.__tablename__ for model in Shared.__subclasses__()):
        table = Base.metadata.tables[name]
        keys = islice(_differing(table, _rows(session, table), _rows(rebuilt, table)), _NAMED)
        yield from (f"{name}: {key}" for key in keys)


def _rows(session: Session, table: Table) -> Iterable[tuple[Any, ...]]:
    # What an operation says is compared by its hash; why it is set aside belongs to the journal of this machine.
    local = LOCAL_COLUMNS - {"set_aside"} | {"body"} if table.name == OperationRow.__tablename__ else LOCAL_COLUMNS
    key = list(table.primary_key.columns)
    columns = [*key, *(column for column in table.columns if column not in key and column.name not in local)]
    rows = session.execute(select(*columns).order_by(*key).execution_options(yield_per=_AT_ONCE))
    return map(tuple, rows)


def _differing(table: Table, held: Iterable[tuple[Any, ...]], rebuilt: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Yield the keys of rows that are not the same on both sides, in order."""
    length = len(table.primary_key.columns)
    left, right = iter(held), iter(rebuilt)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(left, None), next(right, None)
            continue
        keys = [row[:length] for row in (one, other) if row is not None]
        first = min(keys)
        yield ":".join(map(str, first))
        if one is not None and one[:length] == first:
            one = next(left, None)
        if other is not None and other[:length] == first:
            other = next(right, None)
