"""What is held of a draw beside its own row: the operation that announced it, and the visits that follow from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleIn, BundleState, Draw, OperationRow, Record, Visit
from ohdesk.domain.operations import DrawCommitted, DrawComputed


def commit_entries(session: Session, draw: str) -> Sequence[OperationRow]:
    """Return the operation that announced the commit of a draw, then the same as restored laptops issued it again."""
    announced = select(OperationRow).where(
        OperationRow.record == draw, OperationRow.kind == DrawCommitted.kind, OperationRow.set_aside == ""
    )
    return session.scalars(announced.order_by(OperationRow.first_hash, OperationRow.replica)).all()


def commit_hash(session: Session, draw: str) -> str:
    """Return the SHA-256 that the operation announcing the commit of a draw had before any was issued again."""
    entry = commit_entries(session, draw)[0]
    return entry.first_hash or entry.hash


def first_came(session: Session) -> dict[tuple[str, str], tuple[datetime, str]]:
    """Return by draw and kind of operation when it first came here, and in which bundle (SHA-256).

    Whatever it waited for since: who sent it has said it by then.
    """
    came = (
        select(OperationRow.record, OperationRow.kind, BundleIn.came_at, BundleIn.sha256)
        .join(BundleIn, BundleIn.replica == OperationRow.replica)
        .where(
            OperationRow.record.in_(select(Draw.id)),
            OperationRow.kind.in_((DrawCommitted.kind, DrawComputed.kind)),
            OperationRow.set_aside == "",
            OperationRow.seq.between(BundleIn.first, BundleIn.last),
            BundleIn.outcome == BundleState.APPLIED,
        )
        .order_by(BundleIn.came_at.desc(), BundleIn.bundle_seq.desc())
    )
    return {(draw, kind): (at, bundle) for draw, kind, at, bundle in session.execute(came)}


def visits_begun(session: Session, draw: Draw) -> int:
    """Return how many visits of a draw have begun: on this laptop, or by a final record of its office from any."""
    here = select(Visit.id).where(Visit.draw == draw.id, Visit.started_at.is_not(None))
    final = select(Record.visit).where(Record.draw == draw.id, Record.division == draw.division)
    return session.scalar(select(func.count()).select_from(union(here, final).subquery())) or 0
