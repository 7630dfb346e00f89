"""The tables follow from who may write what, in every order: honest offices and such as lie, side by side."""

import random
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ohdesk.db import accepting, chain, journal
from ohdesk.db.accepting import Accepted
from ohdesk.db.apply.applied import KINDS, RefusedError
from ohdesk.db.journal import Stamp
from ohdesk.db.models import Draw, Establishment, OperationRow, Person, Proposal
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical, parse
from ohdesk.domain.ids import uuid7
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten, ProposalSettled
from tests.conftest import NOON

A, B, COUNTY = "000000001", "000000002", "000000"
OF_A, OF_B, OF_COUNTY = (uuid7(NOON, division) for division in (A, B, COUNTY))
PERSON, PERSON_OF_B = uuid7(NOON, A), uuid7(NOON, B)
LAPTOPS = {"a": A, "d": A, "e": A, "b": B, "c": COUNTY}


class Chain:
    """A laptop that writes whatever it is told, linked as it must be."""

    def __init__(self, name):
        self.replica, self.division = name * 16, LAPTOPS[name]
        self.seq, self.previous = 0, chain.NO_HASH

    def write(self, kind, record, values, base=()):
        self.seq += 1
        body = canonical(
            {
                "r": self.replica, "s": self.seq, "p": self.previous, "t": kind, "id": record, "base": list(base),
                "d": self.division, "at": "2026-03-02T04:00:00Z", "by": "x", "v": values, "blobs": [],
            }
        )  # fmt: skip
        self.previous = sha256(body).hexdigest()
        return body

    def entry(self, record, base=(), **fields):
        return self.write("establishment.written@1", record, {"fields": fields, "reason": "", "source": "hand"}, base)


def taken_in(session, bodies):
    return [accepting.accept(session, body).value for body in bodies]


def names_of(session, *records):
    session.expire_all()
    return [session.get_one(Establishment, record).name for record in records]


def test_a_foreign_entry_keeps_its_value_and_the_write_is_a_proposal(ctx):
    b, a = Chain("b"), Chain("a")
    with ctx.transaction() as session:
        taken_in(session, [b.entry(OF_B, name="青原县金麓陶瓷厂", town=B)])
        bodies = [a.entry(OF_B, ["b" * 16 + ":1"], name="冒名厂", status="注销"), a.entry(OF_B, name="又一名")]
        assert taken_in(session, bodies) == ["applied", "applied"]
        assert names_of(session, OF_B) == ["青原县金麓陶瓷厂"]
        assert [
            (each.seq, each.division, each.state) for each in session.scalars(select(Proposal).order_by(Proposal.seq))
        ] == [
            (1, A, "open"),
            (2, A, "open"),
        ]


def test_the_countys_word_ends_a_proposal_also_when_it_comes_first(ctx):
    c, a = Chain("c"), Chain("a")
    made = c.entry(OF_COUNTY, name="厂", town=B)
    proposed = a.entry(OF_COUNTY, ["c" * 16 + ":1"], name="改")
    said = {"proposal": "a" * 16 + ":1", "accepted": False, "reason": "已电话核实"}
    settled = c.write("proposal.settled@1", OF_COUNTY, said)
    with ctx.transaction() as session:
        assert taken_in(session, [made, settled, proposed]) == ["applied"] * 3
        (row,) = session.scalars(select(Proposal))
        assert (row.state, row.reason) == ("declined", "已电话核实")


def test_a_town_settles_no_proposal(ctx):
    c, a = Chain("c"), Chain("a")
    said = {"proposal": "a" * 16 + ":1", "accepted": True, "reason": ""}
    with ctx.transaction() as session:
        taken_in(session, [c.entry(OF_COUNTY, name="厂", town=B), a.entry(OF_COUNTY, ["c" * 16 + ":1"], name="改")])
        assert taken_in(session, [a.write("proposal.settled@1", OF_COUNTY, said)]) == ["set aside"]
        # Worked out once more, as everything held of an entry is when something has come.
        taken_in(session, [a.entry(OF_COUNTY, ["c" * 16 + ":1"], name="又改")])
        assert {row.state for row in session.scalars(select(Proposal))} == {"open"}


def test_a_write_that_waits_is_applied_once_what_it_follows_on_has_come(ctx):
    a, d = Chain("a"), Chain("d")
    first, second = a.entry(OF_A, name="厂"), d.entry(OF_A, ["a" * 16 + ":1"], phone="1")
    with ctx.transaction() as session:
        assert taken_in(session, [second]) == ["set aside"]
        assert session.get(Establishment, OF_A) is None
        assert taken_in(session, [first]) == ["applied"]
        assert session.get_one(Establishment, OF_A).phone == "1"
        assert session.scalars(select(OperationRow).where(OperationRow.set_aside != "")).all() == []


def test_nobody_slips_a_later_write_into_what_the_county_had_seen(ctx):
    a = Chain("a")
    with ctx.transaction() as session:
        assert taken_in(session, [a.entry(OF_A, ["a" * 16 + ":2"], name="厂")]) == ["set aside"]


@pytest.mark.parametrize("mixed", [False, True])
def test_a_laptop_that_leaves_out_what_it_wrote_itself_keeps_nobody_from_correcting_it(ctx, mixed):
    """Else each write is one more that the next writer has to name, and an operation names a thousand at most."""
    a, stamp = Chain("a"), Stamp(replica="d" * 16, division=A, by="x", at=NOON)
    base = ["a" * 16 + ":1"]
    fields = {"name": "周沄", "role": "inspector"}
    bodies = [a.entry(OF_A, name="厂", town=A), a.write("person.written@1", PERSON, {"fields": fields})]
    for number in range(1100):
        bodies.append(a.entry(OF_A, base, **({"phone": "1"} if mixed and number % 2 else {"name": f"厂{number}"})))
        bodies.append(a.write("person.written@1", PERSON, {"fields": fields}))
    with ctx.transaction() as session:
        accepting.accept_many(session, bodies)
        for operation in (
            EstablishmentWritten(record=OF_A, fields={"name": "更正"}),
            PersonWritten(record=PERSON, fields={"name": "更正"}),
        ):
            journal.record(session, operation, stamp)
            (body,) = session.scalars(
                select(OperationRow.body).where(OperationRow.replica == "d" * 16, OperationRow.kind == operation.kind)
            )
            assert len(parse(body)["base"]) <= 3
        assert names_of(session, OF_A) == ["更正"]
        assert session.get_one(Person, PERSON).name == "更正"


@pytest.mark.parametrize(
    "record",
    [OF_B, OF_COUNTY, "019cacb3-f200-7869-bae0-041923b82a72"],
    ids=["another town", "the county", "an office unknown"],  # made anew by each process, which must agree on names
)
def test_nobody_sets_down_a_person_with_another_offices_id(ctx, record):
    with ctx.transaction() as session:
        body = Chain("a").write("person.written@1", record, {"fields": {"name": "冒名", "role": "inspector"}})
        assert taken_in(session, [body]) == ["set aside"]
        assert session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(
    "operation",
    [
        PersonWritten(record=OF_B, fields={"name": "冒名", "role": "assistant"}),
        ProposalSettled(record=OF_A, proposal="b" * 16 + ":1", accepted=True, reason=""),
    ],
    ids=lambda operation: operation.kind,
)
def test_what_would_be_set_aside_elsewhere_is_not_written_here(ctx, operation):
    stamp = Stamp(replica="a" * 16, division=A, by="x", at=NOON)
    with pytest.raises(RefusedError), ctx.transaction() as session:
        journal.record(session, operation, stamp)
    with ctx.reading() as session:
        assert session.scalars(select(OperationRow)).all() == []


class History:
    """What four laptops write, some of it lies; the county's own as it would write it after what it has seen."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - a history that can be made again
        self.chains = {name: Chain(name) for name in LAPTOPS}
        self.bodies = {name: [] for name in LAPTOPS}
        self.people: list[str] = []
        self.names = {record: [] for record in (OF_A, OF_B, OF_COUNTY)}

    def act(self):
        name = self.random.choice("aabdc")
        record = self.random.choice(list(self.names))
        chain = self.chains[name]
        kind = self.random.choice([0, 1, 1, 2, 2, 2, 2, 2])
        if kind == 0:
            said = {"proposal": f"{self.random.choice('abd') * 16}:{self.random.randrange(1, 6)}", "reason": "x"}
            body = chain.write("proposal.settled@1", record, said | {"accepted": self.random.random() < 0.5})
        elif kind == 1:
            role = self.random.choice(["assistant", "inspector", "mayor"])
            fields = {"name": self.random.choice("甲乙丙"), "role": role}
            fields = {key: fields[key] for key in self.random.sample(list(fields), self.random.randrange(1, 3))}
            person = self.random.choice([PERSON, PERSON, PERSON_OF_B])
            told = self.random.sample(self.people, min(len(self.people), self.random.randrange(3)))
            body = chain.write("person.written@1", person, {"fields": fields}, told)
            self.people.append(f"{chain.replica}:{chain.seq}")
        else:
            body = chain.entry(record, self._base(record), **self._fields())
            self.names[record].append(f"{chain.replica}:{chain.seq}")
        self.bodies[name].append(body)

    def _fields(self):
        fields = {"name": self.random.choice("甲乙丙"), "phone": "1", "town": self.random.choice([A, B, "", "石桥"])}
        fields |= {"workers": self.random.choice([1, None, "many"])}
        return {key: fields[key] for key in self.random.sample(list(fields), self.random.randrange(1, 4))}

    def _base(self, record):
        names = self.names[self.random.choice(list(self.names))] if self.random.random() < 0.1 else self.names[record]
        told = self.random.sample(names, min(len(names), self.random.randrange(4)))
        return [*told, f"{self.random.choice('abcd') * 16}:9"] if self.random.random() < 0.1 else told

    def shuffled(self, seed):
        """All of it in an order in which each laptop's own comes in order, some of it twice."""
        rest = {name: list(bodies) for name, bodies in self.bodies.items() if bodies}
        chance, order = random.Random(seed), []  # noqa: S311
        while rest:
            name = chance.choice(list(rest))
            order.append(rest[name].pop(0))
            rest = {each: bodies for each, bodies in rest.items() if bodies}
            if chance.random() < 0.2:
                order.append(chance.choice(order))
        return order


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(2, 30))
def test_honest_and_lying_offices_give_one_state_in_every_order(ctx, seed, steps):
    history = History(seed)
    for _ in range(steps):
        history.act()
    found = set()
    for number in range(4):
        order = history.shuffled(seed + number)
        with ctx.transaction() as session, session.begin_nested() as nested:
            if number % 2:
                for body in order:
                    accepting.accept(session, body)
            else:
                accepting.accept_many(session, order)
            aside = session.execute(select(OperationRow.replica, OperationRow.seq).where(OperationRow.set_aside != ""))
            found.add((state_digest(session), tuple(sorted(map(tuple, aside)))))
            nested.rollback()
    assert len(found) == 1


def test_outcomes_say_what_became_of_each(ctx):
    a = Chain("a")
    bodies = [a.entry(OF_A, name="厂"), a.entry(OF_A, ["a" * 16 + ":1"], workers="many"), a.entry(OF_B, name="冒名")]
    with ctx.transaction() as session:
        outcomes = accepting.accept_many(session, bodies)
    assert outcomes == [Accepted.APPLIED, Accepted.SET_ASIDE, Accepted.APPLIED]


def test_what_was_set_aside_is_tried_again_until_nothing_more_moves(ctx, monkeypatch):
    a = Chain("a")
    draw = uuid7(NOON, A)
    committed = {"plan": "2026-1", "number": 1, "commit": "0" * 64, "pool_sha256": "0" * 64}
    seeded = {"seed": "0123456789", "minutes": {}, "receipt": ""}
    bodies = [a.write("draw.committed@1", draw, committed), a.write("draw.seeded@1", draw, seeded)]
    bodies.append(a.entry(OF_A, name="厂"))
    with ctx.transaction() as session:
        monkeypatch.delitem(KINDS, "establishment.written@1")
        outcomes = accepting.accept_many(
            session, bodies, lambda: lambda each: "no key" if "committed" in each.kind else ""
        )
        assert outcomes == [Accepted.SET_ASIDE] * 3
        monkeypatch.undo()
        accepting.try_again(session)
        assert session.get_one(Draw, draw).seed == "0123456789"
        assert session.get_one(Establishment, OF_A).name == "厂"
        assert session.scalars(select(OperationRow).where(OperationRow.set_aside != "")).all() == []


def test_two_laptops_that_correct_one_person_unseen_give_the_same_person_in_every_order(ctx):
    a, d = Chain("a"), Chain("d")
    first = a.write("person.written@1", PERSON, {"fields": {"name": "甲", "role": "assistant"}})
    others = [
        a.write("person.written@1", PERSON, {"fields": {"name": "乙"}}, ["a" * 16 + ":1"]),
        d.write("person.written@1", PERSON, {"fields": {"name": "丙"}}, ["a" * 16 + ":1"]),
    ]
    names = set()
    for order in ([first, *others], [others[1], first, others[0]], [first, others[1], others[0]]):
        with ctx.transaction() as session, session.begin_nested() as nested:
            assert accepting.accept_many(session, order)
            names.add(session.get_one(Person, PERSON).name)
            assert session.scalars(select(OperationRow).where(OperationRow.set_aside != "")).all() == []
            nested.rollback()
    assert len(names) == 1


def test_a_later_correction_holds_also_when_something_else_was_written_between(ctx):
    for number in range(8):  # whichever of the two has the smaller hash
        a, record = Chain("a"), uuid7(NOON, A)
        names = ["a" * 16 + f":{seq}" for seq in (1, 2)]
        bodies = [
            a.write("person.written@1", record, {"fields": {"name": f"甲{number}", "role": "assistant"}}),
            a.write("person.key_reset@1", record, {"key": ""}, names[:1]),
            a.write("person.written@1", record, {"fields": {"name": "乙"}}, names[1:]),
        ]
        with ctx.transaction() as session, session.begin_nested() as nested:
            assert taken_in(session, bodies) == ["applied"] * 3
            assert session.get_one(Person, record).name == "乙"
            nested.rollback()
