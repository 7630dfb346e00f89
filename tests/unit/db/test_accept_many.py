"""Many foreign operations at once end as they would one by one."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.accepting import Accepted, accept, accept_many
from ohdesk.db.apply.applied import KINDS
from ohdesk.db.chain import ForkError, GapError
from ohdesk.db.models import OperationRow
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical, parse
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten


def rewritten(bodies, number, change):
    """The chain with operation `number` changed, and every later one linked anew."""
    chain, previous = [], "0" * 64
    for seq, body in enumerate(bodies, 1):
        value = parse(body) | {"p": previous}
        if seq == number:
            change(value)
        chain.append(canonical(value))
        previous = sha256(chain[-1]).hexdigest()
    return chain


@pytest.fixture
def bodies(county_ctx):
    """Twelve operations of another office: entries, a person, corrections of the entries."""
    entries = [county_ctx.new_id() for _ in range(5)]
    with county_ctx.transaction() as session:
        for number, entry in enumerate(entries):
            operation = EstablishmentWritten(record=entry, fields={"name": f"单位{number}", "workers": number})
            journal.record(session, operation, county_ctx.stamp())
        person = PersonWritten(record=county_ctx.new_id(), fields={"name": "陶镕", "role": "assistant"})
        journal.record(session, person, county_ctx.stamp())
        for entry in [*entries, entries[0]]:
            operation = EstablishmentWritten(record=entry, fields={"name": f"改名{entry[-4:]}"})
            journal.record(session, operation, county_ctx.stamp())
        return list(session.scalars(select(OperationRow.body).order_by(OperationRow.seq)))


def outcome(ctx, accepting):
    """What accepting does, undone again: the outcomes, the state, the reasons for setting aside."""
    with ctx.transaction() as session, session.begin_nested() as nested:
        outcomes = accepting(session)
        reasons = list(session.scalars(select(OperationRow.set_aside).order_by(OperationRow.seq)))
        state = state_digest(session)
        nested.rollback()
    return outcomes, state, reasons


def same(ctx, chain, refused=None):
    refuse = refused and (lambda: refused)
    at_once = outcome(ctx, lambda session: accept_many(session, chain, refuse))
    assert at_once == outcome(ctx, lambda session: [accept(session, body, refuse) for body in chain])
    return at_once[0]


def test_whole_chains_repeated_and_overlapping(ctx, bodies):
    assert same(ctx, bodies) == [Accepted.APPLIED] * 12
    assert same(ctx, bodies + bodies) == [Accepted.APPLIED] * 12 + [Accepted.ALREADY] * 12
    assert same(ctx, bodies[:4] + bodies[2:]).count(Accepted.ALREADY) == 2
    assert same(ctx, []) == []


def test_an_entry_that_cannot_be_applied_is_set_aside_alone(ctx, bodies):
    chain = rewritten(bodies, 3, lambda value: value["v"]["fields"].update({"workers": "many"}))
    assert same(ctx, chain).count(Accepted.SET_ASIDE) == 1


def test_an_unknown_kind_between_entries_is_set_aside_alone(ctx, bodies, monkeypatch):
    monkeypatch.delitem(KINDS, "person.written@1")
    assert same(ctx, bodies).count(Accepted.SET_ASIDE) == 1


def test_one_that_the_caller_refuses_is_set_aside_alone(ctx, bodies):
    refused = same(ctx, bodies, lambda applied: "no" if applied.seq == 6 else "")
    assert refused[5] is Accepted.SET_ASIDE
    assert refused.count(Accepted.APPLIED) == 11


def test_a_gap_and_a_fork_are_told_as_one_by_one(ctx, bodies):
    with pytest.raises(GapError), ctx.transaction() as session:
        accept_many(session, [*bodies[:2], *bodies[3:]])
    with pytest.raises(ForkError), ctx.transaction() as session:
        accept_many(session, [*bodies[:2], rewritten(bodies, 1, lambda value: value.update({"by": "x"}))[2]])
    assert same(ctx, bodies) == [Accepted.APPLIED] * 12
