"""The chains of the journal: each operation's row, and the last one of each replica."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import BLOB, KEYS, Applied, Came, Link
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import BlobRow, OperationRow, ReplicaHead
from ohdesk.db.queries.among import among

NO_HASH = "0" * 64
_AT_ONCE = 200  # rows fetched together


class GapError(Exception):
    """An operation came before its predecessor; `missing` is the first number we lack."""

    def __init__(self, replica: str, missing: int) -> None:
        super().__init__(f"{replica}: operation {missing} is missing")
        self.replica = replica
        self.missing = missing


class ForkError(Exception):
    """The same number carries another operation than the one we hold: a cloned or restored laptop."""

    def __init__(self, replica: str, seq: int) -> None:
        super().__init__(f"{replica}:{seq} differs from the operation held")
        self.replica = replica
        self.seq = seq


def head_of(session: Session, replica: str, division: str) -> ReplicaHead:
    """Return the last operation held of a replica, which whoever appends another moves on."""
    head = session.get(ReplicaHead, replica)
    if head is None:
        head = ReplicaHead(replica=replica, seq=0, hash=NO_HASH, division=division)
        session.add(head)
    return head


def follow(session: Session, many: Sequence[Came]) -> list[bool]:
    """Move the head of a replica behind these operations; return of each whether it is new here, not held already.

    Raises GapError or ForkError where one neither is held nor follows.
    """
    head = head_of(session, many[0].link.replica, many[0].link.division)
    # Only where there may be any, and never a number that no database holds.
    earlier = [came.link.seq for came in many if 0 < came.link.seq <= head.seq]
    held: dict[int, str] = {}
    if earlier:
        place = OperationRow.seq.between(min(earlier), max(earlier))
        rows = select(OperationRow.seq, OperationRow.hash).where(OperationRow.replica == head.replica, place)
        held |= session.execute(rows).all()
    is_new: list[bool] = []
    for came in many:
        is_new.append(came.link.seq > head.seq)
        # Held already: with the same bytes it is a repetition, which is success; with others two laptops share a
        # number.
        if came.link.seq <= head.seq:
            if held.get(came.link.seq) != came.hash:
                raise ForkError(came.link.replica, came.link.seq)
            continue
        if came.link.seq > head.seq + 1:
            # Not an error of the sender: the bundle before has not arrived yet, so this one waits.
            raise GapError(came.link.replica, head.seq + 1)
        # The right number on another past: a laptop restored from a backup, or a clone.
        if came.link.previous != head.hash:
            raise ForkError(came.link.replica, head.seq)
        head.seq, head.hash = came.link.seq, came.hash
        held[came.link.seq] = came.hash
    return is_new


def store(session: Session, many: Sequence[Applied], batch: str = "", refused: Mapping[str, str] | None = None) -> None:
    """Write operations into the journal; refused: by name, why those are set aside that are."""
    if not many:
        return
    refused = refused or {}
    rows = [
        {
            "replica": applied.replica,
            "seq": applied.seq,
            "hash": applied.hash,
            "kind": applied.kind,
            "first_hash": "" if applied.origin is None else applied.first_hash,
            "record": applied.record,
            "batch": batch,
            # Set aside, not rejected: the chain must go on, or one bad operation would stop a town for ever.
            "set_aside": refused.get(applied.name, ""),
            "outdone": False,
            "base": applied.base,
            "blobs": hashes(applied.blobs),
            "body": applied.body,
        }
        for applied in many
    ]
    write_rows(session, OperationRow, rows)
    announce(session, many)


def hashes(blobs: Iterable[str]) -> tuple[str, ...]:
    """Return the hashes in which an operation spells its blobs."""
    return tuple(blob.removeprefix(BLOB) for blob in blobs)


def announce(session: Session, many: Iterable[Applied]) -> None:
    """Have the blobs that operations mention asked for where they are not here."""
    # Before their bytes are here: photos may come in a later bundle, and the receipt asks for what is missing.
    wanted = dict.fromkeys(blob for applied in many for blob in hashes(applied.blobs))
    if wanted:
        known = set(session.scalars(select(BlobRow.sha256).where(among(BlobRow.sha256, wanted))))
        fresh = [{"sha256": blob, "size": 0, "held": False} for blob in wanted if blob not in known]
        write_rows(session, BlobRow, fresh)


def chain_problems(session: Session) -> list[str]:
    """Return every place where a replica's chain does not hold; empty when all do."""
    problems: list[str] = []
    previous: dict[str, tuple[int, str]] = {}
    columns = (OperationRow.base, OperationRow.blobs, OperationRow.set_aside, OperationRow.body)
    in_order = select(OperationRow.replica, OperationRow.seq, OperationRow.hash, *columns).order_by(
        OperationRow.replica, OperationRow.seq
    )
    for replica, seq, digest, base, blobs, set_aside, body in session.execute(
        in_order.execution_options(yield_per=_AT_ONCE)
    ):
        before = previous.get(replica, (0, NO_HASH))
        # Of what is set aside an older program may have understood less.
        named = None if set_aside else (base, blobs)
        if sha256(body).hexdigest() != digest or not _stands_there(body, seq, before, named):
            problems.append(f"{replica}:{seq}")
        previous[replica] = (seq, digest)
    return problems + [
        f"{head.replica}: head {head.seq}"
        for head in session.scalars(select(ReplicaHead))
        if previous.get(head.replica, (0, NO_HASH)) != (head.seq, head.hash)
    ]


class _Named(Link, frozen=True, kw_only=True, rename=KEYS):
    """What stands of an operation in columns beside its bytes."""

    base: tuple[str, ...]
    blobs: tuple[str, ...]


def _stands_there(body: bytes, seq: int, before: tuple[int, str], named: tuple[Any, Any] | None) -> bool:
    """True when an operation says its number, that it follows the one before (number, hash), and what columns say."""
    try:
        said = msgspec.json.decode(body, type=_Named if named else Link)
    except msgspec.DecodeError:
        return False
    if isinstance(said, _Named) and named != (said.base, hashes(said.blobs)):
        return False
    return (said.seq, said.previous) == (seq, before[1]) and seq == before[0] + 1
