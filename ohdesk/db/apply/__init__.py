"""How each operation changes the tables: the only writer of shared tables.

What the tables hold of a record follows from the operations on it that the journal holds and from nothing else, so
the same operations in any order give the same tables on every machine.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Select, and_, not_, select
from sqlalchemy.orm import Session

from ohdesk.db.apply import certificates, draws, history, people, records, registers, roll
from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Base, Entry, OperationRow, Person, Record
from ohdesk.db.queries.among import among
from ohdesk.domain.operations import EstablishmentWritten, Operation

_FEW = 10  # records, of each of which it is asked what is held


class _Family(NamedTuple):
    """Kinds of operations that are worked out together.

    waits_for: the table without whose row earlier operations may be outdone that a later one brings back
    """

    kinds: Sequence[str]
    work_out: history.WorkOut
    waits_for: type[Base] | None = None


# The roll's are worked out from all writes of an entry as well, whole lists of entries at once.
_FAMILIES = {
    kind: family
    for family in (
        _Family(people.KINDS, people.work_out, Person),
        _Family(draws.KINDS, draws.work_out),
        _Family(records.KINDS, records.work_out, Record),
        _Family(certificates.KINDS, certificates.work_out),
        _Family(registers.KINDS, registers.work_out, Entry),
    )
    for kind in family.kinds
}


class Subject(NamedTuple):
    """What operations are worked out together: those of one record, of the kinds that stand in one set of tables."""

    family: str
    record: str


def subject(applied: Applied) -> Subject:
    """Return what an operation is worked out with."""
    family = _FAMILIES.get(applied.kind)
    kinds = (applied.kind,) if family is None else family.kinds
    return Subject((roll.KINDS if is_of_roll(applied) else kinds)[0], applied.record)


def is_of_roll(applied: Applied) -> bool:
    """True for what is worked out from all writes of an entry."""
    return applied.kind in roll.KINDS


def apply_many(session: Session, many: Sequence[Applied], refused: Mapping[str, str]) -> dict[str, str]:
    """Change the tables as these operations say, consecutive ones of one replica that the journal holds.

    refused: by name, why those are set aside already that are
    Returns, by name, why others of them are as well.  More on their records may come to be set aside, or not any more.
    """
    entries = [applied for applied in many if is_of_roll(applied)]
    aside = roll.written_many(session, entries, refused) if entries else {}
    by_subject: dict[Subject, list[Applied]] = defaultdict(list)
    for applied in many:
        if applied.name not in refused and not is_of_roll(applied):
            by_subject[subject(applied)].append(applied)
    alone = _alone(session, many, by_subject)
    finals = [fresh[0] for about, fresh in alone.items() if records.is_final(fresh)]
    aside |= history.marked(session, finals, records.set_down_many(session, finals))
    registers.set_down_many(session, [fresh[0] for fresh in alone.values() if registers.is_first(fresh)])
    further = _further(session, by_subject.keys() - alone.keys(), many)
    aside |= registers.write_further(session, {about.record: by_subject[about] for about in further})
    for (kind, record), fresh in by_subject.items():
        family = _FAMILIES[kind]
        if Subject(kind, record) in further:
            continue
        if (kind, record) in alone:
            if not (records.is_final(fresh) or registers.is_first(fresh)):
                aside |= history.work_out_further(session, record, fresh, family.work_out)
            continue
        # A thousand corrections of one person must not take a thousand times as long as one.
        is_there = family.waits_for is None or session.get(family.waits_for, record) is not None
        if is_there and history.is_behind(session, fresh):
            aside |= history.work_out_further(session, record, fresh, family.work_out)
        else:
            aside |= history.work_out_anew(session, record, family.kinds, family.work_out)
    return {applied.name: aside[applied.name] for applied in many if applied.name in aside}


def _alone(
    session: Session, many: Sequence[Applied], by_subject: Mapping[Subject, list[Applied]]
) -> dict[Subject, list[Applied]]:
    """Return those of the subjects of whose record the journal holds nothing but what is named with each."""
    if not by_subject:
        return {}
    ours = and_(OperationRow.replica == many[0].replica, OperationRow.seq.between(many[0].seq, many[-1].seq))
    on_them = among(OperationRow.record, {record for _, record in by_subject})
    # One question for all of them; of a visit that comes in there is nearly always this one operation.
    others = set(session.scalars(select(OperationRow.record).where(on_them, not_(ours)).distinct()))
    count = Counter(applied.record for applied in many)
    return {
        about: fresh
        for about, fresh in by_subject.items()
        # What was issued again may be held already, by whoever wrote it first.
        if about.record not in others
        and count[about.record] == len(fresh)
        and all(each.origin is None for each in fresh)
    }


def _further(session: Session, subjects: Collection[Subject], many: Sequence[Applied]) -> set[Subject]:
    """Return the entries of books that are written further by the one laptop that wrote all of them, where many are."""
    entries = {about.record: about for about in subjects if about.family in registers.KINDS}
    if len(entries) < _FEW or any(each.origin is not None for each in many):
        return set()
    there = set(session.scalars(select(Entry.id).where(among(Entry.id, entries))))
    return {
        entries[record]
        for record, (replica, seq) in history.single_writers(session, there).items()
        if replica == many[-1].replica and seq <= many[-1].seq
    }


def work_out(session: Session, subjects: Collection[Subject]) -> None:
    """Write anew what follows from all that the journal holds of these, with what was set aside of the roll's."""
    roll.work_out(session, {record for kind, record in subjects if kind in roll.KINDS})
    for kind, record in subjects:
        if kind in _FAMILIES:
            family = _FAMILIES[kind]
            history.work_out_anew(session, record, family.kinds, family.work_out)


def bases(session: Session, operations: Sequence[Operation]) -> list[tuple[str, ...]]:
    """Return for each operation the names of all heads of its record that this replica has seen."""
    wanted = {operation.record for operation in operations if isinstance(operation, EstablishmentWritten)}
    heads = {entry: tuple(names) for entry, names in roll.heads_of(session, wanted).items()}
    others = {operation.record for operation in operations} - wanted
    if len(others) >= _FEW:  # of a book whole lists are written at once as well, mostly by the one laptop that has it
        heads |= dict.fromkeys(others - set(session.scalars(_written_before(others))), ())
        single = history.single_writers(session, others)
        heads |= {record: (f"{replica}:{seq}",) for record, (replica, seq) in single.items()}
    heads |= {record: history.heads_of(session, record) for record in others - heads.keys()}
    return [heads.get(operation.record, ()) for operation in operations]


def _written_before(records: Collection[str]) -> Select[str]:
    return select(OperationRow.record).where(among(OperationRow.record, records)).distinct()
