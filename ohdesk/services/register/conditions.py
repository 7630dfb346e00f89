"""What is asked of the list of a book: which entries, sought, filtered and in which order; and what that is in SQL.

Keys of a book's fields stand in the statements as they are, for an index of an expression serves no other spelling: a
definition with another kind of key is not taken (`forms.register_checks`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, and_, func, literal_column, or_, select

from ohdesk.db.models import Establishment
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import day_in, day_text, months_after, parse_day
from ohdesk.domain.register.conditions import HOWS, Condition
from ohdesk.domain.register.definition import DAY_WORDS, Definition, Field, Kind, View, ViewCondition
from ohdesk.domain.register.values import KEY, Value, read_value
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import mark, tr
from ohdesk.search import folded
from ohdesk.services.register.comparing import compared
from ohdesk.services.register.tables import of_office

_DAYS = frozenset({"due_on", "opened_on"})
_COLUMNS = {"due_on": "next_due", "town": "division"}  # by which name a row has them
_LAST_MINUTE = "T23:59"
_TYPES = {Kind.AMOUNT: Float()}
OF_ENTRY = {  # what every entry has besides the fields of its book
    "number": mark("编号"),
    "town": mark("镇街"),
    "state": mark("状态"),
    "establishment": mark("单位"),
    "person": mark("人员"),
    "opened_on": mark("登记日期"),
    "due_on": mark("期限"),
}


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """Which entries of a book, or of the roll: sought as it is typed, in a state, under conditions, in which order.

    state: "" for all · about: the id of an employer or a person
    order: key of a field or of `OF_ENTRY`, "" for the list's own: the newest first, the roll by the pinyin of its names
    """

    sought: str = ""
    state: str = ""
    conditions: tuple[Condition, ...] = ()
    about: str = ""
    order: str = ""
    falling: bool = False


EVERYTHING = EntryQuery()


def view_query(view: View, today: date) -> EntryQuery:
    """Return what a view of a definition asks on a day."""
    conditions = [Condition(name, "is", value) for name, value in view.where.items() if name != "state"]
    conditions += [Condition(each.key, each.how, _asked_today(each, today)) for each in view.conditions]
    if view.due_within is not None:
        conditions.append(Condition("due_on", "before", day_text(today + timedelta(days=view.due_within))))
    return EntryQuery(
        state=view.where.get("state", ""), conditions=tuple(conditions), order=view.sort, falling=view.falling
    )


def _asked_today(asked: ViewCondition, today: date) -> str:
    """Return what a view compares with on a day."""
    if asked.value not in DAY_WORDS:
        return asked.value
    day = today if asked.value == "today" else date(today.year - 1, 12, 31)
    return day_text(months_after(day, 12 * asked.years + asked.months) + timedelta(days=asked.days))


def standing(
    division: str,
    model: Any,
    definition: Definition,
    query: EntryQuery,
    *,
    walked: bool = False,
    sought: ColumnElement[bool] | None = None,
) -> list[ColumnElement[bool]]:
    """Return what holds for the entries of a query, whatever their state.

    division: of the office that lists them
    sought: true of those that hold what is sought, as an index tells; without it every text is looked at
    walked: the entries are gone through in the order of the list, with no index of what is filtered by
    Raises ProblemsError for conditions that mean nothing.
    """
    # Beside what an index of words found no other index is wanted.
    found = [in_book(model, definition.id, sign="" if sought is None else "+"), model.withdrawn.is_(False)]
    found.append(of_office(model, division))
    if query.about:
        found.append(or_(together(model.establishment, query.about), model.person == query.about))
    if folded(query.sought):
        found.append(_looked_at(model, folded(query.sought)) if sought is None else sought)
    problems: list[Problem] = []
    for each in query.conditions:
        clause = _clause(model, definition, each, problems, walked=walked)
        found += [] if clause is None else [clause]
    if problems:
        raise ProblemsError(tr("有 {count} 个筛选条件看不懂。", count=len(problems)), tuple(problems))
    return found


def _looked_at(model: Any, sought: str) -> ColumnElement[bool]:
    """True of entries with a text that holds what is sought, and of those about an employer that is called so."""
    # The name stands on the roll, where it may change.
    called = select(Establishment.id).where(func.instr(Establishment.search, sought) > 0)
    return or_(func.instr(model.search, sought) > 0, and_(model.establishment != "", model.establishment.in_(called)))


def in_state(model: Any, query: EntryQuery) -> list[ColumnElement[bool]]:
    """Return what holds for those in the state asked for."""
    return [model.state == query.state] if query.state else []


def _clause(
    model: Any, definition: Definition, asked: Condition, problems: list[Problem], *, walked: bool
) -> ColumnElement[bool] | None:
    """Return what a condition asks of a row; None, and a problem, for one that means nothing."""
    field = definition.by_key.get(asked.key)
    if (field is None and asked.key not in OF_ENTRY) or asked.how not in HOWS:
        known = "、".join([*OF_ENTRY, *definition.by_key])
        problems.append(Problem(asked.key[:40], tr("字段或条件"), f"{asked.key} {asked.how}"[:40], known))
        return None
    column = column_of(model, definition, asked.key, sign="+" if walked else "")
    kind = field.kind if field else None
    written = None if field is None else literal_column(held_as(model, asked.key), Text())  # of an amount
    try:
        return compared(asked, column, partial(_read, asked.key, field), partial(_is, column, kind), written)
    except ValueError:
        problems.append(Problem(asked.key, tr("这个字段的值"), (asked.value or asked.until)[:40]))
        return None


def _read(key: str, field: Field | None, text: str, is_last: bool) -> Any:
    """Return what a column is compared with. Raises ValueError for text that means no value of the field."""
    if field is None:
        return parse_day(text) if key in _DAYS else text
    if field.kind is Kind.TIME and day_in(text) is not None:  # a day is typed where days have times
        return text + (_LAST_MINUTE if is_last else "")
    value = read_value(field, text)
    return float(str(value)) if field.kind is Kind.AMOUNT and value is not None else value


def _is(column: ColumnElement[Any], kind: Kind | None, value: Value) -> ColumnElement[bool]:
    if kind is Kind.CHOICES:  # one of those that were chosen
        return func.instr(" " + func.coalesce(column, "") + " ", f" {value} ") > 0
    return column == value


def column_of(model: Any, definition: Definition, key: str, sign: str = "") -> ColumnElement[Any]:
    """Return what of a row a key means: a column, or a value of the book's own fields; of amounts the number.

    sign: "+" for one of which no index is wanted
    """
    if key in _COLUMNS:
        return getattr(model, _COLUMNS[key])  # type: ignore[no-any-return]
    if key in OF_ENTRY:
        return getattr(model, key)  # type: ignore[no-any-return]
    return literal_column(sign + expression(model, definition, key), _TYPES.get(definition.by_key[key].kind, Text()))


def expression(model: Any, definition: Definition, key: str) -> str:
    """Return in SQL what a row holds of a book's own field; of an amount the number."""
    held = held_as(model, key)
    return f"CAST({held} AS REAL)" if definition.by_key[key].kind is Kind.AMOUNT else held


def held_as(model: Any, key: str) -> str:
    """Return in SQL what is kept of a book's own field."""
    return f"json_extract({model.__tablename__}.\"values\", '$.{_word(key)}')"


def in_book(model: Any, register: str, sign: str = "") -> ColumnElement[bool]:
    """True for the entries of a book; sign: "+" where no index of it is wanted."""
    # Not a parameter: an index of this book alone is chosen by what stands in the statement.
    own = literal_column(f"{sign}{model.__tablename__}.register", Text())
    return own == literal_column(f"'{_word(register)}'")


def _word(key: str) -> str:
    """Return a key as it may stand in SQL. Raises ValueError for what is none."""
    if re.fullmatch(KEY, key) is None:
        raise ValueError(key)
    return key


def order_of(model: Any, definition: Definition, query: EntryQuery) -> list[ColumnElement[Any]]:
    """Return by what the entries are ordered."""
    if not query.order:
        return [model.id.desc()]
    column = column_of(model, definition, query.order)
    # Both the same way round, so that one index serves either.
    return [column.desc(), model.id.desc()] if query.falling else [column, model.id]
