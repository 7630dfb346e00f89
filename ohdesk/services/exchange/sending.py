"""Sending: everything the other side does not hold yet, in one encrypted and signed file on the stick."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleOut, Peer
from ohdesk.db.queries.sampling import Sample
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.sealing import AgeSealer
from ohdesk.services import blobs, last_seen
from ohdesk.services.context import Context
from ohdesk.services.exchange import sampling, volumes
from ohdesk.services.exchange.carrying import carried_of, loads, mentioned
from ohdesk.services.exchange.content_counts import ContentCounts, content_counts
from ohdesk.services.exchange.contents import (
    acked_by_all,
    contents,
    everything_new,
    everything_of_others,
    last_bundle,
    new_since,
)
from ohdesk.services.exchange.lost_blobs import LostBlob, what_is
from ohdesk.services.exchange.stick import free_in, put_on_stick
from ohdesk.services.exchange.volumes import ToWrite
from ohdesk.services.trust import certified, keys
from ohdesk.services.trust.joining import require_county
from ohdesk.sync import limits
from ohdesk.sync.manifest import blob_name
from ohdesk.sync.protocols import HeadSigner, Sealer
from ohdesk.sync.reader import Outer
from ohdesk.sync.writer import Contents

log = logging.getLogger(__name__)

_MEGABYTE = 1_000_000
_TRIES_WITHOUT_LOST_BLOBS = 3  # the second goes, unless a disk that is dying loses more meanwhile


@dataclass(frozen=True, slots=True)
class WrittenVolume:
    """A bundle on the stick, read back and found whole: the `i`-th of a set of `n`, the first of one by itself.

    first, last: our operations inside, both 0 when there are none
    """

    path: Path
    head_sha256: str
    size: int
    bundle_seq: int
    i: int
    n: int
    first: int
    last: int
    blobs: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written onto the stick, read back and found whole; path, head_sha256 and bundle_seq: of the first file.

    size, blobs:   of all files together
    first, last:   our operations inside, both 0 when there are receipts only
    waiting_blobs: photos and documents in volumes that are not written yet
    lost:          photos and documents that should have gone and whose file is lost or damaged here
    sampled:       operations of the journal that were compared with their hashes first, others each time
    unwritten:     numbers of the volumes that are still to be written, which the next export does
    stopped:       why they are; empty when there are none
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
    lost: tuple[LostBlob, ...]
    sampled: int
    volumes: tuple[WrittenVolume, ...]
    unwritten: tuple[int, ...]
    stopped: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next bundle says that none said before.

    since: when the last bundle was written; None before the first
    new:   operations written since
    again: operations of earlier bundles that are not acknowledged; they go once more
    unwritten: volumes of a set that was begun and not finished; they come first
    """

    since: datetime | None
    new: ContentCounts
    again: int
    unwritten: int


def pending(ctx: Context) -> Pending:
    """Return what is new here since the last bundle, and what goes again because nobody acknowledged it."""
    with ctx.reading() as session:
        bundle = last_bundle(session)
        sent_upto = session.scalar(select(func.max(BundleOut.last))) or 0
        # The slowest decides, as when the bundle is put together.
        acked = acked_by_all(ctx, [peer for peer in session.scalars(select(Peer)) if peer.age_recipient])
        new = content_counts(session, ctx.office.replica, sent_upto + 1)
        return Pending(
            None if bundle is None else bundle.written_at,
            new,
            max(0, sent_upto - acked),
            volumes.count_unwritten(session),
        )


def export(
    ctx: Context, folder: Path, report: Progress = unwatched, first: int | None = None, most: int | None = None
) -> Exported:
    """Write into `folder` everything the receivers have not acknowledged, and our receipts: one file, or several.

    first: send again from this operation of ours on, whatever was acknowledged
    most:  bytes of one file at most; what is more becomes several volumes

    Town → county and the town's other laptops; county → its towns.  Returns only after each file was read back
    whole: the stick may be pulled.  A blob whose file is lost or damaged is left out and named.  Where the medium fails
    after the first file, what is written counts, and the rest comes with the next export.  Raises UserError
    without a county, NothingToSendError, and MachineError from the medium when nothing was written.  `report`
    is told the megabytes written.
    """
    ctx.require(Right.BUNDLE)
    return _export(ctx, folder, report, _Everybody(first), most)


def export_snapshot(
    ctx: Context, folder: Path, replica: str, report: Progress = unwatched, most: int | None = None
) -> Exported:
    """Write for one workspace what the county holds of its division's other ones: for a town that lost everything.

    Carries their operations and blobs as they came, and those of the county's own workspaces before this one.
    replica: of a workspace the county has enrolled, or the digits it begins with.  Else as `export`.
    """
    ctx.require(Right.BUNDLE)
    require_county(ctx)
    return _export(ctx, folder, report, _OneAnew(replica), most)


class _Everybody(NamedTuple):
    """All we send to, from an operation of ours on; without one from the first that somebody lacks."""

    first: int | None


class _OneAnew(NamedTuple):
    """One workspace, by its replica, that is to get what its division wrote before."""

    replica: str


class _Way(NamedTuple):
    """How all files of one export are written: where to, signed and sealed with what, and what was compared before."""

    folder: Path
    signer: HeadSigner
    sealer: Sealer
    found: Sample


def _export(ctx: Context, folder: Path, report: Progress, to: _Everybody | _OneAnew, most: int | None) -> Exported:
    free = free_in(folder)
    with ctx.reading() as session:
        signer, receivers = keys.signer(ctx, session), _receivers(ctx, session)
        found = sampling.check(ctx, session, receivers)
        if isinstance(to, _OneAnew):
            receivers = [_one_of(receivers, to.replica)]
        recipients = {*(peer.age_recipient for peer in receivers), *keys.standing_recipients(session)}
        replicas, names = zip(*((peer.replica, peer.name) for peer in receivers), strict=True)
    # In a fixed order, each once: the head names them, and the same content must give the same head.
    way = _Way(folder, signer, AgeSealer(tuple(sorted(recipients))), found)
    to_write, lost = _to_write(ctx, replicas, to, most, free)
    whole = max(1, sum(limits.sealed(each.load.size) for each in to_write) // _MEGABYTE)
    written: list[WrittenVolume] = []
    stopped = ""
    for each in to_write:
        told = partial(_tell, report, sum(volume.size for volume in written), whole)
        try:
            volume, lost_now = _write_without_lost_blobs(ctx, way, each, told)
        except MachineError as error:
            # What is written counts; only where nothing is, the failure is all there is to tell.
            if not written:
                raise
            stopped = error.message
            break
        written.append(volume)
        lost += lost_now
    last_seen.note_now(ctx)
    rest = to_write[len(written) :]
    with ctx.reading() as session:
        lost_blobs = tuple(LostBlob(digest, what_is(session, digest)) for digest in dict.fromkeys(lost))
    return Exported(
        path=written[0].path,
        head_sha256=written[0].head_sha256,
        size=sum(volume.size for volume in written),
        bundle_seq=written[0].bundle_seq,
        first=min((volume.first for volume in written if volume.last), default=0),
        last=max(volume.last for volume in written),
        blobs=sum(volume.blobs for volume in written),
        waiting_blobs=sum(len(each.load.blobs) for each in rest),
        recipients=names,
        lost=lost_blobs,
        sampled=found.operations,
        volumes=tuple(written),
        unwritten=tuple(each.volume.i for each in rest if each.volume),
        stopped=stopped,
    )


def written_text(exported: Exported) -> list[str]:
    """Return what to say of an export of several volumes: which are written, and which are not; else nothing."""
    volumes = [each for each in exported.volumes if each.n > 1]
    if not volumes:
        return []
    said = [tr("写好第 {numbers} 卷，一套共 {n} 卷。", numbers=_runs([each.i for each in volumes]), n=volumes[0].n)]
    if exported.unwritten:
        said.append(
            tr(
                "还没有写第 {numbers} 卷：{reason}写好的照样算数；换一个优盘或腾出空间，再写一次就会接着写。",
                numbers=_runs(exported.unwritten),
                reason=exported.stopped,
            )
        )
    return said


def _runs(numbers: Sequence[int]) -> str:
    """Return numbers in words, those that follow one another as a run."""
    starts = [each for each in numbers if each - 1 not in numbers]
    ends = [each for each in numbers if each + 1 not in numbers]
    return tr("、").join(f"{a}" if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


def _tell(report: Progress, before: int, whole: int, written: int) -> None:
    report(min((before + written) // _MEGABYTE, whole), whole)


def _to_write(
    ctx: Context, replicas: Sequence[str], to: _Everybody | _OneAnew, most: int | None, free: int
) -> tuple[list[ToWrite], list[str]]:
    """Return what is to be written, first what is left of a set that was begun, and the blobs whose bytes are lost."""
    receiver = replicas[0] if isinstance(to, _OneAnew) else ""
    first = to.first if isinstance(to, _Everybody) else None
    with ctx.transaction() as session:
        volumes.forget_unbegun(session)
        if first is not None or most is not None:
            volumes.forget(session, receiver)  # it is to be cut otherwise
        receivers = [session.get_one(Peer, replica) for replica in replicas]
        acked = acked_by_all(ctx, receivers)
        left = volumes.left(session, receiver, acked)
        if isinstance(to, _OneAnew):
            if left:
                return left, []
            spans, blobs = everything_of_others(ctx, session, receivers[0])
        elif left:
            # Behind them what has come since, by itself.
            spans = new_since(ctx, session, max(acked, *(span.last for each in left for span in each.load.spans), 0))
            blobs = mentioned(session, spans)
        else:
            spans, blobs = everything_new(ctx, session, receivers, first)
        carried = carried_of(ctx, session, blobs)
        cut = loads(session, spans, carried, _volume_size(most), free) if spans or not left else []
        new = volumes.begin(session, cut, receiver) if cut else []
        inside = {digest for load in cut for digest in load.blobs}
        return left + new, [digest for digest in blobs if digest not in inside]


def _volume_size(most: int | None) -> int:
    """Return the most bytes of one file. Raises UserError for a size into which not everything goes."""
    least = -(-limits.least_volume() // _MEGABYTE)
    if most is not None and not least * _MEGABYTE <= most <= limits.LARGEST_CONTAINER:
        largest = limits.LARGEST_CONTAINER // _MEGABYTE
        raise UserError(
            tr("一卷不能是 {size} MB。", size=most // _MEGABYTE),
            tr("请填 {least} 到 {largest} 之间的数；优盘都能放下的大小不用填。", least=least, largest=largest),
        )
    return limits.VOLUME if most is None else most


def _write_without_lost_blobs(
    ctx: Context, way: _Way, each: ToWrite, report: Callable[[int], None]
) -> tuple[WrittenVolume, tuple[str, ...]]:
    for _ in range(_TRIES_WITHOUT_LOST_BLOBS):
        try:
            return _write(ctx, way, each, report)
        except blobs.LostBlobError as error:
            # Set down as not held, it is left out at the next try, and the receipts ask the others for it.
            log.warning("blob %s is lost", error.digest[:12])
    return _write(ctx, way, each, report)


def _write(
    ctx: Context, way: _Way, each: ToWrite, report: Callable[[int], None]
) -> tuple[WrittenVolume, tuple[str, ...]]:
    """Write one file; return it, and the blobs that should have gone with it and are lost."""
    with ctx.reading() as session:
        # One view of the database for all that goes in: what is said of what is held must fit the operations beside it.
        device = certificates.fingerprint(way.signer.certificate)
        inside, lost = contents(ctx, session, device, each.load, each.volume)
        set_down = partial(_set_down, ctx, way.found)
        try:
            outer = put_on_stick(way.folder, inside, way.sealer, way.signer, set_down, report)
        except BaseException as error:
            _take_back(ctx, inside.said.bundle_seq)
            if isinstance(error, blobs.LostBlobError):
                _note_lost(ctx, inside)
            raise
    # Afterwards: dying in between writes it twice, which harms nobody.
    if each.volume is not None:
        with ctx.transaction() as session:
            volumes.written(session, each.volume)
    head, (first, last) = outer.head, outer.head.ends
    volume = WrittenVolume(
        path=way.folder / outer.name,
        head_sha256=outer.identity,
        size=outer.size,
        bundle_seq=head.bundle_seq,
        i=head.volume.i,
        n=head.volume.n,
        first=first,
        last=last,
        blobs=head.counts.blobs,
    )
    return volume, lost


def _note_lost(ctx: Context, contents: Contents) -> None:
    """Set down which of the blobs in `contents` cannot be read."""
    # All at once: each try writes the bundle up to the first one.
    whole = [each for each in contents.members if each.name == blob_name(each.sha256)]
    carried = [*(each.sha256 for each in whole), *(cut.sha256 for each in whole for cut in each.cuts)]
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
                blobs=outer.head.counts.blobs,
                **asdict(content_counts(session, ctx.office.replica, first, last)),
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
        bundle = last_bundle(session)
        return None if bundle is None else bundle.written_at


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
