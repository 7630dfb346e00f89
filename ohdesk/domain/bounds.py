"""How long, how many and of which form: the limits of every value that travels, in one place.

An operation is checked by them when it is written and when it comes from elsewhere.  They are limits of the formats,
generous and for ever; what law or an office limits is data.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import chain
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from ohdesk.domain.calendar import day_in, instant_in
from ohdesk.errors import Problem
from ohdesk.i18n import mark, tr

LARGEST_OPERATION = 8 << 20  # bytes of its canonical form; a member of a bundle holds it twice over
LARGEST_BLOB = 64 << 20  # bytes of a photo or a document, which travels in one piece
LARGEST_CERTIFICATE = 16 * 1024  # bytes
MOST_PERSONS = 10_000_000
MOST_PHOTOS = 1000  # of one visit
MOST_BLOBS = MOST_PHOTOS + 100  # that one operation mentions
LONGEST_WORD, LONGEST_NAME, LONGEST_TEXT, LONGEST_PASSAGE = 64, 200, 2_000, 20_000  # characters
LONGEST_REASON = 300  # characters of why an operation was set aside; it may quote what was written
_LONGEST_FILE = 4_000_000  # characters of a sheet, a pool or a result, or of a piece of one
# Of a draw's files in pieces: however its characters are spelt, an operation holds one piece, or the ends of all three.
PIECE, LONGEST_END = 2_000_000, 700_000  # characters
MOST_PARTS = 500
_SHOWN = 40  # characters of what was found

_Check = Callable[[Any, str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit: what is expected, in words (a source of the catalogue) with `values` in it, and whether a value fits."""

    expected: str
    holds: Callable[[Any], bool]
    values: tuple[tuple[str, int], ...] = ()

    def problem(self, place: str, value: object) -> Problem:
        """Return what is to be said of a value that does not fit."""
        return Problem(place, tr(self.expected, **dict(self.values)), _found(value))


def at_most(count: int) -> Bound:
    """Return the limit of a text, in characters."""
    return Bound(mark("不超过 {most} 个字"), lambda text: len(text) <= count, (("most", count),))


def sized(most: int) -> Bound:
    """Return the limit of bytes."""
    return Bound(mark("不超过 {most} 字节"), lambda data: len(data) <= most, (("most", most),))


def items(most: int, least: int = 0) -> Bound:
    """Return the limit of how many a list or a mapping holds."""
    expected = mark("{least} 到 {most} 项")
    return Bound(expected, lambda many: least <= len(many) <= most, (("least", least), ("most", most)))


def whole(least: int, most: int) -> Bound:
    """Return the limit of a whole number, both ends included."""
    expected = mark("{least} 到 {most} 的整数")
    return Bound(expected, lambda number: least <= number <= most, (("least", least), ("most", most)))


def spelled(pattern: str, expected: str) -> Bound:
    """Return the form of a text that a pattern describes whole."""
    compiled = re.compile(pattern)
    return Bound(expected, lambda text: compiled.fullmatch(text) is not None)


def one_of(words: Collection[str]) -> Bound:
    """Return the limit to a few words."""
    return Bound(mark("本版本认识的代号"), lambda text: text in words)


def empty_or(bound: Bound) -> Bound:
    """Return a limit that the empty text meets as well."""
    return Bound(bound.expected, lambda text: not text or bound.holds(text), bound.values)


_UUID = spelled("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", mark("编号（UUID）"))
_HASH = spelled("[0-9a-f]{64}", mark("64 位十六进制指纹"))
_DAY = Bound(mark("1970 到 2999 年的日期"), lambda text: day_in(text) is not None)
_INSTANT = Bound(mark("1970 到 2999 年的时刻"), lambda text: instant_in(text) is not None)

Id = Annotated[str, _UUID]
IdIfAny = Annotated[str, empty_or(_UUID)]
ReplicaIfAny = Annotated[str, spelled("([0-9a-f]{16})?", mark("16 位十六进制电脑编号"))]
Hash = Annotated[str, _HASH]
HashIfAny = Annotated[str, empty_or(_HASH)]
Division = Annotated[str, spelled("[0-9]{6}|[0-9]{9}", mark("6 位或 9 位行政区划代码"))]
Day = Annotated[str, _DAY]
DayIfAny = Annotated[str, empty_or(_DAY)]
Instant = Annotated[str, _INSTANT]
InstantIfAny = Annotated[str, empty_or(_INSTANT)]
Word = Annotated[str, at_most(LONGEST_WORD)]
Name = Annotated[str, at_most(LONGEST_NAME)]
Text = Annotated[str, at_most(LONGEST_TEXT)]
Passage = Annotated[str, at_most(LONGEST_PASSAGE)]
File = Annotated[str, at_most(_LONGEST_FILE)]
Number = Annotated[int, whole(1, 100_000)]
Seconds = Annotated[int, whole(-2_000_000_000, 2_000_000_000)]  # between two clocks; one may stand on 1970


def problems(value: Any, place: str = "") -> Iterator[Problem]:
    """Yield what is out of bounds in an operation, a record or a part of one, each with its place."""
    kind: Any = type(value)
    # Nearly always all of it fits, and then nobody asks for the places.
    if (fits := _fits(kind)) is not None and not fits(value) and (check := _check(kind)) is not None:
        yield from check(value, place)


@cache
def _fits(kind: Any) -> Callable[[Any], bool] | None:
    """Return what tells whether `_check` would find nothing; None where nothing below has a limit."""
    hint, bounds = _parts(kind)
    holds = [bound.holds for bound in bounds]
    if (inner := _inner_fits(hint)) is not None:
        holds.append(inner)
    if len(holds) < 2:
        return holds[0] if holds else None
    return lambda value: all(each(value) for each in holds)


def _inner_fits(hint: Any) -> Callable[[Any], bool] | None:
    below = [(name, fits) for name, kind in _below(hint) if (fits := _fits(kind)) is not None]
    if not below:
        return None
    if is_dataclass(hint):

        def each_fits(value: Any) -> bool:
            for name, fits in below:  # noqa: SIM110 - a generator would take half as long again
                if not fits(getattr(value, name)):
                    return False
            return True

        return each_fits
    ((_, item),) = below
    if get_origin(hint) in {Union, UnionType}:
        return lambda value: value is None or item(value)
    if get_origin(hint) is dict:
        return lambda value: all(map(item, value.values()))
    return lambda value: all(map(item, value))


@cache
def _check(kind: Any) -> _Check | None:
    """Return what checks a value of a type; None where nothing below it has a limit."""
    hint, bounds = _parts(kind)
    inner = _inner_check(hint)
    if not bounds:
        return inner

    def check(value: Any, place: str) -> Iterator[Problem]:
        for bound in bounds:
            if not bound.holds(value):
                yield bound.problem(place, value)
                return
        if inner is not None:
            yield from inner(value, place)

    return check


def _inner_check(hint: Any) -> _Check | None:
    below = {name: found for name, kind in _below(hint) if (found := _check(kind)) is not None}
    if not below:
        return None
    if is_dataclass(hint):
        return lambda value, place: chain.from_iterable(
            check(getattr(value, name), f"{place}.{name}" if place else name) for name, check in below.items()
        )
    (item,) = below.values()
    if get_origin(hint) in {Union, UnionType}:
        return lambda value, place: iter(()) if value is None else item(value, place)
    if get_origin(hint) is dict:
        return lambda value, place: chain.from_iterable(item(one, f"{place}.{key}") for key, one in value.items())
    return lambda value, place: chain.from_iterable(item(one, f"{place}[{number}]") for number, one in enumerate(value))


def _parts(kind: Any) -> tuple[Any, tuple[Bound, ...]]:
    if get_origin(kind) is not Annotated:
        return kind, ()
    hint, *rest = get_args(kind)
    return hint, tuple(each for each in rest if isinstance(each, Bound))


def _below(hint: Any) -> list[tuple[str, Any]]:
    """Return the types inside a type, by name: of a dataclass its fields, of a list or mapping what it holds."""
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return [(field.name, hints[field.name]) for field in fields(hint)]
    origin, inside = get_origin(hint), [each for each in get_args(hint) if each not in {..., NoneType}]
    if origin is dict:
        return [("*", inside[1])]
    return [("*", each) for each in inside] if origin in {tuple, list, Union, UnionType} else []


def _found(value: object) -> str:
    if isinstance(value, list | tuple | dict):
        return tr("{count} 项", count=len(value))
    if isinstance(value, bytes):
        return tr("{count} 字节", count=len(value))
    text = str(value)
    return text if len(text) <= _SHOWN else tr("{count} 个字", count=len(text))
