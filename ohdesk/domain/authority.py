"""Who may write what: the one place that says it, of what comes in and of what is written here alike.

Kinds other than the roll's are judged by themselves (`refusal`).  A write of a roll entry counts when the county wrote
it, or the town whose entry it is: as the writer had seen it, as it leaves it, and as the county moved it since.  Any
other is a proposal (`standings`).  All follows from the set of writes alone, so every order of import gives the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Protocol

from ohdesk.domain.establishment import Value, is_town_code
from ohdesk.domain.ids import made_by
from ohdesk.domain.merge import Write, Written, is_county, shown
from ohdesk.domain.operations import Operation, Writer
from ohdesk.i18n import tr


class Standing(Enum):
    """What a write of a roll entry counts for."""

    DIRECT = "direct"
    PROPOSAL = "proposal"
    WAITING = "waiting"  # for a write that it says it had seen


class HasBase(Protocol):
    """A write that names those that its writer had seen."""

    @property
    def base(self) -> Iterable[str]: ...


def refusal(operation: Operation, division: str) -> str:
    """Return why the office of this division may not write the operation; "" when it may, or its entry decides."""
    match operation.writer:
        case Writer.COUNTY if not is_county(division):
            return tr("这一类内容只能由县级写入")
        # By the id and not by what is held: whoever came first with another office's id would be its owner else.
        case Writer.MAKER if not made_by(operation.record, division):
            return tr("编号表明这是另一个单位的，不能由写入者写入")
        case Writer.BOOK if not (is_county(division) or made_by(operation.record, division)):
            return tr("编号表明这是另一个单位的登记，不能由写入者写入")
    return ""


def owns(record: str, division: str, town: Value) -> bool:
    """True when a roll entry that shows this `town` is the division's: by the code, without a whole one by its id."""
    return town == division if isinstance(town, str) and is_town_code(town) else made_by(record, division)


def standings(record: str, writes: Mapping[str, Written], held: Collection[str] = ()) -> dict[str, Standing]:
    """Return what each write of the entry `record` counts for, by name.

    writes: all that are held and understood, by name · held: names of those held that are not understood
    """
    if len(writes) == 1 and not held:  # nearly every entry of a list just imported: a fifth of its time
        (write,) = writes.values()
        if is_county(write.division) or (not write.base and _is_own(record, write, (), write.seq)):
            return {write.name: Standing.DIRECT}
    found = _as_seen(record, writes, frozenset(held))
    moved = _latest_moves(writes)
    if moved:
        town = shown([Write(each.fields["town"], each.division, each.hash) for each in moved])
        # What the county had not seen when it gave the entry to another town came too late, or pretends to be old.
        known = past((each.name for each in moved), writes)
        for name, standing in found.items():
            late = standing is Standing.DIRECT and name not in known and not is_county(writes[name].division)
            if late and not owns(record, writes[name].division, town):
                found[name] = Standing.PROPOSAL
    return found


def _as_seen(record: str, writes: Mapping[str, Written], held: frozenset[str]) -> dict[str, Standing]:
    """Judge each write by those in its base, which are judged before it."""
    found: dict[str, Standing] = {}
    first: dict[str, int] = {}
    waiting: dict[str, set[str]] = {}
    waited_for: dict[str, list[str]] = defaultdict(list)
    for write in writes.values():
        first[write.replica] = min(write.seq, first.get(write.replica, write.seq))
        if is_county(write.division):
            found[write.name] = Standing.DIRECT
    ready: list[str] = []
    for name in writes.keys() - found.keys():
        waiting[name] = {each for each in writes[name].base if each not in found and each not in held}
        for each in waiting[name]:
            waited_for[each].append(name)
        if not waiting[name]:
            ready.append(name)
    while ready:
        name = ready.pop()
        write = writes[name]
        seen = [writes[each] for each in write.base if found.get(each) is Standing.DIRECT]
        found[name] = Standing.DIRECT if _is_own(record, write, seen, first[write.replica]) else Standing.PROPOSAL
        for each in waited_for[name]:
            waiting[each].discard(name)
            if not waiting[each]:
                ready.append(each)
    return found | dict.fromkeys(writes.keys() - found.keys(), Standing.WAITING)


def _is_own(record: str, write: Written, seen: Collection[Written], first: int) -> bool:
    """True when an entry was the writer's before and is after; the first write of a new one says so by its id."""
    # Whoever wrote an entry before has seen that: a second write out of nothing is made by hand.
    if not write.base and write.seq != first:
        return False
    before = [each for each in seen if "town" in each.fields]
    overwritten = {name for each in before for name in each.base}
    standing = [each for each in before if each.name not in overwritten] or before
    values = [Write(each.fields["town"], each.division, each.hash) for each in standing]
    town = shown(values) if values else ""
    return owns(record, write.division, town) and owns(record, write.division, write.fields.get("town", town))


def _latest_moves(writes: Mapping[str, Written]) -> list[Written]:
    """Return the county's writes of `town` that no other of them had seen: only the county gives an entry away."""
    moves = [each for each in writes.values() if is_county(each.division) and "town" in each.fields]
    if len(moves) < 2:
        return moves
    before = past((name for each in moves for name in each.base), writes)
    return [each for each in moves if each.name not in before] or moves


def past(names: Iterable[str], writes: Mapping[str, HasBase]) -> set[str]:
    """Return the names of these writes, of those held, and of all that they had seen, directly or through others."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in writes:
            found.add(name)
            waiting += writes[name].base
    return found
