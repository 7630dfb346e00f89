"""New entries of a list, written past the usual way: to the same end."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ohdesk.db import chain, journal
from ohdesk.db.models import Base, ContestedField, Establishment, EstablishmentHead, OperationRow, Proposal, ReplicaHead
from ohdesk.db.new_entries import NewEntries, indexed_afterwards
from ohdesk.domain.canonical import NotCanonicalError
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELD_KEYS, value_text
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.errors import JobCancelledError, ProblemsError
from ohdesk.services.context import Context
from ohdesk.services.roll.values import values_of

Texts = Mapping[str, str]

TABLES = (OperationRow, Establishment, EstablishmentHead, ContestedField, Proposal, ReplicaHead)


def of_kind(key: str) -> st.SearchStrategy[str]:
    return {
        "count": st.integers(0, 9999).map(str) | st.just(""),
        "day": st.dates(date(1981, 1, 1), date(2099, 12, 31)).map(str) | st.just(""),
        "flag": st.sampled_from(["是", "否", ""]),
        "text": st.text(st.sampled_from('青沐竹器厂 　\n"\\/ａAé😀\u200b\x7f\x01'), max_size=9),
    }[FIELD_BY_KEY[key].kind]


FIELDS = st.fixed_dictionaries({"name": of_kind("name")}, optional={key: of_kind(key) for key in FIELD_KEYS[1:]}).map(
    lambda fields: {key: text for key, text in fields.items() if key != "town"}
)
Said = tuple[Texts, Pairs]
ODD = st.text(st.sampled_from('青沐竹器厂 "\\/ａé\u200b'), min_size=1, max_size=5)
KEPT = st.dictionaries(ODD, ODD, max_size=2).map(lambda kept: tuple(kept.items()))


def written(ctx: Context, write: Callable[[Session], None]) -> dict[str, list[tuple[Any, ...]]] | type[Exception]:
    """All rows after a writing that is taken back, or what it raised."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    try:
        with ctx.transaction() as session:
            write(session)
            session.flush()
            for model in TABLES:
                table = Base.metadata.tables[model.__tablename__]
                found[table.name] = sorted(map(tuple, session.execute(select(*table.columns))), key=str)
            session.rollback()
    except (ProblemsError, NotCanonicalError) as error:
        return type(error)
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lists=st.lists(st.lists(st.tuples(FIELDS, KEPT), min_size=1, max_size=3), min_size=1, max_size=2))
def test_new_entries_are_written_as_the_journal_writes_them(ctx: Context, lists: list[list[Said]]) -> None:
    stamp, batch = ctx.stamp(), ctx.new_id()
    named = [[(ctx.new_id(), *said) for said in each] for each in lists]

    def past(session: Session) -> None:
        writer = NewEntries(session, stamp, "import", '名"单.xlsx', batch)
        for each in named:
            writer.write(each)

    def through(session: Session) -> None:
        for each in named:
            operations = [
                EstablishmentWritten(
                    record=entry,
                    fields=values_of(texts) | ({"kept": kept} if kept else {}),
                    reason='名"单.xlsx',
                    source="import",
                )
                for entry, texts, kept in each
            ]
            journal.record_many(session, operations, stamp, batch)

    assert written(ctx, past) == written(ctx, through)


def test_what_is_too_long_or_of_another_town_is_not_written(ctx: Context) -> None:
    with pytest.raises(ProblemsError), ctx.transaction() as session:
        NewEntries(session, ctx.stamp(), "import", "a", "b").write([(ctx.new_id(), {"name": "青" * 5000}, ())])
    with pytest.raises(ValueError, match="000000001"), ctx.transaction() as session:
        NewEntries(session, ctx.stamp(), "import", "a", "b").write([(ctx.new_id(), {"town": "000000002"}, ())])
    with ctx.reading() as session:
        assert session.scalars(select(Establishment)).all() == []


def indexes(ctx: Context) -> set[str]:
    with ctx.reading() as session:
        return {str(index["name"]) for index in inspect(session.connection()).get_indexes("establishment")}


def test_the_indexes_are_there_after_many_entries_and_after_an_end_between(ctx: Context) -> None:
    before = indexes(ctx)
    entries = [(ctx.new_id(), {"name": f"青沐{number}竹器厂"}, ()) for number in range(10)]

    def write(end: type[Exception] | None = None) -> None:
        with ctx.transaction() as session, indexed_afterwards(session, 5000):
            NewEntries(session, ctx.stamp(), "import", "a", "b").write(entries)
            if end:
                raise end

    with pytest.raises(JobCancelledError):
        write(JobCancelledError)
    assert indexes(ctx) == before
    write()
    assert indexes(ctx) == before
    with ctx.reading() as session:
        names = session.scalars(select(Establishment.name).order_by(Establishment.search))
        assert len(list(names)) == 10
        assert chain.chain_problems(session) == []
        assert value_text(session.get_one(Establishment, entries[0][0]).name) == "青沐0竹器厂"
