"""The entries of an office's books: those that travel, those that stay on this laptop, and the journal of these."""

from datetime import date

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Shared
from ohdesk.domain.register.values import Value


class _EntryColumns:
    """What is held of an entry: the fields that every entry has by themselves, those of its book as `values`.

    number, state, establishment, person: "" while there is none · opened_on: the day it was entered
    next_due: by when the next thing is to be done, as a definition of this program counts it; not `counted` yet where
        whoever wrote the entry knew none, as what applies the operations of others
    search: what it is found by
    """

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    register: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(40), default="")
    establishment: Mapped[str] = mapped_column(String(36), default="")
    person: Mapped[str] = mapped_column(String(36), default="")
    opened_on: Mapped[date | None] = mapped_column(Date, default=None)
    next_due: Mapped[date | None] = mapped_column(Date, default=None)
    counted: Mapped[bool] = mapped_column(Boolean, default=False)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    division: Mapped[str] = mapped_column(String(9), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    values: Mapped[dict[str, Value]] = mapped_column(JSON, default=dict)


def _indexes(table: str) -> tuple[Index, ...]:
    return (
        # The list of a book, the newest first: an id begins with its instant.
        Index(f"ix_{table}_register", "register", "id", "withdrawn", "state"),
        Index(f"ix_{table}_next_due", "register", "next_due", "id"),
        Index(f"ix_{table}_number", "register", "number"),
        Index(f"ix_{table}_establishment", "establishment", "register"),
        # Of the few that just came: to look for them must not take longer the more entries there are.
        Index(f"ix_{table}_counted", "register", sqlite_where=text("counted IS 0")),
    )


class Entry(_EntryColumns, Shared):
    """An entry of a book that travels, as its fields show."""

    __tablename__ = "entry"
    __table_args__ = _indexes(__tablename__)


class ContestedEntryField(Shared):
    """A field of an entry with several writes that have not seen each other and differ (待核)."""

    __tablename__ = "contested_entry_field"

    entry: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)


class LocalEntry(_EntryColumns, Base):
    """An entry that stays on this laptop; of one that travels, by the same id, only the fields that do."""

    __tablename__ = "local_entry"
    __table_args__ = _indexes(__tablename__)


class LocalOperation(Base):
    """One write of what stays on this laptop, its canonical bytes; a chain of its own, never changed, never sent.

    batch: what was written at once, to be taken back at once
    """

    __tablename__ = "local_operation"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    record: Mapped[str] = mapped_column(String(36), index=True)
    batch: Mapped[str] = mapped_column(String(36), default="", index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
