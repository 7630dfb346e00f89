"""What came from each laptop of a town: its newest bundle, what is missing below it, what waits and what is doubted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    BundleIn,
    BundleState,
    Certificate,
    KeyReset,
    Peer,
    Person,
    ReplicaHead,
)
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll.proposals import writers
from ohdesk.sync.manifest import Volume

# Asked about meanwhile, or never: a doubt of last year would only hide the new one.
_DOUBTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TownState:
    """What came from one laptop of a town.

    id:      of the laptop (replica)
    last:    number of its newest bundle here, 0 before the first
    missing: runs (first, last) of numbers below that never came; their content came again in a later one unless one
             is parked
    volumes: those of the newest set that have not come, in words
    parked:  what waits and for what, in words
    stuck:   bundles that waited and then were refused, with the reason, while what they carry is not here
    doubts:  how bundles taken in of late do not fit the others of this laptop
    resets:  people of the town whose password was reset and whose new key is not certified yet, in words
    """

    id: str
    division: str
    name: str
    last: int
    missing: tuple[tuple[int, int], ...]
    volumes: tuple[str, ...]
    parked: tuple[str, ...]
    stuck: tuple[str, ...]
    doubts: tuple[str, ...]
    resets: tuple[str, ...]
    heard_at: datetime | None


def town_states(ctx: Context) -> list[TownState]:
    """Return for each laptop of a town what came from it and what is missing, by division."""
    with ctx.reading() as session:
        came: dict[str, list[BundleIn]] = {}
        for bundle in session.scalars(select(BundleIn).order_by(BundleIn.bundle_seq)):
            came.setdefault(bundle.replica, []).append(bundle)
        peers = session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN).order_by(Peer.division, Peer.replica))
        held = {head.replica: head.seq for head in session.scalars(select(ReplicaHead))}
        recent, resets = ctx.now() - _DOUBTED_FOR, _resets(ctx, session)
        return [
            _town_state(peer, came.get(peer.replica, []), held.get(peer.replica, 0), recent, resets[peer.division])
            for peer in peers
        ]


def _town_state(peer: Peer, came: list[BundleIn], held: int, recent: datetime, resets: Sequence[str]) -> TownState:
    numbers = sorted({bundle.bundle_seq for bundle in came})
    return TownState(
        id=peer.replica,
        division=peer.division,
        name=peer.name,
        last=numbers[-1] if numbers else 0,
        # A gap is no fault: the content of a lost bundle comes again in a later one. It is shown so that somebody may
        # ask; as runs, since a number may be any that a sender wrote.
        missing=tuple((before + 1, number - 1) for before, number in pairwise([0, *numbers]) if number > before + 1),
        volumes=_missing_volumes(peer, came),
        parked=tuple(bundle.reason for bundle in came if bundle.outcome == BundleState.PARKED),
        stuck=tuple(
            f"{bundle.name}：{bundle.reason}"
            for bundle in came
            if bundle.outcome == BundleState.REFUSED and bundle.last > held
        ),
        doubts=tuple(
            bundle.reason
            for bundle in came
            if bundle.outcome == BundleState.APPLIED and bundle.reason and bundle.came_at > recent
        ),
        resets=tuple(resets),
        heard_at=peer.heard_at,
    )


def _missing_volumes(peer: Peer, came: Sequence[BundleIn]) -> tuple[str, ...]:
    # Of the newest only: what an older set lacks has come again since, or is asked for by the receipts.
    if not came:
        return ()
    newest = came[-1]
    numbers = {bundle.i for bundle in came if bundle.set == newest.set and bundle.outcome != BundleState.REFUSED}
    volume = Volume(newest.set, newest.i, newest.n)
    return tuple(volume.told(peer.division, i) for i in range(1, volume.n + 1) if i not in numbers)


def _resets(ctx: Context, session: Session) -> Mapping[str, list[str]]:
    """Return by division whose password was reset and who has no certificate of a key made since."""
    since = select(Certificate.key).where(Certificate.person == KeyReset.person, Certificate.issued_at > KeyReset.at)
    rows = session.execute(
        select(Person.division, Person.name, KeyReset.by, KeyReset.at)
        .join(Person, Person.id == KeyReset.person)
        .where(~since.exists())
        .order_by(KeyReset.at)
    )
    _, person = writers(ctx, session)
    found: dict[str, list[str]] = defaultdict(list)
    for division, name, by, at in rows:
        said = tr(
            "{name}的密码 {day} 由{by}重置，新的签名密钥还没有县级证书", name=name, day=legal_day(at), by=person(by)
        )
        found[division].append(said)
    return found
