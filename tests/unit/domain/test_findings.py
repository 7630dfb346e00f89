"""What is proposed for a breach, and which deadlines are refused."""

from datetime import date

import pytest

from ohdesk.domain.calendar import Period, Unit, WorkCalendar
from ohdesk.domain.findings import Disposal, Proposal, disposal_problems, proposed

MONDAY = date(2026, 3, 2)
RECTIFY = Disposal("rectify", "责令限期改正", has_deadline=True, outcome="ordered")
REFER = Disposal("refer", "移送县级", has_deadline=False, outcome="pending")
PROPOSALS = [
    Proposal("提示", "refer", None),
    Proposal("一般", "rectify", Period(5, Unit.WORKING_DAYS)),
    Proposal("严重", "rectify", Period(5, Unit.DAYS)),
]
CALENDAR = WorkCalendar(holidays=frozenset({date(2026, 3, 4)}))


def test_the_severity_proposes_and_a_question_may_name_its_own():
    def found(severity, named=""):
        return proposed(severity, named, PROPOSALS, [RECTIFY, REFER], MONDAY, CALENDAR)

    assert found("一般") == ("rectify", "2026-03-10")
    assert found("严重") == ("rectify", "2026-03-09")  # five days end on a Saturday
    assert found("一般", "refer") == ("refer", "")
    assert found("提示", "rectify") == ("rectify", "")  # no period goes with it: the inspector sets the day


@pytest.mark.parametrize("due", ["", "2026-03-02", "2026-02-27", "下周", "2026-3-9", "20260309", "9999-12-31"])
def test_a_deadline_is_a_day_after_the_visit(due):
    assert disposal_problems("第 1 项", RECTIFY, due, MONDAY)


def test_what_has_no_deadline_takes_none():
    assert disposal_problems("第 1 项", REFER, "2026-03-09", MONDAY)
    assert disposal_problems("第 1 项", REFER, "", MONDAY) == []
