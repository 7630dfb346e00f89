"""Final records and what follows from them: shared tables, written only by `db.apply`."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base


class Record(Base):
    """The final record (定稿) of one visit; immutable."""

    __tablename__ = "record"

    visit: Mapped[str] = mapped_column(String(36), primary_key=True)
    replica: Mapped[str] = mapped_column(String(16), index=True)
    division: Mapped[str] = mapped_column(String(9))
    number: Mapped[str] = mapped_column(String(40))
    establishment: Mapped[str] = mapped_column(String(36), index=True)
    establishment_name: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(8))
    started_at: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[str] = mapped_column(String(20))
    finalized_at: Mapped[str] = mapped_column(String(20))
    record_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[Any] = mapped_column(JSON)


class Finding(Base):
    """A finding (问题) of a final record; `state`: open."""

    __tablename__ = "finding"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # visit id, a colon, the finding's number
    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    question: Mapped[str] = mapped_column(String(60))
    fact: Mapped[str] = mapped_column(Text)
    duty: Mapped[Any] = mapped_column(JSON)
    disposal: Mapped[str] = mapped_column(Text)
    due_on: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(12))


class PhotoPage(Base):
    """A 照片说明页 brought in after the record was signed."""

    __tablename__ = "photo_page"

    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit: Mapped[str] = mapped_column(String(36), index=True)
    at: Mapped[str] = mapped_column(String(20))
    content: Mapped[Any] = mapped_column(JSON)


class Amendment(Base):
    """A statement added to a final record."""

    __tablename__ = "amendment"

    operation: Mapped[str] = mapped_column(String(40), primary_key=True)  # "replica:seq"
    visit: Mapped[str] = mapped_column(String(36), index=True)
    statement: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[str] = mapped_column(String(20))
