"""The journal of what never leaves this laptop: the same writes of entries as travel, in a chain of their own.

No office ever asks for it, so the chain that travels has no gap, no digest knows of it, and only a backup contains it.
One laptop writes it: the last word on a field is what shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.registers import columns_of, fields_of
from ohdesk.db.chain import NO_HASH
from ohdesk.db.journal import Stamp, check, check_time
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import LocalEntry, LocalOperation
from ohdesk.db.queries.among import among
from ohdesk.domain.bounds import LARGEST_OPERATION
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.canonical import canonical, parse
from ohdesk.domain.operations import EntryWritten
from ohdesk.domain.register.values import Value
from ohdesk.errors import UserError
from ohdesk.i18n import tr

_AT_ONCE = 500  # rows fetched together


@dataclass(frozen=True, slots=True)
class LocalWrite:
    """One write as it was kept: when ("2026-03-02T04:00:00Z"), by whom, and what."""

    seq: int
    record: str
    at: str
    by: str
    batch: str
    fields: Mapping[str, Value]
    reason: str
    source: str


def record_many(session: Session, operations: Sequence[EntryWritten], stamp: Stamp, batch: str = "") -> None:
    """Append writes of entries to the local chain and apply them; all of them or none."""
    if not operations:
        return
    check_time(stamp)
    seq, previous = _head(session)
    rows = []
    for operation in operations:
        check(operation)
        seq += 1
        body = canonical(_body(operation, stamp, seq, previous))
        if len(body) > LARGEST_OPERATION:
            raise UserError(tr("一次写入的内容过大，没有保存。"), tr("请减少内容后再试。"))
        previous = sha256(body).hexdigest()
        rows.append({"seq": seq, "hash": previous, "record": operation.record, "batch": batch, "body": body})
    write_rows(session, LocalOperation, rows)
    _apply(session, operations, stamp.division)


def writes_of(session: Session, *which: Any) -> Iterator[LocalWrite]:
    """Yield the writes of `which` (of `LocalOperation`), in their order."""
    held = select(LocalOperation).where(*which).order_by(LocalOperation.seq).execution_options(yield_per=_AT_ONCE)
    for row in session.scalars(held):
        said = parse(row.body)
        value = said["v"]
        yield LocalWrite(
            row.seq, row.record, said["at"], said["by"], row.batch, value["fields"], value["reason"], value["source"]
        )


def chain_problems(session: Session) -> list[str]:
    """Return every place where the local chain does not hold; empty when it does."""
    problems: list[str] = []
    expected = 1
    previous = NO_HASH
    rows = select(LocalOperation.seq, LocalOperation.hash, LocalOperation.record, LocalOperation.body)
    for seq, digest, record, body in session.execute(rows.order_by(LocalOperation.seq)):
        if sha256(body).hexdigest() != digest or _place(body) != (seq, previous, record) or seq != expected:
            problems.append(f"local:{seq}")
        expected, previous = seq + 1, digest
    return problems


def _head(session: Session) -> tuple[int, str]:
    last = select(LocalOperation.seq, LocalOperation.hash).order_by(LocalOperation.seq.desc()).limit(1)
    row = session.execute(last).first()
    return (0, NO_HASH) if row is None else (row.seq, row.hash)


def _body(operation: EntryWritten, stamp: Stamp, seq: int, previous: str) -> dict[str, Any]:
    value = {
        "register": operation.register,
        "fields": dict(operation.fields),
        "reason": operation.reason,
        "source": operation.source,
    }
    written = {"s": seq, "p": previous, "t": operation.kind, "id": operation.record, "v": value}
    return {**written, "at": instant_text(stamp.at), "by": stamp.by, "blobs": list(operation.blobs)}


def _place(body: bytes) -> tuple[int, str, str] | None:
    try:
        said = msgspec.json.decode(body)
        return said["s"], said["p"], said["id"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return None


def _apply(session: Session, operations: Sequence[EntryWritten], division: str) -> None:
    """Set down what the entries show after these writes, the new ones all at once."""
    held = {
        row.id: row
        for row in session.scalars(select(LocalEntry).where(among(LocalEntry.id, {each.record for each in operations})))
    }
    new: dict[str, tuple[str, dict[str, Value]]] = {}
    for operation in operations:
        entry = held.get(operation.record)
        if entry is None:
            _, fields = new.setdefault(operation.record, (operation.register, {}))
            fields.update(operation.fields)
            continue
        for name, value in columns_of({**fields_of(entry), **operation.fields}).items():
            setattr(entry, name, value)
    session.flush()
    same = {"division": division}
    write_rows(
        session,
        LocalEntry,
        [{"id": id_, "register": register, **same, **columns_of(fields)} for id_, (register, fields) in new.items()],
    )
