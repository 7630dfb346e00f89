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
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.sealing import AgeSealer
from ohdesk.services import blobs, last_seen
from ohdesk.services.context import Context
from ohdesk.services.exchange import sampling
from ohdesk.services.exchange.content_counts import ContentCounts, content_counts
from ohdesk.services.exchange.contents import contents, counts, last_bundle, snapshot
from ohdesk.services.exchange.lost_blobs import LostBlob, what_is
from ohdesk.services.exchange.stick import put_on_stick
from ohdesk.services.trust import certified, keys
from ohdesk.services.trust.joining import require_county
from ohdesk.sync.manifest import (
    blob_name,
)
from ohdesk.sync.reader import Outer
from ohdesk.sync.writer import Contents

log = logging.getLogger(__name__)

_TRIES_WITHOUT_LOST_BLOBS = 3  # the second goes, unless a disk that is dying loses more meanwhile


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
        bundle = last_bundle(session)
        sent_upto = session.scalar(select(func.max(BundleOut.last))) or 0
        peers = [peer for peer in session.scalars(select(Peer)) if peer.age_recipient and counts(ctx, peer)]
        # The slowest decides, as when the bundle is put together.
        acked = min((peer.acked for peer in peers), default=0)
        new = content_counts(session, ctx.office.replica, sent_upto + 1)
        return Pending(None if bundle is None else bundle.written_at, new, max(0, sent_upto - acked))


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
            inside, left_out = snapshot(ctx, session, receivers[0], device)
        else:
            inside, left_out = contents(ctx, session, receivers, device, to.first)
        recipients = {*(peer.age_recipient for peer in receivers), *keys.standing_recipients(session)}
        # In a fixed order, each once: the head names them, and the same content must give the same head.
        sealer = AgeSealer(tuple(sorted(recipients)))
        try:
            outer = put_on_stick(folder, inside, sealer, signer, partial(_set_down, ctx, found), report)
        except BaseException as error:
            _take_back(ctx, inside.said.bundle_seq)
            if isinstance(error, blobs.LostBlobError):
                _note_lost(ctx, inside)
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
