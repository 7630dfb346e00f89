"""How a finding stands on a day."""

from datetime import date

import pytest

from ohdesk.domain.calendar import WorkCalendar
from ohdesk.domain.rectification import Standing, days_late, re_inspection_day

WEDNESDAY = date(2026, 4, 22)


def test_an_overdue_finding_says_for_how_long():
    assert days_late("2026-04-20", WEDNESDAY) == 2
    assert Standing.OVERDUE.word_after(2) == "逾期 2 天"
    assert days_late("", WEDNESDAY) == 0


@pytest.mark.parametrize(
    ("due_on", "proposed"),
    [
        ("2026-04-23", "2026-04-24"),
        ("2026-04-24", "2026-04-27"),  # a Friday: the Monday after
        ("2026-04-10", "2026-04-22"),  # long past: today
        ("", "2026-04-22"),
    ],
)
def test_a_re_check_is_proposed_on_the_first_working_day_after_the_deadline(due_on, proposed):
    assert re_inspection_day(due_on, WEDNESDAY, WorkCalendar()).isoformat() == proposed


def test_no_re_check_is_proposed_on_a_sunday_or_a_holiday():
    sunday, friday = date(2026, 4, 26), date(2026, 4, 24)
    assert re_inspection_day("2026-04-10", sunday, WorkCalendar()).isoformat() == "2026-04-27"
    assert re_inspection_day("2026-04-23", WEDNESDAY, WorkCalendar(frozenset({friday}))).isoformat() == "2026-04-27"
    assert re_inspection_day("", friday, WorkCalendar(frozenset({friday}))).isoformat() == "2026-04-27"
    assert re_inspection_day("2026-04-24", WEDNESDAY, WorkCalendar(make_up_days=frozenset({sunday}))) == sunday
