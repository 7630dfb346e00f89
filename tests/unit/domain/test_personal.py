"""Personal identity numbers are told from the other long numbers of a list, and taken out of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.establishment import USCC_ALPHABET, uscc_check_character, uscc_is_right
from ohdesk.domain.personal import (
    is_old_personal_number,
    is_personal_number,
    is_registration_number,
    masked_text,
    without_personal_numbers,
)


def person(first_17: str) -> str:
    """A number with the check character of GB 11643."""
    weights = [2**place % 11 for place in range(17, 0, -1)]
    return (
        first_17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True)) % 11]
    )


def registration(first_14: str) -> str:
    """A registration number with its check digit: the only one that is right."""
    return next(number for digit in range(10) if is_registration_number(number := f"{first_14}{digit}"))


A_PERSON = person("99999919900101123".replace("999999", "441900"))


def test_the_number_of_the_standard_is_right_and_every_other_check_character_is_not() -> None:
    # The example of GB 11643-1999, 5.2.
    assert is_personal_number("11010519491231002X")
    assert not any(is_personal_number("11010519491231002" + other) for other in "0123456789")


@given(st.integers(0, 16), st.integers(1, 9))
def test_a_digit_misread_is_never_a_person(place: int, by: int) -> None:
    changed = str((int(A_PERSON[place]) + by) % 10)
    assert not is_personal_number(A_PERSON[:place] + changed + A_PERSON[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        person("99000019900101123"),  # no province
        person("44190019901301123"),  # no month
        person("44190019900230123"),  # no day
        "44190019900101123",  # a digit short
        "91441900MA50000022",  # a credit code
    ],
)
def test_other_numbers_are_no_persons(text: str) -> None:
    assert not is_personal_number(text)


def test_a_number_that_passes_both_checks_is_a_person() -> None:
    both = [
        number
        for tail in range(1, 400)
        if uscc_is_right(number := person(f"44190019900101{tail:03d}")) and set(number) <= set(USCC_ALPHABET)
    ]
    assert both
    assert all(map(is_personal_number, both))


def test_a_credit_code_is_never_taken_for_a_person() -> None:
    for number in range(2000):
        first_17 = f"91441900{number:09d}"
        assert not is_personal_number(first_17 + uscc_check_character(first_17))


def test_the_old_form_has_a_possible_day_and_is_no_registration() -> None:
    assert is_old_personal_number("441900900101123") != is_registration_number("441900900101123")
    assert not is_old_personal_number("441900901301123")
    assert not is_old_personal_number(registration("44190090010112"))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"张某 {A_PERSON}", "张某"),
        (f"张某（身份证号：{A_PERSON}）", "张某"),
        (f"身份证号码：{A_PERSON}，电话0769-88880001", "电话0769-88880001"),
        (f"{A_PERSON[:6]} {A_PERSON[6:14]} {A_PERSON[14:]}", ""),
        ("１１０１０５１９４９１２３１００２Ｘ", ""),
        ("11010519491231002x王某", "11010519491231002x王某".removeprefix("11010519491231002x")),
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str, rest: str) -> None:
    left, masked = without_personal_numbers(text)
    assert left == rest
    assert len(masked) == 1
    assert masked[0].count("*") == 14


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "账号 4419001990010112345678",
        "注册号441900600123456",
        "91441900MA5000001Y",
        "报告编号 201912310001234",
        "东莞市虚构镇虚构路1234567890号",
    ],
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert without_personal_numbers(text) == (text, ())
    assert masked_text(text) == text


def test_a_masked_text_shows_the_ends_alone() -> None:
    assert masked_text(f"张某 {A_PERSON}，李某 11010519491231002X") == (
        f"张某 44**************{A_PERSON[-2:]}，李某 11**************2X"
    )
