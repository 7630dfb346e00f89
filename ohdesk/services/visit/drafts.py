"""What was typed about a visit and is not part of it yet, and the page one stood on: settings of this laptop."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Setting, Visit
from ohdesk.domain.people import Right
from ohdesk.domain.visit import VisitState
from ohdesk.services.context import Context

_STOP = "visit_stop"


@dataclass(frozen=True, slots=True)
class VisitStop:
    """Where one stood: a visit and one of its pages, both empty in the list; for a new plan, whom it is to visit."""

    visit: str
    page: str
    establishment: str = ""


def keep_stop(ctx: Context, stop: VisitStop) -> None:
    """Remember where one stands, so that the screen opens there again, also after a crash."""
    ctx.require(Right.OWN)
    if last_stop(ctx) == stop:
        return
    with ctx.transaction() as session:
        session.merge(Setting(key=_STOP, value=asdict(stop)))


def last_stop(ctx: Context) -> VisitStop | None:
    """Return where one stood; None when that was never set down, or the visit is over by now."""
    with ctx.reading() as session:
        setting = session.get(Setting, _STOP)
        if setting is None:
            return None
        stop = VisitStop(**setting.value)
        visit = session.get(Visit, stop.visit) if stop.visit else None
        if stop.visit and (visit is None or visit.state == VisitState.CLOSED):
            return None
        return stop


def keep(ctx: Context, visit_id: str, page: str, values: Mapping[str, str]) -> None:
    """Keep what is typed on a page of a visit; nothing worth keeping takes the draft away."""
    ctx.require(Right.VISIT)
    if kept(ctx, visit_id, page) == dict(values):
        return
    with ctx.transaction() as session:
        _keep(session, _key(visit_id, page), values)


def kept(ctx: Context, visit_id: str, page: str) -> dict[str, str]:
    """Return what was typed on a page of a visit, empty when nothing was."""
    with ctx.reading() as session:
        setting = session.get(Setting, _key(visit_id, page))
        return dict(setting.value) if setting else {}


def forget(ctx: Context, visit_id: str, page: str) -> None:
    """Drop what was typed: it has become part of the visit, or was given up."""
    keep(ctx, visit_id, page, {})


def keep_typed(session: Session, visit_id: str, question: str, texts: Mapping[str, str]) -> None:
    """Keep, within an open session, what was typed at a question and is no part of its answer, by field."""
    _keep(session, f"{_typed(visit_id)}{question}", texts)


def typed_in(session: Session, visit_id: str) -> dict[str, dict[str, str]]:
    """Return what was typed at the questions of a visit and is no part of their answers, by question and field."""
    start = _typed(visit_id)
    rows = session.scalars(select(Setting).where(Setting.key.startswith(start, autoescape=True)))
    return {row.key.removeprefix(start): dict(row.value) for row in rows}


def _keep(session: Session, key: str, values: Mapping[str, str]) -> None:
    if any(values.values()):
        session.merge(Setting(key=key, value=dict(values)))
    else:
        session.execute(delete(Setting).where(Setting.key == key))


def _key(visit_id: str, page: str) -> str:
    return f"draft/{page}/{visit_id}"


def _typed(visit_id: str) -> str:
    return f"typed/{visit_id}/"
