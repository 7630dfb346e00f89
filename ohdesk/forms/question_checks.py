"""What the further entries and conditions of a question say that does not fit together."""

from collections.abc import Iterator, Mapping, Sequence

from ohdesk.errors import Problem
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.applicability import TRAITS
from ohdesk.forms.computed import FUNCTIONS
from ohdesk.forms.definition import DetailField, FieldKind, QuestionEntry
from ohdesk.forms.detail_values import MOST_ROWS, number_in
from ohdesk.i18n import tr

_OWN_KEYS = frozenset({"reason", "fact"})  # of every answer


def field_problems(place: str, fields: Sequence[DetailField]) -> Iterator[Problem]:
    """Yield what is wrong with the further entries of a question, or with the columns of a repeat."""
    keys = [field.key for field in fields]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Problem(f"{place} field", tr("编号不重复"), key)
    pressed = [field.press for field in fields if field.press]
    for key in sorted({key for key in pressed if pressed.count(key) > 1}):
        yield Problem(f"{place} field press", tr("每个计数一个键"), key)
    by_key = {field.key: field for field in fields}
    for field in fields:
        where = f"{place} field {field.key}"
        yield from _own_problems(where, field)
        yield from _named_problems(where, field, by_key)
        if field.columns:
            yield from field_problems(where, field.columns)
            yield from (
                Problem(f"{where} field {each.key} kind", tr("表格的一列不再是表格"), each.kind)
                for each in field.columns
                if each.kind is FieldKind.REPEAT
            )


def condition_problems(place: str, entry: QuestionEntry, before: Mapping[str, QuestionEntry]) -> Iterator[Problem]:
    """Yield what is wrong with the conditions of a question; `before`: the questions that stand before it."""
    for table in entry.applies:
        if not table:
            yield Problem(f"{place} applies", tr("至少一个等式"), "{}")
        for name, value in table.items():
            yield from _equality_problems(f"{place} applies {name}", name, value, before)


def _equality_problems(place: str, name: str, value: str, before: Mapping[str, QuestionEntry]) -> Iterator[Problem]:
    if name in TRAITS:
        if not value:
            yield Problem(place, tr("一个词"), tr("空白"))
        return
    id_, _, key = name.partition(".")
    question = before.get(id_)
    if question is None:
        # Only of what was asked before: so no two questions can wait for each other.
        known = tr("、").join(sorted(TRAITS))
        yield Problem(place, tr("{known}，或前面一个检查项的编号", known=known), name)
    elif key:
        field = next((each for each in question.fields if each.key == key), None)
        if field is None:
            yield Problem(place, tr("{id} 的填写项", id=id_), key)
        elif field.choices and value not in {each.key for each in field.choices}:
            yield Problem(place, " / ".join(each.key for each in field.choices), value)
    elif value not in set(AnswerValue):
        yield Problem(place, " / ".join(AnswerValue), value)


def _own_problems(place: str, field: DetailField) -> Iterator[Problem]:
    if not field.key.isidentifier() or not field.key.isascii() or field.key in _OWN_KEYS:
        yield Problem(f"{place} key", tr("小写字母、数字和下划线，不是 reason、fact"), field.key)
    if field.kind is FieldKind.NUMBER and not (field.unit or field.unit_in):
        yield Problem(f"{place} unit", tr("单位：没有单位的读数不能用"), tr("没有"))
    if (field.kind is FieldKind.CHOICE) != bool(field.choices):
        yield Problem(f"{place} choices", tr("choice 的选项"), field.kind)
    if (field.kind is FieldKind.REPEAT) != bool(field.columns):
        yield Problem(f"{place} column", tr("repeat 的列"), field.kind)
    if field.press and (field.kind is not FieldKind.COUNTER or len(field.press) != 1 or not field.press.isascii()):
        yield Problem(f"{place} press", tr("counter 的一个键"), field.press)
    for name, text in (("least", field.least), ("most", field.most)):
        bounded = field.kind.is_number or field.kind is FieldKind.REPEAT
        if text and (not bounded or number_in(text) is None):
            yield Problem(f"{place} {name}", tr("数字"), text)
        elif text and field.kind is FieldKind.REPEAT and not (text.isdigit() and 0 < int(text) <= MOST_ROWS):
            yield Problem(f"{place} {name}", tr("1 到 {most} 的整数", most=MOST_ROWS), text)
    both = number_in(field.least), number_in(field.most)
    if both[0] is not None and both[1] is not None and both[0] > both[1]:
        yield Problem(f"{place} most", tr("不小于 {bound}", bound=field.least), field.most)


def _named_problems(place: str, field: DetailField, by_key: Mapping[str, DetailField]) -> Iterator[Problem]:
    """Yield what is wrong with the fields that a field names."""
    numbers = {key for key, each in by_key.items() if each.kind.is_number and key != field.key}
    for name, keys in (("at_most", (field.at_most,)), ("sum_of", field.sum_of)):
        for key in filter(None, keys):
            if key not in numbers:
                yield Problem(f"{place} {name}", tr("本项的另一填写项，其中是数字"), key)
    if field.unit_in and (field.unit_in not in by_key or by_key[field.unit_in].kind is not FieldKind.CHOICE):
        yield Problem(f"{place} unit_in", tr("本项的另一填写项，从中选单位"), field.unit_in)
    if field.judged is not None:
        for key in filter(None, (*field.judged.needs, field.judged.day)):
            if key not in by_key:
                yield Problem(f"{place} judged", tr("本项的另一填写项"), key)
        if field.kind is not FieldKind.NUMBER:
            yield Problem(f"{place} judged", tr("有单位的数字"), field.kind)
    if field.computed is not None:
        yield from _computed_problems(place, field, by_key)


def _computed_problems(place: str, field: DetailField, by_key: Mapping[str, DetailField]) -> Iterator[Problem]:
    by = field.computed
    if by is None:
        return
    if not field.kind.is_number:
        yield Problem(f"{place} computed", tr("数字"), field.kind)
    if by.by not in FUNCTIONS:
        yield Problem(f"{place} computed by", " / ".join(FUNCTIONS), by.by)
        return
    _function, keys, numbers = FUNCTIONS[by.by]
    if not by.of or (keys is not None and len(by.of) != keys):
        yield Problem(f"{place} computed of", tr("{count} 个填写项", count=keys or 1), str(len(by.of)))
    if len(by.numbers) != numbers or any(number_in(each) is None for each in by.numbers):
        yield Problem(f"{place} computed numbers", tr("{count} 个数字", count=numbers), str(by.numbers))
    for name in by.of:
        key, _, column = name.partition(".")
        of = by_key.get(key)
        columns = {} if of is None else {each.key: each for each in of.columns}
        named = columns.get(column) if column else of
        if named is None or not named.kind.is_number or named is field:
            yield Problem(f"{place} computed of", tr("本项中是数字的填写项或列"), name)
