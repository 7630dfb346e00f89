"""Canonical JSON: one byte form, and only that."""

import json

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
