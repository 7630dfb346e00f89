"""What is due in the books, and how many entries each has: counted when an entry is written, or when it came."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.registers import fields_of
from ohdesk.db.models import Entry, LocalEntry, Setting
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, word
from ohdesk.domain.register.dues import due_on
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.search import search_text
from ohdesk.services.context import Context
from ohdesk.services.register.books import books
from ohdesk.services.register.conditions import in_book
from ohdesk.services.register.tables import model_of, of_office

SOON = timedelta(days=7)
_AT_ONCE = 5000


class BookLine(msgspec.Struct, frozen=True):
    """A book as it is listed: how many entries it has, how many are overdue, and how many are due within a week."""

    id: str
    title: str
    travels: str
    unconfirmed: bool
    entries: int
    overdue: int
    soon: int


def overview(ctx: Context) -> list[BookLine]:
    """Return the books with what stands in them: for a Job."""
    ctx.require(Right.READ)
    found = books(ctx).by_id
    count_due(ctx, found.values())
    today = legal_day(ctx.now())
    counts: dict[str, tuple[int, int, int]] = {}
    with ctx.reading() as session:
        for model in (Entry, LocalEntry):
            for register, *counted in session.execute(_counts(ctx, model, today)):
                if register in found and model is model_of(found[register]):
                    counts[register] = (counted[0], counted[1] or 0, counted[2] or 0)
    lines = [
        BookLine(each.id, word(each.title), each.travels, each.unconfirmed, *counts.get(each.id, (0, 0, 0)))
        for each in found.values()
    ]
    return sorted(lines, key=lambda line: search_text(line.title))


def count(row: Entry | LocalEntry, definition: Definition) -> None:
    """Set down by when the next thing of an entry is to be done."""
    row.next_due = due_on(definition, row.state, fields_of(row), work_calendar().last_day)
    row.counted = True


def count_due(ctx: Context, definitions: Iterable[Definition]) -> None:
    """Count by when those entries are due that were written elsewhere, or under other rules; mostly there are none."""
    with ctx.reading() as session:
        stale = [each for each in definitions if each.dues and _is_stale(session, each)]
    if stale:
        with ctx.transaction() as session:
            for definition in stale:
                _count_all(session, definition)


def _is_stale(session: Session, definition: Definition) -> bool:
    held = session.get(Setting, _key(definition))
    return (
        held is None
        or held.value != _rules(definition)
        or session.execute(_fresh(definition).limit(1)).first() is not None
    )


def _count_all(session: Session, definition: Definition) -> None:
    model: Any = model_of(definition)
    held = session.get(Setting, _key(definition))
    if held is None or held.value != _rules(definition):
        session.execute(update(model).where(model.register == definition.id).values(counted=False))
        session.merge(Setting(key=_key(definition), value=_rules(definition)))
    table = model.__table__
    own = update(table).where(table.c.id == bindparam("own")).values(next_due=bindparam("day"), counted=True)
    while rows := session.execute(_fresh(definition)).all():
        days = [(row.id, due_on(definition, row.state, row.values, work_calendar().last_day)) for row in rows]
        session.connection().execute(own, [{"own": entry, "day": day} for entry, day in days])


def _fresh(definition: Definition) -> Select[Any]:
    model: Any = model_of(definition)
    columns = (model.id, model.state, model.values)
    return select(*columns).where(in_book(model, definition.id), model.counted.is_(False)).limit(_AT_ONCE)


def _key(definition: Definition) -> str:
    return f"register/{definition.id}"


def _rules(definition: Definition) -> str:
    """Return what names the rules that a term is counted by: the definition's version and the calendar's last year."""
    return f"{definition.version} {max(work_calendar().years, default=0)}"


def _counts(ctx: Context, model: Any, today: date) -> Any:
    overdue = func.sum(case((model.next_due < today, 1), else_=0))
    soon = func.sum(case((model.next_due.between(today, today + SOON), 1), else_=0))
    own = (model.withdrawn.is_(False), of_office(model, ctx.office.division))
    return select(model.register, func.count(), overdue, soon).where(*own).group_by(model.register)
