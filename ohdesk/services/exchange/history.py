"""What was exchanged with the other side, and how far it is acknowledged: per bundle and per record."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleIn, BundleOut, Peer, PeerRefused, Record, ReplicaHead
from ohdesk.domain.calendar import parse_instant
from ohdesk.services.context import Context
from ohdesk.services.exchange.content_counts import ContentCounts
from ohdesk.services.exchange.receipts import receipt_code
from ohdesk.services.trust.keys import county_peer


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One bundle that went out or came in: its number at its sender, and the operations of that replica inside.

    first, last: both 0 when it carried receipts only
    counts: what its operations concern; all 0 when it carried receipts only, and while it waits
    blobs:  how many photos and documents it carried
    state:  sent: "received", "partly", "open", "blobs" or "receipts" for one without operations; came: "applied",
            "parked" or "refused"
    reason: what a parked one waits for, why it was refused, or how it does not fit the sender's others
    returned: how many operations the other side set aside
    """

    at: datetime
    sent: bool
    name: str
    replica: str
    seq: int
    first: int
    last: int
    partner: str
    counts: ContentCounts
    blobs: int
    fingerprint: str
    state: str
    reason: str = ""
    returned: int = 0

    @property
    def id(self) -> str:
        """The SHA-256 of its head: two bundles may have one name."""
        return self.fingerprint


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    """A final record of this office, by the id of its visit, and whether the county has it, and why.

    state: "received", "open" or "returned"
    """

    id: str
    number: str
    establishment: str
    finalized_at: datetime
    state: str
    reason: str
    bundle: str


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """What we hold of another workspace, as a code to be read out over the telephone; empty while it is nothing.

    id: of the laptop (replica) · acked, ours: how far it holds our operations, and how many there are
    """

    id: str
    name: str
    held: int
    code: str
    acked: int
    ours: int


def exchanged(ctx: Context) -> list[Exchanged]:
    """Return the bundles written and taken in, newest first."""
    with ctx.reading() as session:
        peers = {peer.replica: peer for peer in session.scalars(select(Peer))}
        found = [_sent(ctx, session, row, peers) for row in session.scalars(select(BundleOut))]
        found += [_came(row, peers) for row in session.scalars(select(BundleIn))]
    return sorted(found, key=lambda bundle: (bundle.at, bundle.name), reverse=True)


def record_receipts(ctx: Context) -> list[RecordReceipt]:
    """Return this office's final records, newest first, each with what the county says of it."""
    with ctx.reading() as session:
        county = county_peer(session)
        acked = 0 if county is None else county.acked
        told = select(PeerRefused.seq, PeerRefused.reason).where(PeerRefused.replica == (county and county.replica))
        refused = dict(session.execute(told).all())
        carrying = _carrying(session)
        columns = (Record.seq, Record.visit, Record.number, Record.establishment_name, Record.finalized_at)
        own = select(*columns).where(Record.replica == ctx.office.replica)
        rows = session.execute(own.order_by(Record.seq.desc()))
        return [
            RecordReceipt(
                id=visit,
                number=number,
                establishment=establishment,
                finalized_at=parse_instant(finalized_at),
                state="returned" if seq in refused else "received" if seq <= acked else "open",
                reason=refused.get(seq, ""),
                bundle=carrying(seq),
            )
            for seq, visit, number, establishment, finalized_at in rows
        ]


def _carrying(session: Session) -> Callable[[int], str]:
    """Return what names the bundle that carried an operation of ours first; "" while none did."""
    columns = (BundleOut.first, BundleOut.last, BundleOut.name)
    bundles = session.execute(select(*columns).where(BundleOut.last > 0).order_by(BundleOut.seq)).all()
    # One that goes again may end earlier than what was sent before it: how far all had come by then only grows.
    reached = list(accumulate((bundle.last for bundle in bundles), max))

    def carrying(seq: int) -> str:
        place = bisect_left(reached, seq)
        return bundles[place].name if place < len(bundles) and bundles[place].first <= seq else ""

    return carrying


def receipt_codes(ctx: Context) -> list[ReceiptCode]:
    """Return the receipt for each workspace we exchange bundles with, by division."""
    with ctx.reading() as session:
        held = {head.replica: head.seq for head in session.scalars(select(ReplicaHead))}
        peers = session.scalars(select(Peer).where(Peer.role != ctx.office.role).order_by(Peer.division, Peer.replica))
        return [
            ReceiptCode(
                id=peer.replica,
                name=peer.name,
                held=held.get(peer.replica, 0),
                code=receipt_code(session, peer.replica),
                acked=peer.acked,
                ours=held.get(ctx.office.replica, 0),
            )
            for peer in peers
        ]


def _counts(row: BundleOut | BundleIn) -> ContentCounts:
    return ContentCounts(row.records, row.roll, row.draws, row.others)


def _sent(ctx: Context, session: Session, row: BundleOut, peers: dict[str, Peer]) -> Exchanged:
    # The same as were written to: a peer without a key for sealing got nothing and acknowledges nothing.
    receivers = [peer for peer in peers.values() if peer.role != ctx.office.role and peer.age_recipient]
    acked = min((peer.acked for peer in receivers), default=0)
    told = select(PeerRefused.seq).where(
        PeerRefused.replica.in_([peer.replica for peer in receivers]), PeerRefused.seq.between(row.first, row.last)
    )
    if not row.last:
        state = "blobs" if row.blobs else "receipts"
    elif acked >= row.last:
        state = "received"
    else:
        state = "partly" if acked >= row.first else "open"
    return Exchanged(
        at=row.written_at,
        sent=True,
        name=row.name,
        replica=ctx.office.replica,
        seq=row.seq,
        first=row.first,
        last=row.last,
        partner=receivers[0].name if len(receivers) == 1 else "",
        counts=_counts(row),
        blobs=row.blobs,
        fingerprint=row.head_sha256,
        state=state,
        returned=len(set(session.scalars(told))),
    )


def _came(row: BundleIn, peers: dict[str, Peer]) -> Exchanged:
    sender = peers.get(row.replica)
    return Exchanged(
        at=row.came_at,
        sent=False,
        name=row.name,
        replica=row.replica,
        seq=row.bundle_seq,
        first=row.first,
        last=row.last,
        partner=row.replica[:8] if sender is None else sender.name,
        counts=_counts(row),
        blobs=row.blobs,
        fingerprint=row.sha256,
        state=row.outcome,
        reason=row.reason,
    )
