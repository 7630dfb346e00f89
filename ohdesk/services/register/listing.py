"""The list of a book: which entries, in which order, a page of them, and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from ohdesk.db.engine import roomy
from ohdesk.db.models import Entry, Establishment, LocalEntry
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import day_text, parse_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.states import state_word
from ohdesk.domain.register.values import Value, read_value, value_text
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.register import named
from ohdesk.services.register.books import book, books
from ohdesk.services.register.due import count_due
from ohdesk.services.register.tables import model_of

_DAYS = frozenset({"due_on", "opened_on"})
OF_ENTRY = {  # what every entry has besides the fields of its book
    "number": mark("编号"),
    "state": mark("状态"),
    "establishment": mark("单位"),
    "person": mark("人员"),
    "opened_on": mark("登记日期"),
    "due_on": mark("期限"),
}


class Condition(NamedTuple):
    """One thing that is asked of the entries listed.

    key: of a field, or of `OF_ENTRY` · how: one of `HOWS` · value: as it is typed; of between two of them, in `until`
    """

    key: str
    how: str
    value: str = ""
    until: str = ""


HOWS = {
    "contains": mark("包含"),
    "is": mark("等于"),
    "before": mark("早于或小于"),
    "after": mark("晚于或大于"),
    "between": mark("介于"),
    "empty": mark("为空"),
    "filled": mark("不为空"),
}


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """Which entries of a book: sought as it is typed, in a state, under conditions, about whom, and in which order.

    state: "" for all · order: key of a field or of `OF_ENTRY`, "" for the newest first
    """

    sought: str = ""
    state: str = ""
    conditions: tuple[Condition, ...] = ()
    about: str = ""
    order: str = ""
    falling: bool = False


class EntryRow(msgspec.Struct, frozen=True):
    """An entry as it is listed. about: the name of whom it is about · due_on: a day, "" for none.

    texts: of each field that has a value, as people read it
    """

    id: str
    number: str
    state: str
    about: str
    due_on: str
    opened_on: str
    values: dict[str, Value]
    texts: dict[str, str]


class BookEntry(NamedTuple):
    """An entry as it stands beside whom it is about: of which book, its number, state and days in words."""

    id: str
    register: str
    title: str
    number: str
    state: str
    opened_on: str
    due_on: str


class Listed(NamedTuple):
    """What a query finds, by id and in order; counts: how many entries each state has, "" for all of them."""

    ids: Sequence[str]
    counts: Mapping[str, int]


def entries(ctx: Context, register: str, query: EntryQuery = EntryQuery()) -> Listed:
    """Return the entries of a book that a query finds. Raises ProblemsError for conditions that mean nothing."""
    ctx.require(Right.READ)
    definition = book(ctx, register)
    model = model_of(definition)
    count_due(ctx, [definition])
    with ctx.reading() as session, roomy(session):
        standing = _standing(model, definition, query)
        found = select(model.id).where(*standing, *_in_state(model, query)).order_by(*_order(model, definition, query))
        ids = list(session.scalars(found))
        counts: dict[str, int] = {}
        if definition.states:
            per_state = select(model.state, func.count()).where(*standing).group_by(model.state)
            counts = dict(session.execute(per_state).all())
        return Listed(ids, {**counts, "": sum(counts.values()) if definition.states else len(ids)})


def about(ctx: Context, establishment: str, most: int) -> list[BookEntry]:
    """Return the newest entries about an employer, of all books, at most as many as said."""
    ctx.require(Right.READ)
    there = books(ctx).by_id
    found: list[tuple[str, BookEntry]] = []
    models: tuple[Any, ...] = (Entry, LocalEntry)
    with ctx.reading() as session:
        for model in models:
            own = [each for each, definition in there.items() if model is model_of(definition)]
            rows = select(model).where(
                model.establishment == establishment, model.register.in_(own), model.withdrawn.is_(False)
            )
            found += [
                (row.id, _beside(there[row.register], row))
                for row in session.scalars(rows.order_by(model.id.desc()).limit(most))
            ]
    return [line for _, line in sorted(found, reverse=True)[:most]]


def _beside(definition: Definition, row: Entry | LocalEntry) -> BookEntry:
    return BookEntry(
        id=row.id,
        register=definition.id,
        title=word(definition.title),
        number=row.number,
        state=state_word(definition, row.state) if row.state else "",
        opened_on=day_text(row.opened_on),
        due_on=day_text(row.next_due),
    )


def view_query(definition: Definition, key: str, today: date) -> EntryQuery:
    """Return what a view of a book's definition asks. Raises UserError where there is no such view."""
    view = next((each for each in definition.listing.views if each.key == key), None)
    if view is None:
        known = "、".join(f"{each.key}（{word(each.title)}）" for each in definition.listing.views) or tr("没有")
        message = tr("“{book}”没有视图“{view}”。", book=word(definition.title), view=key[:40])
        raise UserError(message, tr("已有的视图：{known}。", known=known))
    conditions = [Condition(name, "is", value) for name, value in view.where.items() if name != "state"]
    if view.due_within is not None:
        conditions.append(Condition("due_on", "before", day_text(today + timedelta(days=view.due_within))))
    return EntryQuery(
        state=view.where.get("state", ""), conditions=tuple(conditions), order=view.sort, falling=view.falling
    )


def rows_of(ctx: Context, register: str, ids: Sequence[str]) -> list[EntryRow]:
    """Return these entries of a book, in the order given; without those that have gone since."""
    definition = book(ctx, register)
    model: Any = model_of(definition)
    with ctx.reading() as session:
        held = {row.id: row for row in session.scalars(select(model).where(among(model.id, ids), ~model.withdrawn))}
        known = named.names(ctx, session, definition, held.values())
        return [_row(definition, held[each], known) for each in ids if each in held]


def _standing(model: Any, definition: Definition, query: EntryQuery) -> list[ColumnElement[bool]]:
    found = [model.register == definition.id, model.withdrawn.is_(False)]
    if query.about:
        found.append(or_(model.establishment == query.about, model.person == query.about))
    if sought := folded(query.sought):
        # Of whom an entry is about the name stands on the roll, where it may change.
        named = select(Establishment.id).where(func.instr(Establishment.search, sought) > 0)
        found.append(
            or_(func.instr(model.search, sought) > 0, and_(model.establishment != "", model.establishment.in_(named)))
        )
    problems: list[Problem] = []
    for each in query.conditions:
        clause = _clause(model, definition, each, problems)
        found += [] if clause is None else [clause]
    if problems:
        raise ProblemsError(tr("有 {count} 个筛选条件看不懂。", count=len(problems)), tuple(problems))
    return found


def _in_state(model: Any, query: EntryQuery) -> list[ColumnElement[bool]]:
    return [model.state == query.state] if query.state else []


def _clause(
    model: Any, definition: Definition, asked: Condition, problems: list[Problem]
) -> ColumnElement[bool] | None:
    """Return what a condition asks of a row; None, and a problem, for one that means nothing."""
    field = definition.by_key.get(asked.key)
    if (field is None and asked.key not in OF_ENTRY) or asked.how not in HOWS:
        known = "、".join([*OF_ENTRY, *definition.by_key])
        problems.append(Problem(asked.key[:40], tr("字段或条件"), f"{asked.key} {asked.how}"[:40], known))
        return None
    column = column_of(model, definition, asked.key)
    if asked.how in {"empty", "filled"}:
        is_empty = func.coalesce(column, "") == ""
        return is_empty if asked.how == "empty" else ~is_empty
    if asked.how == "contains":
        return func.instr(func.lower(func.coalesce(column, "")), asked.value.lower()) > 0
    values = []
    for text in (asked.value, asked.until) if asked.how == "between" else (asked.value,):
        try:
            values.append(_compared(asked.key, field, text))
        except ValueError:
            problems.append(Problem(asked.key, tr("这个字段的值"), text[:40]))
            return None
    match asked.how:
        case "is":
            return _is(column, field.kind if field else None, values[0])
        case "before":
            return and_(column <= values[0], func.coalesce(column, "") != "")
        case "after":
            return and_(column >= values[0])
    return and_(column >= values[0], column <= values[1])


def _compared(key: str, field: Field | None, text: str) -> Any:
    """Return what a column is compared with. Raises ValueError for text that means no value of the field."""
    if field is None:
        return parse_day(text) if key in _DAYS else text
    value = read_value(field, text)
    return float(str(value)) if field.kind is Kind.AMOUNT and value is not None else value


def _is(column: ColumnElement[Any], kind: Kind | None, value: Value) -> ColumnElement[bool]:
    if kind is Kind.CHOICES:  # one of those that were chosen
        return func.instr(" " + func.coalesce(column, "") + " ", f" {value} ") > 0
    return column == value


def column_of(model: Any, definition: Definition, key: str) -> ColumnElement[Any]:
    """Return what of a row a key means: a column, or a value of the book's own fields; of amounts the number."""
    if key == "due_on":
        return model.next_due  # type: ignore[no-any-return]
    if key in OF_ENTRY:
        return getattr(model, key)  # type: ignore[no-any-return]
    held = func.json_extract(model.values, f"$.{key}")
    is_number = definition.by_key[key].kind is Kind.AMOUNT
    return func.round(held, 9) if is_number else held


def _order(model: Any, definition: Definition, query: EntryQuery) -> list[ColumnElement[Any]]:
    if not query.order:
        return [model.id.desc()]
    column = column_of(model, definition, query.order)
    return [column.desc() if query.falling else column, model.id]


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
        due_on=day_text(row.next_due),
        opened_on=day_text(row.opened_on),
        values=row.values,
        texts=texts,
    )


def heading(definition: Definition, key: str) -> str:
    """Return what a column of a book is called."""
    return tr(OF_ENTRY[key]) if key in OF_ENTRY else word(definition.field(key).label)


def cell(definition: Definition, row: EntryRow, key: str) -> str:
    """Return what a column of a book shows of an entry."""
    match key:
        case "state":
            return state_word(definition, row.state)
        case "establishment" | "person":
            return row.about
        case "number" | "due_on" | "opened_on":
            return str(getattr(row, key))
    return row.texts.get(key, "")
