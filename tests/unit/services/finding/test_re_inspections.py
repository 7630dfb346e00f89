"""复查: all that failed is asked again, whatever forms it came from, in every mode and to the end."""

import pytest
from msgspec.structs import replace

from ohdesk.domain.rectification import Standing
from ohdesk.domain.visit import StartData
from ohdesk.errors import UserError
from ohdesk.forms.loader import FormFiles, load_form
from ohdesk.services.finding import re_inspections
from ohdesk.services.visit import conduct, editions, filling, planning, views
from tests.rectifying import BREACH, begin, fill, finalize, finalized_elsewhere, found, listed, on, team, visit_of
from tests.visiting import ARRIVAL, add_firm

DAY = "2026-04-14"
OF_SURVEY = "HP05"  # of the survey of hearing protection, with nothing to fill in beside it


@pytest.fixture
def firm(ctx):
    return add_firm(ctx)


@pytest.fixture
def later(ctx):
    return on(ctx, DAY)


def asked(ctx, visit):
    return list(editions.editions(ctx, visit).current.by_id)


def of_both_forms(ctx, firm):
    found(ctx, firm=firm, breaches=(BREACH, "A03"))
    survey = visit_of(ctx, firm, "2026-03-05", "hearing-survey")
    fill(on(ctx, "2026-03-05"), survey, breaches=(OF_SURVEY,))
    finalize(on(ctx, "2026-03-05"), survey)


def test_findings_of_two_forms_are_all_asked_again_and_settled_by_one_record(ctx, firm, later):
    of_both_forms(ctx, firm)
    visit = re_inspections.plan_re_inspection(later, listed(later), DAY, team(ctx))
    view = filling.open_form(later, begin(later, visit))
    assert [(each.number, each.id) for each in view.form.questions] == [(1, "A03"), (2, BREACH), (3, OF_SURVEY)]
    assert view.form.title == "复查检查表（用人单位职业卫生监督检查表、噪声岗位与听力防护现场调查表）"
    fill(later, visit, breaches=("A03",), met=(BREACH, OF_SURVEY))
    finalize(later, visit)
    states = {row.question: row.state for row in listed(later) if row.visit != visit}
    assert states == {"A03": Standing.AGAIN, BREACH: Standing.MET, OF_SURVEY: Standing.MET}
    again = [row for row in listed(later) if row.visit == visit]
    once_more = re_inspections.plan_re_inspection(later, again, "2026-06-01", team(ctx))
    assert (asked(later, once_more), views.visit_view(later, once_more).form_title) == (["A03"], "复查检查表")


def test_what_failed_in_two_forms_is_asked_once(ctx, firm, later):
    found(ctx, firm=firm, breaches=(BREACH,))
    special = visit_of(ctx, firm, "2026-03-05", "employer-key-systems")
    fill(on(ctx, "2026-03-05"), special, breaches=(BREACH, "E02"))
    finalize(on(ctx, "2026-03-05"), special)
    visit = re_inspections.plan_re_inspection(later, listed(later), DAY, team(ctx))
    assert asked(later, visit) == [BREACH, "E02"]


@pytest.mark.parametrize("mode", ["own", "off-site"])
def test_a_re_inspection_asks_what_failed_in_every_mode(ctx, firm, later, mode):
    found(ctx, firm=firm)
    visit = re_inspections.plan_re_inspection(later, listed(later), DAY, team(ctx))
    conduct.approve_on_paper(later, visit, "苏映", "2026-04-13", "2026-0001")
    start = StartData(mode=mode, means="视频", accompanied_by="陈砚（厂长）", arrival=ARRIVAL, gap_reason="无")
    conduct.start(later, visit, start)
    assert asked(later, visit) == [BREACH]
    assert editions.editions(later, visit).is_newest


def test_a_re_inspection_is_given_no_other_checklist(ctx, firm, later):
    found(ctx, firm=firm)
    visit = re_inspections.plan_re_inspection(later, listed(later), DAY, team(ctx))
    view = views.visit_view(later, visit)
    other = planning.NewVisit(
        establishment=firm, inspectors=view.team, task=view.task, form="employer-general", form_reason="全面看"
    )
    with pytest.raises(UserError, match="复查只看上次不合格"):
        planning.replan(later, visit, other)
    assert asked(later, visit) == [BREACH]


def test_what_this_program_does_not_ask_is_asked_as_the_record_has_it(ctx, firm, later, monkeypatch):
    visit = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, visit, breaches=(BREACH, "A03"))
    finalized_elsewhere(ctx, visit)
    form = load_form("employer-general")
    newer = replace(form, questions=tuple(each for each in form.questions if each.id != BREACH))
    monkeypatch.setattr(re_inspections, "form_files", lambda: FormFiles((newer,), {}))
    final = [row for row in listed(later) if row.record]
    again = re_inspections.plan_re_inspection(later, final, DAY, team(ctx))
    by_id = editions.editions(later, again).current.by_id
    assert set(by_id) == {"A03", BREACH}
    assert by_id[BREACH].text == form.by_id[BREACH].text
    assert by_id[BREACH].printed_duty == form.by_id[BREACH].printed_duty
