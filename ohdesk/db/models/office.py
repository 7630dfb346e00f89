"""The office: its settings, its people, and who may unlock this workspace."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Instant, Names, Shared, state_of
from ohdesk.domain.people import OfficeRole, PersonRole


class Setting(Base):
    """One setting of this workspace; the value is JSON."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class OwnOffice(Base):
    """The office of this workspace, the only row.

    recovery_recipient: age recipient of its recovery code
    practice: made to practise in; the key file says so too, and one that says otherwise opens nothing
    takes_over: the replica it goes on for since a restore or a copy, the last that the county knows; empty for none
    """

    __tablename__ = "own_office"

    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    role: Mapped[OfficeRole] = mapped_column(state_of(OfficeRole))
    division: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(Text)
    recovery_recipient: Mapped[str] = mapped_column(String(80))
    practice: Mapped[bool]
    takes_over: Mapped[str] = mapped_column(String(16), default="")


class OwnPower(Base):
    """A power (检查权限) to inspect that this office entered; valid_to: its last day, None until further notice.

    number, scope, published_on, inspects: of the letter, where the power is entrusted
    """

    __tablename__ = "own_power"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mode: Mapped[str] = mapped_column(String(12))
    authority: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(Date)
    inspects: Mapped[bool] = mapped_column()
    matters: Mapped[tuple[str, ...]] = mapped_column(Names, default=())


class SkippedStep(Base):
    """A first step (起步) that was put off."""

    __tablename__ = "skipped_step"

    key: Mapped[str] = mapped_column(String(20), primary_key=True)


class DraftKind(StrEnum):
    """What a draft is to become: a draw's plan, a party's statement, a page of a visit, an answer to a question."""

    DRAW_PLAN = "draw_plan"
    PARTY = "party"
    VISIT_PAGE = "visit_page"
    QUESTION = "question"


class Draft(Base):
    """What was typed on this laptop and is no part of anything yet; nothing points to it, and no act hangs on it.

    of: the visit, or whom a new plan is to visit · part: the page or the question; both empty where there is only one
    content: by the form that typed it
    """

    __tablename__ = "draft"

    kind: Mapped[DraftKind] = mapped_column(state_of(DraftKind), primary_key=True)
    of: Mapped[str] = mapped_column(String(36), primary_key=True)
    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[Any] = mapped_column(JSON)


class Person(Shared):
    """A person of an office: inspector (执法人员), assistant (协管员) or technical person (技术人员)."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    division: Mapped[str] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[PersonRole] = mapped_column(state_of(PersonRole))
    certificate_no: Mapped[str] = mapped_column(String(40), default="")
    certificate_until: Mapped[date | None] = mapped_column(Date, default=None)
    unit: Mapped[str] = mapped_column(default="")
    leads: Mapped[bool] = mapped_column(default=False)


class KeyReset(Shared):
    """An administrator gave a person's account a new password; key: SHA-256 of the signing key lost by it, or "".

    operation: that says so · by: the administrator, as in the journal
    """

    __tablename__ = "key_reset"

    operation: Mapped[str] = mapped_column(String(40), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Account(Base):
    """Who may unlock this workspace, and as whom; "" is whoever holds the recovery code. Never in the journal.

    secret: the private half of the account's key (P-256), wrapped under the personal key of its slot
    """

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class Grant(Base):
    """The roles of an account (授予角色), signed by an administrator; a row without a good signature says nothing.

    public: of the account, DER · link: where the account made its key on an invitation, that one's public half (DER)
    and its signature over the new key, else both empty · ended: the account has another key now, or is closed
    carried: it counted when its signer's grant ended, and nobody is left who could sign it anew but by it
    roles:  as signed; whatever stands there is looked at only after the signature
    """

    __tablename__ = "account_grant"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str] = mapped_column(String(80), index=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    invitation: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    link: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    roles: Mapped[Any] = mapped_column(JSON)
    signer: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    ended: Mapped[bool] = mapped_column(default=False)
    carried: Mapped[bool] = mapped_column(default=False)


class Invitation(Base):
    """The key that lets an account whose password was reset make its own keys at its first login, and the grant for it.

    secret: wrapped under the personal key of the slot that the administrator made
    own_public, own_secret, link: the account's new key and this one's signature over it, once it was made
    by, at: the account that reset the password, and when
    """

    __tablename__ = "account_invitation"

    account: Mapped[str] = mapped_column(ForeignKey("account.name"), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    roles: Mapped[Any] = mapped_column(JSON)
    signer: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    own_public: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    own_secret: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    link: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class SigningKey(Base):
    """A person's signing key (P-256), wrapped under that person's own password, and its certificates.

    own_certificate_der: self-made, proof towards the county that the person holds the key
    certificate_der:     what the person signs with: the county's once it has confirmed the key, until then the own
    """

    __tablename__ = "signing_key"

    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    public_der: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    own_certificate_der: Mapped[bytes] = mapped_column(LargeBinary)
    certificate_der: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed: Mapped[bool] = mapped_column(default=False)  # certificate issued by the county


class RetiredCertificate(Base):
    """The self-made certificate of a key that was lost by a reset: records signed with it stay good."""

    __tablename__ = "retired_certificate"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    certificate_der: Mapped[bytes] = mapped_column(LargeBinary)


class KeyPurpose(StrEnum):
    """What a key of this workspace is for: its signature (Ed25519), bundles sealed to it, the county's root (P-256).

    BEFORE: of the device that it takes over from, the certificate alone, so that the county can take its key back
    """

    DEVICE = "device"
    BEFORE = "before"
    AGE = "age"
    ROOT = "root"


class OwnKey(Base):
    """A key of this workspace; in a town the root has a certificate alone, its secret stays at the county."""

    __tablename__ = "own_key"

    purpose: Mapped[KeyPurpose] = mapped_column(state_of(KeyPurpose), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    certificate_der: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
