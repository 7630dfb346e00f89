"""What was exchanged with the other side, and how far it is acknowledged: per bundle and per record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleIn, BundleOut, Peer, PeerRefused, Record, ReplicaHead
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import parse_instant
from ohdesk.services.context import Context
from ohdesk.services.exchange.content_counts import ContentCounts
from ohdesk.services.exchange.receipts import receipt_code
from ohdesk.services.list_query import ListQuery
from ohdesk.services.trust.keys import county_peer

ORDERS = ("finalized_at", "number", "establishment", "state", "reason", "bundle")


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
class Receipts:
    """What a query finds, by visit and in order, and how many of all records the county has not confirmed."""

    visits: tuple[str, ...]
    unconfirmed: int


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


def record_receipts(ctx: Context, query: ListQuery) -> Receipts:
    """Return this office's final records, the newest first where the query names no order: for a Job."""
    with ctx.reading() as session:
        own, state = _own_records(ctx, session)
        orders = dict(zip(ORDERS, _keys(state), strict=True))
        wanted = own.with_only_columns(Record.visit).order_by(*query.first_by(orders), Record.seq.desc())
        unconfirmed = own.with_only_columns(func.count()).where(state != "received")
        return Receipts(tuple(session.scalars(wanted)), session.scalar(unconfirmed) or 0)


def receipts_of(ctx: Context, visits: Sequence[str]) -> list[RecordReceipt]:
    """Return what the county says of these records, in the order given."""
    with ctx.reading() as session:
        own, state = _own_records(ctx, session)
        shown = (Record.visit, Record.number, Record.establishment_name, Record.finalized_at)
        wanted = own.with_only_columns(*shown, state, func.coalesce(PeerRefused.reason, ""), _carrying())
        rows = {row.visit: row for row in session.execute(wanted.where(among(Record.visit, visits)))}
    return [_receipt(*rows[visit]) for visit in visits if visit in rows]


def _receipt(visit: str, number: str, establishment: str, finalized_at: str, *told: str) -> RecordReceipt:
    return RecordReceipt(visit, number, establishment, parse_instant(finalized_at), *told)


def _own_records(ctx: Context, session: Session) -> tuple[Select[str], ColumnElement[str]]:
    """Ask for this office's records and for what the county has told of each; return as well the state of one."""
    county = county_peer(session)
    told = and_(PeerRefused.replica == (county and county.replica), PeerRefused.seq == Record.seq)
    own = select(Record.visit).select_from(Record).outerjoin(PeerRefused, told)
    acked = 0 if county is None else county.acked
    held = case((Record.seq <= acked, "received"), else_="open")
    return own.where(Record.replica == ctx.office.replica), case((PeerRefused.seq.is_not(None), "returned"), else_=held)


def _keys(state: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    """Return by what each of `ORDERS` goes: what is alike stands together."""
    reason = state.concat(func.coalesce(PeerRefused.reason, ""))
    printed = (Record.finalized_at.expression, Record.number.expression, Record.establishment_name.expression)
    return *printed, state, reason, Record.seq.expression  # bundles carry operations in their order


def _carrying() -> ColumnElement[str]:
    """Return the name of the bundle that carried a record's operation first; "" while none did."""
    # The first that came as far: one that goes again may end earlier than what was sent before it.
    first = (
        select(case((BundleOut.first <= Record.seq, BundleOut.name), else_=""))
        .where(BundleOut.last >= Record.seq)
        .order_by(BundleOut.seq)
        .limit(1)
    )
    return func.coalesce(first.correlate(Record).scalar_subquery(), "")


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
