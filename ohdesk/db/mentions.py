"""Which blobs the operations of some replicas mention."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import BLOB, decode
from ohdesk.db.models import OperationRow, ReplicaHead


def mentioned(session: Session, replicas: Collection[str], digests: Collection[str]) -> set[str]:
    """Return those of `digests` that an operation of one of `replicas` mentions; reads their operations with blobs."""
    if not digests:
        return set()
    found = {blob for _, blob in _mentions(session, OperationRow.replica.in_(replicas))}
    return found.intersection(digests)


def by_division(session: Session, digests: Collection[str]) -> dict[str, set[str]]:
    """Return those of `digests` that operations mention, by the division that does; reads all operations with blobs."""
    divisions = {head.replica: head.division for head in session.scalars(select(ReplicaHead))}
    found: dict[str, set[str]] = defaultdict(set)
    for replica, blob in _mentions(session):
        if blob in digests:
            found[divisions[replica]].add(blob)
    return found


def _mentions(session: Session, *which: ColumnElement[bool]) -> Iterator[tuple[str, str]]:
    """Yield each mention: the replica, and the hash of the blob."""
    rows = select(OperationRow.replica, OperationRow.body).where(
        func.instr(OperationRow.body, f'"blobs":["{BLOB}'.encode()) > 0, *which
    )
    for replica, body in session.execute(rows.execution_options(yield_per=200)):
        for blob in mentions(body):
            yield replica, blob


def mentions(body: bytes) -> list[str]:
    """Return the blobs that an operation mentions; none of one that is not understood, as for the journal."""
    # Looked for as bytes: most operations mention none, and to decode them all only to find that is waste.
    return [] if b'"blobs":[]' in body else [blob.removeprefix(BLOB) for blob in decode(body).blobs]
