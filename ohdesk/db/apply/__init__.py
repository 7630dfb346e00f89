"""How each operation changes the tables: the only writer of shared tables.

`apply` is a function of (tables, operation) and of nothing else, so the same operations in any
order that their prerequisites allow give the same tables on every machine.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ohdesk.db.apply import certificates, draws, people, records, roll
from ohdesk.db.apply.applied import Applied
from ohdesk.domain.operations import EstablishmentWritten, Operation

# Each takes the operation that its kind decodes to.
_WRITERS: dict[str, Callable[[Session, Applied, Any], None]] = {
    "establishment.written@1": roll.written,
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
}


def apply(session: Session, applied: Applied) -> None:
    """Change the tables as the operation says. Raises RefusedError when it does not fit."""
    _WRITERS[applied.kind](session, applied, applied.operation)
    session.flush()


def apply_many(session: Session, many: Sequence[Applied]) -> None:
    """Apply many operations in order; roll entries by a fast path with the same result."""
    if all(applied.kind == EstablishmentWritten.kind for applied in many):
        roll.written_many(session, many)
        return
    for applied in many:
        apply(session, applied)


def bases(session: Session, operations: Sequence[Operation]) -> list[tuple[str, ...]]:
    """Return for each operation the names of all heads of its record that this replica has seen."""
    wanted = {operation.record for operation in operations if isinstance(operation, EstablishmentWritten)}
    heads = roll.heads_of(session, wanted)
    return [tuple(heads.get(operation.record, ())) for operation in operations]
