"""The office: its settings, its people, and who may unlock this workspace."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base


class Setting(Base):
    """One setting of this workspace; the value is JSON."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Person(Base):
    """A person of an office: inspector (执法人员), assistant (协管员) or technical person (技术人员)."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    replica: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(String(20), default="")
    certificate_no: Mapped[str] = mapped_column(String(40), default="")
    certificate_until: Mapped[date | None] = mapped_column(Date, default=None)
    unit: Mapped[str] = mapped_column(default="")
    leads: Mapped[bool] = mapped_column(default=False)
    public_key: Mapped[str] = mapped_column(default="")


class Account(Base):
    """Who may unlock this workspace, and as whom. Never in the journal."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)


class AccountRole(Base):
    """One role of an account."""

    __tablename__ = "account_role"

    account: Mapped[str] = mapped_column(ForeignKey("account.name"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


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


class OwnKey(Base):
    """A key of this workspace: "device" (Ed25519), "age", and at the county "root" (P-256)."""

    __tablename__ = "own_key"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    certificate_der: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
