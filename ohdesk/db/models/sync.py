"""Who we exchange bundles with, what went out and what came in. Local bookkeeping, never in the journal."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Instant, state_of
from ohdesk.domain.people import OfficeRole


class Peer(Base):
    """Another workspace: at the county each town's, at a town the county's.

    acked, acked_hash: how far it holds our operations, by its own receipt, and the hash of the last of these
    """

    __tablename__ = "peer"

    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    role: Mapped[OfficeRole] = mapped_column(state_of(OfficeRole))
    division: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(Text)
    age_recipient: Mapped[str] = mapped_column(String(80), default="")
    acked: Mapped[int] = mapped_column(Integer, default=0)
    acked_hash: Mapped[str] = mapped_column(String(64), default="")
    heard_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class PeerMissing(Base):
    """A blob of ours that a peer still lacks, by its own word."""

    __tablename__ = "peer_missing"

    replica: Mapped[str] = mapped_column(ForeignKey("peer.replica"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class PeerRefused(Base):
    """An operation of ours that a peer set aside, by its number, and why."""

    __tablename__ = "peer_refused"

    replica: Mapped[str] = mapped_column(ForeignKey("peer.replica"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)


class Enrolment(Base):
    """The request to a county that waits for its answer, the only row: the county's card and the request, as files."""

    __tablename__ = "enrolment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card: Mapped[bytes] = mapped_column(LargeBinary)
    request: Mapped[bytes] = mapped_column(LargeBinary)


class CountyRecipient(Base):
    """An age recipient of the county's card: every bundle is encrypted for it."""

    __tablename__ = "county_recipient"

    recipient: Mapped[str] = mapped_column(String(80), primary_key=True)


class Counted:
    """How many operations of a bundle concern final records, the roll, draws and anything else, counted once.

    blobs: how many photos and documents it carries
    """

    records: Mapped[int] = mapped_column(Integer, default=0)
    roll: Mapped[int] = mapped_column(Integer, default=0)
    draws: Mapped[int] = mapped_column(Integer, default=0)
    others: Mapped[int] = mapped_column(Integer, default=0)
    blobs: Mapped[int] = mapped_column(Integer, default=0)


class BundleOut(Counted, Base):
    """A bundle that was written, numbered per sender; `head_sha256` chains the next one.

    first, last: the operations inside; both 0 when it carried receipts only
    """

    __tablename__ = "bundle_out"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    head_sha256: Mapped[str] = mapped_column(String(64))
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    written_at: Mapped[datetime] = mapped_column(Instant)


class UnwrittenVolume(Base):
    """A volume of a set that is being written; gone when it is written, so that the next export goes on with the rest.

    set: of the set, 16 hexadecimal digits · i, n: which of how many
    receiver: the replica that is to get a snapshot; empty where everybody gets what is new
    spans: of operations, each replica, first and last number · blobs: their hashes · size: in bytes, together
    """

    __tablename__ = "unwritten_volume"

    set: Mapped[str] = mapped_column(String(16), primary_key=True)
    i: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(Integer)
    receiver: Mapped[str] = mapped_column(String(16))
    spans: Mapped[list[tuple[str, int, int]]] = mapped_column(JSON)
    blobs: Mapped[list[str]] = mapped_column(JSON)
    size: Mapped[int] = mapped_column(Integer)


class BundleState(StrEnum):
    """What became of a bundle that came in: parked until what it waits for has come, and then perhaps refused."""

    APPLIED = "applied"
    PARKED = "parked"
    REFUSED = "refused"


class BundleIn(Counted, Base):
    """A bundle that came in.

    sha256: of its head, which is the bundle's identity · prev: that of the bundle before, by the sender's word
    reason: what a parked one waits for, why it was refused after all, or how one does not fit the sender's others
    first, last: the operations inside; both 0 when it carried receipts only
    set, i, n: which volume of how many of which set; a bundle by itself is the first of one
    made_at: by the clock of who made it, "2026-03-02T09:30:00Z"
    """

    __tablename__ = "bundle_in"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    replica: Mapped[str] = mapped_column(String(16), index=True)
    bundle_seq: Mapped[int] = mapped_column(Integer)
    prev: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[BundleState] = mapped_column(state_of(BundleState))
    reason: Mapped[str] = mapped_column(Text, default="")
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    set: Mapped[str] = mapped_column(String(16))
    i: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[str] = mapped_column(String(20))
    came_at: Mapped[datetime] = mapped_column(Instant)


class QuarantinedBundle(Base):
    """A bundle that was refused, by the SHA-256 of the file, and why.

    name: as the file was handed in · division, replica: of whom it names as its sender, unproved; "" when unreadable
    kept: the file lies in the quarantine folder
    """

    __tablename__ = "quarantined_bundle"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    division: Mapped[str] = mapped_column(String(9))
    replica: Mapped[str] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    came_at: Mapped[datetime] = mapped_column(Instant)
    kept: Mapped[bool] = mapped_column(Boolean)
