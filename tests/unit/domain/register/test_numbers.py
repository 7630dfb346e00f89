"""A number is a pattern filled; two laptops of one town never give the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.register.numbers import FIRST_MARK, device_mark, framed, pattern_faults

DAY = date(2026, 3, 2)
REPLICA = "3fa20000-0000-7000-8000-000000000000"


def number(pattern: str, serial: int, mark: str = "") -> str:
    return framed(pattern, DAY, "440703101", mark).number(serial)


def test_a_pattern_is_filled():
    assert number("投〔{year}〕{serial:03}", 7) == "投〔2026〕007"
    assert number("投〔{year}〕{serial:03}号", 1234) == "投〔2026〕1234号"
    assert number("{division}-{year}{month}-{serial}", 7) == "440703101-202603-7"


def test_the_mark_of_the_device_stands_before_the_serial_or_where_the_pattern_has_it():
    assert number("投〔{year}〕{serial:03}", 7, "B") == "投〔2026〕B007"
    assert number("{mark}投〔{year}〕{serial:03}", 7, "B") == "B投〔2026〕007"


def test_only_the_first_laptop_that_the_county_certified_has_no_mark():
    assert device_mark(FIRST_MARK, REPLICA) == ""
    assert device_mark("B", REPLICA) == "B"
    assert device_mark("", REPLICA) == "3fa2-"


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{year}",
        "{serial}{serial}",
        "{serial}1",
        "{serial}{year}",
        "{serial",
        "{}{serial}",
        "{serial:x}",
        "{serial!r}",
        "{year:04}-{serial}",
        "{year.real}-{serial}",
        "a\n{serial}",
        "a" * 99 + "{serial}",
    ],
)
def test_a_pattern_with_a_fault_is_none(pattern):
    assert any(pattern_faults(pattern))
    with pytest.raises(ValueError, match="no pattern"):
        framed(pattern, DAY, "440703101", "")


@given(st.text(alphabet="{}serialyearmonth:03-号", max_size=30))
def test_whatever_is_not_faulty_can_be_filled(pattern):
    if not any(pattern_faults(pattern)):
        frame = framed(pattern, DAY, "440703101", "B")
        assert frame.number(41) == f"{frame.before}{41:0{frame.width}d}{frame.after}"
