"""What a visit allows in each state, whose power it needs, and what is only a gap."""

from dataclasses import fields, replace
from datetime import date

import pytest

from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import (
    ALLOWED,
    NO_ARRIVAL,
    Act,
    Approval,
    Ending,
    Gap,
    Power,
    Task,
    VisitState,
    check_allowed,
    ending_problems,
    power_for,
    start_gaps,
)
from ohdesk.errors import UserError

DAY = date(2026, 3, 2)
POWER = Power("own", "石桥镇人民政府", "2026-01-01", "2026-12-31", "目录")
ITEMS = tuple(Gap(key, key) for key in ("code", "notice", "certificates", "rights", "recusal"))
WHOLE = Arrival(**{field.name: "有" for field in fields(Arrival)})
APPROVAL = Approval("paper", "苏映", "2026-03-01", "2026-0001")


@pytest.mark.parametrize("state", list(VisitState))
@pytest.mark.parametrize("act", list(Act))
def test_each_state_allows_its_acts_and_no_others(state, act):
    if act in ALLOWED[state]:
        check_allowed(state, act)
    else:
        with pytest.raises(UserError) as refused:
            check_allowed(state, act)
        assert refused.value.remedy


def test_a_closed_visit_allows_nothing():
    assert ALLOWED[VisitState.CLOSED] == frozenset()


def test_a_power_counts_from_its_first_to_its_last_day():
    assert power_for([POWER], ("own",), "", DAY) is POWER
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(UserError):
            power_for([POWER], ("own",), "", day)
    assert power_for([replace(POWER, valid_to="")], ("own",), "", date(2030, 1, 1))


def test_a_power_for_one_mode_is_none_for_the_other():
    with pytest.raises(UserError):
        power_for([POWER], ("entrusted",), "", DAY)


def test_of_several_authorities_one_has_to_be_named():
    other = replace(POWER, authority="青原县卫生健康局")
    with pytest.raises(UserError):
        power_for([POWER, other], ("own",), "", DAY)
    assert power_for([POWER, other], ("own",), "青原县卫生健康局", DAY) is other


def test_nothing_missing_is_no_gap():
    assert start_gaps(Task("daily", "plan"), APPROVAL, WHOLE, ITEMS) == ()


def test_every_missing_thing_is_a_gap_of_its_own():
    gaps = start_gaps(Task("", ""), None, NO_ARRIVAL, ITEMS)
    assert [gap.key for gap in gaps] == ["task", "approval", "code", "notice", "certificates", "rights", "recusal"]


def test_a_code_without_its_time_is_a_gap():
    assert [gap.key for gap in start_gaps(Task("daily", "plan"), APPROVAL, replace(WHOLE, code_at=""), ITEMS)] == [
        "code"
    ]


def test_an_undecided_request_for_recusal_is_a_gap():
    gaps = start_gaps(Task("daily", "plan"), APPROVAL, replace(WHOLE, recusal_answer="申请回避"), ITEMS)
    assert [gap.key for gap in gaps] == ["recusal_asked"]


def test_an_ending_needs_one_of_its_proofs_and_an_account():
    assert ending_problems(Ending("closed", "门牌照片", "大门上锁"), ["门牌照片"]) == []
    assert len(ending_problems(Ending("closed", "听说", " "), ["门牌照片"])) == 2


def test_the_record_says_who_approved_and_how():
    assert "纸质" in APPROVAL.sentence
    assert "2026-0001" in APPROVAL.sentence
    assert "纸质" not in replace(APPROVAL, way="account").sentence
