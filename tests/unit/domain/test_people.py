"""Only inspectors with a certificate valid on the day inspect, and never one alone."""

from dataclasses import replace
from datetime import date

import pytest

from ohdesk.domain.people import OfficePerson, team_problems, why_not_inspect

DAY = date(2026, 3, 2)
ONE = OfficePerson("1", "周沄", "inspector", "T0001", "2026-03-02", "石桥镇")
TWO = replace(ONE, id="2", name="吴翙", certificate_no="T0002")


def test_a_certificate_is_valid_through_its_last_day():
    assert not why_not_inspect(ONE, DAY)
    assert why_not_inspect(ONE, date(2026, 3, 3))


@pytest.mark.parametrize(
    "person",
    [
        replace(ONE, role="assistant"),
        replace(ONE, role="technical_person"),
        replace(ONE, certificate_no=""),
        replace(ONE, certificate_until=""),
    ],
)
def test_nobody_else_may_inspect(person):
    assert why_not_inspect(person, DAY)


def test_two_people_with_certificates_of_their_own_are_needed():
    assert team_problems([ONE, TWO], DAY) == []
    assert team_problems([ONE], DAY)
    assert team_problems([ONE, ONE], DAY)
    assert team_problems([ONE, replace(TWO, certificate_no="ｔ0001 ")], DAY)
    assert team_problems([ONE, replace(TWO, certificate_until="2026-03-01")], DAY)
