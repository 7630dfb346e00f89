"""Which blobs the operations of some replicas mention."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import BLOB
from ohdesk.db.models import OperationRow
from ohdesk.domain.canonical import parse


def mentioned(session: Session, replicas: Collection[str], digests: Collection[str]) -> set[str]:
    """Return those of `digests` that an operation of one of `replicas` mentions; reads their operations with blobs."""
    if not digests:
        return set()
    bodies = select(OperationRow.body).where(
        OperationRow.replica.in_(replicas), func.instr(OperationRow.body, f'"blobs":["{BLOB}'.encode()) > 0
    )
    found = {
        blob.removeprefix(BLOB)
        for body in session.scalars(bodies.execution_options(yield_per=200))
        for blob in parse(body)["blobs"]
    }
    return found.intersection(digests)
