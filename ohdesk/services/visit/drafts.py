"""What was typed about a visit and is not part of it yet, and the page one stood on: rows of this laptop."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, literal_column, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draft, DraftKind, LastStop, Visit
from ohdesk.db.prepared import Prepared, quick_read
from ohdesk.domain.people import Right
from ohdesk.domain.visit import UNFINISHED
from ohdesk.services.context import Context

_ONLY = 1  # the key of the only row
_HELD = Prepared(
    select(literal_column("1")).where(
        Draft.kind == bindparam("kind"), Draft.of == bindparam("of"), Draft.part == bindparam("part")
    )
)


@dataclass(frozen=True, slots=True)
class VisitStop:
    """Where one stood: a visit and one of its pages, both empty in the list; for a new plan, whom it is to visit."""

    visit: str
    page: str
    establishment: str = ""


def keep_stop(ctx: Context, stop: VisitStop) -> None:
    """Remember where one stands, so that the screen opens there again, also after a crash."""
    ctx.require(Right.OWN)
    # Asked first: turning pages would otherwise cost a write to the disk each time.
    if last_stop(ctx) == stop:
        return
    with ctx.transaction() as session:
        place = {"visit": stop.visit or None, "establishment": stop.establishment or None, "page": stop.page}
        session.merge(LastStop(id=_ONLY, **place))


def last_stop(ctx: Context) -> VisitStop | None:
    """Return where one stood; None when that was never set down, or the visit is over by now."""
    with ctx.reading() as session:
        row = session.get(LastStop, _ONLY)
        if row is None or (row.visit and session.get_one(Visit, row.visit).state not in UNFINISHED):
            return None
        return VisitStop(row.visit or "", row.page, row.establishment or "")


def keep(ctx: Context, visit_id: str, page: str, values: Mapping[str, str]) -> None:
    """Keep what is typed on a page of a visit; nothing worth keeping takes the draft away."""
    ctx.require(Right.VISIT)
    if kept(ctx, visit_id, page) == dict(values):
        return
    with ctx.transaction() as session:
        _keep(session, (DraftKind.VISIT_PAGE, visit_id, page), values)


def kept(ctx: Context, visit_id: str, page: str) -> dict[str, str]:
    """Return what was typed on a page of a visit, empty when nothing was."""
    with ctx.reading() as session:
        draft = session.get(Draft, (DraftKind.VISIT_PAGE, visit_id, page))
        return dict(draft.content) if draft else {}


def forget(ctx: Context, visit_id: str, page: str) -> None:
    """Drop what was typed: it has become part of the visit, or was given up."""
    keep(ctx, visit_id, page, {})


def keep_typed(session: Session, visit_id: str, question: str, texts: Mapping[str, str]) -> None:
    """Keep, within an open session, what was typed at a question and is no part of its answer, by field."""
    _keep(session, (DraftKind.QUESTION, visit_id, question), texts)


def typed_in(session: Session, visit_id: str) -> dict[str, dict[str, str]]:
    """Return what was typed at the questions of a visit and is no part of their answers, by question and field."""
    rows = session.scalars(select(Draft).where(Draft.kind == DraftKind.QUESTION, Draft.of == visit_id))
    return {row.part: dict(row.content) for row in rows}


def visits_with_typed(session: Session) -> set[str]:
    """Return the visits in which something typed is no part of an answer."""
    return set(session.scalars(select(Draft.of).where(Draft.kind == DraftKind.QUESTION)))


def has_typed(ctx: Context, visit_id: str, question: str) -> bool:
    """True when something typed at a question is no part of its answer; asked with every answer that is saved."""
    ctx.require(Right.READ)
    with quick_read(ctx.engine) as cursor:
        return _HELD(cursor, kind=DraftKind.QUESTION, of=visit_id, part=question).fetchone() is not None


def _keep(session: Session, key: tuple[DraftKind, str, str], values: Mapping[str, str]) -> None:
    kind, of, part = key
    if any(values.values()):
        session.merge(Draft(kind=kind, of=of, part=part, content=dict(values)))
    else:
        session.execute(delete(Draft).where(Draft.kind == kind, Draft.of == of, Draft.part == part))
