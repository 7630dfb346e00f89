"""Filters of the roll made at random, and what a plain walk over its entries says to each."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from ohdesk.db.queries import roll_found
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import FIELD_BY_KEY, Field, read_value
from ohdesk.domain.industry import one_code
from ohdesk.domain.register.conditions import HOWS, Condition
from ohdesk.errors import ProblemsError
from ohdesk.forms.roll_choices import field_words
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.register import indexes
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries

ALPHABET = "abAB%_*?'\"\\;-()（）甲乙厂苯、ＡＢａ％１é𠮷𝔸😀 "
JOINED = ("hazards", "tags")
KEYS = (
    "name", "address", "contact", "note", "grid", "ownership", "kind", "size", "industry_code", "hazards", "tags",
    "workers", "exposed_workers", "declared", "declared_on", "tested_on", "status", "hazard_grade", "uscc",
)  # fmt: skip
CODES = ("C3071", "3071", "C30", "c3011", "C", "3311", "Q84", "b", "苯")
DAYS = ("2023-12-31", "2024-02-29", "2025-06-30", "2026-03-02")
_ODD = 0.15  # how often something is asked that is rarely asked
_PAGE = 4  # entries
COUNTS = ("0", "1", "9", "10", "19", "200")


@dataclass
class Told:
    """What became of the filters: how many were asked, found something, were refused, had a first page; and faults."""

    asked: int = 0
    found: int = 0
    refused: int = 0
    pages: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def indexed() -> Iterator[None]:
    """Have a roll of a few entries found as a large one is."""
    with (
        patch.object(indexes, "LEAST", 1),
        patch.object(roll_found, "FEW", 3),
        patch.object(roll_found, "ON_THE_WAY", 20),
        patch.object(roll_found, "PIECE", 3),
    ):
        yield


def fill(ctx: Context, chance: random.Random, rows: int) -> dict[str, dict[str, str]]:
    """Add employers and return the text of each field by their ids."""
    for number in range(rows):
        texts = {key: text for key in KEYS if key not in {"name", "uscc"} and (text := _held(chance, key))}
        entries.add(ctx, texts | {"name": f"{_words(chance)}{number}厂"})
    return {row.id: entries.detail(ctx, row.id).fields for row in entries.all_rows(ctx)}


def ask(ctx: Context, roll: Mapping[str, Mapping[str, str]], chance: random.Random, count: int, told: Told) -> None:
    """Ask filters, alone, several at once and beside a search, and hold each answer against a plain walk."""
    for _ in range(count):
        query = _query(chance, roll)
        told.asked += 1
        try:
            wanted: set[str] | None = set(_walked(ctx, roll, query))
        except ValueError:
            wanted = None
        try:
            found: list[str] | None = [row.id for row in entries.all_rows(ctx, query)]
            page = entries.first_rows(ctx, query, _PAGE)
        except ProblemsError:
            found = page = None
        if page is not None:
            told.pages += 1
            if [row.id for row in page] != (found or [])[:_PAGE]:
                told.wrong.append(f"{query}: another first page")
        told.found += bool(found)
        told.refused += found is None
        if (None if found is None else set(found)) != wanted or len(found or ()) != len(wanted or ()):
            told.wrong.append(f"{query}: {len(found or ())} instead of {len(wanted or ())}")


def _query(chance: random.Random, roll: Mapping[str, Mapping[str, str]]) -> EntryQuery:
    conditions = tuple(_condition(chance, roll) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    sought = _words(chance, 2) if chance.random() < _ODD else ""
    return EntryQuery(sought, conditions=conditions, order=chance.choice(("", "", *KEYS)))


def _condition(chance: random.Random, roll: Mapping[str, Mapping[str, str]]) -> Condition:
    key = chance.choice(KEYS)
    value, until = (_asked(chance, key, roll) for _ in range(2))
    how = chance.choice(tuple(HOWS))
    if how == "one_of":
        value = chance.choice(("、", " 、")).join((value, until))
    return Condition(key, how, value, until if how == "between" else "")


def _asked(chance: random.Random, key: str, roll: Mapping[str, Mapping[str, str]]) -> str:
    """Return a value that may be asked for: one that is held, a part of one, or another."""
    held = chance.choice(list(roll.values()))[key]
    if FIELD_BY_KEY[key].kind != "text":
        return _words(chance, 2) if chance.random() < _ODD else held or _held(chance, key)
    part = held[chance.randint(0, 2) : chance.randint(2, 6)]
    return chance.choice((held, part, part.swapcase(), _held(chance, key), _words(chance, 2)))


def _held(chance: random.Random, key: str) -> str:
    kind = FIELD_BY_KEY[key].kind
    choices = {"count": COUNTS, "day": DAYS, "flag": ("是", "否")}.get(kind, ())
    words = field_words().get(key)
    if key == "industry_code":
        choices = CODES
    elif words is not None and words.strict:
        choices = words.words
    if choices:
        return chance.choice(("", *choices))
    if key in JOINED:
        return "、".join(filter(None, (_words(chance, 2) for _ in range(chance.randint(0, 3)))))
    return _words(chance)


def _words(chance: random.Random, most: int = 6) -> str:
    return clean_text("".join(chance.choices(ALPHABET, k=chance.randint(0, most)))).strip()


def _walked(ctx: Context, roll: Mapping[str, Mapping[str, str]], query: EntryQuery) -> Iterable[str]:
    """Return the ids of those that hold all that is asked. Raises ValueError for what means nothing."""
    tests = [_test(each) for each in query.conditions]
    sought = {row.id for row in entries.all_rows(ctx, EntryQuery(query.sought))} if folded(query.sought) else roll
    return [entry for entry, texts in roll.items() if entry in sought and all(test(texts) for test in tests)]


def _test(asked: Condition) -> Callable[[Mapping[str, str]], bool]:
    """Return what tells of an entry's texts whether a condition holds."""
    of = FIELD_BY_KEY[asked.key]
    value, until = clean_text(asked.value).strip(), clean_text(asked.until).strip()
    match asked.how:
        case "empty":
            return lambda texts: not texts[of.key]
        case "filled":
            return lambda texts: bool(texts[of.key])
        case "contains":
            return lambda texts: _small(value) in _small(texts[of.key])
    named = [each.strip() for each in value.split("、") if each.strip()] if asked.how == "one_of" else [value]
    if not named:
        raise ValueError(value)
    values = [_read(of, each) for each in named]
    if asked.how == "between":
        last = _read(of, until)
        return lambda texts: bool(texts[of.key]) and values[0] <= _read(of, texts[of.key]) <= last
    return {
        "is": lambda texts: _is(of, texts[of.key], named[0]),
        "is_not": lambda texts: not _is(of, texts[of.key], named[0]),
        "one_of": lambda texts: any(_is(of, texts[of.key], each) for each in named),
        "after": lambda texts: bool(texts[of.key]) and _read(of, texts[of.key]) >= values[0],
        "before": lambda texts: bool(texts[of.key]) and _read(of, texts[of.key]) <= values[0],
        "not_since": lambda texts: not texts[of.key] or _read(of, texts[of.key]) <= values[0],
    }[asked.how]


def _read(of: Field, text: str) -> object:
    if not text:
        raise ValueError(text)
    return read_value(of, text)


def _is(of: Field, held: str, value: str) -> bool:
    if of.key == "industry_code":  # the industry, or a part of it, with its letter or without
        code = one_code(value).upper()
        return held.upper().startswith(code) or (code[1:].isdecimal() and held.startswith(code[1:]))
    if of.key in JOINED:
        return f"、{value}、" in f"、{held}、"
    return bool(held) and _read(of, held) == _read(of, value)


def _small(text: str) -> str:
    """Return a text with the letters of ASCII small, and no others."""
    return "".join(each.lower() if each.isascii() else each for each in text)
