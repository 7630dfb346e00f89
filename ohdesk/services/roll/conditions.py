"""What is asked of the fields of listed employers, and what that is in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, false, func, or_, type_coerce

from ohdesk.db.models import Establishment
from ohdesk.domain.establishment import FIELD_BY_KEY, FIELDS, Field, expected_text, read_value
from ohdesk.domain.industry import one_code
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr

Condition = tuple[str, str, str]  # key or heading of a field, how it is compared, with what
HOWS = ("is", "contains", "before", "after", "empty", "filled")
_JOINED = frozenset({"hazards", "tags"})  # several words with 、 between them


def clauses(conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:
    """Return what the conditions ask of a row. Raises ProblemsError naming every one that means nothing."""
    by_heading = {field.heading: field for field in FIELDS} | {tr(field.heading): field for field in FIELDS}
    found: list[ColumnElement[bool]] = []
    problems: list[Problem] = []
    for key, how, value in conditions:
        field = FIELD_BY_KEY.get(key) or by_heading.get(key)
        if field is None or how not in HOWS:
            problems.append(Problem(key[:40], tr("名录中的字段"), f"{key} {how}"[:40], "、".join(FIELD_BY_KEY)))
            continue
        try:
            found.append(_clause(field, how, value.strip()))
        except ValueError:
            problems.append(Problem(tr(field.heading), expected_text(field), value[:40], field=field.key))
    if problems:
        raise ProblemsError(tr("有 {count} 个筛选条件看不懂。", count=len(problems)), tuple(problems))
    return found


def _clause(field: Field, how: str, text: str) -> ColumnElement[bool]:
    # As it is kept: texts and days are text, counts and flags are numbers.
    is_number = field.kind in {"count", "flag"}
    column: Any = type_coerce(getattr(Establishment, field.key), Integer() if is_number else Text())
    if how in {"empty", "filled"}:
        is_empty = func.coalesce(column, "") == ""
        return is_empty if how == "empty" else ~is_empty
    if how == "contains":
        return func.instr(func.lower(func.coalesce(column, "")), text.lower()) > 0
    if how == "is" and field.key == "industry_code":
        return _is_within(column, text)
    if how == "is" and field.key in _JOINED:
        return func.instr("、" + column + "、", f"、{text}、") > 0
    value = read_value(field, text)
    if value is None or value == "":
        raise ValueError(text)
    value = int(value) if is_number else value
    if how == "is":
        return column == value  # type: ignore[no-any-return]
    if how == "before":
        return and_(column <= value, func.coalesce(column, "") != "")
    return column >= value  # type: ignore[no-any-return]


def _is_within(column: Any, text: str) -> ColumnElement[bool]:
    """Ask for an industry or a part of it: a code is kept with its letter or, as some lists have it, without."""
    code = one_code(text)
    spelt = [each for each in (code, code[1:]) if each]
    return or_(false(), *(func.substr(func.upper(column), 1, len(each)) == each for each in spelt))
