"""What is handed in, to whom, and what must come of it: every case of trust that we could think of, in one table.

Each case goes through the services that a person's click goes through, in real workspaces.  What is refused, parked or
known already changes nothing; of what is set aside nothing shows; a proposal changes no value of the roll.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from ohdesk.db.models import BundleIn, BundleState, Enrolment, OperationRow, OwnKey, Peer, Proposal, ReplicaHead
from ohdesk.db.models.base import Shared
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.facts import Verdict
from ohdesk.domain.problems import in_list
from ohdesk.errors import UserError
from ohdesk.security.sealing import CannotOpenError
from ohdesk.services.context import Context
from ohdesk.services.exchange import inbox, receiving
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.services.record.verification import verify_file
from ohdesk.services.trust import joining
from ohdesk.services.trust.asked import Asked
from ohdesk.sync.problems import (
    BundleRefusedError,
)
from tests.trust_bench import Bench, bench, later
from tests.trust_matrix import bundles, county, joining_files, looks, people, writers
from tests.trust_matrix.case import Case, To, What

CASES = [*bundles.TABLE, *writers.TABLE, *county.TABLE, *people.TABLE, *joining_files.TABLE, *looks.TABLE]
_COMPARED = " ".join(["0000"] * 8)  # a fingerprint that was read out


@dataclass(frozen=True)
class Came:
    """What did come of it, in the program's words."""

    what: What
    said: str = ""


def tables(ctx: Context) -> dict[str, list[Any]]:
    """All that everybody shares, but for the journal."""
    with ctx.reading() as session:
        shared = (model.__table__ for model in Shared.__subclasses__() if model is not OperationRow)
        return {table.name: session.execute(select(table).order_by(*table.primary_key)).all() for table in shared}


def journal(ctx: Context) -> Any:
    """What is held of everybody, and what is known of them."""
    with ctx.reading() as session:
        heads = select(ReplicaHead.replica, ReplicaHead.seq, ReplicaHead.hash).order_by(ReplicaHead.replica)
        peers = select(Peer.replica, Peer.role, Peer.division, Peer.age_recipient, Peer.acked).order_by(Peer.replica)
        own = select(OwnKey.purpose, OwnKey.public, OwnKey.certificate_der).order_by(OwnKey.purpose)
        waits = select(Enrolment.card, Enrolment.request)
        return state_digest(session), [session.execute(each).all() for each in (heads, peers, own, waits)]


def taken(ctx: Context, path: Path) -> Came:
    """What comes of a bundle."""
    try:
        told = receiving.take_in(ctx, path)
    except (BundleRefusedError, CannotOpenError) as error:
        return Came(What.REFUSED, f"{type(error).__name__}: {error.message}")
    if told.outcome is Outcome.PARKED:
        return Came(What.PARKED, "；".join(told.waits))
    if told.outcome is Outcome.ALREADY:
        return Came(What.ALREADY)
    if told.set_aside:
        return Came(What.ASIDE, "；".join(each.reason for each in told.set_aside))
    if told.warnings:
        return Came(What.FLAGGED, "；".join(told.warnings))
    with ctx.reading() as session:
        head = session.get(ReplicaHead, told.replica)
        is_proposal = head is not None and session.get(Proposal, (told.replica, head.seq)) is not None
    return Came(What.PROPOSAL if is_proposal else What.APPLIED)


def looked_at(ctx: Context, path: Path) -> Came:
    """What a look at a bundle tells."""
    failing = [fact.detail for fact in inbox.look(ctx, path).facts if fact.verdict is Verdict.FAILS]
    return Came(What.REFUSED, "；".join(failing)) if failing else Came(What.HOLDS)


def exchanged(use: Callable[[], object]) -> Came:
    """What comes of a card, a request or an answer."""
    try:
        came = use()
    except UserError as error:
        return Came(What.REFUSED, "；".join((error.whole, *map(in_list, error.problems))))
    if isinstance(came, Asked):
        return Came(What.FLAGGED if came.has_other_keys else What.APPLIED, "；".join(came.lines))
    return Came(What.APPLIED)


def came_of(bench: Bench, ctx: Context, to: To, path: Path) -> Came:
    """Hand in a file at a door."""
    match to:
        case To.COUNTY_LOOKS | To.TOWN_LOOKS:
            return looked_at(ctx, path)
        case To.CLERK:
            return exchanged(lambda: joining.issue(ctx, path, bench.place()))
        case To.CLERK_COMPARED:
            return exchanged(lambda: joining.issue(ctx, path, bench.place(), _COMPARED))
        case To.TOWN_ASKING:
            return exchanged(lambda: joining.write_request(ctx, path, bench.place()))
        case To.TOWN_COMPARED:
            return exchanged(lambda: joining.write_request(ctx, path, bench.place(), _COMPARED))
        case To.TOWN_WAITING:
            return exchanged(lambda: joining.accept(ctx, path))
        case _:
            return taken(ctx, path)


def at_the_door(bench: Bench, case: Case) -> Context:
    """The workspace that is handed something, on its day."""
    world = bench.world
    if case.to is To.NEIGHBOUR:
        return later(world.towns[1], case.on)
    is_county = case.to in {To.COUNTY, To.COUNTY_LOOKS, To.CLERK, To.CLERK_COMPARED}
    return later(world.county if is_county else world.town, case.on)


@pytest.fixture(autouse=True)
def nothing_waits(benched):
    """What a case left parked does not follow when another one is taken in."""
    yield
    for ctx in (benched.world.county, *benched.world.towns):
        with ctx.transaction() as session:
            session.execute(delete(BundleIn).where(BundleIn.outcome == BundleState.PARKED))


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    with bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


_FOR_BUNDLES = {To.COUNTY, To.TOWN, To.NEIGHBOUR}
# What is refused here and yet no bad bundle: it is another office's.
_NOT_OURS = ("OwnBundleError", "OtherTownError", "NotAddressedError")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.to.value}: {case.id}" for case in CASES])
def test_what_is_handed_in_comes_to_what_it_should(benched, case):
    path, ctx = case.made(benched), at_the_door(benched, case)
    before, held = tables(ctx), journal(ctx)
    is_good = verify_file(path, (), ctx).is_good if case.to in _FOR_BUNDLES else None
    came = came_of(benched, ctx, case.to, path)
    assert came.what is case.what, came
    assert case.said in came.said, came
    if is_good is not None:
        # Said of the file alone, before it is taken in; what one operation says does not make a bundle bad.
        assert is_good is (case.what is not What.REFUSED or came.said.startswith(_NOT_OURS))
    changed = {name for name, rows in tables(ctx).items() if rows != before[name]}
    match case.what:
        case What.REFUSED | What.PARKED | What.ALREADY | What.HOLDS:
            assert (changed, journal(ctx)) == (set(), held)
        case What.ASIDE:
            assert changed == set()
        case What.PROPOSAL:
            assert changed == {Proposal.__tablename__}
        case _:
            assert (changed, journal(ctx)) != (set(), held)
