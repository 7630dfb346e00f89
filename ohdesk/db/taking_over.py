"""One replica takes over from another: what the old one never got through is issued again under new numbers."""

from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ohdesk.db import apply
from ohdesk.db.apply.applied import decode
from ohdesk.db.chain import NO_HASH
from ohdesk.db.models import OperationRow, ReplicaHead
from ohdesk.db.models.base import Base, Shared
from ohdesk.domain.canonical import canonical, parse

_COLUMNS = ("kind", "record", "batch", "set_aside", "outdone", "blobs")


def issue_again(session: Session, old: str, new: str, after: int, *, is_known: bool) -> int:
    """Give the operations of `old` behind number `after` to `new`, from its number 1 on; return how many.

    They say what they said, of the same instant and person; what they had seen is named as it is called now.  Beside
    it stands where each stood first: so it is recognised should it turn up there as well, and a person's signature
    still fits.  Nothing changes in what the tables show.

    is_known: the county has certified `old`; of another one nothing can ever turn up, and nobody would know its name
    """
    rows = list(
        session.scalars(
            select(OperationRow).where(OperationRow.replica == old, OperationRow.seq > after).order_by(OperationRow.seq)
        )
    )
    division = session.get_one(ReplicaHead, old).division if rows else ""
    names = {f"{old}:{row.seq}": f"{new}:{number}" for number, row in enumerate(rows, 1)}
    previous, again = NO_HASH, []
    for number, row in enumerate(rows, 1):
        base = tuple(sorted(names.get(name, name) for name in row.base))
        value = _issued_again(row.body, is_known=is_known)
        first = (row.first_hash or row.hash) if "o" in value else ""
        body = canonical(value | {"r": new, "s": number, "p": previous, "base": base})
        digest = sha256(body).hexdigest()
        held = {name: getattr(row, name) for name in _COLUMNS}
        place = {"replica": new, "seq": number, "hash": digest, "first_hash": first}
        again.append({**held, **place, "base": base, "body": body})
        previous = digest
    if again:
        session.execute(insert(OperationRow), again)
        _end_at(session, old, after)
        session.add(ReplicaHead(replica=new, seq=len(again), hash=previous, division=division))
    _rename(session, old, new, after)
    # Last: until then the tables name them.
    session.execute(delete(OperationRow).where(OperationRow.replica == old, OperationRow.seq > after))
    if not is_known:
        # They have another hash now, by which the tables know them.
        apply.work_out(session, {apply.subject(decode(row["body"])) for row in again})
    session.flush()
    session.expire_all()
    return len(again)


def _issued_again(body: bytes, *, is_known: bool) -> dict[str, Any]:
    """Return what an operation says, with where it stood first unless nobody will ever ask."""
    value: dict[str, Any] = parse(body)
    if is_known or "sig" in value:
        first = {key: value[key] for key in ("r", "s", "p", "base")}
        value["o"] = value.get("o", first)  # issued again once more: it still stood first where it stood first
    return value


def _end_at(session: Session, replica: str, seq: int) -> None:
    """Let the chain of a replica end at an operation that is held, or be gone at 0."""
    head = session.get_one(ReplicaHead, replica)
    if seq:
        head.seq, head.hash = seq, session.get_one(OperationRow, (replica, seq)).hash
    else:
        session.delete(head)


def _rename(session: Session, old: str, new: str, after: int) -> None:
    """Have the shared tables name the operations as they are called now."""
    for model in Shared.__subclasses__():
        table = Base.metadata.tables[model.__tablename__]
        if {"replica", "seq"} <= set(table.columns.keys()) and model not in {OperationRow, ReplicaHead}:
            named = (table.c.replica == old) & (table.c.seq > after)
            session.execute(update(table).where(named).values(replica=new, seq=table.c.seq - after))
