"""The fields of a roll entry, and the unified social credit code of GB 32100-2015."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.db.models import Establishment
from ohdesk.domain.establishment import (
    FIELDS,
    USCC_ALPHABET,
    WRITTEN_BY_KEY,
    fits,
    is_uscc,
    read_value,
    uscc_check_character,
    uscc_is_right,
    value_text,
)

first_17 = st.text(USCC_ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91440703MA4W12346G", "12440783456789011H", "92440205MA52K7Q87H"])
def test_worked_examples_have_the_right_check_character(code):
    assert uscc_is_right(code)


@given(first_17, st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_noticed(text, place, wrong):
    code = text + uscc_check_character(text)
    changed = code[:place] + wrong + code[place + 1 :]
    assert uscc_is_right(changed) == (changed == code)


@pytest.mark.parametrize("text", ["", "91440703MA4W1234", "91440703MA4W12346g", "91440703MA4W12346O", "９" * 18])
def test_other_shapes_are_no_code(text):
    assert not is_uscc(text)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("name", "石桥厂", "石桥厂"),
        ("name", "", ""),
        ("workers", 0, "0"),
        ("workers", None, ""),
        ("declared", True, "是"),
        ("declared", False, "否"),
        ("declared", None, ""),
        ("tested_on", "2026-03-02", "2026-03-02"),
        ("withdrawn", True, "是"),
    ],
)
def test_a_value_is_read_as_it_is_written(key, value, text):
    field = WRITTEN_BY_KEY[key]
    assert fits(field, value)
    assert value_text(value) == text
    assert read_value(field, text) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("name", 1), ("name", None), ("workers", True), ("workers", -1), ("workers", "1"), ("workers", 2**31)],
        *[
            ("declared", 1),
            ("declared", "是"),
            ("tested_on", "2026-02-30"),
            ("tested_on", "20260302"),
            ("tested_on", 1),
        ],
        *[("kept", "批示"), ("kept", (("", "阅"),)), ("kept", (("批示", 1),)), ("kept", (("批示", "阅"),) * 201)],
    ],
)
def test_a_value_of_another_kind_does_not_fit(key, value):
    assert not fits(WRITTEN_BY_KEY[key], value)


@pytest.mark.parametrize(
    ("key", "text"), [("workers", "约50"), ("workers", "9" * 12), ("declared", "yes"), ("exam_on", "x")]
)
def test_text_that_means_no_value_is_refused(key, text):
    with pytest.raises(ValueError, match=text):
        read_value(WRITTEN_BY_KEY[key], text)


def test_every_field_has_a_column_of_its_kind():
    kinds = {"text": str, "count": int, "flag": bool, "day": date}
    columns = Establishment.__table__.columns
    assert {field.key: columns[field.key].type.python_type for field in FIELDS} == {
        field.key: kinds[field.kind] for field in FIELDS
    }
