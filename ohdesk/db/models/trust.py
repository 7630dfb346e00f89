"""Whose keys the county vouches for, and which of them it took back: the same in every office."""

from datetime import date, datetime

from sqlalchemy import Date, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Instant, Shared


class Certificate(Shared):
    """A certificate the county issued, by its SHA-256: to a person, or with `person` empty to a town's device.

    key: SHA-256 of the public key · name: the person's; of a device its office's · number: the person's 执法证号
    since, until: what the key signed from … to … counts; a person's first certificate counts from when the key was made
    replica, recipient (age), mark (its letter within the division): of a device only, and takes_over: the replica it
    goes on for since a restore or a copy
    """

    __tablename__ = "certificate"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    person: Mapped[str] = mapped_column(String(36), index=True)
    replica: Mapped[str] = mapped_column(String(16))
    division: Mapped[str] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    recipient: Mapped[str] = mapped_column(String(80))
    takes_over: Mapped[str] = mapped_column(String(16))
    mark: Mapped[str] = mapped_column(String(4))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    der: Mapped[bytes] = mapped_column(LargeBinary)


class Revocation(Shared):
    """A key (SHA-256 of its public half) that the county took back, by the operation that says so.

    since: the first day on which nothing counts that the key signed
    """

    __tablename__ = "revocation"

    operation: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    since: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)


class LiftedRevocation(Shared):
    """A revocation that the county took back; set down apart, so that neither has to come first."""

    __tablename__ = "lifted_revocation"

    revocation: Mapped[str] = mapped_column(String(40), primary_key=True)
