"""The list of a book: which entries, in which order, a page of them, and how many there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import Entry, LocalEntry
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import together
from ohdesk.db.row_numbers import Names, is_numbered, name, names_of, place
from ohdesk.domain.calendar import day_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, word
from ohdesk.domain.register.states import state_word
from ohdesk.domain.register.values import Value, value_text
from ohdesk.errors import UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import mark, tr
from ohdesk.security.memory import give_back
from ohdesk.services.context import Context
from ohdesk.services.register import named
from ohdesk.services.register.books import book, books
from ohdesk.services.register.conditions import EVERYTHING, OF_ENTRY, EntryQuery, in_state, order_of, standing
from ohdesk.services.register.due import count_due
from ohdesk.services.register.indexes import index_large, indexes_of
from ohdesk.services.register.seeking import found_by_index
from ohdesk.services.register.tables import model_of

_MOST_SORTED = 3_000  # entries: to sort as many takes 5 ms
_WRITTEN = {"kept": mark("按原样保留的列"), "provenance": mark("名单出处"), "withdrawn": mark("撤出")}
PAGE = 60  # rows of the first page: more than the tallest screen shows, few enough to be there at once


class EntryRow(msgspec.Struct, frozen=True):
    """An entry as it is listed. about: the name of whom it is about · due_on: a day, "" for none.

    town: the office that made it, by its name where that is known
    texts: of each field that has a value, as people read it
    """

    id: str
    number: str
    state: str
    about: str
    town: str
    due_on: str
    opened_on: str
    values: dict[str, Value]
    texts: dict[str, str]


class BookEntry(NamedTuple):
    """An entry as it stands beside whom it is about: of which book, its number, state and days in words.

    gist: what an open one is about, as far as `resources/visits` names a field of its book
    """

    id: str
    register: str
    title: str
    number: str
    state: str
    opened_on: str
    due_on: str
    gist: str = ""


class Listed(NamedTuple):
    """What a query finds, in the order of the list, and how many entries each state has, "" for all of them.

    names: by which `rows_of` knows them · place: of the one asked for, -1 when it is not among them
    """

    names: Names
    counts: Mapping[str, int]
    place: int = -1


def first(ctx: Context, register: str, query: EntryQuery = EVERYTHING, limit: int = PAGE) -> list[EntryRow]:
    """Return the first entries of a list, which are there before it is known how many there are.

    Raises ProblemsError for conditions that mean nothing.
    """
    definition = book(ctx, register)
    with ctx.reading() as session:
        sought = found_by_index(session, model_of(definition), query)
        walked = sought is None and _are_many(ctx, session, definition, query)
        rows = session.scalars(found(ctx, definition, query, walked=walked, sought=sought).limit(limit))
        return _rows(ctx, session, definition, rows.all())


def all_rows(ctx: Context, register: str, query: EntryQuery = EVERYTHING) -> list[EntryRow]:
    """Return every entry that a query finds, in order. Raises as `first` does."""
    return rows_of(ctx, register, entries(ctx, register, query).names)


def entries(ctx: Context, register: str, query: EntryQuery = EVERYTHING, wanted: str = "") -> Listed:
    """Return what a query finds, in order, with how many there are: for a Job. Raises as `first` does.

    wanted: the id of an entry whose place is asked for
    """
    definition = book(ctx, register)
    model: Any = model_of(definition)
    count_due(ctx, [definition])
    numbered = is_numbered(ctx.engine)
    with ctx.reading() as session, roomy(session):
        sought = found_by_index(session, model, query)
        in_order = found(ctx, definition, query, sought=sought).with_only_columns(
            name(model, model.id, numbered=numbered)
        )
        names = names_of(session, in_order, numbered=numbered)
        own = session.scalar(select(name(model, model.id, numbered=numbered)).where(model.id == wanted))
        counts: dict[str, int] = {}
        if definition.states:
            per_state = select(model.state, func.count()).where(
                *standing(ctx.office.division, model, definition, query, sought=sought)
            )
            counts = dict(session.execute(per_state.group_by(model.state)).all())
    give_back()
    index_large(ctx, indexes_of(definition), len(names))
    everything = sum(counts.values()) if definition.states else len(names)
    return Listed(names, {**counts, "": everything}, place(names, own))


def rows_of(ctx: Context, register: str, names: Names) -> list[EntryRow]:
    """Return these entries of a book by the names that `entries` gives them, in order; without those gone since."""
    definition = book(ctx, register)
    model: Any = model_of(definition)
    own = name(model, model.id, numbered=is_numbered(ctx.engine))
    with ctx.reading() as session:
        held: dict[Any, Any] = dict(session.execute(select(own, model).where(among(own, list(names)))).all())
        return _rows(ctx, session, definition, [held[each] for each in names if each in held])


def row_of(ctx: Context, register: str, entry: str) -> EntryRow:
    """Return one entry of a book by its id. Raises UserError where there is none any more."""
    definition = book(ctx, register)
    model: Any = model_of(definition)
    with ctx.reading() as session:
        rows = _rows(ctx, session, definition, session.scalars(select(model).where(model.id == entry)).all())
    if not rows:
        raise UserError(tr("没有这条登记，可能已经撤出。"), tr("请刷新后重新选择。"))
    return rows[0]


def _are_many(ctx: Context, session: Session, definition: Definition, query: EntryQuery) -> bool:
    """True when so many entries are found that a walk in the order of the list meets them before they are sorted."""
    if not (query.order and query.conditions):
        return False
    model: Any = model_of(definition)
    some = (
        select(model.id).where(*standing(ctx.office.division, model, definition, query)).limit(_MOST_SORTED).subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) == _MOST_SORTED


def found(
    ctx: Context,
    definition: Definition,
    query: EntryQuery,
    *,
    walked: bool = False,
    sought: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Select the entries of a query in their order; walked, sought: as `standing` has them."""
    model: Any = model_of(definition)
    asked = (
        *standing(ctx.office.division, model, definition, query, walked=walked, sought=sought),
        *in_state(model, query),
    )
    return select(model).where(*asked).order_by(*order_of(model, definition, query))


def _rows(ctx: Context, session: Session, definition: Definition, rows: Sequence[Any]) -> list[EntryRow]:
    there = [row for row in rows if not row.withdrawn]
    known = named.names(ctx, session, definition, there)
    return [_row(definition, row, known) for row in there]


def about(ctx: Context, establishment: str, most: int) -> list[BookEntry]:
    """Return the newest entries about an employer, of all books, at most as many as said."""
    ctx.require(Right.READ)
    there = books(ctx).by_id
    beside: list[tuple[str, BookEntry]] = []
    models: tuple[Any, ...] = (Entry, LocalEntry)
    with ctx.reading() as session:
        for model in models:
            own = [each for each, definition in there.items() if model is model_of(definition)]
            rows = select(model).where(
                together(model.establishment, establishment), model.register.in_(own), model.withdrawn.is_(False)
            )
            beside += [
                (row.id, _beside(there[row.register], row))
                for row in session.scalars(rows.order_by(model.id.desc()).limit(most))
            ]
    return [line for _, line in sorted(beside, reverse=True)[:most]]


def open_about(ctx: Context, establishment: str, today: date) -> list[BookEntry]:
    """Return the entries about an employer that still have to be seen to, those due first (`resources/visits`)."""
    ctx.require(Right.READ)
    there, soon = books(ctx).by_id, today + timedelta(days=visit_rules().open_ahead_days)
    found: list[BookEntry] = []
    with ctx.reading() as session:
        for model in (Entry, LocalEntry):
            of_model = {each: definition for each, definition in there.items() if model is model_of(definition)}
            found += _open(session, model, establishment, of_model, soon)
    return sorted(found, key=lambda each: (each.due_on == "", each.due_on, each.id))


def _open(
    session: Session, model: Any, establishment: str, there: Mapping[str, Definition], soon: date
) -> Iterator[BookEntry]:
    rules = {each.id: each for each in visit_rules().open_books}
    columns = (model.id, model.register, model.number, model.state, model.opened_on, model.next_due)
    # By employer alone: asked for books and days as well, SQLite walks those of all employers.
    theirs = select(*columns).where(together(model.establishment, establishment), model.withdrawn.is_(False))
    rows = [row for row in session.execute(theirs) if row.register in there]
    asked = select(model.id, model.values).where(among(model.id, [row.id for row in rows if row.register in rules]))
    values: dict[str, dict[str, Value]] = dict(session.execute(asked).all())
    for row in rows:
        rule, held = rules.get(row.register), values.get(row.id, {})
        if (row.next_due and row.next_due <= soon) or (rule and rule.is_open(row.state, held)):
            gist = str(held.get(rule.about) or "") if rule else ""
            yield _beside(there[row.register], row)._replace(gist=gist)


def _beside(definition: Definition, row: Any) -> BookEntry:
    return BookEntry(
        id=row.id,
        register=definition.id,
        title=word(definition.title),
        number=row.number,
        state=state_word(definition, row.state) if row.state else "",
        opened_on=day_text(row.opened_on),
        due_on=day_text(row.next_due),
    )


def _row(definition: Definition, row: Any, names: Mapping[str, str]) -> EntryRow:
    about = row.establishment or row.person
    held = [(field, row.values[field.key]) for field in definition.fields if field.key in row.values]
    known = {field.key: names.get(str(value), "") if field.kind in named.KINDS else "" for field, value in held}
    texts = {field.key: known[field.key] or value_text(field, value) for field, value in held}
    return EntryRow(
        id=row.id,
        number=row.number,
        state=row.state,
        about=names.get(about, about),
        town=names.get(row.division, row.division),
        due_on=day_text(row.next_due),
        opened_on=day_text(row.opened_on),
        values=row.values,
        texts=texts,
    )


def heading(definition: Definition, key: str) -> str:
    """Return what a column of a book is called; a key that this definition does not know as it stands."""
    field = definition.by_key.get(key)
    if field is not None:
        return word(field.label)
    own = {**OF_ENTRY, **_WRITTEN}
    return tr(own[key]) if key in own else key


def cell(definition: Definition, row: EntryRow, key: str) -> str:
    """Return what a column of a book shows of an entry."""
    match key:
        case "state":
            return state_word(definition, row.state)
        case "establishment" | "person":
            return row.about
        case "number" | "due_on" | "opened_on" | "town":
            return str(getattr(row, key))
    return row.texts.get(key, "")
