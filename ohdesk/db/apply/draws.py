"""Draws: committed, seeded, computed, voided, published; each by the office that holds the draw."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Draw
from ohdesk.domain.draw.checks import read_sheet
from ohdesk.domain.draw.proof import read_pool
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.operations import DrawCommitted, DrawComputed, DrawPublished, DrawSeeded, DrawVoided
from ohdesk.domain.problems import in_list
from ohdesk.errors import UserError
from ohdesk.i18n import tr


def committed(session: Session, applied: Applied, operation: DrawCommitted) -> None:
    """Set down a frozen draw by its fingerprint; a draw number is used once."""
    same_number = select(Draw.id).where(
        Draw.replica == applied.first_replica, Draw.plan == operation.plan, Draw.number == operation.number
    )
    if session.get(Draw, applied.record) is not None:
        raise RefusedError(tr("这个编号已经是另一次抽取的"))
    # Numbers without gaps and never twice: else one could draw again until the result is liked.
    if session.scalars(same_number).first() is not None:
        raise RefusedError(tr("计划 {plan} 已经有第 {number} 次抽取", plan=operation.plan, number=operation.number))
    session.add(
        Draw(
            id=applied.record,
            replica=applied.first_replica,
            division=applied.division,
            plan=operation.plan,
            number=operation.number,
            state=DrawState.COMMITTED,
            commit=operation.commit,
            pool_sha256=operation.pool_sha256,
            committed_at=applied.at,
        )
    )


def seeded(session: Session, applied: Applied, operation: DrawSeeded) -> None:
    """Set down the seed and its minutes; once only."""
    # Seeded once: a second seed for the same commit would be a choice between two results.
    draw = _own(session, applied, DrawState.COMMITTED)
    draw.state, draw.seed, draw.minutes = DrawState.SEEDED, operation.seed, operation.minutes
    draw.receipt = operation.receipt


def computed(session: Session, applied: Applied, operation: DrawComputed) -> None:
    """Set down the result with the sheet and the pool it came from."""
    draw = _own(session, applied, DrawState.SEEDED)
    try:
        # Whoever looks at a draw reads both: what cannot be read, or not be computed in a lifetime, is no result.
        read_sheet(operation.sheet.encode())
        read_pool(operation.pool_csv.encode())
    except UserError as error:
        raise RefusedError(" ".join((error.message, *map(in_list, error.problems)))) from error
    draw.state, draw.computed_at = DrawState.COMPUTED, applied.at
    draw.sheet, draw.pool_csv, draw.result_csv = operation.sheet, operation.pool_csv, operation.result_csv


def voided(session: Session, applied: Applied, operation: DrawVoided) -> None:
    """Declare a draw void; it stays on record with its reason."""
    # Also after the result: an error found then is owned up to in public.
    draw = _own(session, applied, DrawState.COMMITTED, DrawState.SEEDED, DrawState.COMPUTED)
    draw.state, draw.void_reason = DrawState.VOID, operation.reason


def published(session: Session, applied: Applied, operation: DrawPublished) -> None:
    """Remember the fingerprint of the publication package."""
    _own(session, applied, DrawState.COMPUTED, DrawState.VOID).package_sha256 = operation.package_sha256


def _own(session: Session, applied: Applied, *states: DrawState) -> Draw:
    draw = session.get(Draw, applied.record)
    if draw is None:
        raise RefusedError(tr("没有收到过这次抽取的冻结记录"))
    if draw.division != applied.division:
        raise RefusedError(tr("这次抽取是另一个单位的，不能由写入者改动"))
    if draw.state not in states:
        raise RefusedError(tr("这次抽取已经到了后面的步骤，不能再做这一步"))
    return draw
