"""What a bundle says and carries: our operations or those of others, blobs, receipts, and what must be held before."""

from collections import defaultdict
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
from ohdesk.services.exchange.carrying import Load, Span, blobs_of, carried_of, mentioned, operations, seen_by
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
    Volume,
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


def everything_new(
    ctx: Context, session: Session, receivers: Sequence[Peer], first: int | None
) -> tuple[list[Span], tuple[str, ...]]:
    """Return the operations that somebody may lack and the blobs to go with them; first: from this one of ours on.

    Raises NothingToSendError when there are none, and nothing to acknowledge or to ask for.
    """
    last = _last_own(ctx, session)
    # From the slowest receiver: whoever has more already skips it, whoever lacked a bundle gets it again.
    first = acked_by_all(ctx, receivers) + 1 if first is None else first
    spans = [Span(ctx.office.replica, first, last)] if 0 < first <= last else []
    lacking = select(PeerMissing.sha256).where(PeerMissing.replica.in_([peer.replica for peer in receivers]))
    blobs = mentioned(session, spans, session.scalars(lacking))
    if not spans and not carried_of(ctx, session, blobs):
        receipts = acks(ctx, session)
        if not receipts.holds and not receipts.missing:
            raise NothingToSendError
    return spans, blobs


def new_since(ctx: Context, session: Session, number: int) -> list[Span]:
    """Return our operations behind this one, or behind what was written last where that is later."""
    number = max(number, session.scalar(select(func.max(BundleOut.last))) or 0)
    last = _last_own(ctx, session)
    return [Span(ctx.office.replica, number + 1, last)] if number < last else []


def everything_of_others(ctx: Context, session: Session, receiver: Peer) -> tuple[list[Span], tuple[str, ...]]:
    """Return what others of a workspace's division, and of ours, wrote, and the blobs to go with it.

    Raises NothingToSendError when there is nothing.
    """
    divisions = (receiver.division, ctx.office.division)
    heads = session.scalars(
        select(ReplicaHead).where(ReplicaHead.division.in_(divisions)).order_by(ReplicaHead.replica)
    )
    itself = {receiver.replica, ctx.office.replica}
    spans = [Span(head.replica, 1, head.seq) for head in heads if head.seq and head.replica not in itself]
    if not spans:
        raise NothingToSendError
    return spans, mentioned(session, spans)


def acked_by_all(ctx: Context, receivers: Sequence[Peer]) -> int:
    """Return up to which number of ours all hold everything whose receipts count; 0 without any."""
    return min((peer.acked for peer in receivers if counts(ctx, peer)), default=0)


def contents(
    ctx: Context, session: Session, device: str, load: Load, volume: Volume | None
) -> tuple[Contents, tuple[str, ...]]:
    """Return what a bundle with this load says and carries, and the blobs whose bytes are not here any more."""
    own = next((span for span in load.spans if span.replica == ctx.office.replica), None)
    carried = carried_of(ctx, session, load.blobs)
    inside = {*carried, *(cut.sha256 for each in carried.values() for cut in each.cuts)}
    # Of everything here: where a part of that must wait, no receiver could have the same.
    is_all = own is not None and own.last == _last_own(ctx, session)
    members = (
        *(each for span in load.spans for each in operations(session, span, _name(ctx, span))),
        *blobs_of(ctx, carried),
        # In each volume: whichever of them comes, it acknowledges.
        member("acks.json", encode(acks(ctx, session))),
        member("digest.json", encode(sampling.told(session) if is_all or not load.spans else Digest())),
    )
    range_ = Range(own.first, own.last) if own else None
    said = _said(ctx, session, device, range_, _needs(ctx, session, load.spans))
    return Contents(said, members, volume), tuple(digest for digest in load.blobs if digest not in inside)


def _name(ctx: Context, span: Span) -> str:
    return OPS_NAME if span.replica == ctx.office.replica else held_name(span.replica)


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


def _needs(ctx: Context, session: Session, spans: Sequence[Span]) -> tuple[Need, ...]:
    """Return what must be held before: each chain up to its span, and all that ours have seen; with others', ours."""
    upto: dict[str, int] = defaultdict(int)
    for span in spans:
        # The chain before, which a receiver that skipped a bundle or lacks a volume does not have.
        upto[span.replica] = max(upto[span.replica], span.first - 1)
        if span.replica != ctx.office.replica:
            # Behind our own: whose signatures count is said there.
            upto[ctx.office.replica] = _last_own(ctx, session)
            continue
        for name in chain.from_iterable(seen_by(session, span)):
            replica, _, seq = name.partition(":")
            if replica != span.replica:
                upto[replica] = max(upto[replica], int(seq))
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
