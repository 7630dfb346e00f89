"""One fingerprint over everything shared, so that two machines can tell that they hold the same."""

from hashlib import sha256

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    Amendment,
    Base,
    Draw,
    Establishment,
    EstablishmentHead,
    Finding,
    OperationRow,
    Person,
    PhotoPage,
    Record,
)
from ohdesk.domain.canonical import canonical

_SHARED: tuple[type[Base], ...] = (
    Amendment,
    Draw,
    Establishment,
    EstablishmentHead,
    Finding,
    OperationRow,
    Person,
    PhotoPage,
    Record,
)
# `search` depends on the pinyin table shipped, `batch` is this laptop's way to undo: neither is shared.
_LOCAL_COLUMNS = frozenset({"search", "batch", "set_aside"})


def state_digest(session: Session) -> str:
    """Return SHA-256 over all rows of all shared tables in key order, 64 hexadecimal digits."""
    whole = sha256()
    for model in _SHARED:
        table = model.__table__
        assert isinstance(table, Table)  # noqa: S101 - declarative models over plain tables
        columns = [column for column in table.columns if column.name not in _LOCAL_COLUMNS]
        whole.update(table.name.encode("ascii") + b"\n")
        for row in session.execute(select(*columns).order_by(*table.primary_key.columns)):
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            whole.update(canonical(values) + b"\n")
    return whole.hexdigest()
