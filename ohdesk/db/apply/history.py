"""The operations on one record as the journal holds them: each once, none before one that it had seen."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, decode
from ohdesk.db.models import OperationRow


class _Kept(msgspec.Struct, rename={"values": "v"}):
    """What is needed again of an operation that was understood when it came."""

    base: tuple[str, ...]
    values: dict[str, Any]


class Held(NamedTuple):
    """An operation as it is held. again: issued again by a replica that took over · first_hash: that it had first."""

    replica: str
    seq: int
    kind: str
    first_hash: str
    again: bool
    is_aside: bool
    base: tuple[str, ...]
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name in the `base` of others."""
        return f"{self.replica}:{self.seq}"


def is_last(session: Session, applied: Applied) -> bool:
    """True when an operation follows all others held on its record in every order: no other laptop has written any."""
    record = OperationRow.record == applied.record
    other = or_(OperationRow.replica != applied.replica, OperationRow.seq > applied.seq)
    return session.execute(select(OperationRow.seq).where(record, other).limit(1)).first() is None


def in_order(session: Session, record: str, kind: str) -> list[Held]:
    """Return the operations of one kind on a record, but those set aside.

    What had not seen each other follows by its hash: the same everywhere, whichever came first.
    """
    # All are put in order: one may have seen another only through one of another kind, or one that is set aside here.
    found = _sorted(_each_once(list(_held(session, record))))
    return [each for each in found if each.kind == kind and not each.is_aside]


def heads_of(session: Session, record: str) -> tuple[str, ...]:
    """Return the names of the operations on a record that no other one on it has seen, in a fixed order."""
    held = [each for each in _held(session, record) if not each.is_aside]
    seen = {name for each in held for name in each.base}
    return tuple(sorted(each.name for each in held if each.name not in seen))


def _held(session: Session, record: str) -> Iterable[Held]:
    columns = (OperationRow.replica, OperationRow.seq, OperationRow.kind, OperationRow.hash, OperationRow.first_hash)
    rows = select(*columns, OperationRow.set_aside, OperationRow.body).where(OperationRow.record == record)
    for replica, seq, kind, digest, first_hash, set_aside, body in session.execute(rows):
        # Checked when it came, and read again for each that follows: a tenth of the time.
        kept = decode(body) if set_aside else msgspec.json.decode(body, type=_Kept)
        said = (first_hash or digest, bool(first_hash), bool(set_aside), kept.base, kept.values)
        yield Held(replica, seq, kind, *said)


def _each_once(held: Collection[Held]) -> list[tuple[Held, set[str]]]:
    """Return the operations, one that was issued again by its first name where that is held, each with what it saw."""
    twins: dict[str, list[Held]] = defaultdict(list)
    for each in held:
        twins[each.first_hash].append(each)
    one = {of: min(many, key=lambda each: (each.again, each.name)) for of, many in twins.items()}
    called = {each.name: one[each.first_hash].name for each in held}
    before: dict[str, str] = {}  # by replica, what it wrote last: that it has seen as well
    found = []
    for each in sorted(one.values(), key=lambda each: (each.replica, each.seq)):
        seen = {called[name] for name in each.base if name in called}
        found.append((each, seen | ({before[each.replica]} if each.replica in before else set())))
        before[each.replica] = each.name
    return found


def _sorted(operations: Collection[tuple[Held, set[str]]]) -> list[Held]:
    named = {each.name: each for each, _ in operations}
    waits = {each.name: seen - {each.name} for each, seen in operations}
    waited_for: dict[str, list[str]] = defaultdict(list)
    for name, seen in waits.items():
        for other in seen:
            waited_for[other].append(name)
    ready = [(named[name].first_hash, name) for name, seen in waits.items() if not seen]
    heapify(ready)
    # Two can only claim to have seen each other: then the smallest hash goes first, and none is left out, or it would
    # matter which of them came first.
    by_hash = iter(sorted((named[name].first_hash, name) for name in named))
    found: dict[str, Held] = {}
    while len(found) < len(named):
        _, name = heappop(ready) if ready else next(each for each in by_hash if each[1] not in found)
        if name in found:
            continue
        found[name] = named[name]
        for other in waited_for[name]:
            waits[other].discard(name)
            if not waits[other]:
                heappush(ready, (named[other].first_hash, other))
    return list(found.values())
