"""Life cycle (单位状态): in business, closed, moved, out of reach; since when, by which proof, and who says so.

A visit that ended at a closed gate only offers a state: that an employer is gone changes what is drawn and counted, so
a person says it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Establishment, Merged, Visit
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, IN_BUSINESS, value_text
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import VisitState
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import entry_of
from ohdesk.services.roll.values import checked, is_proposal, values_of

STATES = (IN_BUSINESS, *sorted(CLOSED_STATES))


@dataclass(frozen=True, slots=True)
class Offered:
    """A state that a visit suggests: since which day, and what proved it there."""

    visit: str
    state: str
    on: str
    proof: str


def close(ctx: Context, establishment: str, state: str, on: str, proof: str, reason: str) -> Change:
    """Set down the state of an entry since a day, with its proof; of another town's it is proposed to the county.

    state: one of `STATES`, in business too, as when an employer starts again · on: "2026-03-02", not after today
    Raises ProblemsError naming all that is missing or does not fit, UserError for an entry that is not on the roll.
    """
    ctx.require(Right.ROLL)
    problems = list(_problems(state, on, proof, reason, legal_day(ctx.now())))
    if problems:
        raise ProblemsError(tr("状态没有保存。"), tuple(problems))
    fields = checked({"status": state, "status_on": on, "status_proof": proof})
    with ctx.transaction() as session:
        row = entry_of(session, establishment)
        changed = {key: value for key, value in fields.items() if value_text(getattr(row, key)) != value}
        if not changed:
            return Change.NOTHING
        said = clean_text(reason).strip()
        # All three: who disputes one of them has to see the others, and a proposal is understood by itself.
        written = EstablishmentWritten(record=establishment, fields=values_of(fields), reason=said)
        journal.record(session, written, ctx.stamp(), ctx.new_id())
        return Change.ROLL | Change.PROPOSALS if is_proposal(ctx, establishment, row.town, {}) else Change.ROLL


def offered(ctx: Context, establishment: str) -> Offered | None:
    """Return the state that the last visit of an entry suggests, while nobody said anything of its state since."""
    with ctx.reading() as session:
        return _offered(session, entry_of(session, establishment))


@dataclass(frozen=True, slots=True)
class OfferedFor:
    """An entry of which the last visit suggests a state."""

    id: str
    name: str
    offered: Offered


def all_offered(ctx: Context) -> list[OfferedFor]:
    """Return every entry of which the last visit suggests a state, by name."""
    ended = select(Visit.establishment).where(Visit.ending.is_not(None), Visit.state == VisitState.CLOSED)
    with ctx.reading() as session:
        goes_on = select(func.coalesce(func.nullif(Merged.into, ""), Visit.establishment)).select_from(Visit)
        goes_on = goes_on.outerjoin(Merged, Merged.establishment == Visit.establishment)
        ids = goes_on.where(Visit.establishment.in_(ended))
        here = (Establishment.id.in_(ids), Establishment.withdrawn.is_(False))
        rows = session.scalars(select(Establishment).where(*here).order_by(Establishment.search, Establishment.id))
        return [OfferedFor(row.id, row.name, each) for row in rows if (each := _offered(session, row)) is not None]


def accept(ctx: Context, establishment: str) -> Change:
    """Set down the state that the last visit suggests. Raises UserError where none is suggested."""
    one = offered(ctx, establishment)
    if one is None:
        raise UserError(tr("没有检查提出这家单位的状态。"), tr("请写明状态、日期和依据。"))
    return close(ctx, establishment, one.state, one.on, one.proof, one.proof)


def _offered(session: Session, row: Establishment) -> Offered | None:
    if row.status in CLOSED_STATES:
        return None
    ended = select(Visit).where(together(Visit.establishment, row.id), Visit.state == VisitState.CLOSED)
    visit = session.scalars(ended.order_by(Visit.ended_at.desc(), Visit.id.desc()).limit(1)).first()
    if visit is None or visit.ending is None or visit.ended_at is None:
        return None
    state, on = visit_rules().outcome(visit.ending.outcome).state, legal_day(visit.ended_at)
    # Whoever said since then that it is in business has seen more than the visit.
    if not state or (row.status_on is not None and row.status_on >= on):
        return None
    shown = (visit.ending.proof, visit.ending.account)
    return Offered(visit.id, state, on.isoformat(), "；".join(each for each in shown if each))


def _problems(state: str, on: str, proof: str, reason: str, today: date) -> Iterator[Problem]:
    if state not in STATES:
        expected = "、".join(map(tr, STATES))
        yield Problem(_heading("status"), expected, state, field="status")
    day = day_in(on)
    if day is None or day > today:
        expected, example = tr("不晚于今天的日期"), today.isoformat()
        yield Problem(_heading("status_on"), expected, on, field="status_on", example=example)
    if not proof.strip():
        remedy = tr("例如：登记机关注销通知、门牌照片、村委会说明。")
        yield blank(_heading("status_proof"), "status_proof", remedy)
    if not reason.strip():
        yield blank(tr("理由"), "reason", tr("例如：现场核实。"))


def _heading(key: str) -> str:
    return tr(FIELD_BY_KEY[key].heading)
