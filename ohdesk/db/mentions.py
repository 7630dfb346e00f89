"""Which blobs the operations of some replicas mention."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow, ReplicaHead

_AT_ONCE = 200  # rows fetched together


def mentioned(session: Session, replicas: Collection[str], digests: Collection[str]) -> set[str]:
    """Return those of `digests` that an operation of one of `replicas` mentions."""
    if not digests:
        return set()
    found = {blob for _, blob in _mentions(session, OperationRow.replica.in_(replicas))}
    return found.intersection(digests)


def by_division(session: Session, digests: Collection[str]) -> dict[str, set[str]]:
    """Return those of `digests` that operations mention, by the division that does."""
    divisions = {head.replica: head.division for head in session.scalars(select(ReplicaHead))}
    found: dict[str, set[str]] = defaultdict(set)
    for replica, blob in _mentions(session):
        if blob in digests:
            found[divisions[replica]].add(blob)
    return found


def _mentions(session: Session, *which: ColumnElement[bool]) -> Iterator[tuple[str, str]]:
    """Yield each mention: the replica, and the hash of the blob."""
    rows = select(OperationRow.replica, OperationRow.blobs).where(OperationRow.blobs != (), *which)
    for replica, blobs in session.execute(rows.execution_options(yield_per=_AT_ONCE)):
        for blob in blobs:
            yield replica, blob
