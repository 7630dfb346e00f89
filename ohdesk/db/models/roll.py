"""The roll of inspected bodies (名录库): the visible values, and the writes behind them."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Instant, Shared, state_of
from ohdesk.domain.establishment import Value
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.proposal import ProposalState


class Establishment(Shared):
    """One roll entry as it shows: the fields of `domain.establishment.FIELDS`; what is unknown is empty or None.

    withdrawn: it is not on the roll: taken off it, or merged into an entry that goes on
    transfer_to: the division of the town it is offered to, "" for none
    status_file: the SHA-256 of the file behind the proof of its state, "" for none
    kept: columns of lists that are none of the fields, each heading with what stood under it
    inspected_on: as written, or the day of a later record with a checklist (`db.apply.last_inspection`)
    search: `ohdesk.search.search_text` of name and `found_by`: searched, and the list's order
    name_key: `domain.roll.values.name_key` of the name, by which a listed employer is found
    """

    __tablename__ = "establishment"
    __table_args__ = (
        # Who is on the roll, and in business, follows from the index alone: else each costs a page of the table,
        # decrypted.
        Index(None, "search", "id", "withdrawn", "town", "status"),
        # Of the few that have one: the next free number must not take longer the more employers there are.
        Index("ix_establishment_transfer_to", "transfer_to", sqlite_where=text("transfer_to != ''")),
        Index("ix_establishment_status_file", "status_file", sqlite_where=text("status_file != ''")),
        Index("ix_establishment_state_secrets", "state_secrets", sqlite_where=text("state_secrets IS 1")),
        Index("ix_establishment_local_id", "local_id", sqlite_where=text("local_id != ''")),
        Index("ix_establishment_registration", "registration", sqlite_where=text("registration != ''")),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    transfer_to: Mapped[str] = mapped_column(String(64), default="")
    status_file: Mapped[str] = mapped_column(String(64), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    name_key: Mapped[int] = mapped_column(BigInteger, default=0, index=True)
    name: Mapped[str] = mapped_column(Text, default="")
    uscc: Mapped[str] = mapped_column(Text, default="", index=True)
    registration: Mapped[str] = mapped_column(Text, default="")
    local_id: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(Text, default="")
    state_secrets: Mapped[bool | None] = mapped_column(Boolean, default=None)
    town: Mapped[str] = mapped_column(Text, default="")
    grid: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    legal_representative: Mapped[str] = mapped_column(Text, default="")
    person_in_charge: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    industry_code: Mapped[str] = mapped_column(Text, default="")
    industry: Mapped[str] = mapped_column(Text, default="")
    ownership: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[str] = mapped_column(Text, default="")
    workers: Mapped[int | None] = mapped_column(Integer, default=None)
    exposed_workers: Mapped[int | None] = mapped_column(Integer, default=None)
    dispatched_workers: Mapped[int | None] = mapped_column(Integer, default=None)
    hazards: Mapped[str] = mapped_column(Text, default="")
    risk_class: Mapped[str] = mapped_column(Text, default="")
    risk_scheme: Mapped[str] = mapped_column(Text, default="")
    hazard_grade: Mapped[str] = mapped_column(Text, default="")
    declared: Mapped[bool | None] = mapped_column(Boolean, default=None)
    declared_on: Mapped[date | None] = mapped_column(Date, default=None)
    tested_on: Mapped[date | None] = mapped_column(Date, default=None)
    exam_on: Mapped[date | None] = mapped_column(Date, default=None)
    inspected_on: Mapped[date | None] = mapped_column(Date, default=None)
    key_industry: Mapped[str] = mapped_column(Text, default="")
    support_industry: Mapped[str] = mapped_column(Text, default="")
    hearing_industry: Mapped[str] = mapped_column(Text, default="")
    new_case_year: Mapped[str] = mapped_column(Text, default="")
    new_case_disease: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(Text, default="")
    status_on: Mapped[date | None] = mapped_column(Date, default=None)
    status_proof: Mapped[str] = mapped_column(Text, default="")
    permit_no: Mapped[str] = mapped_column(Text, default="")
    permit_until: Mapped[date | None] = mapped_column(Date, default=None)
    permit_scope: Mapped[str] = mapped_column(Text, default="")
    devices: Mapped[str] = mapped_column(Text, default="")
    professionals: Mapped[int | None] = mapped_column(Integer, default=None)
    tags: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    kept: Mapped[Pairs] = mapped_column(JSON, default=())


class ContestedField(Shared):
    """A field of a roll entry with several writes that have not seen each other and differ (待核)."""

    __tablename__ = "contested_field"

    establishment: Mapped[str] = mapped_column(ForeignKey("establishment.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(30), primary_key=True)


class EstablishmentHead(Shared):
    """A write that no other write has seen yet, for the fields it is still a head of.

    A field with one head shows that value; with several it is 待核 (domain.merge).
    """

    __tablename__ = "establishment_head"

    establishment: Mapped[str] = mapped_column(ForeignKey("establishment.id"), primary_key=True)
    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    division: Mapped[str] = mapped_column(String(9))
    fields: Mapped[dict[str, Value]] = mapped_column(JSON)


class Merged(Shared):
    """An entry that is said to be merged into another (合并).

    other: into which it is said to be · into: the entry that goes on for it, by `domain.roll.merging`; "" while itself
    """

    __tablename__ = "merged"

    establishment: Mapped[str] = mapped_column(String(36), primary_key=True)
    other: Mapped[str] = mapped_column(String(36), index=True)
    into: Mapped[str] = mapped_column(String(36), index=True)


class Proposal(Shared):
    """A town's write of a roll entry that is not its own, and the county's word on it; never shown as the value.

    establishment: may be one that is not on the roll here · reason: the county's
    """

    __tablename__ = "proposal"

    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    establishment: Mapped[str] = mapped_column(String(36), index=True)
    division: Mapped[str] = mapped_column(String(9))
    state: Mapped[ProposalState] = mapped_column(state_of(ProposalState))
    reason: Mapped[str] = mapped_column(Text)


class ToldApart(Base):
    """Two entries, the smaller id first, of which a person said that they are not one employer.

    On this laptop alone: it only keeps a pair from being shown again, and no office is to narrow what another sees.
    """

    __tablename__ = "told_apart"

    first: Mapped[str] = mapped_column(String(36), primary_key=True)
    second: Mapped[str] = mapped_column(String(36), primary_key=True)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)
