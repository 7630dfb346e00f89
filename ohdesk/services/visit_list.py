"""The list of visits of this workspace."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ohdesk.db.models import Answer, Establishment, Person, Visit
from ohdesk.db.search import folded
from ohdesk.domain.visit import Mode, Task, VisitState
from ohdesk.forms.loader import load_form
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.context import Context


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One line of the list of visits. kind, source: words; outcome: word, empty while it is not settled.

    search: what the establishment is found by · answered, questions: of the checklist, 0 unless the visit is open
    """

    id: str
    establishment: str
    name: str
    uscc: str
    state: str
    kind: str
    source: str
    planned_on: str
    inspectors: tuple[str, ...]
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    search: str
    answered: int
    questions: int

    @property
    def awaits_signature(self) -> bool:
        """True for an open visit of which nothing is left to do but the record: all answered, or a closed gate."""
        return self.state == VisitState.OPEN and bool(
            self.outcome or (self.questions and self.answered >= self.questions)
        )

    def matches(self, text: str) -> bool:
        """True when the establishment is found by a piece of its name, its code or its pinyin initials."""
        return folded(text) in self.search


def list_visits(ctx: Context) -> list[VisitRow]:
    """Return all visits of this workspace, the newest first."""
    answered = (
        select(Answer.visit, func.count(Answer.question.distinct()).label("answered"))
        .join(Visit, Visit.id == Answer.visit)
        .where(Visit.state == VisitState.OPEN, Answer.undone.is_(False))
        .group_by(Answer.visit)
        .subquery()
    )
    with ctx.reading() as session:
        names = dict(session.execute(select(Person.id, Person.name)).all())
        rows = session.execute(
            select(Visit, Establishment, func.coalesce(answered.c.answered, 0))
            .join(Establishment, Establishment.id == Visit.establishment)
            .outerjoin(answered, answered.c.visit == Visit.id)
            .order_by(Visit.id.desc())
        )
        return [_row(visit, establishment, count, names) for visit, establishment, count in rows]


def _row(visit: Visit, establishment: Establishment, answered: int, names: dict[str, str]) -> VisitRow:
    rules = visit_rules()
    task = Task(**visit.task)
    outcome = visit.outcome.get("outcome", "")
    filling = visit.state == VisitState.OPEN and visit.arrival.get("mode") != Mode.PATROL
    return VisitRow(
        id=visit.id,
        establishment=visit.establishment,
        name=establishment.name,
        uscc=establishment.uscc,
        state=visit.state,
        kind=rules.kind(task.kind).name if task.kind else "",
        source=rules.source(task.source).name if task.source else "",
        planned_on=task.planned_on,
        inspectors=tuple(names.get(person, person) for person in visit.inspectors),
        outcome=rules.outcome(outcome).name if outcome else "",
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        search=establishment.search,
        answered=answered,
        questions=len(load_form(visit.form).questions) if filling else 0,
    )
