"""What is to be done today."""

import pytest

from ohdesk.domain.indicators import Rate
from ohdesk.domain.visit import RE_INSPECTION, Ending, Task
from ohdesk.services.office import accounts, people
from ohdesk.services.start import today
from ohdesk.services.visit import conduct, filling, photos, planning
from ohdesk.services.visit.views import NextStep
from tests.conftest import PASSWORD
from tests.rectifying import begin, fill, found, on, team, visit_of
from tests.visiting import add_firm

MONDAY = "2026-03-02"


def planned(ctx, name, day):
    task = Task("daily", "plan", day)
    return planning.plan(ctx, planning.NewVisit(establishment=add_firm(ctx, name), inspectors=team(ctx), task=task))


def names(listed):
    return [each.name for each in listed]


def test_visits_are_parted_into_now_this_week_later_and_undated(ctx):
    for name, day in (
        ("甲厂", "2026-02-27"),
        ("乙厂", MONDAY),
        ("丙厂", "2026-03-08"),
        ("丁厂", "2026-03-09"),
        ("戊厂", ""),
    ):
        planned(ctx, name, day)
    agenda = today.agenda(ctx)
    assert (names(agenda.now), names(agenda.week)) == (["甲厂", "乙厂"], ["丙厂"])
    assert (agenda.later, agenda.undated) == (1, 1)
    assert agenda.now[0].inspectors == ("周沄", "吴翙")


def test_the_next_step_of_a_visit_follows_its_state(ctx):
    visit = planned(ctx, "青溪竹器厂", MONDAY)

    def step():
        return today.agenda(ctx).now[0].step

    assert step() is NextStep.APPROVE
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    assert step() is NextStep.ARRIVE
    other = visit_of(ctx, add_firm(ctx, "岚石五金厂"), MONDAY)
    assert [(each.name, each.step) for each in today.agenda(ctx).now] == [
        ("岚石五金厂", NextStep.FILL),
        ("青溪竹器厂", NextStep.ARRIVE),
    ]
    fill(ctx, other)
    assert today.agenda(ctx).now[0].step is NextStep.SIGN
    assert today.agenda(ctx).now[0].answered == len(filling.open_form(ctx, other).form.questions)


def test_a_visit_ended_at_the_gate_waits_for_its_signature(ctx):
    visit = visit_of(ctx, add_firm(ctx), MONDAY)
    conduct.end_without_checklist(ctx, visit, Ending("closed", "门牌或厂区照片", "大门上锁。"))
    assert today.agenda(ctx).waiting_for(NextStep.SIGN)[0].id == visit


def test_a_visit_under_way_stays_among_the_things_of_today(ctx):
    visit_of(ctx, add_firm(ctx), MONDAY)
    agenda = today.agenda(on(ctx, "2026-03-20"))
    assert agenda.now[0].started == MONDAY


def test_a_certificate_is_named_from_60_days_before_it_ends(ctx):
    people.add_person(ctx, "周沄", "inspector", "T0001", "2026-05-01")
    people.add_person(ctx, "吴翙", "inspector", "T0002", "2026-05-02")
    people.add_person(ctx, "王喆", "inspector", "T0003", "2026-03-01")
    assert [(each.name, each.days) for each in today.agenda(ctx).certificates] == [("王喆", -1), ("周沄", 60)]


def test_first_steps_are_ticked_as_they_are_done(ctx):
    def done():
        return [step.key for step in today.agenda(ctx).steps if step.done]

    assert today.agenda(ctx).starting
    assert done() == []
    add_firm(ctx)
    first = people.add_person(ctx, "周沄", "inspector", "T0001", "2027-12-31")
    assert done() == ["roll"]
    second = people.add_person(ctx, "吴翙", "inspector", "T0002", "2027-12-31")
    assert done() == ["roll", "people"]
    for account, person in (("周沄", first), ("吴翙", second)):
        accounts.add(ctx, account, PASSWORD + account, {"inspector"}, person)
    assert done() == ["roll", "people", "accounts"]


def test_joining_the_county_can_be_put_off(ctx):
    today.skip(ctx, "county")
    step = next(step for step in today.agenda(ctx).steps if step.key == "county")
    assert (step.skipped, step.done, step.needed) == (True, False, False)
    assert not today.agenda(ctx).joined


def test_the_first_steps_give_way_to_the_first_visit(ctx):
    planned(ctx, "青溪竹器厂", "2026-04-01")
    assert not today.agenda(ctx).starting


def test_the_backlog_names_deadlines_photos_and_coverage(ctx):
    found(ctx)
    visit = visit_of(ctx, add_firm(ctx, "岚石五金厂"), MONDAY)
    photos.announce_photo(ctx, visit, "")
    photos.announce_photo(ctx, visit, "")
    week, after = today.backlog(on(ctx, "2026-04-13")), today.backlog(on(ctx, "2026-04-20"))
    assert (week.due.findings, week.overdue.findings) == (1, 0)
    assert (after.due.findings, [row.days for row in after.overdue.rows]) == (0, [6])
    assert [(each.name, each.numbers, each.final) for each in after.photos] == [("岚石五金厂", (1, 2), False)]
    assert after.visited == Rate(1, 2)


def test_only_a_supervisor_is_asked_to_approve(ctx):
    planned(ctx, "青溪竹器厂", MONDAY)
    assert today.agenda(ctx).may_approve


@pytest.mark.parametrize("day", ["2026-12-31", "2027-01-01"])
def test_coverage_counts_the_calendar_year_of_beijing(ctx, day):
    found(ctx)
    assert today.backlog(on(ctx, day)).visited.part == (1 if day < "2027" else 0)


def test_a_re_check_is_marked(ctx):
    task = Task("case", "re_inspection", MONDAY, "复查上月的问题")
    visit = planning.plan(ctx, planning.NewVisit(establishment=add_firm(ctx), inspectors=team(ctx), task=task))
    assert today.agenda(ctx).now[0].task.source == RE_INSPECTION
    begin(ctx, visit)
    assert today.agenda(ctx).now[0].step is NextStep.FILL
