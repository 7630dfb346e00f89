"""What is due in the books, and how many entries each has: counted when an entry is written, or when it came."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from ohdesk.db.apply.registers import fields_of
from ohdesk.db.models import Entry, LocalEntry, Setting
from ohdesk.domain.calendar import day_text, legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, word
from ohdesk.domain.register.dues import due_on
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.search import search_text
from ohdesk.services.context import Context
from ohdesk.services.register.books import books
from ohdesk.services.register.tables import model_of

SOON = timedelta(days=7)
_AT_ONCE = 500


class BookLine(msgspec.Struct, frozen=True):
    """A book as it is listed: how many entries it has, how many are overdue, and how many are due within a week."""

    id: str
    title: str
    travels: str
    unconfirmed: bool
    entries: int
    overdue: int
    soon: int


class DueEntry(NamedTuple):
    """An entry that is due: in which book, its number, and the day."""

    id: str
    register: str
    number: str
    due_on: date | None


def overview(ctx: Context) -> list[BookLine]:
    """Return the books with what stands in them: for a Job."""
    ctx.require(Right.READ)
    found = books(ctx).by_id
    with ctx.transaction() as session:
        for definition in found.values():
            count_due(session, definition)
    today = legal_day(ctx.now())
    counts: dict[str, tuple[int, int, int]] = {}
    with ctx.reading() as session:
        for model in (Entry, LocalEntry):
            for register, *counted in session.execute(_counts(model, today)):
                if register in found and model is model_of(found[register]):
                    counts[register] = (counted[0], counted[1] or 0, counted[2] or 0)
    lines = [
        BookLine(each.id, word(each.title), each.travels, each.unconfirmed, *counts.get(each.id, (0, 0, 0)))
        for each in found.values()
    ]
    return sorted(lines, key=lambda line: search_text(line.title))


def due_now(ctx: Context, most: int) -> tuple[int, Sequence[DueEntry]]:
    """Return how many entries of all books are due within a week or overdue, and the first of them."""
    found = books(ctx).by_id
    until = legal_day(ctx.now()) + SOON
    count = 0
    first: list[DueEntry] = []
    with ctx.reading() as session:
        for model in (Entry, LocalEntry):
            registers = [each.id for each in found.values() if each.dues and model is model_of(each)]
            due = (model.register.in_(registers), model.next_due <= until, model.withdrawn.is_(False))
            count += session.scalar(select(func.count()).select_from(model).where(*due)) or 0
            rows = select(model.id, model.register, model.number, model.next_due).where(*due)
            first += [DueEntry(*row) for row in session.execute(rows.order_by(model.next_due).limit(most))]
    return count, sorted(first, key=lambda each: day_text(each.due_on))[:most]


def count(row: Entry | LocalEntry, definition: Definition) -> None:
    """Set down by when the next thing of an entry is to be done."""
    row.next_due = due_on(definition, row.state, fields_of(row), work_calendar().last_day)
    row.counted = True


def count_due(session: Session, definition: Definition) -> None:
    """Count by when those entries of a book are due that were written elsewhere, or under other rules."""
    model: Any = model_of(definition)
    rules = f"{definition.version} {max(work_calendar().years, default=0)}"
    key = f"register/{definition.id}"
    held = session.get(Setting, key)
    if held is None or held.value != rules:
        session.execute(update(model).where(model.register == definition.id).values(counted=False))
        session.merge(Setting(key=key, value=rules))
    fresh = select(model).where(model.register == definition.id, model.counted.is_(False)).limit(_AT_ONCE)
    while rows := session.scalars(fresh).all():
        for row in rows:
            count(row, definition)
        session.flush()


def _counts(model: Any, today: date) -> Any:
    overdue = func.sum(case((model.next_due < today, 1), else_=0))
    soon = func.sum(case((model.next_due.between(today, today + SOON), 1), else_=0))
    standing = select(model.register, func.count(), overdue, soon).where(model.withdrawn.is_(False))
    return standing.group_by(model.register)
