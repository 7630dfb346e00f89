"""Fingerprints of what is shared, so that two machines can tell that they hold the same.

Of everything, whose cost is that of everything; of the heads of the chains, and of a few records that these choose,
which cost the same however much is held.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow, ReplicaHead
from ohdesk.db.models.base import Base, Shared
from ohdesk.domain.canonical import canonical

# `search` depends on the pinyin table shipped, `batch` is this laptop's way to undo: neither is shared. What the bytes
# of an operation say is in the digest with them.
# When an entry is due is counted by the definition and the calendar of each program.
LOCAL_COLUMNS = frozenset(
    {"search", "name_key", "next_due", "counted", "batch", "set_aside", "outdone", "base", "blobs"}
)
_SAMPLED = 32  # operations
_WRITES = frozenset({"operation", "establishment_head"})


def state_digest(session: Session) -> str:
    """Return SHA-256 over all rows of all shared tables in key order, 64 hexadecimal digits."""
    return _rows_digest(session, dict.fromkeys(_shared_tables()))


def shown_digest(session: Session) -> str:
    """Return SHA-256 over what shows of all that is shared: the same before something and after it was taken back.

    Without the journal and what in it stands for what, and without what was withdrawn.
    """
    shown = (table for table in _shared_tables() if table.name not in _WRITES)
    return _rows_digest(session, dict.fromkeys(shown), with_withdrawn=False)


def heads_digest(session: Session) -> str:
    """Return SHA-256 over number and hash of the last operation of each replica: which operations are held."""
    return sha256(canonical([list(head) for head in _heads(session)])).hexdigest()


def sampled_digest(session: Session) -> str:
    """Return SHA-256 over the rows of a few records; two who hold the same operations look at the same few.

    Which they are changes with every operation, so that in time each has its turn.
    """
    heads = _heads(session)
    whole = sum(seq for _, seq, _ in heads)
    many = min(_SAMPLED, whole)
    start = int(sha256(canonical([list(head) for head in heads])).hexdigest(), 16)
    records = sorted({_record(session, heads, (start + whole * turn // many) % whole) for turn in range(many)})
    return _rows_digest(session, {table: records for table in _shared_tables() if table.name != "operation"})


def _heads(session: Session) -> list[tuple[str, int, str]]:
    heads = select(ReplicaHead.replica, ReplicaHead.seq, ReplicaHead.hash).where(ReplicaHead.seq > 0)
    return [(replica, seq, digest) for replica, seq, digest in session.execute(heads.order_by(ReplicaHead.replica))]


def _record(session: Session, heads: Iterable[tuple[str, int, str]], place: int) -> str:
    """Return the record of an operation by its place in the row of all, counted through the chains."""
    for replica, seq, _ in heads:
        if place < seq:
            wanted = select(OperationRow.record).where(OperationRow.replica == replica, OperationRow.seq == place + 1)
            return session.scalar(wanted) or ""
        place -= seq
    return ""


def _shared_tables() -> list[Table]:
    return [Base.metadata.tables[name] for name in sorted(model.__tablename__ for model in Shared.__subclasses__())]


def _rows_digest(
    session: Session, chosen: Mapping[Table, Collection[str] | None], *, with_withdrawn: bool = True
) -> str:
    """Return SHA-256 over the rows of tables in key order: all, or those whose key begins with one of these ids."""
    whole = sha256()
    for table, ids in chosen.items():
        columns = [column for column in table.columns if column.name not in LOCAL_COLUMNS]
        whole.update(table.name.encode("ascii") + b"\n")
        key = table.primary_key.columns
        # In key order: the order of rows on the disk is that of their arrival, which differs from machine to machine.
        rows = select(*columns).order_by(*key)
        if ids is not None:
            rows = rows.where(key[0].in_(ids))
        if not with_withdrawn and "withdrawn" in table.columns:
            rows = rows.where(table.c.withdrawn.is_(False))
        for row in session.execute(rows.execution_options(yield_per=500)):
            whole.update(canonical([_plain(value) for value in row]) + b"\n")
    return whole.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value
