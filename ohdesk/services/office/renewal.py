"""After a restore, a clone or a fork a workspace goes on as a new replica, under a key and numbers of its own.

What was not sent is kept and issued again; drafts, answers and photos stay.  The county certifies the new device and
learns from its request whom it takes over from.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    BundleIn,
    BundleOut,
    BundleState,
    Enrolment,
    KeyPurpose,
    OwnKey,
    OwnOffice,
    Peer,
    PeerRefused,
    ReplicaHead,
    UnwrittenVolume,
)
from ohdesk.db.taking_over import issue_again
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.services.context import Context
from ohdesk.services.office.own_keys import put_age_key, put_device_key


@dataclass(frozen=True, slots=True)
class Renewal:
    """Who takes over from whom (replicas), and how many operations are sent once more under the new numbers."""

    before: str
    replica: str
    again: int


def renew(ctx: Context) -> Renewal:
    """Let this workspace go on as a new replica; it must be opened anew afterwards.

    For one that was copied, or restored by hand: its numbers are taken elsewhere.
    """
    ctx.require(Right.TRUST)
    with ctx.transaction() as session:
        return take_over(session, ctx.keys.database)


def take_over(session: Session, database_key: bytes) -> Renewal:
    """As `renew`, for whoever has the database open: a restore, before anybody opens what it made."""
    office, device = session.scalars(select(OwnOffice)).one(), session.get_one(OwnKey, KeyPurpose.DEVICE)
    before, is_known = office.replica, bool(device.certificate_der)
    acknowledged = _acknowledged(session, office)
    if is_known:
        former = {"public": device.public, "certificate_der": device.certificate_der}
        session.merge(OwnKey(purpose=KeyPurpose.BEFORE, secret=b"", **former))
    replica = put_device_key(session, database_key)
    again = issue_again(session, before, replica, acknowledged, is_known=is_known)
    office = session.scalars(select(OwnOffice)).one()
    # The one that the county knows: another would be nobody it could link, and the request be refused.
    if is_known:
        office.takes_over = before
    office.replica = replica
    if office.role == OfficeRole.TOWN:
        # What is sealed from now on must not open on the laptop that is lost. A county's key stands on its card, which
        # every town holds.
        put_age_key(session, database_key)
    _forget_exchange(session)
    return Renewal(before, replica, again)


def _acknowledged(session: Session, office: OwnOffice) -> int:
    """Return up to which of our operations nobody needs to hear again: the slowest of those we send to decides."""
    acked = session.scalar(select(func.min(Peer.acked)).where(Peer.role != office.role, Peer.age_recipient != ""))
    head = session.get(ReplicaHead, office.replica)
    return min(acked or 0, 0 if head is None else head.seq)


def _forget_exchange(session: Session) -> None:
    """Begin to count anew what was sent and acknowledged: all of it was said of the old numbers."""
    for told in (PeerRefused, BundleOut, UnwrittenVolume, Enrolment):
        session.execute(delete(told))
    for peer in session.scalars(select(Peer)):
        peer.acked, peer.acked_hash = 0, ""
    # Their files are not in a backup; whoever sent them sends them again.
    session.execute(delete(BundleIn).where(BundleIn.outcome == BundleState.PARKED))
