"""Who may tell this office something: the sender of a bundle, and what it says that others wrote."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Came, came
from ohdesk.db.apply.certificates import goes_on_for
from ohdesk.db.models import BundleIn, OperationRow, Peer
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.merge import is_county
from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.certificates import DeviceSubject, device_of, public_der, term
from ohdesk.services.context import Context
from ohdesk.services.exchange.checks import check_sender
from ohdesk.services.trust import certified, keys
from ohdesk.sync.problems import (
    BundleRefusedError,
    ExpiredSenderError,
    ForkedReplicaError,
    HostileBundleError,
    OtherCountyError,
    OtherTownError,
    OwnBundleError,
    RevokedSenderError,
    StrangeCountyError,
)
from ohdesk.sync.reader import Inner, Outer


def believed_sender(ctx: Context, session: Session, outer: Outer, roots: Sequence[bytes]) -> DeviceSubject:
    """Return the workspace that sent a bundle.

    Raises OwnBundleError, OtherTownError, OtherCountyError or StrangeCountyError for an office that has nothing to tell
    this one, RevokedSenderError when the key of the device was taken back, ExpiredSenderError when its certificate ran
    out and the bundle may be backdated, else as `check_sender`.
    """
    # Nearly always the wrong file on the stick, not an attack; taking it in would only count its own operations as
    # held.
    if outer.head.sender.replica == ctx.office.replica:
        raise OwnBundleError
    sender = check_sender(outer, roots)
    # Whatever time the bundle states: a stolen laptop states what it likes.
    key = certified.key_of(public_der(outer.certificate))
    if reason := certified.revocation_problem(session, key, legal_day(ctx.now())):
        raise RevokedSenderError(office=sender.office, replica=sender.replica, reason=reason)
    _require_concerned(ctx, session, sender)
    _refuse_backdated(ctx, session, outer, sender)
    return sender


def sender_problem(ctx: Context, session: Session, roots: Sequence[bytes], outer: Outer) -> str:
    """Return why nothing is taken from whoever sent a bundle; "" for one's own, and another town's to its county."""
    key = certified.key_of(public_der(outer.certificate))
    if problem := certified.revocation_problem(session, key, legal_day(ctx.now())):
        return problem  # with its day and reason
    try:
        believed_sender(ctx, session, outer, roots)
    except (OwnBundleError, OtherTownError):
        return ""  # no fault of the bundle
    except BundleRefusedError as error:
        return error.message
    return ""


def content_problem(ctx: Context, session: Session, outer: Outer, inner: Inner) -> str:
    """Return why what is inside a bundle is not taken in: it is told by the wrong office, or another past is held."""
    if outer.head.sender.replica == ctx.office.replica:
        return ""
    try:
        for replica, held in inner.held.items():
            believed_history(ctx, device_of(outer.certificate), replica, held)
        for bodies in filter(None, (inner.operations, *inner.held.values())):
            _refuse_fork(session, [came(body) for body in bodies])
    except BundleRefusedError as error:
        return error.message
    return ""


def _refuse_fork(session: Session, operations: Sequence[Came]) -> None:
    """Raise ForkedReplicaError when the journal holds another operation under one of these numbers, or before them."""
    first = operations[0].link
    told = {first.seq - 1: first.previous} | {each.link.seq: each.hash for each in operations}
    rows = select(OperationRow.seq, OperationRow.hash).where(
        OperationRow.replica == first.replica, OperationRow.seq.between(first.seq - 1, operations[-1].link.seq)
    )
    for seq, digest in session.execute(rows):
        if told[seq] != digest:
            raise ForkedReplicaError(first.replica, seq)


def _require_concerned(ctx: Context, session: Session, sender: DeviceSubject) -> None:
    """Raise a BundleRefusedError unless the sender's office may tell this one something.

    A town hears its county and its own laptops, the county its towns: under one root everybody else is certified too.
    """
    if ctx.office.role == OfficeRole.COUNTY:
        if not sender.division.startswith(ctx.office.division):
            raise OtherCountyError(office=sender.office, division=sender.division)
        if sender.division == ctx.office.division and not _is_ours(ctx, session, sender):
            raise StrangeCountyError(office=sender.office)
    elif is_county(sender.division):
        # The machine on the card, or whom the root says that it takes over from one that is known.
        known = any(_is_county_peer(session, replica) for replica in (sender.replica, sender.takes_over))
        # The county's word counts for everything; a certificate for its division alone must not be enough to have it.
        if not known and not _is_announced(ctx, session, sender):
            raise StrangeCountyError(office=sender.office)
    elif sender.division != ctx.office.division:
        raise OtherTownError(office=sender.office)


def _is_county_peer(session: Session, replica: str) -> bool:
    peer = session.get(Peer, replica)
    return peer is not None and peer.role == OfficeRole.COUNTY


def _is_ours(ctx: Context, session: Session, sender: DeviceSubject) -> bool:
    """True for a machine that this county has announced, and for one that this machine goes on for.

    What that one sent after the last backup comes back by the stick of a town that has received it.
    """
    return sender.replica in goes_on_for(session, ctx.office.replica) or _is_announced(ctx, session, sender)


def _is_announced(ctx: Context, session: Session, sender: DeviceSubject) -> bool:
    """True when the county has announced the device in its journal: one of its own beside the first, or after it."""
    devices = certified.devices(session, sender.division, legal_day(ctx.now()))
    return any(row.replica == sender.replica for row in devices)


def _refuse_backdated(ctx: Context, session: Session, outer: Outer, sender: DeviceSubject) -> None:
    """Raise ExpiredSenderError when the key is no longer trusted and the bundle need not be as old as it says.

    Whoever finds an old laptop may set its clock back.  A bundle written in time is still taken for a while, unless the
    sender has said something later already.
    """
    parked = session.get(BundleIn, outer.identity)
    # One that had to wait here came when it came.
    now = ctx.now() if parked is None else parked.came_at
    # The county's own time only from its bundles to others: were its clock once wrong, its next bundle must get in.
    if parked is None and not is_county(sender.division):
        county = keys.last_county_time(session)
        now = max(now, parse_instant(county)) if county else now
    # A renewal of the same key makes old sticks good again.
    until = max(term(outer.certificate)[1], certified.trusted_until(session, public_der(outer.certificate)))
    if now <= until:
        return
    made = parse_instant(outer.head.made.wall)
    earlier = select(func.max(BundleIn.made_at)).where(
        BundleIn.replica == sender.replica, BundleIn.bundle_seq < outer.head.bundle_seq
    )
    known = session.scalar(earlier)
    if now > until + certificates.late_bundles() or (known and made < parse_instant(known)):
        raise ExpiredSenderError(legal_day(made), legal_day(until))


def believed_history(ctx: Context, sender: DeviceSubject, replica: str, held: Sequence[bytes]) -> Sequence[bytes]:
    """Return what the county says that another workspace of ours, or of its own, wrote.

    Raises HostileBundleError when another than the county says so, or it is of somebody else.
    """
    divisions = {came(body).link.division for body in held}
    from_county = is_county(sender.division)
    if not from_county or replica == ctx.office.replica or not divisions <= {ctx.office.division, sender.division}:
        raise HostileBundleError(tr("{name} 中有别的单位的操作", name=replica))
    return held
