"""Visits over a real workspace: planned, approved, started with what that needs, ended in every way."""

from dataclasses import replace

import pytest

from ohdesk.domain.visit import NO_ARRIVAL, Ending, Power, StartData, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.office import people, powers
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record.composing import visit_facts
from ohdesk.services.visit import conduct, filling, lookup, planning, views
from ohdesk.services.visit.start_check import check_start
from tests.conftest import PASSWORD, noon, town_workspace
from tests.visiting import ARRIVAL, POWER, add_firm, add_inspectors, planned_visit, started_visit

START = StartData(mode="own", arrival=ARRIVAL)


def state(ctx, visit):
    return next(row.state for row in views.list_visits(ctx) if row.id == visit)


def found(refused):
    return [problem.found for problem in refused.value.problems]


def test_a_visit_goes_from_planned_to_approved_to_open(ctx):
    visit = planned_visit(ctx)
    assert state(ctx, visit) == "planned"
    conduct.approve(ctx, visit, "李旸", PASSWORD, "2026-0001")
    assert state(ctx, visit) == "approved"
    powers.add_power(ctx, POWER)
    assert conduct.start(ctx, visit, START) == ()
    assert state(ctx, visit) == "open"


def test_the_approver_gives_the_own_password(ctx):
    visit = planned_visit(ctx)
    with pytest.raises(UserError):
        conduct.approve(ctx, visit, "李旸", "wrong")
    assert state(ctx, visit) == "planned"


def test_the_approver_may_type_the_account_as_when_logging_in(ctx):
    visit = planned_visit(ctx)
    conduct.approve(ctx, visit, " 李旸 ", PASSWORD)
    assert state(ctx, visit) == "approved"


def test_a_paper_approval_names_who_when_and_under_which_number(ctx):
    visit = planned_visit(ctx)
    with pytest.raises(ProblemsError) as refused:
        conduct.approve_on_paper(ctx, visit, " ", "2026-03-03", "")
    assert len(refused.value.problems) == 3
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-02", "2026-0001")
    assert state(ctx, visit) == "approved"


def test_no_visit_without_a_power(ctx):
    visit = planned_visit(ctx)
    with pytest.raises(UserError) as refused:
        conduct.start(ctx, visit, replace(START, gap_reason="有理由"))
    assert "权限" in refused.value.message
    powers.add_power(ctx, replace(POWER, valid_to="2026-03-01"))
    with pytest.raises(UserError):
        conduct.start(ctx, visit, replace(START, gap_reason="有理由"))
    assert state(ctx, visit) == "planned"


def test_no_visit_with_a_certificate_that_has_run_out(ctx):
    visit = planned_visit(ctx, until="2026-03-01")
    powers.add_power(ctx, POWER)
    with pytest.raises(ProblemsError) as refused:
        conduct.start(ctx, visit, replace(START, gap_reason="有理由"))
    assert sum("到期" in text for text in found(refused)) == 2


def test_no_visit_by_one_inspector(ctx):
    new = planning.NewVisit(establishment=add_firm(ctx), inspectors=add_inspectors(ctx)[:1], task=Task("daily", "plan"))
    visit = planning.plan(ctx, new)
    powers.add_power(ctx, POWER)
    with pytest.raises(ProblemsError):
        conduct.start(ctx, visit, replace(START, gap_reason="有理由"))


def test_gaps_are_named_and_going_on_needs_a_reason_that_is_kept(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    bare = StartData(mode="own", arrival=NO_ARRIVAL)
    with pytest.raises(ProblemsError) as refused:
        conduct.start(ctx, visit, bare)
    assert len(refused.value.problems) == 6
    assert [gap.sentence for gap in check_start(ctx, visit, bare).gaps] == found(refused)
    conduct.start(ctx, visit, replace(bare, gap_reason="没有信号"))
    facts = visit_facts(ctx, visit)
    assert len(facts.gaps) == 6
    assert facts.gap_reason == "没有信号"


def test_only_inspectors_are_planned_and_only_known_firms_visited(ctx):
    helper = people.add_person(ctx, "何禾", "assistant")
    firm = add_firm(ctx)
    with pytest.raises(ProblemsError):
        planning.plan(ctx, planning.NewVisit(establishment=firm, inspectors=(helper,), task=Task("daily", "plan")))
    with pytest.raises(UserError):
        planning.plan(ctx, planning.NewVisit(establishment="nobody", inspectors=(), task=Task("daily", "plan")))
    assert views.list_visits(ctx) == []


def test_a_source_belongs_to_its_kinds_and_words_are_taken_for_ids(ctx):
    firm, pair = add_firm(ctx), add_inspectors(ctx)
    with pytest.raises(ProblemsError):
        planning.plan(ctx, planning.NewVisit(establishment=firm, inspectors=pair, task=Task("daily", "complaint")))
    planning.plan(
        ctx,
        planning.NewVisit(
            establishment=firm, inspectors=pair, task=Task("个案检查", "投诉举报", reason="信访件 12 号")
        ),
    )
    assert views.list_visits(ctx)[0].kind == "个案检查"


@pytest.mark.parametrize("outcome", ["closed", "moved", "no_contact", "no_activity", "refused"])
def test_a_visit_ends_without_a_checklist_only_with_its_proof(ctx, outcome):
    visit = started_visit(ctx)
    with pytest.raises(ProblemsError):
        conduct.end_without_checklist(ctx, visit, Ending(outcome, "听说", "大门上锁"))
    proof = visit_rules().outcome(outcome).proofs[0]
    conduct.end_without_checklist(ctx, visit, Ending(outcome, proof, "大门上锁，院内无人"))
    facts = visit_facts(ctx, visit)
    assert facts.record.outcome == visit_rules().outcome(outcome).code
    assert facts.record.outcome_proof == f"{proof}：大门上锁，院内无人"
    assert facts.record.answers == ()
    assert facts.problems == ()
    with pytest.raises(UserError):
        filling.open_form(ctx, visit)


def test_a_verdict_from_the_checklist_cannot_be_given_without_it(ctx):
    visit = started_visit(ctx)
    with pytest.raises(UserError):
        conduct.end_without_checklist(ctx, visit, Ending("no_problem", "", ""))


def test_a_closed_visit_cannot_be_filled(ctx):
    visit = started_visit(ctx)
    with ctx.transaction() as session:
        conduct.close(session, visit, ctx.now())
    with pytest.raises(UserError):
        filling.open_form(ctx, visit)
    with pytest.raises(UserError):
        conduct.start(ctx, visit, START)


def test_a_visit_is_found_by_the_name_of_its_establishment(ctx):
    visit = planned_visit(ctx)
    assert lookup.find(ctx, "青溪竹器厂") == lookup.find(ctx, visit) == visit
    with pytest.raises(UserError):
        lookup.find(ctx, "没有的厂")


def test_a_power_that_says_nothing_is_refused_with_everything_that_is_missing(ctx):
    with pytest.raises(ProblemsError) as refused:
        powers.add_power(ctx, Power("patrol", " ", "昨天", "", ""))
    assert len(refused.value.problems) == 4


def test_powers_survive_closing_the_workspace(ctx):
    powers.add_power(ctx, POWER)
    powers.add_power(ctx, POWER)
    assert powers.list_powers(ctx) == (POWER,)


def test_what_was_started_is_there_after_unlocking_again(tmp_path):
    folder = town_workspace(tmp_path / "again")
    with open_workspace(folder, "李旸", PASSWORD, noon) as first:
        visit = started_visit(first)
    with open_workspace(folder, "李旸", PASSWORD, noon) as second:
        facts = visit_facts(second, visit)
    assert facts.record.office.authority == "石桥镇人民政府"
    assert facts.record.place == "石桥镇工业路 1 号"
    assert [signer.name for signer in facts.record.inspectors] == ["周沄", "吴翙"]
    assert facts.record.started_at == "2026-03-02T04:00:00Z"
