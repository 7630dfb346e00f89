"""What is held of a draw beside its own row: the operation that announced it, and the visits that follow from it."""

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, OperationRow, Record, Visit
from ohdesk.domain.operations import DrawCommitted


def commit_entry(session: Session, draw: str) -> tuple[str, int, str]:
    """Return replica, number and SHA-256 of the operation that announced the commit of a draw."""
    found = session.execute(
        select(OperationRow.replica, OperationRow.seq, OperationRow.hash).where(
            OperationRow.record == draw, OperationRow.kind == DrawCommitted.kind, OperationRow.set_aside == ""
        )
    ).one()
    return found.replica, found.seq, found.hash


def visits_begun(session: Session, draw: Draw) -> int:
    """Return how many visits of a draw have begun: on this laptop, or by a final record of its office from any."""
    here = select(Visit.id).where(Visit.draw == draw.id, Visit.started_at.is_not(None))
    final = select(Record.visit).where(Record.draw == draw.id, Record.division == draw.division)
    return session.scalar(select(func.count()).select_from(union(here, final).subquery())) or 0
