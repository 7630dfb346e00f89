"""One visit as its pages show it, and what may be changed until it starts or is signed."""

from dataclasses import replace

import pytest

from ohdesk.db.models import Draw
from ohdesk.domain.visit import Ending, StartData, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import people, powers
from ohdesk.services.visit import conduct, filling, lookup, planning, views
from ohdesk.services.visit.start_check import check_start
from tests.visiting import ARRIVAL, CHECKLIST_LENGTH, POWER, add_firm, add_inspectors, planned_visit, started_visit

START = StartData(mode="own", arrival=ARRIVAL)


def planned_again(ctx, visit, **changes):
    view = views.visit_view(ctx, visit)
    held = planning.NewVisit(establishment=view.establishment, inspectors=view.team, task=view.task, form=view.form)
    return replace(held, **changes)


def test_a_plan_that_changes_loses_its_approval_and_one_that_does_not_keeps_it(ctx):
    visit = planned_visit(ctx)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    assert not planning.replan(ctx, visit, planned_again(ctx, visit))
    assert views.visit_view(ctx, visit).approval
    assert planning.replan(ctx, visit, planned_again(ctx, visit, task=Task("daily", "plan", "2026-03-09")))
    view = views.visit_view(ctx, visit)
    assert (view.state, view.approval, view.task.planned_on) == ("planned", "", "2026-03-09")


def test_a_visit_is_not_planned_again_for_another_establishment_nor_after_its_start(ctx):
    visit = planned_visit(ctx)
    other = add_firm(ctx, "另一家厂")
    with pytest.raises(UserError):
        planning.replan(ctx, visit, planned_again(ctx, visit, establishment=other))
    powers.add_power(ctx, POWER)
    conduct.start(ctx, visit, replace(START, gap_reason="情况紧急"))
    with pytest.raises(UserError):
        planning.replan(ctx, visit, planned_again(ctx, visit, task=Task("daily", "plan", "2026-03-09")))


def test_drawn_inspectors_are_not_replaced_by_others(ctx):
    visit = planned_visit(ctx)
    with ctx.transaction() as session:
        session.add(Draw(id="d", division="", plan="", number=1, state="computed", commit="", pool_sha256=""))
        session.flush()
        lookup.find_visit(session, visit).draw = "d"
    third = people.add_person(ctx, "林郸", "inspector", "T0003", "2027-12-31")
    view = views.visit_view(ctx, visit)
    with pytest.raises(UserError) as refused:
        planning.replan(ctx, visit, planned_again(ctx, visit, inspectors=(view.team[0], third)))
    assert "抽取" in refused.value.message


def test_a_single_case_needs_its_reason(ctx):
    new = planning.NewVisit(
        establishment=add_firm(ctx), inspectors=add_inspectors(ctx), task=Task("case", "complaint", "2026-03-02")
    )
    with pytest.raises(ProblemsError) as refused:
        planning.plan(ctx, new)
    assert [problem.field for problem in refused.value.problems] == ["reason"]
    visit = planning.plan(ctx, replace(new, task=replace(new.task, reason="信访件 12 号")))
    assert views.visit_view(ctx, visit).task.reason == "信访件 12 号"


def test_a_check_names_what_forbids_the_start_and_every_gap_at_once(ctx):
    visit = planned_visit(ctx, until="2026-03-01")
    check = check_start(ctx, visit, StartData(mode="own"))
    assert [stop.key for stop in check.stops] == ["team", "team", "power"]
    assert all(stop.remedy for stop in check.stops)
    assert len(check.gaps) == 6


def test_staff_says_who_may_not_go_on_the_day_and_why(ctx):
    add_inspectors(ctx, until="2026-03-31")
    people.add_person(ctx, "何苇", "assistant")
    assert [each.why_not for each in views.staff(ctx, "2026-03-31").inspectors] == ["", ""]
    late = views.staff(ctx, "2026-04-01")
    assert all("到期" in each.why_not for each in late.inspectors)
    assert [each.name for each in late.assistants] == ["何苇"]


def test_the_time_of_the_code_is_read_in_beijing(ctx):
    assert conduct.code_shown(ctx, "") == "2026-03-02T04:00:00Z"
    assert conduct.code_shown(ctx, "9：05") == "2026-03-02T01:05:00Z"
    for wrong in ("9.05", "12:30"):
        with pytest.raises(ProblemsError, match="没有开始") as refused:
            conduct.code_shown(ctx, wrong)
        assert [(each.field, each.example) for each in refused.value.problems] == [("code_at", "09:05")]


def test_an_ending_without_checklist_is_taken_back_while_nothing_is_signed(ctx):
    visit = started_visit(ctx)
    conduct.end_without_checklist(ctx, visit, Ending("closed", "门牌或厂区照片", "大门上锁。"))
    row = views.list_visits(ctx)[0]
    assert (row.awaits_signature, row.outcome) == (True, "单位关闭（注销、停产）")
    conduct.take_back_ending(ctx, visit)
    assert views.visit_view(ctx, visit).ending is None
    assert filling.open_form(ctx, visit).counts.answered == 0
    assert not views.list_visits(ctx)[0].awaits_signature


def test_the_list_says_how_far_a_visit_is_and_finds_it_by_initials(ctx):
    visit = started_visit(ctx)
    question = filling.open_form(ctx, visit).form.questions[0].id
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.MET))
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="没有文件"))
    row = views.list_visits(ctx)[0]
    assert (row.answered, row.questions, row.awaits_signature) == (1, CHECKLIST_LENGTH, False)
    assert views.visits(ctx, ListQuery(sought="QXZQ ")).ids == (visit,)
    assert views.visits(ctx, ListQuery(sought="皮具")).ids == ()


def test_each_visit_stands_under_one_part_and_in_any_order(ctx):
    begun = started_visit(ctx)
    inspectors = tuple(each.id for each in people.list_people(ctx))
    new = planning.NewVisit(
        establishment=add_firm(ctx, "岚石五金厂"), inspectors=inspectors, task=Task("daily", "plan")
    )
    later = planning.plan(ctx, new)
    conduct.end_without_checklist(ctx, begun, Ending("closed", "门牌或厂区照片", "大门上锁。"))
    parts = {part: views.visits(ctx, ListQuery(part)).ids for part in ("all", "to_sign", "open", "planned", "closed")}
    # Both began at noon: of one instant the identifiers decide, and these are made by chance.
    newest_first = tuple(sorted((later, begun), reverse=True))
    assert parts == {"all": newest_first, "to_sign": (begun,), "open": (), "planned": (later,), "closed": ()}
    counts = views.visits(ctx, ListQuery()).counts
    assert [counts.get(part, 0) for part in parts] == [2, 1, 0, 1, 0]
    for order in views.ORDERS:
        rising, falling = (views.visits(ctx, ListQuery(order=order, falling=way)).ids for way in (False, True))
        assert set(rising) == set(falling) == {begun, later}
        assert [row.id for row in views.rows_of(ctx, rising)] == list(rising)


@pytest.mark.parametrize(
    "given",
    [
        (Answer(AnswerValue.MET),),
        (Answer(AnswerValue.MET), Answer(AnswerValue.NOT_MET)),
        (Answer(AnswerValue.NOT_MET), Answer(AnswerValue.NOT_MET, fact="没有文件 ")),
        (Answer(AnswerValue.NOT_INSPECTED), Answer(AnswerValue.NOT_INSPECTED)),
    ],
)
def test_the_view_after_an_answer_is_the_one_that_would_be_read(ctx, given):
    visit = started_visit(ctx)
    view = filling.open_form(ctx, visit)
    question = view.current
    for answer in given:
        view = view.with_answer(question, filling.save_answer(ctx, visit, question, answer))
    filling.save_place(ctx, visit, question)
    read = filling.open_form(ctx, visit)
    assert view == read
    assert (view.counts, view.outline) == (read.counts, read.outline)
