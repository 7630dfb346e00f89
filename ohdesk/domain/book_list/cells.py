"""What a cell of a list means in a field of a book: people write days, counts and yes or no in many ways.

What `values.read_value` takes is taken as it stands; beyond that only spelling is put right, never content.
"""

import re
import unicodedata
from collections.abc import Callable

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.domain.register.values import Value, fits, read_value
from ohdesk.domain.roll.values import count_of_text, day_of

_TEXTS = frozenset({Kind.TEXT, Kind.NOTE})
_NOTHING = frozenset({"/", "／", "-", "—", "——", "--", "无", "空", "暂无", "未填", "n/a", "na", "none", "null"})
_YES = frozenset({"有", "√", "✓", "✔", "y", "t", "1", "■", "☑", "对", "是的"})
_NO = frozenset({"无", "没有", "×", "x", "✗", "✘", "n", "f", "0", "□", "☐", "否定", "不是"})
_CLOCK = re.compile(r"(.*?\d日?)[ T]*(\d{1,2})[:时点](\d{1,2})(?:分|[:分]\d{1,2}(?:\.0*)?秒?)?")
_NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?")
_WHOLE = re.compile(r"(\d+)\.0+")


def cell_value(field: Field, text: str) -> Value:
    """Return what a cell means. Raises ValueError for text that means no value of the field."""
    try:
        return read_value(field, text)
    except ValueError:
        if field.kind in _TEXTS:
            raise
    plain = unicodedata.normalize("NFKC", text).strip()
    # Behind what can be read: 无 is no device and not nothing where it is a choice.
    value = _LENIENT[field.kind](field, plain) if field.kind in _LENIENT else None
    if value is not None and fits(field, value):
        return value
    if plain.lower() in _NOTHING:
        return None
    raise ValueError(text)


def _day(_field: Field, text: str) -> Value:
    day = day_of(text)
    return None if day is None else day.isoformat()


def _time(_field: Field, text: str) -> Value:
    match = _CLOCK.fullmatch(text)
    day = day_of(match[1]) if match else None
    if match is None or day is None or int(match[2]) > 23 or int(match[3]) > 59:
        return None
    return f"{day.isoformat()}T{int(match[2]):02}:{int(match[3]):02}"


def _count(field: Field, text: str) -> Value:
    if field.unit:
        text = text.removesuffix(unicodedata.normalize("NFKC", field.unit)).strip()
    whole = _WHOLE.fullmatch(text)
    return int(whole[1]) if whole else count_of_text(text)


def _amount(field: Field, text: str) -> Value:
    """Return a number with its unit behind it, and none with another one: that is no spelling, but another amount."""
    unit = unicodedata.normalize("NFKC", field.unit)
    number = text.removesuffix(unit).strip() if unit else text
    return read_value(field, number.removeprefix("+")) if _NUMBER.fullmatch(number) else None


def _yes_no(_field: Field, text: str) -> Value:
    low = text.lower()
    return True if low in _YES else False if low in _NO else None


def _choice(field: Field, text: str) -> Value:
    wanted = _packed(text)
    found = [key for key, said in field.choices if wanted in {_packed(each) for each in (key, *_words(said))}]
    return found[0] if len(found) == 1 else None


def _words(said: object) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else (getattr(said, "zh", ""), getattr(said, "en", ""))


def _packed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


_LENIENT: dict[Kind, Callable[[Field, str], Value]] = {
    Kind.DAY: _day,
    Kind.TIME: _time,
    Kind.COUNT: _count,
    Kind.AMOUNT: _amount,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
}
