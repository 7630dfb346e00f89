"""综合查一次: all that is open at an establishment, what a visit takes along of it, and what becomes of that."""

import pytest

from ohdesk.domain.leaving import Omission
from ohdesk.domain.register.definition import word
from ohdesk.domain.visit import OpenKind, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.registers import definition
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.finding import open_tasks
from ohdesk.services.finding.preparation import preparation_pdf
from ohdesk.services.record import composing, leave_check
from ohdesk.services.register import entries as books
from ohdesk.services.visit import conduct, filling, planning, taken, views
from tests.rectifying import fill, finalize, on, team, visit_of
from tests.unit.services.finding.test_preparation import COMPLAINT, pages
from tests.visiting import ARRIVAL, add_firm

TODAY = "2026-03-19"


@pytest.fixture
def firm(ctx):
    return add_firm(ctx)


def plan(ctx, firm, *tasks, day="2026-03-20", visit=""):
    new = planning.NewVisit(
        establishment=firm,
        inspectors=team(ctx),
        task=Task("daily", "plan", day, taken=tuple(each.taken for each in tasks)),
    )
    return planning.replan(ctx, visit, new) if visit else planning.plan(ctx, new)


def test_what_is_open_is_gathered_from_books_findings_and_visits(ctx, firm):
    earlier = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, earlier, breaches=("F03",))
    finalize(ctx, earlier)
    now = on(ctx, TODAY)
    books.add(now, "complaints", COMPLAINT, about=firm)
    done = books.add(now, "incoming_tasks", {"from": "县局", "title": "督办", "sent_on": TODAY}, about=firm)
    books.add(now, "incoming_tasks", {"from": "县局", "title": "核查"}, about=firm)
    for day in ("2026-04-01", "2027-03-01"):  # of the one the term ends soon
        books.add(
            now, "campaigns", {"campaign": "粉尘", "year": "2026", "finish_by": day, "declared": "yes"}, about=firm
        )
    visit = plan(now, firm, day="2026-03-25")
    tasks = open_tasks.open_tasks(now, firm)
    assert [each.kind for each in tasks] == [OpenKind.VISIT, OpenKind.FINDING, *[OpenKind.ENTRY] * 3]
    assert tasks[0].visit == visit
    assert not tasks[0].may_be_taken
    assert tasks[1].id == f"{earlier}:1"
    assert "2026-04-01" in {each.due_on for each in tasks}
    assert {each.gist for each in tasks} == {"", COMPLAINT["facts"], "核查"}
    assert done not in {each.id for each in tasks}
    assert open_tasks.open_tasks(now, firm, visit) == tasks[1:]  # its own plan is nothing that is open to a visit


def test_a_visit_takes_along_what_no_other_has_and_keeps_it_on_its_papers(ctx, firm):
    now = on(ctx, TODAY)
    books.add(now, "complaints", COMPLAINT, about=firm)
    (task,) = open_tasks.open_tasks(now, firm)
    visit = plan(now, firm, task)
    assert views.visit_view(now, visit).task.taken == (task.taken,)
    conduct.approve_on_paper(now, visit, "苏映", TODAY, "2026-0001")
    elsewhere = open_tasks.find_open(now, firm, task.number)
    assert (elsewhere.visit, elsewhere.may_be_taken) == (visit, False)
    assert open_tasks.find_open(now, firm, task.number, visit).may_be_taken
    with pytest.raises(ProblemsError) as refused:
        plan(now, firm, task, day="2026-03-26")
    assert [each.field for each in refused.value.problems] == [f"taken.{task.id}"]
    (text,), _ = pages(preparation_pdf(now, visit))
    assert f"一并办理{task.said.replace(' ', '')}" in text
    assert plan(now, firm, visit=visit)  # it is left out again, and the approval was of a visit with it
    assert not views.visit_view(now, visit).approval
    assert open_tasks.find_open(now, firm, task.number).may_be_taken
    assert plan(now, firm, task, visit=visit)
    planning.cancel(now, visit, "企业停产")
    assert open_tasks.find_open(now, firm, task.number).may_be_taken
    with pytest.raises(UserError, match="没有未办的"):
        open_tasks.find_open(now, firm, "投〔2020〕999")


def test_each_task_taken_along_is_done_or_left_with_a_reason(ctx, firm):
    earlier = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, earlier, breaches=("F03",))
    finalize(ctx, earlier)
    now = on(ctx, TODAY)
    books.add(now, "complaints", COMPLAINT, about=firm)
    books.add(now, "incoming_tasks", {"from": "县局", "title": "核查"}, about=firm)
    finding, *entries = open_tasks.open_tasks(now, firm)
    visit = plan(now, firm, finding, *entries)
    assert open_tasks.open_tasks(now, firm, visit)[0].state == "已安排复查"
    conduct.approve_on_paper(now, visit, "苏映", TODAY, "2026-0001")
    conduct.start(now, visit, conduct.StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))
    filling.save_answer(now, visit, "F03", Answer(AnswerValue.MET))
    filling.save_rest_as_not_inspected(now, visit, "当日停产")
    taken.set_done(now, visit, entries[0].id)
    assert [(each.done, each.answered) for each in views.visit_view(now, visit).tasks] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    with pytest.raises(UserError, match="检查表已经答了"):
        taken.set_done(now, visit, finding.id, done=False)
    (gap,) = leave_check.leave_check(now, visit).gaps
    assert (gap.kind, gap.about) == (Omission.TASK_LEFT, entries[1].id)
    leave_check.leave(now, visit, "县局另定日期")
    assert "县局另定日期" in views.visit_view(now, visit).tasks[2].sentence
    record = composing.compose(now, visit).record
    assert entries[0].number not in str(record)  # who complained, and that somebody did, is no business of the party


def test_a_finding_is_taken_along_only_by_a_checklist_that_asks_its_question(ctx, firm):
    earlier = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, earlier, breaches=("F03",))
    finalize(ctx, earlier)
    now = on(ctx, TODAY)
    (finding,) = open_tasks.open_tasks(now, firm)
    task = Task("daily", "plan", TODAY, taken=(finding.taken,))
    other = planning.NewVisit(establishment=firm, inspectors=team(ctx), task=task, form="employer-off-site")
    with pytest.raises(ProblemsError) as refused:
        planning.plan(now, other)
    assert [each.field for each in refused.value.problems] == [f"taken.{finding.id}"]
    assert open_tasks.open_tasks(now, firm) == (finding,)


def test_every_book_that_is_open_without_a_term_has_the_states_and_fields_named():
    for rule in visit_rules().open_books:
        book = definition(rule.id)
        assert word(book.title)
        assert set(rule.states) <= {each.key for each in book.states}
        assert set(rule.until) <= set(book.by_key)
        assert book.about == "establishment"
        assert rule.about in book.by_key
