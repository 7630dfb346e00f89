"""What is proposed for a breach, and which deadlines are refused."""

from datetime import date

import pytest

from ohdesk.domain.findings import Disposal, Proposal, disposal_problems, due_on, proposed

MONDAY = date(2026, 3, 2)
RECTIFY = Disposal("rectify", "责令限期改正", has_deadline=True, outcome="ordered")
REFER = Disposal("refer", "移送县级", has_deadline=False, outcome="pending")
PROPOSALS = [Proposal("一般", "rectify", 5)]


def test_working_days_leave_out_weekends_and_holidays():
    assert due_on(MONDAY, 5) == date(2026, 3, 9)
    assert due_on(MONDAY, 5, holidays=[date(2026, 3, 4)]) == date(2026, 3, 10)


def test_the_severity_proposes_and_a_question_may_name_its_own():
    assert proposed("一般", "", PROPOSALS, [RECTIFY, REFER], MONDAY) == ("rectify", "2026-03-09")
    assert proposed("一般", "refer", PROPOSALS, [RECTIFY, REFER], MONDAY) == ("refer", "")


@pytest.mark.parametrize("due", ["", "2026-03-02", "2026-02-27", "下周", "2026-3-9", "20260309"])
def test_a_deadline_is_a_day_after_the_visit(due):
    assert disposal_problems("第 1 项", RECTIFY, due, MONDAY)


def test_what_has_no_deadline_takes_none():
    assert disposal_problems("第 1 项", REFER, "2026-03-09", MONDAY)
    assert disposal_problems("第 1 项", REFER, "", MONDAY) == []
