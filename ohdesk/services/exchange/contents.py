"""What a bundle says and carries: our operations or those of others, blobs, receipts, and what must be held before."""

from collections.abc import Sequence
from itertools import chain, islice, starmap, zip_longest

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk import __version__
from ohdesk.db.mentions import by_division
from ohdesk.db.models import BlobRow, BundleOut, OperationRow, Peer, PeerMissing, ReplicaHead
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.calendar import instant_text, parse_instant
from ohdesk.domain.canonical import fingerprint, parse
from ohdesk.domain.operations import KINDS
from ohdesk.services.context import Context
from ohdesk.services.exchange import sampling
from ohdesk.services.exchange.carrying import LeftOut, Span, blobs_of, fitting, operations, seen_by
from ohdesk.services.trust import keys
from ohdesk.sync.manifest import (
    MOST_MISSING,
    MOST_REFUSED,
    OPS_NAME,
    SCHEMA_VERSION,
    Acks,
    Digest,
    Held,
    Made,
    Need,
    Range,
    Refused,
    Said,
    Schema,
    Sender,
    encode,
    held_name,
)
from ohdesk.sync.problems import NothingToSendError
from ohdesk.sync.writer import Contents, member

_MOST_REFUSED_OF_ONE = 500  # operations of one laptop that a receipt names


def last_bundle(session: Session) -> BundleOut | None:
    """Return the newest bundle that was written; None before the first."""
    return session.scalars(select(BundleOut).order_by(BundleOut.seq.desc()).limit(1)).first()


def counts(ctx: Context, peer: Peer) -> bool:
    """True when this peer's receipt decides from where we send: the county's for a town, each town's for a county."""
    return peer.role != ctx.office.role


def contents(
    ctx: Context, session: Session, receivers: Sequence[Peer], device: str, first: int | None
) -> tuple[Contents, LeftOut]:
    """Return what goes into the bundle, and what does not."""
    last = _last_own(ctx, session)
    # From the slowest receiver: whoever has more already skips it, whoever lacked a bundle gets it again.
    first = min(peer.acked for peer in receivers if counts(ctx, peer)) + 1 if first is None else first
    own = (fitting(session, Span(ctx.office.replica, first, last)),) if 0 < first <= last else ()
    range_ = Range(own[0].first, own[0].last) if own else None
    receipts = acks(ctx, session)
    lacking = select(PeerMissing.sha256).where(PeerMissing.replica.in_([peer.replica for peer in receivers]))
    carried, left_out = blobs_of(ctx, session, own, session.scalars(lacking))
    if range_ is None and not carried and not receipts.holds and not receipts.missing:
        raise NothingToSendError
    members = (
        *(each for span in own for each in operations(session, span, OPS_NAME)),
        *carried,
        member("acks.json", encode(receipts)),
        # Of everything here: where a part of that must wait, no receiver could have the same.
        member("digest.json", encode(Digest() if own and own[0].last < last else sampling.told(session))),
    )
    needs = _needs(ctx, session, range_) if range_ else ()
    return Contents(_said(ctx, session, device, range_, needs), members), left_out


def snapshot(ctx: Context, session: Session, receiver: Peer, device: str) -> tuple[Contents, LeftOut]:
    """Return what one workspace gets anew: what others of its division, and of ours, wrote."""
    divisions = (receiver.division, ctx.office.division)
    heads = session.scalars(
        select(ReplicaHead).where(ReplicaHead.division.in_(divisions)).order_by(ReplicaHead.replica)
    )
    itself = {receiver.replica, ctx.office.replica}
    spans = [Span(head.replica, 1, head.seq) for head in heads if head.seq and head.replica not in itself]
    if not spans:
        raise NothingToSendError
    carried, left_out = blobs_of(ctx, session, spans)
    members = (
        *(each for span in spans for each in operations(session, span, held_name(span.replica))),
        *carried,
        member("acks.json", encode(acks(ctx, session))),
        member("digest.json", encode(Digest())),
    )
    # Behind our own: whose signatures count is said there.
    last = _last_own(ctx, session)
    needs = (Need(ctx.office.replica, ctx.office.division, last),) if last else ()
    return Contents(_said(ctx, session, device, None, needs), members), left_out


def _said(ctx: Context, session: Session, device: str, range_: Range | None, needs: tuple[Need, ...]) -> Said:
    before = last_bundle(session)
    return Said(
        sender=Sender(replica=ctx.office.replica, device_fp=device, town=ctx.office.division),
        bundle_seq=1 if before is None else before.seq + 1,
        prev="" if before is None else before.head_sha256,
        range=range_,
        needs=needs,
        schema=Schema(ver=SCHEMA_VERSION, hash=fingerprint(sorted(KINDS))),
        app=__version__,
        made=_made(ctx, session, _last_own(ctx, session)),
    )


def _last_own(ctx: Context, session: Session) -> int:
    own = session.get(ReplicaHead, ctx.office.replica)
    return 0 if own is None else own.seq


def acks(ctx: Context, session: Session) -> Acks:
    """Return the receipts: what is held of everybody, what was set aside of it, and which blobs are asked for."""
    heads = session.scalars(select(ReplicaHead).order_by(ReplicaHead.replica))
    holds = tuple(Held(head.replica, head.seq, head.hash) for head in heads if head.replica != ctx.office.replica)
    refused = tuple(starmap(Refused, sorted(map(tuple, session.execute(_aside(ctx))))))
    # A town asks as well: for what its other laptop announced, and for its own whose file is lost here.
    return Acks(holds, tuple(_missing(session)), refused)


def _missing(session: Session) -> list[str]:
    """Return the blobs to ask for; where they are too many, of each office in turn as many."""
    missing = set(session.scalars(select(BlobRow.sha256).where(BlobRow.held.is_(False))))
    if len(missing) > MOST_MISSING:
        # One town that mentions what there is not must not push the others out of the receipt.
        offices = by_division(session, missing)
        offices[""] = missing.difference(*offices.values())  # of drafts
        turns = chain.from_iterable(zip_longest(*map(sorted, offices.values())))
        missing = set(islice(dict.fromkeys(filter(None, turns)), MOST_MISSING))
    return sorted(missing)


def _aside(ctx: Context) -> Select[tuple[str, int, str]]:
    """Select what was set aside of others' operations, of each replica the newest."""
    newest = func.row_number().over(partition_by=OperationRow.replica, order_by=OperationRow.seq.desc())
    numbered = (
        select(OperationRow.replica, OperationRow.seq, OperationRow.set_aside, newest.label("place"))
        .where(OperationRow.set_aside != "", OperationRow.replica != ctx.office.replica)
        .subquery()
    )
    columns = numbered.c
    # One town that writes nothing right must not push the others out of the receipt.
    return (
        select(columns.replica, columns.seq, columns.set_aside)
        .where(columns.place <= _MOST_REFUSED_OF_ONE)
        .order_by(columns.place, columns.replica)
        .limit(MOST_REFUSED)
    )


def _needs(ctx: Context, session: Session, range_: Range) -> tuple[Need, ...]:
    """Return what must be held before: our own operations up to the range, and all that ours in it have seen."""
    upto: dict[str, int] = {}
    for base in seen_by(session, Span(ctx.office.replica, range_.first, range_.last)):
        for name in base:
            replica, _, seq = name.partition(":")
            upto[replica] = max(upto.get(replica, 0), int(seq))
    # Our own chain before the range, which a receiver that skipped a bundle lacks.
    upto[ctx.office.replica] = range_.first - 1
    towns = {head.replica: head.division for head in session.scalars(select(ReplicaHead))}
    return tuple(Need(replica, towns[replica], seq) for replica, seq in sorted(upto.items()) if seq)


def _made(ctx: Context, session: Session, last: int) -> Made:
    now = ctx.now()
    newest = session.get(OperationRow, (ctx.office.replica, last))
    # The laptop's zone decides nothing; it helps whoever reads two bundles of one day to see that a clock was set
    # wrong.
    offset = now.astimezone().utcoffset()
    return Made(
        wall=instant_text(now),
        utc_offset=0 if offset is None else int(offset.total_seconds() // 60),
        monotonic_ok=newest is None or parse_instant(parse(true_body(newest))["at"]) <= now,
        last_county_time=keys.last_county_time(session),
    )
