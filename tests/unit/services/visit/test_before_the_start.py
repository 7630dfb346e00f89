"""Until the start a visit can be moved and cancelled; what was set down then can be corrected until it is signed."""

from dataclasses import replace

import pytest

from ohdesk.domain.visit import NO_ARRIVAL, Ending, StartData, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.office import people, powers
from ohdesk.services.record.composing import visit_facts
from ohdesk.services.visit import conduct, lookup, planning, views
from tests import rectifying
from tests.visiting import ARRIVAL, POWER, add_firm, planned_visit, started_visit

WHOLE = StartData(mode="own", place="一号厂房", accompanied_by="陈砚（厂长）", arrival=ARRIVAL)


def open_facts(ctx, visit):
    arrival = {item.id for item in visit_rules().arrival} | {"place"}
    return {problem.field for problem in visit_facts(ctx, visit).problems} & arrival


def test_a_cancelled_visit_stays_in_the_list_with_its_reason_and_holds_nobody(ctx):
    visit = planned_visit(ctx)
    with pytest.raises(ProblemsError):
        planning.cancel(ctx, visit, " ")
    planning.cancel(ctx, visit, "企业停产检修")
    view = views.visit_view(ctx, visit)
    assert (view.state, view.cancelled.reason, view.is_over) == ("cancelled", "企业停产检修", True)
    with pytest.raises(UserError):
        lookup.find(ctx, view.name)
    people.retire_person(ctx, view.team[0])
    for act in (lambda: planning.cancel(ctx, visit, "再次"), lambda: conduct.start(ctx, visit, WHOLE)):
        with pytest.raises(UserError):
            act()


def test_a_visit_under_way_is_neither_cancelled_nor_planned_anew(ctx):
    visit = started_visit(ctx)
    view = views.visit_view(ctx, visit)
    new = planning.NewVisit(establishment=view.establishment, inspectors=view.team[::-1], task=view.task)
    for act in (lambda: planning.cancel(ctx, visit, "不去了"), lambda: planning.replan(ctx, visit, new)):
        with pytest.raises(UserError):
            act()


def test_what_was_set_down_on_arrival_is_corrected_until_the_record_is_final(ctx):
    visit = started_visit(ctx)
    told = replace(ARRIVAL, notice_given="事先送达")
    assert conduct.correct_start(ctx, visit, replace(WHOLE, arrival=told)) == ()
    start = views.visit_view(ctx, visit).start
    assert (start.place, start.arrival, len(start.corrections)) == ("一号厂房", told, 1)
    rectifying.fill(ctx, visit)
    rectifying.finalize(ctx, visit)
    with pytest.raises(UserError):
        conduct.correct_start(ctx, visit, WHOLE)


def test_a_gap_made_up_later_keeps_the_reason_and_the_time(ctx):
    visit = planned_visit(ctx)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    powers.add_power(ctx, POWER)
    uncoded = replace(WHOLE, arrival=replace(ARRIVAL, code_way="", code_at=""), gap_reason="没有信号")
    assert [gap.key for gap in conduct.start(ctx, visit, uncoded)] == ["code"]
    assert conduct.correct_start(ctx, visit, WHOLE) == ()
    start = views.visit_view(ctx, visit).start
    assert (start.gap_reason, [gap.key for gap in start.corrections[0].made_up]) == ("没有信号", ["code"])


def test_no_fact_of_the_arrival_is_left_empty_on_a_record(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    conduct.start(ctx, visit, StartData(mode="own", arrival=NO_ARRIVAL, gap_reason="人员不足"))
    items = {item.id for item in visit_rules().arrival}
    assert open_facts(ctx, visit) == items
    said = visit_rules().all_said(NO_ARRIVAL)
    # Said not to have been done it stands on the record, and goes on being a gap.
    gaps = conduct.correct_start(ctx, visit, replace(WHOLE, arrival=said))
    assert {gap.key for gap in gaps} == items | {"approval"}
    assert open_facts(ctx, visit) == set()
    assert visit_facts(ctx, visit).record.arrival.certificates_shown == "未出示"


def test_at_a_closed_gate_nothing_is_asked_and_the_record_says_that_nothing_was_shown(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    conduct.start(ctx, visit, StartData(mode="own", arrival=NO_ARRIVAL, gap_reason="现场无人"))
    proof = visit_rules().outcome("closed").proofs[0]
    conduct.end_without_checklist(ctx, visit, Ending("closed", proof, "大门上锁"))
    facts = visit_facts(ctx, visit)
    assert facts.problems == ()
    assert facts.record.arrival.notice_given == "未送达"


def test_neither_the_complaint_nor_the_approval_stands_in_what_the_party_gets(ctx):
    task = Task("case", "complaint", reason="信访件 12 号")
    new = planning.NewVisit(establishment=add_firm(ctx), inspectors=rectifying.team(ctx), task=task)
    record = str(visit_facts(ctx, rectifying.begin(ctx, planning.plan(ctx, new))).record)
    for inside in ("投诉", "信访件", "审批", "苏映"):
        assert inside not in record
    assert "个案检查" in record


def test_a_party_that_was_shown_no_certificate_may_refuse_and_obstructs_nothing(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    unshown = replace(ARRIVAL, certificates_shown="未出示")
    conduct.start(ctx, visit, replace(WHOLE, arrival=unshown, gap_reason="证件在办理"))
    refused = Ending("refused", "录音录像", "门卫拒绝进入")
    with pytest.raises(UserError, match="可以拒绝"):
        conduct.end_without_checklist(ctx, visit, refused)
    conduct.end_without_checklist(ctx, visit, replace(refused, outcome="rightly_refused"))
    record = visit_facts(ctx, visit).record
    assert "依法拒绝" in record.outcome_name
    assert "不配合" not in str(record)
    conduct.take_back_ending(ctx, visit)
    conduct.correct_start(ctx, visit, replace(WHOLE, arrival=replace(ARRIVAL, code_serial="LS-0001")))
    with pytest.raises(UserError, match="已经亮码"):
        conduct.end_without_checklist(ctx, visit, replace(refused, outcome="rightly_refused"))
    conduct.end_without_checklist(ctx, visit, refused)
    assert visit_facts(ctx, visit).record.arrival.code_serial == "LS-0001"
