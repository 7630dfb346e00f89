"""The values of a book's fields: what may stand, how it is kept in an operation, and how people read and type it.

Kept are texts, whole numbers, yes or no, and nothing (None): of an amount its decimal text "85.5", of a day
"2026-03-02", of a time "2026-03-02T09:30", of a choice its key, of several the keys with spaces between.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ohdesk.domain.bounds import LONGEST_NAME, LONGEST_PASSAGE, LONGEST_TEXT, MOST_BLOBS, MOST_PERSONS
from ohdesk.domain.calendar import BEIJING, day_in
from ohdesk.domain.canonical import LARGEST_INTEGER
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.personal import masked_text, without_personal_numbers
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.errors import Problem
from ohdesk.i18n import tr

Value = str | int | bool | None | Pairs
KEY = r"[a-z][a-z0-9_]{0,39}"  # of a book, and of a field
# Written like fields: none of them is asked by a definition.
OF_EVERY_ENTRY = ("number", "state", "establishment", "person", "opened_on", "kept", "provenance", "withdrawn")
PAIRS_OF_TEXT = frozenset({"kept", "provenance"})  # of other pairs the first is the SHA-256 of a file
_YES, _NO = "是", "否"
_YES_WORDS = {_YES: True, _NO: False, "yes": True, "no": False, "true": True, "false": False}
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = re.compile(r"[0-9a-z-]{1,64}")
_MINUTE = "%Y-%m-%dT%H:%M"
_BETWEEN = " \n、,，;；"  # what stands between several words
_ENDS = frozenset({"", *_BETWEEN})
_SHOWN = 40  # characters of a value that is none


def bounds_problem(key: str, value: Value) -> Problem | None:
    """Return what is wrong with what an operation says of a field, whatever the definition; None where nothing is."""
    if re.fullmatch(KEY, key) is None:
        return Problem(key[:_SHOWN], tr("字段的代号"), key[:_SHOWN])
    if key in OF_EVERY_ENTRY and value not in {None, ""} and not _OWN[key](value):
        return Problem(key, tr("每条登记都有的字段所能写的值"), str(value)[:_SHOWN])
    if isinstance(value, str):
        texts: tuple[str, ...] = (value,)
    elif isinstance(value, tuple):
        texts = tuple(text for pair in value for text in pair)
        if len(value) > MOST_BLOBS:
            return Problem(key, tr("不超过 {most} 项", most=MOST_BLOBS), str(len(value)))
    else:
        is_in = not isinstance(value, int) or abs(value) <= LARGEST_INTEGER
        return None if is_in else Problem(key, tr("整数"), str(value)[:_SHOWN])
    longest = max(map(len, texts), default=0)
    if longest > LONGEST_PASSAGE:
        return Problem(key, tr("不超过 {most} 个字", most=LONGEST_PASSAGE), tr("{count} 个字", count=longest))
    return None


def named_files(fields: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the SHA-256 of every file that fields of an entry name, each once."""
    held = (value for key, value in fields.items() if key not in PAIRS_OF_TEXT and isinstance(value, tuple | list))
    return tuple(dict.fromkeys(digest for value in held for digest, _name in value))


def read_value(field: Field, text: str) -> Value:
    """Return what is meant by a text as it is typed or as `value_text` writes it; nothing for an empty one.

    A choice may be given by its key or its word. Raises ValueError for text that means no such value.
    """
    plain = text.strip() if field.kind in {Kind.TEXT, Kind.NOTE} else unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return "" if field.kind in {Kind.TEXT, Kind.NOTE} else None
    value = _READ.get(field.kind, _as_it_is)(field, plain)
    if value is None or not fits(field, value):
        raise ValueError(text)
    return value


def fits(field: Field, value: Value) -> bool:
    """True for a value that a field may hold; a choice no longer offered may go on standing, and is not asked here."""
    if value is None:
        return field.kind not in {Kind.TEXT, Kind.NOTE}
    if field.kind is Kind.YES_NO:
        return isinstance(value, bool)
    if field.kind is Kind.COUNT:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return field.least <= value <= (field.most or MOST_PERSONS)
    if field.kind is Kind.FILES:
        return isinstance(value, tuple) and all(_SHA256.fullmatch(digest) for digest, _ in value)
    if not isinstance(value, str):
        return False
    if field.kind in {Kind.TEXT, Kind.NOTE}:
        most = field.most or (LONGEST_PASSAGE if field.kind is Kind.NOTE else LONGEST_TEXT)
        return len(value) <= most and (not (field.pattern and value) or re.fullmatch(field.pattern, value) is not None)
    return _is_spelled(field, value)


def value_text(field: Field, value: Value) -> str:
    """Return a value as people read it; a key of no choice, as of an older definition, is shown as it stands."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, tuple | list):  # lists where it comes from JSON
        return "、".join(caption or digest[:8] for digest, caption in value)
    if field.kind is Kind.CHOICE:
        return word(dict(field.choices).get(str(value), str(value)))
    if field.kind is Kind.CHOICES:
        words = dict(field.choices)
        return "、".join(word(words.get(key, key)) for key in str(value).split())
    if field.kind is Kind.TIME:
        return str(value).replace("T", " ")
    return str(value)


def typed_text(field: Field, value: Value) -> str:
    """Return a value as its editor holds it: keys of choices, days and times as they are kept."""
    return value_text(field, value) if value is None or isinstance(value, bool) else str(value)


def problem_of(field: Field, text: str) -> Problem | None:
    """Return what is wrong with a text as it was typed; None where it can stand."""
    if field.kind in {Kind.TEXT, Kind.NOTE} and without_personal_numbers(text)[1]:
        remedy = tr("登记簿不收公民身份号码（身份证号），请删去。")
        return Problem(word(field.label), tr("没有公民身份号码"), masked_text(text)[:_SHOWN], remedy, field.key)
    try:
        read_value(field, text)
    except ValueError:
        found = text if len(text) <= _SHOWN else tr("{count} 个字", count=len(text))
        return Problem(word(field.label), expected_text(field), found, field=field.key, example=_example(field))
    return None


def blanks(definition: Definition, values: Mapping[str, Value], asked: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each field of `asked` without a value.

    asked: key → why it is asked for now, "" for always
    """
    for field in definition.fields:
        if field.key in asked and values.get(field.key) in {None, ""} and is_shown(field, values):
            remedy = asked[field.key] or tr("请填写{place}。", place=word(field.label))
            yield Problem(word(field.label), "", "", remedy, field.key)


def required(definition: Definition) -> dict[str, str]:
    """Return the fields that no entry can be without, as `blanks` takes them."""
    return {each.key: "" for each in definition.fields if each.required}


def too_large(definition: Definition, values: Mapping[str, Value]) -> Iterator[Problem]:
    """Yield a problem for each number that exceeds the one it is part of, as those examined do those to be."""
    for field in definition.fields:
        value, most = values.get(field.key), values.get(field.at_most)
        if field.at_most and _number(value) > _number(most, Decimal("Infinity")):
            whole = definition.field(field.at_most)
            expected = tr("不超过“{whole}”的 {most}", whole=word(whole.label), most=most)
            yield Problem(word(field.label), expected, value_text(field, value), field=field.key)


def _number(value: Value, unknown: Decimal = Decimal("-Infinity")) -> Decimal:
    return unknown if value is None or value == "" else Decimal(str(value))


def is_shown(field: Field, values: Mapping[str, Value]) -> bool:
    """True when a field is asked for at these values of others."""
    return all(values.get(key) == wanted for key, wanted in field.shown_when.items())


def expected_text(field: Field) -> str:
    """Return in words what may stand in a field."""
    match field.kind:
        case Kind.COUNT if field.most:
            return tr("{least} 到 {most} 的整数", least=field.least, most=field.most)
        case Kind.COUNT:
            return tr("不小于 {least} 的整数", least=field.least)
        case Kind.AMOUNT:
            return tr("数值（{unit}）", unit=field.unit) if field.unit else tr("数值")
        case Kind.DAY:
            return tr("日期")
        case Kind.TIME:
            return tr("日期和时间")
        case Kind.YES_NO:
            return tr("是或否")
        case Kind.CHOICE | Kind.CHOICES:
            return " / ".join(word(said) for _, said in field.choices)
        case Kind.TEXT | Kind.NOTE:
            if field.pattern:
                return tr("符合规定格式的内容（{pattern}）", pattern=field.pattern)
            return tr("不超过 {most} 个字", most=field.most or LONGEST_TEXT)
    return tr("已登记的编号")


def _is_word(value: Value, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


_OWN: dict[str, Callable[[Value], bool]] = {
    "number": lambda value: isinstance(value, str) and len(value) <= LONGEST_NAME,
    "state": lambda value: _is_word(value, KEY),
    "establishment": lambda value: _is_word(value, _UUID),
    "person": lambda value: _is_word(value, _UUID),
    "opened_on": lambda value: isinstance(value, str) and day_in(value) is not None,
    "kept": lambda value: isinstance(value, tuple),
    "provenance": lambda value: isinstance(value, tuple),
    "withdrawn": lambda value: isinstance(value, bool),
}


def _example(field: Field) -> str:
    return {Kind.DAY: "2026-03-02", Kind.TIME: "2026-03-02 09:30", Kind.AMOUNT: "85.5"}.get(field.kind, "")


def _is_spelled(field: Field, value: str) -> bool:
    """True for a text that is spelled as values of the field's kind are kept."""
    match field.kind:
        case Kind.DAY:
            return day_in(value) is not None
        case Kind.TIME:
            return _minute(value) == value
        case Kind.AMOUNT:
            return _amount(value) == value
        case Kind.CHOICE:
            return 0 < len(value) <= LONGEST_TEXT and value.split() == [value]
        case Kind.CHOICES:
            return 0 < len(value) <= LONGEST_TEXT and " ".join(value.split()) == value
    return _ID.fullmatch(value) is not None


def _read_choice(field: Field, text: str) -> str | None:
    keys = dict(field.choices)
    if text in keys:
        return text
    return next((key for key, said in field.choices if text in _spellings(said)), None)


def _read_choices(field: Field, text: str) -> str | None:
    # The longest first, and never cut by a list of separators: 1,2-二氯乙烷 is one word.
    words = sorted(
        ((spelling, key) for key, said in field.choices for spelling in (_folded(key), *_spellings(said)) if spelling),
        key=lambda each: -len(each[0]),
    )
    keys, rest = [], text.strip(_BETWEEN)
    while rest:
        found = next((each for each in words if rest.startswith(each[0]) and rest[len(each[0]) :][:1] in _ENDS), None)
        if found is None:
            return None
        keys.append(found[1])
        rest = rest[len(found[0]) :].lstrip(_BETWEEN)
    return " ".join(dict.fromkeys(keys)) or None


def _spellings(said: object) -> tuple[str, ...]:
    """Return a word in each language, folded as what is typed is."""
    found = (said,) if isinstance(said, str) else (getattr(said, "zh", ""), getattr(said, "en", ""))
    return tuple(map(_folded, found))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip()


def _read_count(_field: Field, text: str) -> int | None:
    # int() alone also takes "1_000" and the digits of other scripts.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PERSONS)) + 1 else None


def _read_yes_no(_field: Field, text: str) -> bool | None:
    return _YES_WORDS.get(text.lower())


def _read_time(_field: Field, text: str) -> str | None:
    return _minute(text.replace(" ", "T", 1))


def _read_amount(_field: Field, text: str) -> str | None:
    return _amount(text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text) else text)


def _as_it_is(_field: Field, text: str) -> str:
    return text


def _minute(text: str) -> str | None:
    try:
        return datetime.strptime(text, _MINUTE).replace(tzinfo=BEIJING).strftime(_MINUTE) if day_in(text[:10]) else None
    except ValueError:
        return None


def _amount(text: str) -> str | None:
    if not _AMOUNT.fullmatch(text) or not text.isascii():
        return None
    try:
        return f"{Decimal(text):f}"  # digits behind the point stay: 0.50 is more precise than 0.5
    except InvalidOperation:
        return None


_READ = {
    Kind.CHOICE: _read_choice,
    Kind.CHOICES: _read_choices,
    Kind.COUNT: _read_count,
    Kind.YES_NO: _read_yes_no,
    Kind.TIME: _read_time,
    Kind.AMOUNT: _read_amount,
}
