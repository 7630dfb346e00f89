"""How each operation changes the tables: the only writer of shared tables.

`apply` is a function of (tables, operation) and of nothing else, so the same operations in any
order that their prerequisites allow give the same tables on every machine.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ohdesk.db.apply import certificates, draws, history, people, records, roll
from ohdesk.db.apply.applied import Applied
from ohdesk.domain.operations import EstablishmentWritten, Operation

# Each takes the operation that its kind decodes to; the roll's are worked out from all writes of an entry instead.
_WRITERS: dict[str, Callable[[Session, Applied, Any], None]] = {
    "person.written@1": people.written,
    "person.key_reset@1": people.key_reset,
    "draw.committed@1": draws.committed,
    "draw.seeded@1": draws.seeded,
    "draw.computed@1": draws.computed,
    "draw.voided@1": draws.voided,
    "draw.published@1": draws.published,
    "visit.finalized@1": records.finalized,
    "record.photo_page_added@1": records.photo_page_added,
    "record.amended@1": records.amended,
    "certificate.issued@1": certificates.issued,
    "certificate.revoked@1": certificates.revoked,
    "certificate.reinstated@1": certificates.reinstated,
}


def apply(session: Session, applied: Applied) -> str:
    """Change the tables as the operation says; return why it is set aside instead, "" when it is not.

    The journal holds it already.  Raises RefusedError when it does not fit.
    """
    if is_of_roll(applied):
        return roll.written_many(session, [applied]).get(applied.name, "")
    _WRITERS[applied.kind](session, applied, applied.operation)
    session.flush()
    return ""


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
