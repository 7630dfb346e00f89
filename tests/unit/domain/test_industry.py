"""Codes of industries mean the same however they are written."""

import pytest

from ohdesk.domain.industry import is_code, is_within, one_code


@pytest.mark.parametrize("text", ["C3071", "3071", "c3071", "Ｃ３０７１", "C-3071", " C 3071 "])
def test_a_code_with_and_without_its_letter_is_the_same(text):
    assert one_code(text) == "C3071"
    assert is_code(text)


@pytest.mark.parametrize(
    ("text", "code"), [("0810", "B0810"), ("43", "C43"), ("44", "D44"), ("8411", "Q8411"), ("97", "T97"), ("c", "C")]
)
def test_the_digits_say_the_section(text, code):
    assert one_code(text) == code


@pytest.mark.parametrize("text", ["", "D3071", "3", "30711", "陶瓷", "Z99", "C30x", "９８"])
def test_what_is_no_code_stays_what_it_is(text):
    assert one_code(text) == text
    assert not is_code(text)


@pytest.mark.parametrize(
    ("code", "prefix", "within"),
    [
        ("3071", "C30", True),
        ("C3071", "30", True),
        ("C3071", "C", True),
        ("C3071", "3071", True),
        ("C30", "C3071", False),
        ("C3171", "C30", False),
        ("C3071", "", False),
        ("", "C30", False),
    ],
)
def test_an_industry_is_part_of_the_one_above_it(code, prefix, within):
    assert is_within(code, prefix) is within
