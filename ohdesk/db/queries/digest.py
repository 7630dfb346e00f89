"""One fingerprint over everything shared, so that two machines can tell that they hold the same."""

from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models.base import Base, Shared
from ohdesk.domain.canonical import canonical

# `search` depends on the pinyin table shipped, `batch` is this laptop's way to undo: neither is shared. What the bytes
# of an operation say is in the digest with them.
LOCAL_COLUMNS = frozenset({"search", "batch", "set_aside", "outdone", "base", "blobs"})


def state_digest(session: Session) -> str:
    """Return SHA-256 over all rows of all shared tables in key order, 64 hexadecimal digits."""
    whole = sha256()
    for name in sorted(model.__tablename__ for model in Shared.__subclasses__()):
        table = Base.metadata.tables[name]
        columns = [column for column in table.columns if column.name not in LOCAL_COLUMNS]
        whole.update(name.encode("ascii") + b"\n")
        # In key order: the order of rows on the disk is that of their arrival, which differs from machine to machine.
        for row in session.execute(select(*columns).order_by(*table.primary_key.columns)):
            whole.update(canonical([_plain(value) for value in row]) + b"\n")
    return whole.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value
