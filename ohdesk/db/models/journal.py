"""The journal: every operation of every replica, each replica's a hash chain; and the blobs they mention."""

from sqlalchemy import Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Names, Shared


class OperationRow(Shared):
    """One operation, its canonical bytes as they came; never changed, never deleted.

    set_aside: why `apply` refused it; empty when applied
    outdone: set aside only because of others on the record; it may come back when one more is there
    first_hash: of one issued again by the replica that took over, the hash it had first; else empty
    base, blobs: the operations it had seen and the hashes of the blobs it mentions, as its bytes say them; none of one
        that is not understood
    """

    __tablename__ = "operation"
    # Of the few that were issued again: an index of all hashes would cost every operation of every office.
    __table_args__ = (
        Index("ix_operation_first_hash", "first_hash", sqlite_where=text("first_hash != ''")),
        # With the place in it, so that who wrote last on a record is told without reading all that was.
        Index("ix_operation_record", "record", "replica", "seq"),
        # Of the few that are set aside: asked for at every bundle, whatever else is held.
        Index("ix_operation_set_aside", "replica", "seq", sqlite_where=text("set_aside != ''")),
        # As few: most are of the roll, and who asks for a photo is told whether it is theirs to ask for.
        Index("ix_operation_blobs", "replica", "seq", sqlite_where=text("blobs != ''")),
    )

    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(String(64))
    first_hash: Mapped[str] = mapped_column(String(64), default="")
    batch: Mapped[str] = mapped_column(String(36), default="", index=True)
    set_aside: Mapped[str] = mapped_column(Text, default="")
    outdone: Mapped[bool] = mapped_column(default=False)
    # Beside the bytes: an export or a history asks for these of a hundred thousand operations and for nothing else.
    base: Mapped[tuple[str, ...]] = mapped_column(Names, default=())
    blobs: Mapped[tuple[str, ...]] = mapped_column(Names, default=())
    # The bytes and not the value: hash and signature are over them, fields unknown to this version included.
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ReplicaHead(Base):
    """The last operation held of each replica: its number and hash (64 zeros before the first)."""

    __tablename__ = "replica_head"

    replica: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    division: Mapped[str] = mapped_column(String(9))


class LocalHead(Base):
    """How many rows a group of this laptop's own rows has, and their keyed sum; kept by triggers (`db.local_rows`).

    changes: how often the group was written to; it only grows
    """

    __tablename__ = "local_head"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy wants it

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    rows: Mapped[int] = mapped_column(Integer)
    sum: Mapped[bytes] = mapped_column(LargeBinary)
    changes: Mapped[int] = mapped_column(Integer, default=1)


class BlobRow(Base):
    """A blob that an operation or a draft mentions: its hash, its size in bytes, and whether we hold its bytes."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer, default=0)
    held: Mapped[bool] = mapped_column(default=False)
