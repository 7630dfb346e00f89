"""Every checklist opens, fills, leaves and is signed, for each kind of establishment and each mode with a record."""

from dataclasses import replace

import pytest

from ohdesk.domain.rectification import Standing
from ohdesk.domain.visit import Power, StartData, Task, VisitState
from ohdesk.errors import UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.detail_values import rows_text
from ohdesk.forms.loader import form_files, load_form
from ohdesk.services.finding import drafts, re_inspections
from ohdesk.services.office import powers
from ohdesk.services.record import finalizing, leave_check
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, planning, views
from ohdesk.services.visit.start_check import check_start
from tests import rectifying
from tests.unit.services.record.record_world import make, party, pen, second
from tests.visiting import ARRIVAL

TOWN, OFF_SITE = "石桥镇人民政府", "off-site"
KINDS = ("用人单位", "放射诊疗单位", "职业卫生技术服务机构", "职业健康检查机构")
STARTS = {
    "own": StartData(mode="own", authority=TOWN, accompanied_by="陈某", arrival=ARRIVAL),
    "entrusted": StartData(mode="entrusted", accompanied_by="陈某", arrival=ARRIVAL),
    OFF_SITE: StartData(mode=OFF_SITE, authority=TOWN, means="书面", arrival=replace(ARRIVAL, code_way="", code_at="")),
}
CASES = [
    *(
        (form.kinds[0], form.id, OFF_SITE if form.off_site else "own")
        for form in form_files().forms
        if form.is_for_visits
    ),
    *((kind, "", "entrusted") for kind in KINDS),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return an open town with an establishment of each kind, and its two inspectors."""
    world = make(tmp_path_factory.mktemp("forms") / "town")
    matters = ("radiology", "technical-service", "exam-institution")
    with world.opened("李旸") as ctx:
        powers.add_power(ctx, Power("own", TOWN, "2026-01-01", "", "公布的事项目录", matters=matters))
    with world.opened() as ctx:
        for kind in KINDS:
            entries.add(ctx, {"name": f"一家{kind}", "kind": kind, "address": "工业路 1 号", "hazards": "噪声、矽尘"})
        yield ctx, views.visit_view(ctx, world.visit).team


def details(question) -> dict[str, str]:
    """Something in every entry that has to be filled, rows included."""
    filled = {}
    for field in question.fields:
        if field.computed is None and field.columns:
            row = {
                each.key: (each.least or "5") if each.kind.is_number else "打磨"
                for each in field.columns
                if each.required
            }
            filled[field.key] = rows_text([row | {each.key: "1" for each in field.columns if each.press}])
        elif field.kind.is_whole and field.computed is None:
            filled[field.key] = "3"
    return filled


@pytest.mark.parametrize(("kind", "form_id", "mode"), CASES)
def test_a_form_goes_all_the_way(town, kind, form_id, mode):
    ctx, team = town
    visit = planned(ctx, team, kind, form_id)
    conduct.start(ctx, visit, STARTS[mode])
    view = filling.open_form(ctx, visit)
    for question in view.form.questions:
        if question.id not in view.fallen:
            filling.save_answer(ctx, visit, question.id, Answer(AnswerValue.MET, details=details(question)))
    filled = filling.open_form(ctx, visit)
    assert [each.missing for each in filled.answers.values() if each.missing] == []
    assert filled.counts.unanswered == 0
    leave_check.leave(ctx, visit, "当场没有照片")
    record = finalizing.finalize(ctx, visit, party(), (pen(),), second()).record
    assert (record.form, record.form_sha256) == (view.form.id, view.form.sha256)
    assert len(record.answers) == len(view.form.questions)
    assert [line.question for line in record.answers if line.remark.startswith("本项适用于")] == list(view.fallen)
    with_rows = {each.id for each in view.form.questions if any(field.columns for field in each.fields)}
    assert {line.question for line in record.answers if line.tables} == with_rows


def planned(ctx, team, kind, form_id="", reason=""):
    firm, task = entries.find(ctx, f"一家{kind}"), Task("daily", "plan", "2026-03-02")
    new = planning.NewVisit(establishment=firm, inspectors=team, task=task, form=form_id, form_reason=reason)
    visit = planning.plan(ctx, new)
    conduct.approve_on_paper(ctx, visit, "陶镕", "2026-03-01", "2026-0002")
    return visit


ON_SITE = [form for form in form_files().forms if form.is_for_visits and not form.off_site]


@pytest.mark.parametrize("form", ON_SITE, ids=lambda form: form.id)
def test_from_the_office_employers_have_a_form_of_their_own_and_the_others_are_refused(town, form):
    ctx, team = town
    visit = planned(ctx, team, form.kinds[0], form.id)
    told = check_start(ctx, visit, STARTS[OFF_SITE])
    if form.kinds == ("用人单位",):
        assert (told.stops, told.form) == ((), load_form("employer-off-site").title)
        conduct.start(ctx, visit, STARTS[OFF_SITE])
        assert filling.open_form(ctx, visit).form.id == "employer-off-site"
    else:
        assert [stop.key for stop in told.stops] == ["form"]
        with pytest.raises(UserError, match="没有用于“非现场检查”的检查表"):
            conduct.start(ctx, visit, STARTS[OFF_SITE])
        assert views.visit_view(ctx, visit).state is VisitState.APPROVED


@pytest.mark.parametrize("form", ON_SITE, ids=lambda form: form.id)
def test_no_form_is_filled_on_a_round_of_assistants(town, form):
    ctx, team = town
    visit = planned(ctx, team, form.kinds[0], form.id)
    with pytest.raises(UserError):
        conduct.start(ctx, visit, StartData(mode="patrol", place="大门", accompanied_by="陈某"))
    with pytest.raises(UserError):
        filling.open_form(ctx, visit)


@pytest.mark.parametrize(
    "form", [form for form in form_files().forms if not form.is_for_visits], ids=lambda each: each.id
)
def test_no_visit_is_planned_with_what_is_no_form_for_visits(town, form):
    ctx, team = town
    with pytest.raises(UserError, match="没有编号为"):
        planned(ctx, team, form.kinds[0], form.id, "试一试")


def test_what_failed_is_looked_at_again_and_signed(town):
    ctx, team = town
    visit = planned(ctx, team, "放射诊疗单位")
    conduct.start(ctx, visit, STARTS["own"])
    for question in ("R08", "R02"):
        filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="机房两人未佩戴个人剂量计"))
    filling.save_rest_as_not_inspected(ctx, visit, "设备停用")
    drafts.accept_proposals(ctx, visit)
    for question in ("R08", "R02"):
        drafts.set_disposal(ctx, visit, question, "rectify", "2026-03-09")
    finalizing.finalize(ctx, visit, party(), (pen(),), second())
    later = rectifying.on(ctx, "2026-03-10")
    rows = [row for row in rectifying.listed(later) if row.visit == visit]
    again = re_inspections.plan_re_inspection(later, rows, "2026-03-10", team)
    conduct.approve_on_paper(later, again, "陶镕", "2026-03-01", "2026-0003")
    conduct.start(later, again, STARTS["entrusted"])
    filling.save_answer(later, again, "R02", Answer(AnswerValue.MET))
    question = filling.open_form(later, again).form.by_id["R08"]
    filling.save_answer(later, again, "R08", Answer(AnswerValue.MET, details=details(question)))
    record = finalizing.finalize(later, again, party(), (pen(),), second()).record
    assert (record.form, [line.question for line in record.answers]) == ("re-inspection", ["R02", "R08"])
    assert {row.state for row in rectifying.listed(later) if row.visit == visit} == {Standing.MET}
