"""What is issued again counts as what another laptop wrote when the county says that this one goes on for that one."""

import base64
import random
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ohdesk.db import accepting, rebuilding
from ohdesk.db.models import Establishment, KeyReset, OperationRow, Person
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical, parse
from tests.unit.db.test_authority import OF_A, PERSON, A, Chain
from tests.unit.db.test_every_order import shuffled


class Successor(Chain):
    """A laptop that issues again what another one wrote, or says so."""

    def again(self, body, names=None):
        """The names: how the operations in its base are called now."""
        self.seq += 1
        value = parse(body)
        first = value.get("o", {key: value[key] for key in ("r", "s", "p", "base")})
        base = [(names or {}).get(name, name) for name in value["base"]]
        value |= {"o": first, "r": self.replica, "s": self.seq, "p": self.previous, "base": base}
        written = canonical(value)
        self.previous = sha256(written).hexdigest()
        return written


def goes_on_for(county, laptop, before):
    said = {
        "der": base64.b64encode(laptop.replica.encode()).decode(), "key": laptop.replica * 4, "person": "",
        "replica": laptop.replica, "division": A, "name": "石桥镇", "number": "", "since": "2026-03-02T04:00:00Z",
        "until": "2031-03-02T04:00:00Z", "recipient": "", "mark": "B", "takes_over": before.replica,
    }  # fmt: skip
    return county.write("certificate.issued@1", laptop.replica * 4, said)


def person(laptop, **fields):
    return laptop.write("person.written@1", PERSON, {"fields": fields})


def aside(session):
    rows = select(OperationRow).where(OperationRow.set_aside != "")
    return sorted(f"{row.replica[0]}{row.seq}" for row in session.scalars(rows))


def lines_of(*laptops):
    """Honest ones, one after the other: the second issues again what the first wrote, the third what both did."""
    a, d, e = laptops
    by_a = [a.entry(OF_A, name="厂", town=A), a.entry(OF_A, ["a" * 16 + ":1"], phone="1")]
    by_a.append(person(a, name="周沄", role="inspector"))
    names = {f"{'a' * 16}:{number}": f"{'d' * 16}:{number}" for number in (1, 2, 3)}
    by_d = [d.again(body, names) for body in by_a] + [d.entry(OF_A, ["d" * 16 + ":2"], phone="2"), person(d, unit="x")]
    names = {f"{'d' * 16}:{number}": f"{'e' * 16}:{number}" for number in range(1, 6)}
    by_e = [e.again(body, names) for body in by_d] + [e.entry(OF_A, ["e" * 16 + ":4"], phone="3")]
    return {"a": by_a, "d": by_d, "e": by_e}


def taken_in(ctx, bodies, ask):
    """What `ask` finds, and the state, after these came in this order."""
    with ctx.transaction() as session, session.begin_nested() as nested:
        for body in bodies:
            accepting.accept(session, body)
        accepting.try_again(session)
        found = ask(session), state_digest(session)
        assert rebuilding.compare(session, ctx.folder).problems == ()
        nested.rollback()
    return found


@pytest.mark.parametrize("write", [lambda a: a.entry(OF_A, name="厂", town=A), lambda a: person(a, role="inspector")])
def test_one_that_the_county_does_not_say_goes_on_for_another_is_set_aside_until_it_says_so(ctx, write):
    c, a, d = Chain("c"), Chain("a"), Successor("d")
    body = d.again(write(a))
    with ctx.transaction() as session:
        assert accepting.accept(session, body).value == "set aside"
        assert "接替" in session.scalar(select(OperationRow.set_aside))
        # Worked out once more, as everything held of a record is when something has come.
        accepting.accept(session, Chain("e").entry(OF_A, ["d" * 16 + ":1"], name="又一"))
        assert "d1" in aside(session)
        assert "厂" not in session.scalars(select(Establishment.name)).all()
        assert session.scalars(select(Person)).all() == []
        accepting.accept(session, goes_on_for(c, Chain("e"), d))
        accepting.try_again(session)
        assert "d1" in aside(session)
        accepting.accept(session, goes_on_for(c, d, a))
        accepting.try_again(session)
        assert "d1" not in aside(session)


def test_what_a_liar_says_that_another_wrote_takes_nothing_of_that_ones_place(ctx):
    a, d = Chain("a"), Successor("d")
    true = a.entry(OF_A, name="真厂", town=A)
    forged = canonical(parse(true) | {"v": {"fields": {"name": "假厂", "town": A}, "reason": "", "source": "hand"}})
    lie = d.again(forged)
    ask = lambda session: (session.scalar(select(Establishment.name)), aside(session))  # noqa: E731
    found = [taken_in(ctx, order, ask) for order in ([true, lie], [lie, true])]
    assert found[0] == found[1]
    assert found[0][0] == ("真厂", ["d1"])


def test_one_issued_again_by_the_laptop_that_wrote_it_is_still_one(ctx):
    a = Successor("a")
    first = [person(a, name="周沄", role="inspector"), a.write("person.key_reset@1", PERSON, {"key": ""})]
    again = a.again(first[1])
    ask = lambda session: (session.scalars(select(KeyReset.by)).all(), aside(session))  # noqa: E731
    with ctx.transaction() as session, session.begin_nested() as nested:
        accepting.accept_many(session, [*first, again])
        at_once = ask(session)
        nested.rollback()
    assert at_once == taken_in(ctx, [*first, again], ask)[0]
    assert at_once[0] == ["x"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.sets(st.sampled_from("ade"), min_size=1), st.booleans())
def test_every_order_of_old_and_new_laptops_and_the_countys_word_gives_one_state(ctx, seed, came, lied):
    chance = random.Random(seed)  # noqa: S311 - a history that can be made again
    c, a, d, e = Chain("c"), Chain("a"), Successor("d"), Successor("e")
    bodies = {name: each for name, each in lines_of(a, d, e).items() if name in came}
    bodies["c"] = [goes_on_for(c, d, a)] if lied else [goes_on_for(c, e, d), goes_on_for(c, d, a)]
    ask = lambda session: (session.scalars(select(Establishment.phone)).all(), aside(session))  # noqa: E731
    found = [taken_in(ctx, shuffled(bodies, chance), ask) for _ in range(4)]
    assert all(each == found[0] for each in found)
    (phones, left), _ = found[0]
    if not lied:
        assert left == []
        assert phones == ["3" if "e" in came else "2" if "d" in came else "1"]
