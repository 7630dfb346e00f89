"""How each operation changes the tables: the only writer of shared tables.

What the tables hold of a record follows from the operations on it that the journal holds and from nothing else, so
the same operations in any order give the same tables on every machine.
"""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from ohdesk.db.apply import certificates, draws, history, people, records, roll
from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Person, Record
from ohdesk.domain.operations import EstablishmentWritten, Operation

# The roll's are worked out from all writes of an entry as well, whole lists of entries at once.
_WORKED_OUT = {
    kind: (kinds, *how)
    for kinds, *how in (
        (people.KINDS, people.work_out, Person),
        (draws.KINDS, draws.work_out, None),
        (records.KINDS, records.work_out, Record),
        (certificates.KINDS, certificates.work_out, None),
    )
    for kind in kinds
}


def apply(session: Session, applied: Applied) -> str:
    """Change the tables as the operation says; return why it is set aside instead, "" when it is not.

    The journal holds it already.  Others on its record may come to be set aside, or not any more.
    """
    if is_of_roll(applied):
        return roll.written_many(session, [applied]).get(applied.name, "")
    return history.worked_out(session, applied, *_WORKED_OUT[applied.kind])


def is_of_roll(applied: Applied) -> bool:
    """True for what is worked out from all writes of an entry."""
    return applied.kind in roll.KINDS


def apply_many(session: Session, many: Sequence[Applied]) -> dict[str, str]:
    """Apply consecutive operations of one replica in order, those of the roll at once; return what is set aside why."""
    if all(map(is_of_roll, many)):
        return roll.written_many(session, many)
    return {applied.name: reason for applied in many if (reason := apply(session, applied))}


def try_again(session: Session, records: Collection[str]) -> None:
    """Work out anew those of the records that are entries of the roll, with what was set aside of them."""
    roll.try_again(session, records)


def bases(session: Session, operations: Sequence[Operation]) -> list[tuple[str, ...]]:
    """Return for each operation the names of all heads of its record that this replica has seen."""
    wanted = {operation.record for operation in operations if isinstance(operation, EstablishmentWritten)}
    heads = {entry: tuple(names) for entry, names in roll.heads_of(session, wanted).items()}
    # Of the roll whole lists are written at once; of all else one or two.
    heads |= {each.record: history.heads_of(session, each.record) for each in operations if each.record not in wanted}
    return [heads.get(operation.record, ()) for operation in operations]
