"""What was done at one employer: its visits on this laptop, its final records, and how many findings they hold."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Finding, Record, Visit
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.visit import VisitState
from ohdesk.services.context import Context


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit of an employer, or the record of one held elsewhere.

    on: the day it took place, or is planned for, "" when open · number: of its final record, "" without one
    findings: of the final record
    """

    visit: str
    state: VisitState
    on: str
    number: str
    findings: int


def visits_of(ctx: Context, establishment: str) -> tuple[VisitLine, ...]:
    """Return the visits and records of an employer, newest first; visits not yet held come before."""
    with ctx.reading() as session:
        lines = _records(session, establishment)
        for visit in session.scalars(select(Visit).where(Visit.establishment == establishment)):
            if visit.id not in lines:
                held = legal_day(visit.started_at).isoformat() if visit.started_at else ""
                on = held or visit.task.get("planned_on", "")
                lines[visit.id] = VisitLine(visit.id, VisitState(visit.state), on, "", 0)
    return tuple(sorted(lines.values(), key=lambda line: (line.number == "", line.on, line.visit), reverse=True))


def _records(session: Session, establishment: str) -> dict[str, VisitLine]:
    findings = select(func.count()).select_from(Finding).where(Finding.visit == Record.visit).scalar_subquery()
    rows = session.execute(
        select(Record.visit, Record.started_at, Record.number, findings).where(Record.establishment == establishment)
    )
    return {
        visit: VisitLine(visit, VisitState.CLOSED, legal_day(parse_instant(at)).isoformat(), number, count)
        for visit, at, number, count in rows
    }
