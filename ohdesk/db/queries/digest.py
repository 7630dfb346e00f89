"""One fingerprint over everything shared, so that two machines can tell that they hold the same."""

from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    Amendment,
    Base,
    ContestedField,
    Draw,
    Establishment,
    EstablishmentHead,
    Finding,
    FindingDuty,
    OperationRow,
    PagePhoto,
    Person,
    PhotoPage,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPhoto,
)
from ohdesk.domain.canonical import canonical

_SHARED: tuple[type[Base], ...] = (
    Amendment,
    ContestedField,
    Draw,
    Establishment,
    EstablishmentHead,
    Finding,
    FindingDuty,
    OperationRow,
    PagePhoto,
    Person,
    PhotoPage,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPhoto,
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
        # In key order: the order of rows on the disk is that of their arrival, which differs from machine to machine.
        for row in session.execute(select(*columns).order_by(*table.primary_key.columns)):
            whole.update(canonical([_plain(value) for value in row]) + b"\n")
    return whole.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value
