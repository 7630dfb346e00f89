"""The operations of a draw in the journal."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow
from ohdesk.domain.operations import DrawCommitted


def commit_entry(session: Session, draw: str) -> tuple[str, int, str]:
    """Return replica, number and SHA-256 of the operation that announced the commit of a draw."""
    found = session.execute(
        select(OperationRow.replica, OperationRow.seq, OperationRow.hash).where(
            OperationRow.record == draw, OperationRow.kind == DrawCommitted.kind, OperationRow.set_aside == ""
        )
    ).one()
    return found.replica, found.seq, found.hash
