"""The operations on one record as the journal holds them: each once, none before one that it had seen.

What the tables hold of a record is worked out from all of them, so the order in which they came leaves no trace.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, decode
from ohdesk.db.models import OperationRow
from ohdesk.db.queries.among import among
from ohdesk.domain.bounds import LONGEST_REASON
from ohdesk.domain.canonical import clean_text

# Writes the tables of a record as its operations say, in this order, anew or on top of what the tables hold; returns
# by name why some of the operations are outdone.
WorkOut = Callable[[Session, str, Sequence[Applied], bool], dict[str, str]]


_END = (OperationRow.replica, OperationRow.seq, OperationRow.set_aside, OperationRow.first_hash)
_End = Row[str, int, str, str]


class Held(NamedTuple):
    """An operation as it is held. again: issued again by a replica that took over · first_hash: that it had first."""

    replica: str
    seq: int
    first_hash: str
    again: bool
    is_aside: bool
    base: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in the `base` of others."""
        return f"{self.replica}:{self.seq}"


def work_out_anew(session: Session, record: str, kinds: Collection[str], work_out: WorkOut) -> dict[str, str]:
    """Have a record worked out anew from what the journal holds; return by name why which operations are outdone.

    Of what is held those of `kinds` take part that are not set aside for themselves.  What had not seen each other
    follows by its hash: the same everywhere, whichever came first.  Others may be outdone by it, or come back.
    """
    rows = {
        f"{row.replica}:{row.seq}": row
        for row in session.scalars(select(OperationRow).where(OperationRow.record == record))
        if row.kind in kinds and (row.outdone or not row.set_aside)
    }
    ordered = _sorted(_each_once([_as_held(row) for row in rows.values()]))
    operations = [decode(rows[each.name].body) for each in ordered]
    outdone = work_out(session, record, operations, False)
    reasons = {each.first_hash: outdone.get(each.name, "") for each in operations}
    for row in rows.values():
        _mark(row, reasons[row.first_hash or row.hash])
    session.flush()
    return {name: row.set_aside for name, row in rows.items() if row.set_aside}


def work_out_further(session: Session, record: str, fresh: Sequence[Applied], work_out: WorkOut) -> dict[str, str]:
    """As `work_out_anew`, where `is_behind`: what the tables hold is what comes before `fresh` in every order."""
    return marked(session, fresh, work_out(session, record, fresh, True))


def marked(session: Session, fresh: Sequence[Applied], outdone: dict[str, str]) -> dict[str, str]:
    """Have the journal say why those are outdone that are, by name; return it."""
    for each in fresh:
        if reason := outdone.get(each.name, ""):
            _mark(session.get_one(OperationRow, (each.replica, each.seq)), reason)
    session.flush()
    return outdone


def is_behind(session: Session, fresh: Sequence[Applied]) -> bool:
    """True when consecutive operations follow all others held on their record in every order: only one laptop wrote."""
    last = fresh[-1]
    if any(each.origin is not None for each in fresh):  # it may be held already, by the same laptop even
        return False
    ends = _ends(session, last.record)
    if ends is None:
        return True
    (first, _), (newest, seq) = (end[:2] for end in ends)
    return first == newest == last.replica and seq <= last.seq


def single_writers(session: Session, records: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return, of records of which one replica wrote all and nothing is out of the ordinary, it and its last number."""
    held = select(OperationRow.record, func.min(OperationRow.replica), func.max(OperationRow.seq))
    is_odd = func.max(case((or_(OperationRow.set_aside != "", OperationRow.first_hash != ""), 1), else_=0))
    is_one = func.min(OperationRow.replica) == func.max(OperationRow.replica)
    found = held.where(among(OperationRow.record, records)).group_by(OperationRow.record).having(is_one, is_odd == 0)
    return {record: (replica, seq) for record, replica, seq in session.execute(found)}


def heads_of(session: Session, record: str) -> tuple[str, ...]:
    """Return the names of the operations on a record that no other one on it has seen, in a fixed order."""
    ends = _ends(session, record)
    if not ends:
        return ()
    first, last = ends
    # As mostly, one laptop wrote them all, each with all before it in sight: to read them all for each that is written
    # would make the thousandth correction of a record cost a thousand times as much as the first.
    if first.replica == last.replica and not (last.set_aside or last.first_hash):
        return (f"{last.replica}:{last.seq}",)
    found = _each_once([each for each in _held(session, record) if not each.is_aside])
    seen = {name for _, before in found for name in before}
    return tuple(sorted(each.name for each, _ in found if each.name not in seen))


def _ends(session: Session, record: str) -> tuple[_End, _End] | None:
    """Return the operations on a record that stand first and last by replica and number; None where there are none."""
    rows = select(*_END).where(OperationRow.record == record).limit(1)
    first = session.execute(rows.order_by(OperationRow.replica, OperationRow.seq)).first()
    last = session.execute(rows.order_by(OperationRow.replica.desc(), OperationRow.seq.desc())).first()
    return None if first is None or last is None else (first, last)


def _mark(row: OperationRow, reason: str) -> None:
    row.set_aside = clean_text(reason)[:LONGEST_REASON]
    row.outdone = row.set_aside != ""


def _held(session: Session, record: str) -> Iterable[Held]:
    return map(_as_held, session.scalars(select(OperationRow).where(OperationRow.record == record)))


def _as_held(row: OperationRow) -> Held:
    return Held(row.replica, row.seq, row.first_hash or row.hash, bool(row.first_hash), bool(row.set_aside), row.base)


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
    found = _in_order(named, waits)
    if len(found) < len(named):
        # Two can only claim to have seen each other: neither counts, so that nobody who saw them waits or goes first.
        found = _in_order(named, _without_circles(named, waits))
    return found


def _in_order(named: Mapping[str, Held], waits: Mapping[str, set[str]]) -> list[Held]:
    """Return the operations, each behind those it waits for, by hash where it is free; none that waits in a circle."""
    waited_for = _turned(waits)
    left = {name: len(seen) for name, seen in waits.items()}
    ready = [(named[name].first_hash, name) for name, count in left.items() if not count]
    heapify(ready)
    found: list[Held] = []
    while ready:
        _, name = heappop(ready)
        found.append(named[name])
        for other in waited_for[name]:
            left[other] -= 1
            if not left[other]:
                heappush(ready, (named[other].first_hash, other))
    return found


def _without_circles(named: Mapping[str, Held], waits: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return what each operation waits for without claims that go round; what a laptop wrote stays in its order."""
    circle = _circles(waits)
    return {
        name: {other for other in seen if circle[other] != circle[name] or _follows(named[name], named[other])}
        for name, seen in waits.items()
    }


def _follows(later: Held, earlier: Held) -> bool:
    return later.replica == earlier.replica and later.seq > earlier.seq


def _circles(waits: Mapping[str, set[str]]) -> dict[str, str]:
    """Return of each name that of its circle: one for all that wait for each other (Kosaraju), its own for the rest."""
    done: dict[str, None] = {}
    for name in waits:
        done |= dict.fromkeys(_reached(name, waits, done))
    waited_for = _turned(waits)
    circle: dict[str, str] = {}
    for name in reversed(done):
        circle |= dict.fromkeys(_reached(name, waited_for, circle), name)
    return circle


def _turned(waits: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return of each name who waits for it."""
    waited_for: dict[str, list[str]] = {name: [] for name in waits}
    for name, seen in waits.items():
        for other in seen:
            waited_for[other].append(name)
    return waited_for


def _reached(start: str, onward: Mapping[str, Iterable[str]], done: Container[str]) -> list[str]:
    """Return what is reached from a name and not done, each behind all that is reached from it; nothing recursive."""
    if start in done:
        return []
    left_behind: list[str] = []
    entered = {start}
    path = [(start, iter(onward[start]))]
    while path:
        name, others = path[-1]
        following = next((other for other in others if other not in entered and other not in done), None)
        if following is None:
            left_behind.append(name)
            path.pop()
        else:
            entered.add(following)
            path.append((following, iter(onward[following])))
    return left_behind
