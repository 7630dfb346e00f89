"""The operations on one record as the journal holds them: each once, none before one that it had seen."""

from collections import defaultdict
from collections.abc import Collection
from heapq import heapify, heappop, heappush

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, decode
from ohdesk.db.models import OperationRow


def in_order(session: Session, record: str, kind: str) -> list[Applied]:
    """Return the operations of one kind on a record, but those set aside.

    What had not seen each other follows by its hash: the same everywhere, whichever came first.
    """
    rows = session.execute(select(OperationRow.body, OperationRow.set_aside).where(OperationRow.record == record)).all()
    # All are put in order: one may have seen another only through one of another kind, or one that is set aside here.
    held = [decode(body) for body, _ in rows]
    aside = {each.name for each, (_, why) in zip(held, rows, strict=True) if why}
    return [each for each in _sorted(_each_once(held)) if each.kind == kind and each.name not in aside]


def heads_of(session: Session, record: str) -> tuple[str, ...]:
    """Return the names of the operations on a record that no other one on it has seen, in a fixed order."""
    bodies = select(OperationRow.body).where(OperationRow.record == record, OperationRow.set_aside == "")
    held = list(map(decode, session.scalars(bodies)))
    seen = {name for each in held for name in each.base}
    return tuple(sorted(each.name for each in held if each.name not in seen))


def _each_once(held: list[Applied]) -> list[tuple[Applied, set[str]]]:
    """Return the operations, one that was issued again by its first name where that is held, each with what it saw."""
    twins: dict[str, list[Applied]] = defaultdict(list)
    for each in held:
        twins[each.first_hash].append(each)
    one = {of: min(many, key=lambda each: (each.origin is not None, each.name)) for of, many in twins.items()}
    called = {each.name: one[each.first_hash].name for each in held}
    before: dict[str, str] = {}  # by replica, what it wrote last: that it has seen as well
    found = []
    for each in sorted(one.values(), key=lambda each: (each.replica, each.seq)):
        seen = {called[name] for name in each.base if name in called}
        found.append((each, seen | ({before[each.replica]} if each.replica in before else set())))
        before[each.replica] = each.name
    return found


def _sorted(operations: Collection[tuple[Applied, set[str]]]) -> list[Applied]:
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
    found: dict[str, Applied] = {}
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
