"""Merging and splitting in every order of arrival: one state, and it is the one worked out anew."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ohdesk.db import accepting, rebuilding
from ohdesk.db.models import Establishment, Merged, OperationRow, Record
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.ids import uuid7
from tests import final_papers
from tests.conftest import NOON
from tests.unit.db.test_authority import LAPTOPS, A, B, Chain
from tests.unit.db.test_every_order import Laptop, record, shuffled  # noqa: F401 - a fixture

ENTRIES = [uuid7(NOON, A) for _ in range(3)] + [uuid7(NOON, B)]


def into(session):
    return {row.establishment: row.into for row in session.scalars(select(Merged)) if row.into}


def on_roll(session):
    return set(session.scalars(select(Establishment.id).where(~Establishment.withdrawn)))


def named(chain):
    return f"{chain.replica}:{chain.seq}"


def test_one_is_merged_into_the_other_and_split_again(ctx):
    a = Chain("a")
    one, other = ENTRIES[:2]
    bodies = [a.entry(one, name="厂", town=A), a.entry(other, name="厂", town=A)]
    bodies.append(a.entry(other, [named(a)], merged_into=one))
    with ctx.transaction() as session:
        accepting.accept_many(session, bodies)
        assert (into(session), on_roll(session)) == ({other: one}, {one})
        accepting.accept(session, a.entry(other, [named(a)], merged_into=""))
        assert (into(session), on_roll(session)) == ({}, {one, other})
        assert rebuilding.compare(session, ctx.folder).problems == ()


def test_what_is_merged_into_comes_later_and_everything_follows(ctx):
    a = Chain("a")
    one, other = ENTRIES[:2]
    first, second = a.entry(other, name="厂", town=A, merged_into=one), a.entry(one, name="厂", town=A)
    with ctx.transaction() as session:
        accepting.accept(session, first)
        assert on_roll(session) == {other}
        accepting.accept(session, second)
        assert (into(session), on_roll(session)) == ({other: one}, {one})


def test_a_town_merges_its_own_into_no_other_towns(ctx):
    a, b = Chain("a"), Chain("b")
    own, foreign = ENTRIES[0], ENTRIES[3]
    bodies = [b.entry(foreign, name="厂", town=B), a.entry(own, name="厂", town=A, merged_into=foreign)]
    with ctx.transaction() as session:
        accepting.accept_many(session, bodies)
        assert (into(session), on_roll(session)) == ({}, {own, foreign})


def test_what_is_no_entry_is_not_understood(ctx):
    a = Chain("a")
    bodies = [a.entry(ENTRIES[0], name="厂", merged_into=odd) for odd in ("石桥", None, 1, "../../x")]
    with ctx.transaction() as session:
        assert {each.value for each in accepting.accept_many(session, bodies)} == {"set aside"}


def acts(chance, record):  # noqa: F811
    """Entries set down, merged, split, taken off the roll, moved and visited by laptops that rarely saw each other."""
    laptops = {name: (Laptop if name in "ad" else Chain)(name) for name in LAPTOPS}
    bodies, seen = {name: [] for name in laptops}, {entry: [] for entry in ENTRIES}
    for _ in range(chance.randrange(4, 24)):
        name, entry = chance.choice("aadbc"), chance.choice(ENTRIES)
        laptop = laptops[name]
        if chance.random() < 0.1 and name in "ad":
            laptop.by = record["inspectors"][0]["person"]
            visit = uuid7(NOON, A)
            final = record | {"visit": visit, "body": record["body"] | {"id": entry}}
            said, blobs = final_papers.said(final, "0" * 64)
            bodies[name].append(laptop.write("visit.finalized@1", visit, said, (), blobs))
            continue
        fields = {"name": chance.choice("甲乙")}
        what = chance.random()
        if what < 0.6:
            fields = {"merged_into": chance.choice(["", *ENTRIES, *ENTRIES])}
        elif what < 0.7:
            fields = {"withdrawn": chance.choice([True, False])}
        elif what < 0.8:
            fields = {"town": chance.choice([A, B])}
        known = seen[entry]
        bodies[name].append(laptop.entry(entry, chance.sample(known, min(len(known), chance.randrange(4))), **fields))
        known.append(named(laptop))
    return bodies


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_every_order_of_arrival_gives_one_state_and_each_is_listed_once(ctx, record, seed):  # noqa: F811
    chance = random.Random(seed)  # noqa: S311 - a history that can be made again
    bodies, states = acts(chance, record), set()
    for number in range(4):
        with ctx.transaction() as session, session.begin_nested() as nested:
            order = shuffled(bodies, chance)
            if number % 2:
                accepting.accept_many(session, order)
            else:
                for body in order:
                    accepting.accept(session, body)
            aside = session.scalars(select(OperationRow.hash).where(OperationRow.set_aside != ""))
            states.add((state_digest(session), tuple(sorted(aside))))
            merged, listed = into(session), on_roll(session)
            assert not merged.keys() & listed
            assert set(merged.values()) <= listed
            for establishment, under in session.execute(select(Record.establishment, Record.listed_under)):
                assert under == merged.get(establishment, establishment)
            if number == 3:
                assert rebuilding.compare(session, ctx.folder).problems == ()
            nested.rollback()
    assert len(states) == 1


def inspected_on(session, entry):
    session.expire_all()
    day = session.get_one(Establishment, entry).inspected_on
    return day and day.isoformat()


def inspection(laptop, record, entry, day, answers=None):  # noqa: F811
    laptop.by = record["inspectors"][0]["person"]
    visit = uuid7(NOON, laptop.division)
    final = record | {"visit": visit, "body": record["body"] | {"id": entry}, "started_at": f"{day}T04:00:00Z"}
    if answers is not None:
        final |= {"answers": answers, "findings": []}
    said, blobs = final_papers.said(final, "0" * 64)
    return laptop.write("visit.finalized@1", visit, said, (), blobs)


def test_the_last_inspection_is_written_back_whichever_comes_first(ctx, record):  # noqa: F811
    a, b, d = Laptop("a"), Laptop("b"), Laptop("d")
    one, other = ENTRIES[:2]
    made = [a.entry(one, name="厂", town=A, inspected_on="2025-06-01"), a.entry(other, name="厂", town=A)]
    records = [
        inspection(d, record, one, "2026-03-02"),
        inspection(d, record, one, "2026-05-06", answers=[]),  # at a closed gate
        inspection(d, record, other, "2026-04-08"),
    ]
    foreign = [inspection(b, record, one, "2026-08-09")]
    found = set()
    for order in ([*made, *records, *foreign], [*records, *foreign, *made], [*foreign, made[0], *records, made[1]]):
        with ctx.transaction() as session, session.begin_nested() as nested:
            for body in order:
                accepting.accept(session, body)
            days = inspected_on(session, one), inspected_on(session, other)
            found.add((days, state_digest(session)))
            assert days == ("2026-03-02", "2026-04-08")
            a_also = Chain("a")
            a_also.seq, a_also.previous = a.seq, a.previous
            accepting.accept(session, a_also.entry(other, [f"{a.replica}:2"], merged_into=one))
            assert (inspected_on(session, one), inspected_on(session, other)) == ("2026-04-08", None)
            accepting.accept(session, a_also.entry(other, [named(a_also)], merged_into="", inspected_on="2026-09-01"))
            assert (inspected_on(session, one), inspected_on(session, other)) == ("2026-03-02", "2026-09-01")
            assert rebuilding.compare(session, ctx.folder).problems == ()
            nested.rollback()
    assert len(found) == 1
