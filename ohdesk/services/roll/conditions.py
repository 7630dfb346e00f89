"""What is asked of the fields of listed employers, and what that is in SQL."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, case, false, func, null, or_, type_coerce

from ohdesk.db.models import Establishment
from ohdesk.db.queries.roll_found import Clause
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELDS, Field, expected_text, read_value, value_text
from ohdesk.domain.industry import one_code
from ohdesk.domain.register.conditions import HOWS, Condition
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.services.register.comparing import compared

_YES, _NO = value_text(True), value_text(False)
_JOINED = frozenset({"hazards", "tags"})  # several words with 、 between them
_FOUND = frozenset({"is", "one_of", "after", "before", "between"})  # what an index of a field answers
_LAST = chr(0x10FFFF)  # sorts behind every other character


def clauses(conditions: Sequence[Condition]) -> list[Clause]:
    """Return what the conditions ask of a row. Raises ProblemsError naming every one that means nothing."""
    by_heading = {field.heading: field for field in FIELDS} | {tr(field.heading): field for field in FIELDS}
    found: list[Clause] = []
    problems: list[Problem] = []
    for each in conditions:
        field = FIELD_BY_KEY.get(each.key) or by_heading.get(each.key)
        if field is None or each.how not in HOWS:
            told = f"{each.key} {each.how}"[:40]
            problems.append(Problem(each.key[:40], tr("名录中的字段"), told, "、".join(FIELD_BY_KEY)))
            continue
        asked = each._replace(value=clean_text(each.value).strip(), until=clean_text(each.until).strip())
        try:
            found.append(_clause(field, asked))
        except ValueError as error:
            problems.append(Problem(tr(field.heading), expected_text(field), str(error)[:40], field=field.key))
    if problems:
        raise ProblemsError(tr("有 {count} 个筛选条件看不懂。", count=len(problems)), tuple(problems))
    return found


def _clause(field: Field, asked: Condition) -> Clause:
    column = getattr(Establishment, field.key)
    told = _asked_of(field, asked, func.coalesce(column, null()))  # as a value: no index of it is wanted
    if asked.how not in _FOUND or field.key in _JOINED:
        return Clause(field.key, told)
    is_equal = asked.how == "is" and field.key != "industry_code"
    return Clause(field.key, told, _asked_of(field, asked, column), is_equal)


def _asked_of(field: Field, asked: Condition, held: Any) -> ColumnElement[bool]:
    # As it is kept: texts and days are text, counts and flags are numbers.
    is_number = field.kind in {"count", "flag"}
    column: Any = type_coerce(held, Integer() if is_number else Text())
    written = case((column == 1, _YES), (column == 0, _NO), else_="") if field.kind == "flag" else None
    return compared(asked, column, partial(_read, field), partial(_is, field, column), written)


def _read(field: Field, text: str, _is_last: bool) -> Any:
    """Return what a column is compared with. Raises ValueError for text that means no value of the field."""
    value = read_value(field, text)
    if value is None or value == "":
        raise ValueError(text)
    return int(value) if isinstance(value, bool) else value


def _is(field: Field, column: Any, value: Any) -> ColumnElement[bool]:
    if field.key == "industry_code":
        return _is_within(column, value)
    if field.key in _JOINED:
        return func.instr("、" + column + "、", f"、{value}、") > 0
    return column == value  # type: ignore[no-any-return]


def _is_within(column: Any, text: str) -> ColumnElement[bool]:
    """Ask for an industry or a part of it: a code is kept with its letter or, as some lists have it, without."""
    code = one_code(text).upper()
    spelt = {code, code.lower(), *([code[1:]] if code[1:].isdecimal() else ())}
    # As ranges, which an index finds.
    return or_(false(), *(and_(column >= each, column < each + _LAST) for each in sorted(spelt)))
