"""The backups made here, and the places where automatic ones go. Local bookkeeping, never in the journal."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Instant


class BackupMade(Base):
    """A backup made here, by the SHA-256 of its file.

    checked_at: when it last opened without a problem; depth: how much of it was opened at most, 0 for nothing
    """

    __tablename__ = "backup_made"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    checked_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    depth: Mapped[int] = mapped_column(default=0)


class BackupPlace(Base):
    """Where automatic backups go: "" is the workspace itself, the other a folder; problem: of the last try."""

    __tablename__ = "backup_place"

    folder: Mapped[str] = mapped_column(Text, primary_key=True)
    problem: Mapped[str] = mapped_column(Text, default="")
