"""Sending: everything the other side does not hold yet, in one encrypted and signed file on the stick."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from ohdesk import __version__
from ohdesk.db.models import BlobRow, BundleOut, OperationRow, Peer, PeerMissing, ReplicaHead
from ohdesk.db.queries.digest import state_digest
from ohdesk.db.queries.operations import true_body
from ohdesk.db.queries.sampling import Sample
from ohdesk.domain.calendar import instant_text, legal_day, parse_instant
from ohdesk.domain.canonical import fingerprint, parse
from ohdesk.domain.operations import KINDS
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.sealing import AgeSealer
from ohdesk.services import blobs, last_seen
from ohdesk.services.context import Context
from ohdesk.services.exchange import sampling
from ohdesk.services.exchange.carrying import LeftOut, Span, blobs_of, bodies, fitting, operations
from ohdesk.services.exchange.lost_blobs import LostBlob, what_is
from ohdesk.services.exchange.stick import put_on_stick
from ohdesk.services.trust import certified, keys
from ohdesk.services.trust.joining import require_county
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
    blob_name,
    encode,
    held_name,
)
from ohdesk.sync.problems import NothingToSendError
from ohdesk.sync.reader import Outer
from ohdesk.sync.writer import Contents, member

log = logging.getLogger(__name__)

_TRIES_WITHOUT_LOST_BLOBS = 3  # the second goes, unless a disk that is dying loses more meanwhile
_SUBJECTS = {"visit": "records", "record": "records", "establishment": "roll", "draw": "draws"}  # by kind of operation

_MOST_REFUSED_OF_ONE = 500  # operations of one laptop that a receipt names


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle on the stick, read back and found whole.

    first, last:   our operations inside, both 0 when it carries receipts only
    waiting_blobs: photos that did not fit and go with the next bundle
    lost:          photos and documents that should have gone and whose file is lost or damaged here
    sampled:       operations of the journal that were compared with their hashes first, others each time
    """

    path: Path
    head_sha256: str
    size: int
    bundle_seq: int
    first: int
    last: int
    blobs: int
    waiting_blobs: int
    recipients: tuple[str, ...]
    lost: tuple[LostBlob, ...] = ()
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class ContentCounts:
    """How many operations concern final records (文书), the roll (名录), draws (抽取), and anything else."""

    records: int = 0
    roll: int = 0
    draws: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        return self.records + self.roll + self.draws + self.others


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next bundle says that none said before.

    since: when the last bundle was written; None before the first
    new:   operations written since
    again: operations of earlier bundles that are not acknowledged; they go once more
    """

    since: datetime | None
    new: ContentCounts
    again: int


def pending(ctx: Context) -> Pending:
    """Return what is new here since the last bundle, and what goes again because nobody acknowledged it."""
    with ctx.reading() as session:
        bundle = _last_bundle(session)
        sent_upto = session.scalar(select(func.max(BundleOut.last))) or 0
        peers = [peer for peer in session.scalars(select(Peer)) if peer.age_recipient and _counts(ctx, peer)]
        # The slowest decides, as when the bundle is put together.
        acked = min((peer.acked for peer in peers), default=0)
        new = content_counts(session, ctx.office.replica, sent_upto + 1)
        return Pending(None if bundle is None else bundle.written_at, new, max(0, sent_upto - acked))


def content_counts(session: Session, replica: str, first: int, last: int | None = None) -> ContentCounts:
    """Return what the operations of a replica from `first` to `last` concern."""
    wanted = select(OperationRow.kind, func.count()).where(OperationRow.replica == replica, OperationRow.seq >= first)
    if last is not None:
        wanted = wanted.where(OperationRow.seq <= last)
    counted: Counter[str] = Counter()
    for kind, count in session.execute(wanted.group_by(OperationRow.kind)):
        counted[_SUBJECTS.get(kind.partition(".")[0], "others")] += count
    return ContentCounts(**counted)


def export(ctx: Context, folder: Path, report: Progress = unwatched, first: int | None = None) -> Exported:
    """Write one bundle into `folder` with everything the receivers have not acknowledged, and our receipts.

    first: send again from this operation of ours on, whatever was acknowledged

    Town → county and the town's other laptops; county → its towns.  Returns only after the file was read back
    whole: the stick may be pulled.  A blob whose file is lost or damaged is left out and named.  Raises UserError
    without a county, NothingToSendError, and MachineError from the medium; then nothing is left behind.  `report`
    is told the megabytes written.
    """
    ctx.require(Right.BUNDLE)
    return _without_lost_blobs(lambda: _export(ctx, folder, report, _Everybody(first)))


def export_snapshot(ctx: Context, folder: Path, replica: str, report: Progress = unwatched) -> Exported:
    """Write for one workspace what the county holds of its division's other ones: for a town that lost everything.

    Carries their operations and blobs as they came, and those of the county's own workspaces before this one.
    replica: of a workspace the county has enrolled, or the digits it begins with.  Else as `export`.
    """
    ctx.require(Right.BUNDLE)
    require_county(ctx)
    return _without_lost_blobs(lambda: _export(ctx, folder, report, _OneAnew(replica)))


class _Everybody(NamedTuple):
    """All we send to, from an operation of ours on; without one from the first that somebody lacks."""

    first: int | None


class _OneAnew(NamedTuple):
    """One workspace, by its replica, that is to get what its division wrote before."""

    replica: str


def _without_lost_blobs(export: Callable[[], Exported]) -> Exported:
    for _ in range(_TRIES_WITHOUT_LOST_BLOBS):
        try:
            return export()
        except blobs.LostBlobError as error:
            # Set down as not held, it is left out at the next try, and the receipts ask the others for it.
            log.warning("blob %s is lost", error.digest[:12])
    return export()


def _export(ctx: Context, folder: Path, report: Progress, to: _Everybody | _OneAnew) -> Exported:
    with ctx.reading() as session:
        # One view of the database for all that goes in: the digest of the state must be that of the operations beside
        # it.
        signer, receivers = keys.signer(ctx, session), _receivers(ctx, session)
        found = sampling.check(ctx, session, receivers)
        device = certificates.fingerprint(signer.certificate)
        if isinstance(to, _OneAnew):
            receivers = [_one_of(receivers, to.replica)]
            contents, left_out = _snapshot(ctx, session, receivers[0], device)
        else:
            contents, left_out = _contents(ctx, session, receivers, device, to.first)
        recipients = {*(peer.age_recipient for peer in receivers), *keys.standing_recipients(session)}
        # In a fixed order, each once: the head names them, and the same content must give the same head.
        sealer = AgeSealer(tuple(sorted(recipients)))
        try:
            outer = put_on_stick(folder, contents, sealer, signer, partial(_set_down, ctx, found), report)
        except BaseException as error:
            _take_back(ctx, contents.said.bundle_seq)
            if isinstance(error, blobs.LostBlobError):
                _note_lost(ctx, contents)
            raise
        names = tuple(peer.name for peer in receivers)
        lost = tuple(LostBlob(digest, what_is(session, digest)) for digest in left_out.lost)
    last_seen.note_now(ctx)
    head, (first, last) = outer.head, outer.head.ends
    return Exported(
        path=folder / outer.name,
        head_sha256=outer.identity,
        size=outer.size,
        bundle_seq=head.bundle_seq,
        first=first,
        last=last,
        blobs=head.counts.blobs,
        waiting_blobs=left_out.waiting,
        recipients=names,
        lost=lost,
        sampled=found.operations,
    )


def _note_lost(ctx: Context, contents: Contents) -> None:
    """Set down which of the blobs in `contents` cannot be read."""
    # All at once: each try writes the bundle up to the first one.
    carried = [each.sha256 for each in contents.members if each.name == blob_name(each.sha256)]
    lost = [digest for digest in carried if not blobs.is_sound(ctx, digest)]
    with ctx.transaction() as session:
        blobs.note_lost(session, lost)


def _set_down(ctx: Context, found: Sample, outer: Outer) -> None:
    """Set down that a bundle is written, just before it gets its name on the stick."""
    first, last = outer.head.ends
    with ctx.transaction() as session:
        sampling.note(session, found)
        # Before, not after: dying in between leaves a number that never came, which the next bundle makes up for.
        # Afterwards two bundles would have one number, as if the laptop had been copied.
        session.add(
            BundleOut(
                seq=outer.head.bundle_seq,
                name=outer.name,
                head_sha256=outer.identity,
                first=first,
                last=last,
                written_at=ctx.now(),
            )
        )


def _take_back(ctx: Context, seq: int) -> None:
    """Forget a bundle that did not get its name after all: it must not count as sent."""
    with ctx.reading() as session:
        written = session.get(BundleOut, seq) is not None
    if written:
        with ctx.transaction() as session:
            session.execute(delete(BundleOut).where(BundleOut.seq == seq))


def last_written(ctx: Context) -> datetime | None:
    """Return when the newest bundle was written; None before the first."""
    with ctx.reading() as session:
        bundle = _last_bundle(session)
        return None if bundle is None else bundle.written_at


def _last_bundle(session: Session) -> BundleOut | None:
    return session.scalars(select(BundleOut).order_by(BundleOut.seq.desc()).limit(1)).first()


def _contents(
    ctx: Context, session: Session, receivers: Sequence[Peer], device: str, first: int | None
) -> tuple[Contents, LeftOut]:
    """Return what goes into the bundle, and what does not."""
    last = _last_own(ctx, session)
    # From the slowest receiver: whoever has more already skips it, whoever lacked a bundle gets it again.
    first = min(peer.acked for peer in receivers if _counts(ctx, peer)) + 1 if first is None else first
    own = (fitting(session, Span(ctx.office.replica, first, last)),) if 0 < first <= last else ()
    range_ = Range(own[0].first, own[0].last) if own else None
    acks = _acks(ctx, session)
    lacking = select(PeerMissing.sha256).where(PeerMissing.replica.in_([peer.replica for peer in receivers]))
    carried, left_out = blobs_of(ctx, session, own, session.scalars(lacking))
    if range_ is None and not carried and not acks.holds and not acks.missing:
        raise NothingToSendError
    members = (
        *(each for span in own for each in operations(session, span, OPS_NAME)),
        *carried,
        member("acks.json", encode(acks)),
        # Of everything here: where a part of that must wait, no receiver could have the same.
        member("digest.json", encode(Digest("" if own and own[0].last < last else state_digest(session)))),
    )
    needs = _needs(ctx, session, range_) if range_ else ()
    return Contents(_said(ctx, session, device, range_, needs), members), left_out


def _snapshot(ctx: Context, session: Session, receiver: Peer, device: str) -> tuple[Contents, LeftOut]:
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
        member("acks.json", encode(_acks(ctx, session))),
        member("digest.json", encode(Digest())),
    )
    # Behind our own: whose signatures count is said there.
    last = _last_own(ctx, session)
    needs = (Need(ctx.office.replica, ctx.office.division, last),) if last else ()
    return Contents(_said(ctx, session, device, None, needs), members), left_out


def _said(ctx: Context, session: Session, device: str, range_: Range | None, needs: tuple[Need, ...]) -> Said:
    before = _last_bundle(session)
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


def _one_of(receivers: Sequence[Peer], replica: str) -> Peer:
    found = [peer for peer in receivers if replica and peer.replica.startswith(replica)]
    if len(found) != 1:
        known = "、".join(f"{peer.replica[:8]} {peer.name}" for peer in receivers)
        raise UserError(tr("没有登记过电脑 {replica}。", replica=replica), tr("已登记的：{known}。", known=known))
    return found[0]


def _receivers(ctx: Context, session: Session) -> list[Peer]:
    """Return whom the bundle is for: a town's county and own other laptops, a county's towns."""
    # A laptop that was taken back opens nothing any more, nor does everybody wait for its receipts.
    gone = certified.revoked_replicas(session, legal_day(ctx.now()))
    known = session.scalars(select(Peer).order_by(Peer.replica))
    peers = [peer for peer in known if peer.age_recipient and peer.replica not in gone]
    # A town sends to its county and to its own other laptops, never past the county to another town.
    if ctx.office.role == OfficeRole.TOWN:
        peers = [peer for peer in peers if peer.role == OfficeRole.COUNTY or peer.division == ctx.office.division]
        if not any(peer.role == OfficeRole.COUNTY for peer in peers):
            raise keys.not_joined(ctx)
    if not peers:
        raise UserError(
            tr("还没有登记任何镇街，没有可以接收的单位。"),
            tr("请先在“县级汇总”的“镇街登记”里为镇街签发答复（命令：ohdesk county issue）。"),
        )
    return peers


def _counts(ctx: Context, peer: Peer) -> bool:
    """True when this peer's receipt decides from where we send: the county's for a town, each town's for a county."""
    return peer.role != ctx.office.role


def _acks(ctx: Context, session: Session) -> Acks:
    heads = session.scalars(select(ReplicaHead).order_by(ReplicaHead.replica))
    holds = tuple(Held(head.replica, head.seq, head.hash) for head in heads if head.replica != ctx.office.replica)
    refused = tuple(starmap(Refused, sorted(map(tuple, session.execute(_aside(ctx))))))
    # A town asks as well: for what its other laptop announced, and for its own whose file is lost here.
    lacking = select(BlobRow.sha256).where(BlobRow.held.is_(False)).order_by(BlobRow.sha256).limit(MOST_MISSING)
    return Acks(holds, tuple(session.scalars(lacking)), refused)


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
    for body in bodies(session, Span(ctx.office.replica, range_.first, range_.last)):
        # As above: nothing to look for in most of them.
        if b'"base":[]' in body:
            continue
        for name in parse(body)["base"]:
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
