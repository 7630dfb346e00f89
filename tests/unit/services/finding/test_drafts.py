"""Findings come from 不合格 answers, carry duty, evidence and disposal, and stop a record that lacks them."""

import pytest

from ohdesk.domain.visit import Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.finding.drafts import accept_proposals, draft_findings, set_disposal
from ohdesk.services.office import people
from ohdesk.services.record.composing import visit_facts
from ohdesk.services.visit import planning
from ohdesk.services.visit.filling import save_answer, save_rest_as_not_inspected, undo
from ohdesk.services.visit.photos import attach_photo
from tests.visiting import CHECKLIST_LENGTH, add_firm, picture, planned_visit, started_visit

FACT = "打磨岗位除尘风机停用"


@pytest.fixture
def visit(ctx):
    visit = started_visit(ctx)
    save_answer(ctx, visit, "A01", Answer(AnswerValue.MET))
    save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact=FACT))
    save_answer(ctx, visit, "N01", Answer(AnswerValue.NOT_MET, fact="没有缴费证明"))
    return visit


def test_only_breaches_become_findings_with_duty_evidence_and_proposal(ctx, visit):
    attach_photo(ctx, visit, "F03", picture())
    first, second = draft_findings(ctx, visit)
    assert (first.number, first.question, first.fact) == (1, "F03", FACT)
    assert first.duty == ("《职业病防治法》第二十五条第三款",)
    assert first.evidence == "照片 1"
    assert (first.disposal, first.due_on, first.settled) == ("rectify", "2026-04-14", False)
    assert first.path == "并处"
    assert (second.disposal, second.due_on) == ("refer", "")


def test_a_finding_is_settled_by_hand_or_as_proposed(ctx, visit):
    set_disposal(ctx, visit, "F03", "责令限期改正", "2026-03-16")
    assert accept_proposals(ctx, visit) == 1
    first, second = draft_findings(ctx, visit)
    assert (first.due_on, first.settled) == ("2026-03-16", True)
    assert second.settled
    assert accept_proposals(ctx, visit) == 0


def test_wrong_deadlines_and_disposals_are_refused(ctx, visit):
    with pytest.raises(ProblemsError):
        set_disposal(ctx, visit, "F03", "rectify", "2026-03-02")
    with pytest.raises(UserError):
        set_disposal(ctx, visit, "F03", "forget", "")
    with pytest.raises(UserError):
        set_disposal(ctx, visit, "A01", "refer")
    with pytest.raises(UserError):
        set_disposal(ctx, not_started(ctx), "F03", "refer")


def not_started(ctx):
    pair = tuple(person.id for person in people.list_people(ctx))
    new = planning.NewVisit(establishment=add_firm(ctx, "另一家厂"), inspectors=pair, task=Task("daily", "plan"))
    return planning.plan(ctx, new)


def test_settling_is_a_step_that_can_be_undone(ctx, visit):
    set_disposal(ctx, visit, "F03", "on_spot")
    assert undo(ctx, visit).label == "修改第 36 项的处置"
    assert not draft_findings(ctx, visit)[0].settled


def test_editing_the_fact_keeps_the_disposal_and_a_new_verdict_drops_it(ctx, visit):
    set_disposal(ctx, visit, "F03", "on_spot")
    save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact=FACT + "，共 3 台"))
    assert draft_findings(ctx, visit)[0].disposal == "on_spot"
    save_answer(ctx, visit, "F03", Answer(AnswerValue.MET))
    save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact=FACT))
    assert not draft_findings(ctx, visit)[0].settled


def test_the_facts_of_a_visit_say_what_still_stops_its_record(ctx, visit):
    save_answer(ctx, visit, "A02", Answer(AnswerValue.NOT_MET))
    places = [problem.place for problem in visit_facts(ctx, visit).problems]
    assert places[0] == "检查表"
    assert sum("A02" in place for place in places) == 2  # neither fact nor disposal
    save_answer(ctx, visit, "A02", Answer(AnswerValue.NOT_MET, fact="只有兼职 1 人"))
    save_rest_as_not_inspected(ctx, visit, "当日停产")
    accept_proposals(ctx, visit)
    assert visit_facts(ctx, visit).problems == ()


def test_the_facts_carry_what_is_printed_and_never_a_penalty(ctx, visit):
    attach_photo(ctx, visit, "F03", picture())
    save_rest_as_not_inspected(ctx, visit, "当日停产")
    accept_proposals(ctx, visit)
    facts = visit_facts(ctx, visit)
    assert len(facts.record.answers) == CHECKLIST_LENGTH
    assert [line.question for line in facts.record.findings] == ["F03", "N01"]
    assert facts.record.outcome_name == "发现问题待后续处理"  # one was referred
    assert facts.record.photos[0].question == "F03"
    line = next(line for line in facts.record.answers if line.question == "F03")
    assert (line.word, line.fact, line.photos) == ("不合格", FACT, (1,))
    assert "第七十五条" not in repr(facts)


def test_a_visit_without_breaches_found_no_problem(ctx):
    visit = started_visit(ctx)
    save_rest_as_not_inspected(ctx, visit, "当日停产")
    facts = visit_facts(ctx, visit)
    assert (facts.record.outcome, facts.record.outcome_name, facts.record.findings) == ("10", "抽查未发现问题", ())


def test_what_was_only_talked_about_is_not_published_as_ordered(ctx):
    visit = started_visit(ctx)
    for question in ("A08", "A02"):
        save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="负责人答不出接害人数"))
        save_rest_as_not_inspected(ctx, visit, "当日停产")
        set_disposal(ctx, visit, question, "educate")
        record = visit_facts(ctx, visit).record
        assert (record.outcome, record.outcome_name) == ("21", "发现问题已教育引导")
    set_disposal(ctx, visit, "A02", "rectify", "2026-03-23")
    assert visit_facts(ctx, visit).record.outcome_name == "发现问题已责令改正"


def test_there_are_no_facts_before_the_start(ctx):
    with pytest.raises(UserError):
        visit_facts(ctx, planned_visit(ctx))


def test_looking_twice_gives_the_same_facts(ctx, visit):
    assert visit_facts(ctx, visit) == visit_facts(ctx, visit)
