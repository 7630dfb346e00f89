"""Canonical JSON: one byte form, and only that."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.canonical import NotCanonicalError, canonical, clean_text, fingerprint, parse

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"])).map(clean_text)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_09", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back(value):
    assert parse(canonical(value)) == value


@given(values)
def test_any_other_spelling_of_the_same_value_is_refused(value):
    spaced = json.dumps(value, indent=1, ensure_ascii=False).encode()
    if spaced != canonical(value):
        with pytest.raises(NotCanonicalError):
            parse(spaced)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":NaN}',
        b'{"a":1e3}',
        b'{"a":Infinity}',
        b'"\\ud800"',
        b'{"b":1,"a":2}',
        b'{"a":9007199254740993}',
        '"e\u0301"'.encode(),
        b'"a\\tb"',
        b"\xef\xbb\xbf1",
        b"",
        b"[" * 100_000,
        '{"键":1}'.encode(),
        b'"\xff"',
    ],
)
def test_hostile_json_is_refused_with_a_reason(data):
    with pytest.raises(NotCanonicalError, match=r"."):
        parse(data)


def test_the_refusal_names_the_place():
    with pytest.raises(NotCanonicalError, match=r"\$\.list\[1\]"):
        canonical({"list": ["x", 1.5]})


def test_the_fingerprint_of_a_known_value_never_changes():
    value = {"b": [1, None, True], "a": "鹤山区石林镇"}
    assert fingerprint(value) == "c0b505f4e0ff582215dfdf0dfded8a9664909b20081c0274af1bf1353c8c3c4a"


class State(StrEnum):
    OPEN = "open"


class Grade(IntEnum):
    GOOD = 3


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Page:
    title: object
    _hidden: object = None


def defined(value: object, depth: int = 0) -> object:
    """Return, built of plain values, what may be written in canonical form. Raises ValueError: refused."""
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError
        if any(unicodedata.category(each) in ("Cc", "Cs") and each != "\n" for each in value):
            raise ValueError
        return str.__str__(value)
    if depth > 32:
        raise ValueError
    if isinstance(value, Page):
        value = {"title": value.title, "_hidden": value._hidden}
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise ValueError
        return {key: defined(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [defined(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return int(value)
    raise ValueError


def written_as_defined(value: object) -> bytes:
    return json.dumps(defined(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_as_defined(data: bytes) -> object:
    value = json.loads(data.decode())
    if written_as_defined(value) != data:
        raise ValueError
    return value


def outcome(function, *given: object) -> object:
    try:
        return repr(function(*given))
    except (ValueError, RecursionError):  # NotCanonicalError is a ValueError
        return None


SPECIAL = [
    *("\u3000", "e\u0301", "\u0301", "a\nb", "\n\u0303", '"', "\\", "\\n", '\\"'),
    *("\x7f", "\x00", "\u2028", "\ud800", "9" * 40),
]
odd_texts = st.text() | texts | st.sampled_from(SPECIAL)
odd_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53 - 3, 2**53 + 3).flatmap(lambda number: st.sampled_from([number, -number]))
    | st.floats()
    | odd_texts
)
no_json = st.binary(max_size=2) | st.sampled_from(
    [date(2026, 3, 2), {1}, frozenset(), State.OPEN, Grade.GOOD, Colour.RED, object]
)


def nested(leaves, keys):
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(keys, inner, max_size=4)
            | st.builds(Page, inner, inner)
        ),
        max_leaves=10,
    )


depths = st.integers(0, 40)


@given(nested(odd_leaves | no_json, odd_texts | st.integers(0, 9)), depths)
def test_a_value_is_written_as_defined_or_refused_as_defined(value, depth):
    for _ in range(depth):
        value = [value]
    assert outcome(canonical, value) == outcome(written_as_defined, value)


def spelled(value: object, **options: bool) -> bytes:
    return json.dumps(value, default=str, separators=(",", ":"), **options).encode("utf-8", "surrogatepass")


spellings = st.one_of(
    st.binary(max_size=40),
    nested(odd_leaves, odd_texts).map(spelled),
    nested(odd_leaves, odd_texts).map(lambda value: spelled(value, ensure_ascii=False, sort_keys=True)),
    values.map(canonical),
)


@given(spellings, depths, st.lists(st.tuples(st.integers(0, 400), st.sampled_from(list(b'{}[]",:\\nu0e.-9 \xe3')))))
def test_bytes_are_read_as_defined_or_refused_as_defined(data, depth, changes):
    changed = bytearray(b"[" * depth + data + b"]" * depth)
    for place, byte in changes:
        if changed:
            changed[place % len(changed)] = byte
    assert outcome(parse, bytes(changed)) == outcome(read_as_defined, bytes(changed))


@pytest.mark.parametrize("depth", [31, 32, 33, 34])
def test_the_bound_of_nesting_holds_to_the_level(depth):
    for inner in (b"", b"1", b'"x"', '"字"'.encode()):
        data = b"[" * depth + inner + b"]" * depth
        assert outcome(parse, data) == outcome(read_as_defined, data)


def test_brackets_in_texts_do_not_hide_the_nesting():
    data = b'["]",' * 40 + b"1" + b"]" * 40
    with pytest.raises(NotCanonicalError):
        parse(data)
