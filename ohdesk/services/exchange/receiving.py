"""Receiving: a bundle is checked to the last byte, then taken in whole, in one transaction, or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import accepting
from ohdesk.db.accepting import Accepted
from ohdesk.db.apply.certificates import goes_on_for
from ohdesk.db.chain import ForkError, GapError
from ohdesk.db.engine import roomy
from ohdesk.db.models import BundleIn, BundleState, OperationRow, Peer, ReplicaHead
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError
from ohdesk.domain.merge import is_county
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.errors import UserError
from ohdesk.files import NO_ROOM, flush, medium_error, move_durably
from ohdesk.i18n import tr
from ohdesk.security.certificates import DeviceSubject
from ohdesk.services import blobs, last_seen
from ohdesk.services.backup import automatic
from ohdesk.services.context import Context
from ohdesk.services.exchange import kept
from ohdesk.services.exchange.content_counts import ContentCounts, content_counts
from ohdesk.services.exchange.kept import INBOX
from ohdesk.services.exchange.quarantine import keep_refused
from ohdesk.services.exchange.receipts import receipt_code, take_receipt
from ohdesk.services.exchange.sampling import other_tables
from ohdesk.services.exchange.senders import believed_history, believed_sender
from ohdesk.services.exchange.volumes import not_here
from ohdesk.services.roll.transfer import settle_answers
from ohdesk.services.trust import certified, keys, set_aside
from ohdesk.sync.alongside import Alongside
from ohdesk.sync.container import PIECE
from ohdesk.sync.manifest import SCHEMA_VERSION, Need
from ohdesk.sync.problems import (
    BundleRefusedError,
    ChangedBundleError,
    DiskFullError,
    ForkedReplicaError,
    HostileBundleError,
    NoSuchFileError,
    NotAddressedError,
    UnreadableError,
)
from ohdesk.sync.protocols import Opener
from ohdesk.sync.reader import Inner, Outer, read_ends, read_inner, read_outer

# Laptops in the field have no time service; a smaller difference says nothing, and order does not depend on it.
_CLOCKS_MAY_DIFFER = timedelta(hours=24)


class Outcome(Enum):
    """What became of a bundle; all three are success, nothing is lost."""

    APPLIED = "applied"
    ALREADY = "already"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class SetAsideOperation:
    """An operation that is held and passed on but could not be applied."""

    seq: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What importing one bundle did.

    applied:  operations new here; already: operations held before
    waits:    for a parked bundle, what must come first
    acked:    how far the sender holds our operations, by its receipt; None without one
    receipt:  to be read over the telephone when no stick goes back; empty for a parked bundle
    warnings: what somebody should look at, of this bundle and of parked ones that could not be taken in
    followed: parked bundles that could be taken in after this one, by name
    volume, volumes: which volume of how many of its set · missing: the others that have not come, in words
    """

    outcome: Outcome
    name: str
    sender: str
    division: str
    replica: str
    applied: int = 0
    already: int = 0
    blobs: int = 0
    set_aside: tuple[SetAsideOperation, ...] = ()
    waits: tuple[str, ...] = ()
    acked: int | None = None
    receipt: str = ""
    warnings: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    volume: int = 1
    volumes: int = 1
    missing: tuple[str, ...] = ()


def take_in(ctx: Context, path: Path, recovery_code: str = "") -> Taken:
    """Import the bundle at `path`; the stick is only read.

    Parked bundles that waited for this one follow.  The recovery code of a laptop that is gone opens what that
    laptop wrote.  Raises NoSuchFileError, BundleRefusedError (its
    kinds say why), UserError without keys, MachineError from the medium; then nothing has changed.
    """
    ctx.require(Right.BUNDLE)
    with ctx.reading() as session:
        roots = keys.county_roots(ctx, session)
        opener = keys.opener(ctx, session, recovery_code)
    with _own_disk_told(ctx.folder / INBOX):
        try:
            # Who it is from, for whom, and whether it is here already: asked of the medium before a byte of the rest.
            taken = _take(ctx, path, read_ends(path), roots, opener)
        except BundleRefusedError as refusal:
            keep_refused(ctx, path, path.name, refusal)
            raise
    if taken.outcome is Outcome.APPLIED:
        taken = _with_parked(ctx, taken, roots, opener)
        settle_answers(ctx)  # what a new town answered: nobody at the county has to decide anything any more
    last_seen.note_now(ctx)
    return taken


def _copy(ctx: Context, path: Path, outer: Outer) -> Path:
    """Copy a bundle into the inbox, checked and durable, and return where it stands."""
    place = ctx.folder / INBOX / outer.name
    if path == place:
        return place
    arriving = place.with_name("arriving.part")
    place.parent.mkdir(exist_ok=True)
    try:
        with arriving.open("wb") as copy:
            copy.writelines(_pieces(path))
            # Before any row speaks of it: a parked bundle whose copy a power cut took could never follow.
            flush(copy)
        # What is checked must be what is kept.
        if read_outer(arriving).identity != outer.identity:
            raise ChangedBundleError(path.name)
        move_durably(arriving, place)  # over a copy that may have been damaged since
    finally:
        arriving.unlink(missing_ok=True)
    return place


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield a file on a stick in pieces; what fails there is told apart from what fails on our own disk."""
    try:
        with path.open("rb") as source:
            while piece := source.read(PIECE):
                yield piece
    except OSError as error:
        raise UnreadableError(path.name) from error


@contextmanager
def _own_disk_told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (DiskFullError() if error.errno in NO_ROOM else medium_error(error, place)) from error


def _take(ctx: Context, path: Path, outer: Outer, roots: Sequence[bytes], opener: Opener) -> Taken:
    """Take in a bundle from a medium, or one that was parked from the inbox; its payload is not looked at yet."""
    with ctx.reading() as session:
        identity = believed_sender(ctx, session, outer, roots)
        known = session.get(BundleIn, outer.identity)
        held = known is not None and known.outcome == BundleState.APPLIED
        waits = () if held else lacking(ctx, session, outer)
        receipt, missing = receipt_code(session, outer.head.sender.replica), not_here(session, outer.head)
        upto = {head.replica: head.seq for head in session.scalars(select(ReplicaHead))}
    # Told as success with the receipt, not as a mistake: sticks are read twice all the time.
    if held and kept.is_kept(ctx, outer, opener):
        return _taken(Outcome.ALREADY, outer, identity, receipt=receipt, missing=missing)
    if opener.fingerprints.isdisjoint(outer.head.to):
        raise NotAddressedError
    if waits:
        _copy(ctx, path, outer)
        _park(ctx, outer, waits)
        return _taken(Outcome.PARKED, outer, identity, waits=waits, missing=missing)
    with ExitStack() as undo, blobs.coming(ctx) as coming, Alongside() as settling:
        if kept.stays_whole(outer):
            place = _copy(ctx, path, outer)
            if place != path and not held:
                undo.callback(place.unlink)
            path = place
        # Photos are written before it is known whether the operations fit; what is refused after all must leave nothing
        # on the disk.
        inner = read_inner(path, outer, opener, coming.put, coming.put_within)
        # The disk writes them while the operations are applied; that is committed once it is done.
        settling.do(coming.settle)
        # Before the row says so: a signed file says who sent what when somebody asks.
        if not kept.stays_whole(outer):
            undo.callback(kept.place(ctx, outer).unlink, missing_ok=True)
            kept.keep(ctx, outer, inner, {} if held else upto)
        if held:  # what was kept had been damaged since
            settling.wait()
            undo.pop_all()
            return _taken(Outcome.ALREADY, outer, identity, receipt=receipt, missing=missing)
        automatic.before(ctx)
        taken = _apply(ctx, outer, identity, inner, roots, settling.wait)
        undo.pop_all()
    with ctx.reading() as session:
        kept.tidy(ctx, session)
    return taken


def lacking(ctx: Context, session: Session, outer: Outer) -> tuple[str, ...]:
    """Return, in words, the operations that must come before this bundle and are not here."""
    head = outer.head
    needs = list(head.needs)
    if head.range is not None and head.range.first > 1:
        needs.append(Need(head.sender.replica, head.sender.town, head.range.first - 1))
    lacking: list[str] = []
    if head.schema.ver > SCHEMA_VERSION:
        # Kept until the program is updated: its operations may mean something else than this one would take them for.
        lacking.append(tr("本机程序更新到能读数据格式 {version} 的版本", version=head.schema.ver))
    ours, sender = goes_on_for(session, ctx.office.replica), head.sender
    if sender.town == ctx.office.division and sender.replica not in ours and session.get(Peer, sender.replica) is None:
        # A laptop of our own that the county certified since its last bundle for us: nothing is wrong with it.
        lacking.append(tr("县级下发的这台电脑（{replica}）的登记", replica=head.sender.replica[:8]))
    for need in needs:
        # A town receives its county's operations about all towns; what another town wrote before them need not be here.
        concerns_us = ctx.office.role == OfficeRole.COUNTY or need.town in {ctx.office.division, head.sender.town}
        # What one that this goes on for had sent may never come: only what follows on that waits, and not the rest.
        is_lost = need.replica in ours and need.replica != head.sender.replica
        held = session.get(ReplicaHead, need.replica)
        upto = 0 if held is None else held.seq
        if concerns_us and not is_lost and upto < need.upto:
            text = tr("{town} 的电脑 {replica} 的第 {first}–{last} 号操作")
            if need.replica == ctx.office.replica:
                text = tr("本机自己的第 {first}–{last} 号操作，本机没有写过：请核对是否放回过旧备份，或电话核对发送方")
            lacking.append(text.format(town=need.town, replica=need.replica[:8], first=upto + 1, last=need.upto))
    if lacking:
        # The file to look for: what it carries is what the numbers above speak of, or part of it.
        lacking += not_here(session, head, range(1, head.volume.i))
    return tuple(dict.fromkeys(lacking))


def _park(ctx: Context, outer: Outer, waits: Sequence[str]) -> None:
    with ctx.transaction() as session:
        session.merge(_row(ctx, session, outer, Outcome.PARKED, tr("；").join(waits)))


def _row(ctx: Context, session: Session, outer: Outer, outcome: Outcome, reason: str) -> BundleIn:
    first, last = outer.head.ends
    parked = session.get(BundleIn, outer.identity)
    # Once, when all of them are here: the list of bundles must not count the whole journal each time it is shown.
    is_here = outcome is Outcome.APPLIED
    counts = content_counts(session, outer.head.sender.replica, first, last) if is_here else ContentCounts()
    return BundleIn(
        sha256=outer.identity,
        name=outer.name,
        replica=outer.head.sender.replica,
        bundle_seq=outer.head.bundle_seq,
        prev=outer.head.prev,
        outcome=BundleState(outcome.value),
        reason=reason,
        first=first,
        last=last,
        set=outer.head.volume.set,
        i=outer.head.volume.i,
        n=outer.head.volume.n,
        blobs=outer.head.counts.blobs,
        made_at=outer.head.made.wall,
        came_at=ctx.now() if parked is None else parked.came_at,
        **asdict(counts),
    )


def _apply(
    ctx: Context,
    outer: Outer,
    identity: DeviceSubject,
    inner: Inner,
    roots: Sequence[bytes],
    wait_for_blobs: Callable[[], None],
) -> Taken:
    with ctx.transaction() as session, roomy(session):
        accepted = _accept(session, inner.operations, roots)
        for replica, held in inner.held.items():
            accepted += _accept(session, believed_history(ctx, identity, replica, held), roots)
        certified.introduce(ctx, session)
        set_aside.try_again(session, roots)
        own = accepted[: len(inner.operations)]
        aside = [seq for seq, how in enumerate(own, outer.head.ends[0]) if how is Accepted.SET_ASIDE]
        blobs.note_all(session, inner.blobs)
        peer = _peer(session, identity)
        acked, told = take_receipt(ctx, session, peer, outer.head.bundle_seq, inner.acks)
        peer.heard_at = ctx.now()
        doubts = [*_doubts(session, outer), *told, *other_tables(session, inner)]
        # In the same transaction as the operations: dying in between could otherwise count a bundle twice or never.
        session.merge(_row(ctx, session, outer, Outcome.APPLIED, "".join(doubts)))
        session.flush()
        already = accepted.count(Accepted.ALREADY)
        wait_for_blobs()
        return _taken(
            Outcome.APPLIED,
            outer,
            identity,
            applied=len(accepted) - already,
            already=already,
            blobs=len(inner.blobs),
            set_aside=_set_aside(session, outer, aside),
            acked=acked,
            receipt=receipt_code(session, outer.head.sender.replica),
            warnings=(*doubts, *_warnings(ctx, outer)),
            missing=not_here(session, outer.head),
        )


def _accept(session: Session, bodies: Sequence[bytes], roots: Sequence[bytes]) -> list[Accepted]:
    try:
        return accepting.accept_many(session, bodies, partial(set_aside.problems, session, roots))
    except ForkError as error:
        raise ForkedReplicaError(error.replica, error.seq) from error
    except GapError as error:  # of others' chains, which nothing named as needed
        raise HostileBundleError(tr("{name} 的编号不连续", name=error.replica)) from error
    except NotCanonicalError as error:
        raise HostileBundleError(tr("操作的格式")) from error


def _peer(session: Session, identity: DeviceSubject) -> Peer:
    """Return the sender's row; made here for a successor of the county's machine."""
    peer = session.get(Peer, identity.replica)
    if peer is None:
        role = OfficeRole.COUNTY if is_county(identity.division) else OfficeRole.TOWN
        peer = Peer(replica=identity.replica, role=role, division=identity.division, name=identity.office, acked=0)
        session.add(peer)
        before = session.get(Peer, identity.takes_over)
        if before is not None and before.role == role:
            # From now on it is written to, with the key of the card that both hold; the old one is still heard until
            # the county takes its key back.
            peer.age_recipient, before.age_recipient = before.age_recipient, ""
    return peer


def _set_aside(session: Session, outer: Outer, seqs: Sequence[int]) -> tuple[SetAsideOperation, ...]:
    rows = [session.get_one(OperationRow, (outer.head.sender.replica, seq)) for seq in seqs]
    # Some of them may fit after all by now.
    return tuple(SetAsideOperation(row.seq, row.kind, row.set_aside) for row in rows if row.set_aside)


def _doubts(session: Session, outer: Outer) -> list[str]:
    """Return how a bundle does not fit the others of its sender: signs of a copied or restored laptop, or of a lie."""
    head, number = outer.head, outer.head.bundle_seq
    beside = select(BundleIn.bundle_seq, BundleIn.sha256, BundleIn.prev).where(
        BundleIn.replica == head.sender.replica,
        BundleIn.bundle_seq.between(number - 1, number + 1),
        BundleIn.sha256 != outer.identity,
    )
    held = session.execute(beside).all()
    before = {sha256 for seq, sha256, _ in held if seq == number - 1}
    doubts = []
    if any(seq == number for seq, _, _ in held):
        doubts.append(tr("这台电脑写出过两个不同的第 {seq} 号包，它可能被复制或恢复过旧备份，请电话核对。", seq=number))
    starts_wrong = (number == 1) != (head.prev == "")
    after = any(seq == number + 1 and prev != outer.identity for seq, _, prev in held)
    if starts_wrong or (before and head.prev not in before) or after:
        doubts.append(tr("第 {seq} 号包与这台电脑前后的包对不上，请电话核对是否有别的包。", seq=number))
    return doubts


def _warnings(ctx: Context, outer: Outer) -> tuple[str, ...]:
    made = outer.head.made
    warnings = []
    if parse_instant(made.wall) > ctx.now() + _CLOCKS_MAY_DIFFER:
        warnings.append(tr("发送方电脑的时间比本机晚一天以上，请核对两台电脑的日期。"))
    if not made.monotonic_ok:
        warnings.append(tr("发送方电脑的时间曾被调回，请核对其日期；次序不受影响。"))
    return tuple(warnings)


def _with_parked(ctx: Context, taken: Taken, roots: Sequence[bytes], opener: Opener) -> Taken:
    """Take in every parked bundle whose prerequisites are here now; one that cannot be taken never stops the others."""
    followed: list[str] = []
    warnings: list[str] = []
    tried: set[str] = set()
    # Parked ones follow by themselves: nobody at the county remembers which stick waited for which.  One that followed
    # may be what the next was waiting for.
    while waiting := [row for row in _parked(ctx) if row[0] not in tried]:
        before = len(followed)
        for sha256, name in waiting:
            try:
                outcome = _take_again(ctx, sha256, name, roots, opener)
            except UserError as error:
                tried.add(sha256)
                said = tr("暂存的 {name} 收不进来：{reason}", name=name, reason=error.message)
                warnings.append(said)
            else:
                if outcome is Outcome.APPLIED:
                    followed.append(name)
        if len(followed) == before:
            break
    with ctx.reading() as session:
        receipt = receipt_code(session, taken.replica)
    return replace(taken, receipt=receipt, followed=tuple(followed), warnings=(*taken.warnings, *warnings))


def _take_again(ctx: Context, sha256: str, name: str, roots: Sequence[bytes], opener: Opener) -> Outcome:
    """Take in a parked bundle; set down why when it is refused, for good until it comes once more."""
    place = ctx.folder / INBOX / name
    with _own_disk_told(place):
        try:
            outer = read_ends(place)
            if outer.identity != sha256:
                raise ChangedBundleError(name)
            return _take(ctx, place, outer, roots, opener).outcome
        except (BundleRefusedError, NoSuchFileError) as refusal:
            with ctx.transaction() as session:
                row = session.get_one(BundleIn, sha256)
                row.outcome, row.reason = BundleState.REFUSED, refusal.whole
            if isinstance(refusal, BundleRefusedError):
                keep_refused(ctx, place, name, refusal)
                place.unlink(missing_ok=True)
            raise


def _parked(ctx: Context) -> list[tuple[str, str]]:
    with ctx.reading() as session:
        parked = select(BundleIn.sha256, BundleIn.name).where(BundleIn.outcome == BundleState.PARKED)
        return [
            (sha256, name) for sha256, name in session.execute(parked.order_by(BundleIn.replica, BundleIn.bundle_seq))
        ]


def _taken(outcome: Outcome, outer: Outer, identity: DeviceSubject, **more: Any) -> Taken:
    head = outer.head
    more |= {"replica": head.sender.replica, "volume": head.volume.i, "volumes": head.volume.n}
    return Taken(outcome, outer.name, identity.office, identity.division, **more)
