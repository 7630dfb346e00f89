"""What an entry of a book shows follows from the writes held and from nothing else."""

from hashlib import sha256

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ohdesk.db.accepting import accept_many
from ohdesk.db.chain import NO_HASH
from ohdesk.db.models import ContestedEntryField, Entry, OperationRow
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical
from ohdesk.domain.ids import uuid7
from tests.conftest import NOON

TOWN, COUNTY, OTHER = "000000001", "000000", "000000002"
OFFICES = (TOWN, TOWN, COUNTY, OTHER)
ENTRIES = [uuid7(NOON, TOWN) for _ in range(2)]
VALUES = {
    "text": st.text("甲乙𠮷 a", max_size=4),
    "count": st.integers(0, 9),
    "day": st.sampled_from(["2026-03-02", "2026-03-03", None]),
    "done": st.booleans(),
    "state": st.sampled_from(["open", "answered"]),
    "establishment": st.sampled_from([uuid7(NOON, TOWN), ""]),
    "photos": st.lists(st.tuples(st.just("0" * 64), st.text("图一", max_size=2)), max_size=2),
    "withdrawn": st.booleans(),
}
FIELDS = st.fixed_dictionaries({}, optional=VALUES).filter(bool)
WRITE = st.tuples(
    st.integers(0, 3), st.sampled_from(ENTRIES), FIELDS, st.integers(0, 7), st.sampled_from(["a", "a", "b"])
)


def chains(writes):
    """The bodies of each replica; what each write had seen is chosen among what was written before it."""
    made = {place: [] for place in range(4)}
    names = []
    for place, record, fields, seen, register in writes:
        replica, chain = f"{place:016x}", made[place]
        base = sorted(name for number, (name, about) in enumerate(names) if about == record and seen >> number % 3 & 1)
        body = {
            "r": replica,
            "s": len(chain) + 1,
            "p": sha256(chain[-1]).hexdigest() if chain else NO_HASH,
            "t": "entry.written@1",
            "id": record,
            "base": base,
            "d": OFFICES[place],
            "at": "2026-03-02T04:00:00Z",
            "by": "某人",
            "v": {"register": register, "fields": fields, "reason": "", "source": "hand"},
            "blobs": [],
        }
        chain.append(canonical(body))
        names.append((f"{replica}:{len(chain)}", record))
    return [chain for chain in made.values() if chain]


def state_after(ctx, bodies_in_order):
    with ctx.transaction() as session, session.begin_nested() as nested:
        for bodies in bodies_in_order:
            accept_many(session, bodies)
        found = state_digest(session), session.execute(select(OperationRow.set_aside).order_by(OperationRow.hash)).all()
        nested.rollback()
    return found


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(WRITE, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_every_order_gives_the_same_entries(ctx, writes, chance):
    made = chains(writes)
    whole = state_after(ctx, made)
    one_by_one = [[[body] for body in chain] for chain in made]
    mixed = []
    while any(one_by_one):
        mixed.append(chance.choice([chain for chain in one_by_one if chain]).pop(0))
    assert state_after(ctx, mixed) == whole
    assert state_after(ctx, made[::-1]) == whole


def test_another_office_cannot_write_in_a_book_that_is_not_its_own(ctx):
    fields = {"text": "甲"}
    made = chains([(0, ENTRIES[0], fields, 0, "a"), (3, ENTRIES[0], {"text": "乙"}, 7, "a")])
    with ctx.transaction() as session:
        for bodies in made:
            accept_many(session, bodies)
        assert session.get(Entry, ENTRIES[0]).values == {"text": "甲"}
        aside = session.scalars(select(OperationRow.set_aside).where(OperationRow.set_aside != "")).all()
        session.rollback()
    assert len(aside) == 1


def test_two_who_had_not_seen_each_other_leave_a_field_in_dispute_and_the_county_settles_it(ctx):
    first, second = (0, ENTRIES[0], {"text": "甲", "count": 1}, 0, "a"), (1, ENTRIES[0], {"text": "乙"}, 0, "a")
    with ctx.transaction() as session:
        for bodies in chains([first, second]):
            accept_many(session, bodies)
        assert session.scalars(select(ContestedEntryField.field)).all() == ["text"]
        settled = chains([first, second, (2, ENTRIES[0], {"text": "丙"}, 7, "a")])[-1]
        accept_many(session, settled)
        assert session.scalars(select(ContestedEntryField.field)).all() == []
        assert session.get(Entry, ENTRIES[0]).values == {"text": "丙", "count": 1}
        session.rollback()


def test_an_entry_stays_in_the_book_of_its_first_write(ctx):
    with ctx.transaction() as session:
        for bodies in chains([(0, ENTRIES[0], {"text": "甲"}, 0, "a"), (0, ENTRIES[0], {"text": "乙"}, 7, "b")]):
            accept_many(session, bodies)
        assert session.get(Entry, ENTRIES[0]).values == {"text": "甲"}
        session.rollback()
