"""Findings of final records: how they stand, and how their re-inspection is arranged and recognised."""

from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete

from ohdesk.db.models import Finding, PdfVerdict, Record
from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import Standing
from ohdesk.domain.visit import VisitState
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.finding import follow_up, re_inspections
from ohdesk.services.finding.drafts import set_disposal
from ohdesk.services.finding.follow_up import FILTERS, ORDERS, rectifications
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.list_query import ListQuery
from ohdesk.services.record import verdicts
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.visit import views
from tests.rectifying import BREACH, begin, fill, finalize, found, listed, on, team, visit_of
from tests.visiting import add_firm

DUE = "2026-04-14"  # 30 working days after 2026-03-02; Monday the 6th is a holiday


@pytest.fixture
def finding(ctx):
    found(ctx)
    return listed(ctx)[0]


def test_a_finding_of_a_final_record_is_listed_with_its_deadline(ctx, finding):
    assert (finding.name, finding.due_on, finding.disposal) == ("青溪竹器厂", DUE, "责令限期改正")
    assert finding.state is Standing.IN_TIME
    assert listed(on(ctx, "2026-04-14"))[0].state is Standing.DUE
    late = listed(on(ctx, "2026-04-15"))[0]
    assert (late.state, late.word) == (Standing.OVERDUE, "逾期 1 天")


def test_a_finding_of_an_open_visit_is_listed_as_not_final(ctx):
    visit = visit_of(ctx, add_firm(ctx), "2026-03-02")
    fill(ctx, visit)
    row = listed(ctx)[0]
    assert (row.state, row.record, row.due_on) == (Standing.DRAFT, "", DUE)
    assert follow_up.detail(ctx, row).text
    assert listed(on(ctx, "2026-05-01"))[0].state is Standing.DRAFT


def test_everything_known_of_a_finding_is_told_in_order(ctx, finding):
    detail = follow_up.detail(ctx, finding)
    assert detail.inspectors == ("周沄", "吴翙")
    assert detail.evidence == ""  # how one should look proves nothing
    assert detail.deadline_unconfirmed
    assert [(step.day, step.ahead) for step in detail.timeline] == [
        ("2026-03-02", False),
        ("2026-03-02", False),
        (DUE, True),
    ]
    assert finding.record in detail.timeline[1].what


def test_a_re_check_is_planned_with_the_same_checklist_people_and_its_reason(ctx, finding):
    proposal = re_inspections.propose(ctx, finding)
    assert (proposal.day.isoformat(), proposal.inspectors) == ("2026-04-15", team(ctx))
    visit = re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-15", proposal.inspectors)
    view = views.visit_view(ctx, visit)
    assert (view.task.source, view.kind, view.task.planned_on) == ("re_inspection", "个案检查", "2026-04-15")
    assert finding.record in view.task.reason
    assert "第 1 项" in view.task.reason
    row = listed(ctx)[0]
    assert (row.state, row.re_inspection, row.re_inspection_on) == (Standing.PLANNED, visit, "2026-04-15")
    assert follow_up.detail(ctx, row).timeline[-1].visit == visit


@pytest.mark.parametrize(("met", "state"), [((BREACH,), Standing.MET), ((), Standing.AGAIN)])
def test_the_record_of_the_re_check_decides_what_became_of_the_finding(ctx, finding, met, state):
    later = on(ctx, "2026-04-14")
    visit = begin(later, re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-14", team(ctx)))
    fill(later, visit, met=met, breaches=() if met else (BREACH,))
    finalize(later, visit)
    rows = {row.visit: row for row in listed(on(ctx, "2026-05-04"))}
    first = rows[finding.visit]
    assert first.state is state
    assert (first.later.visit, first.later.day, first.re_inspection) == (visit, "2026-04-14", "")
    assert (visit in rows) is not bool(met)  # what was not put right again is a finding of its own


def test_a_question_left_out_at_the_next_visit_settles_nothing(ctx, finding):
    visit = visit_of(ctx, finding.establishment, "2026-04-01")
    fill(on(ctx, "2026-04-01"), visit, breaches=("F03",))
    finalize(on(ctx, "2026-04-01"), visit)
    rows = {row.question: row for row in listed(on(ctx, "2026-04-15"))}
    assert rows[BREACH].state is Standing.OVERDUE


def judge(ctx, visit, verdict):
    with ctx.transaction() as session:
        paper = SignedPdf(visit, session.get_one(Record, visit).pdf_sha256)
        verdicts.note(ctx, session, paper, verdict)


def test_a_finding_of_a_record_that_is_not_good_says_so_and_presses_nobody(ctx, finding, tmp_path):
    late = on(ctx, "2026-04-15")
    judge(ctx, finding.visit, Verification.BAD)
    (row,) = listed(late)
    assert (row.state, row.word, row.verified) == (Standing.BAD, "核对不通过", Verification.BAD)
    counts = rectifications(late, ListQuery()).counts
    assert (counts["bad"], counts["overdue"], counts["waiting"]) == (1, 0, 0)
    assert [each.findings for each in follow_up.pressing(late).values()] == [0, 0]
    follow_up.export(late, rectifications(late, ListQuery()), tmp_path / "out.xlsx")
    cells = [cell.value for cell in load_workbook(tmp_path / "out.xlsx").active[2]]
    assert (cells[1], cells[-1]) == ("核对不通过", "核对不通过")


def test_what_presses_is_counted_and_only_the_first_of_a_few_employers_become_rows(ctx):
    firms = [add_firm(ctx, f"青溪竹器{number}厂") for number in range(follow_up.PRESSING_SHOWN + 2)]
    for firm in firms:
        found(ctx, firm=firm, breaches=(BREACH, "F03"))
    pressing = follow_up.pressing(on(ctx, "2026-04-20"))
    overdue, due = pressing[Standing.OVERDUE], pressing[Standing.DUE]
    assert (overdue.findings, overdue.establishments) == (2 * len(firms), len(firms))
    assert [row.establishment for row in overdue.rows] == firms[: follow_up.PRESSING_SHOWN]
    assert {row.number for row in overdue.rows} == {1}
    assert (due.findings, due.establishments, due.rows) == (0, 0, ())


def test_a_finding_whose_record_waits_to_be_checked_counts_and_says_so(ctx, finding):
    with ctx.transaction() as session:
        session.execute(delete(PdfVerdict))
    (row,) = listed(on(ctx, "2026-04-15"))
    assert (row.state, row.verified) == (Standing.OVERDUE, Verification.WAITING)


def test_a_record_that_is_not_good_settles_no_finding(ctx, finding):
    later = on(ctx, "2026-04-14")
    visit = begin(later, re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-14", team(ctx)))
    fill(later, visit, met=(BREACH,), breaches=())
    finalize(later, visit)
    judge(ctx, visit, Verification.BAD)
    rows = {row.visit: row for row in listed(on(ctx, "2026-05-04"))}
    assert rows[finding.visit].state is Standing.OVERDUE


def test_another_firm_answering_the_same_question_settles_nothing(ctx, finding):
    firm = add_firm(ctx, "岚石五金厂")
    visit = visit_of(ctx, firm, "2026-04-01")
    fill(on(ctx, "2026-04-01"), visit, breaches=(), met=(BREACH,))
    finalize(on(ctx, "2026-04-01"), visit)
    assert listed(on(ctx, "2026-04-15"))[0].state is Standing.OVERDUE


def test_findings_of_the_firm_whose_deadline_is_over_are_looked_at_together(ctx):
    firm = add_firm(ctx)
    found(ctx, firm=firm, breaches=(BREACH, "F03"))
    found(ctx, "2026-04-01", add_firm(ctx, "岚石五金厂"))
    rows = listed(ctx)
    first = next(row for row in rows if row.question == BREACH and row.establishment == firm)
    assert {row.question for row in re_inspections.together(rows, first, "2026-06-01")} == {BREACH, "F03"}
    assert re_inspections.together(rows, first, "2026-03-03") == (first,)


def test_a_finding_is_not_given_two_re_checks(ctx, finding):
    re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-14", team(ctx))
    with pytest.raises(UserError, match="已经安排"):
        re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-15", team(ctx))


@pytest.mark.parametrize("day", ["", "2026-02-30", "2026-03-01"])
def test_a_re_check_needs_a_day_that_is_still_to_come(ctx, finding, day):
    with pytest.raises(ProblemsError) as refused:
        re_inspections.plan_re_inspection(ctx, (finding,), day, team(ctx))
    assert refused.value.problems[0].field == "day"
    assert listed(ctx)[0].re_inspection == ""


def test_a_re_check_needs_two_inspectors_with_certificates_on_that_day(ctx, finding):
    with pytest.raises(ProblemsError, match="没有安排"):
        re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-14", team(ctx)[:1])
    with pytest.raises(ProblemsError) as refused:
        re_inspections.plan_re_inspection(ctx, (finding,), "2028-01-04", team(ctx))
    assert "到期" in refused.value.problems[0].found


def test_what_is_not_final_has_no_re_check(ctx):
    visit = visit_of(ctx, add_firm(ctx), "2026-03-02")
    fill(ctx, visit)
    with pytest.raises(UserError, match="不能安排复查"):
        re_inspections.plan_re_inspection(ctx, tuple(listed(ctx)), "2026-04-14", team(ctx))
    assert views.visit_view(ctx, visit).state is VisitState.OPEN


def test_filters_count_and_search_finds_by_name_initials_and_number(ctx):
    found(ctx)
    found(ctx, "2026-03-09", add_firm(ctx, "岚石五金厂"))
    late = on(ctx, "2026-04-15")
    counts = rectifications(late, ListQuery(sought="岚石")).counts
    assert (counts["all"], counts["overdue"], counts["due"], counts["waiting"], counts["finished"]) == (2, 1, 0, 2, 0)
    for text in ("竹器", "QX zq", listed(late)[0].record):
        assert [row.name for row in listed(late, "all", text)] == ["青溪竹器厂"]
    assert listed(late, "overdue", "岚石") == []


def test_the_list_is_written_as_a_workbook(ctx, finding, tmp_path):
    assert follow_up.export(ctx, rectifications(ctx, ListQuery()), tmp_path / "out.xlsx").count == 1
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert [cell.value for cell in sheet[1]][:4] == ["期限", "状态", "单位", "问题"]
    assert [cell.value for cell in sheet[2]][:3] == [DUE, "期限内", "青溪竹器厂"]


def test_a_deadline_in_a_year_without_holidays_on_file_says_so(ctx, tmp_path):
    visit = visit_of(ctx, add_firm(ctx), "2026-03-02")
    fill(ctx, visit)
    set_disposal(ctx, visit, BREACH, "rectify", "2099-01-05")
    row = listed(ctx)[0]
    assert (row.due_on, row.due) == ("2099-01-05", "2099-01-05（假日未定）")
    assert [step.what for step in follow_up.detail(ctx, row).timeline][-1] == "改正期限（假日未定）"
    follow_up.export(ctx, rectifications(ctx, ListQuery()), tmp_path / "out.xlsx")
    assert load_workbook(tmp_path / "out.xlsx").active.cell(2, 1).value == "2099-01-05（假日未定）"


def test_of_two_later_records_the_first_counts_and_only_of_the_same_checklist_and_firm(ctx, finding):
    for day, met in (("2026-05-04", ()), ("2026-04-14", (BREACH,))):
        later = visit_of(ctx, finding.establishment, day)
        fill(on(ctx, day), later, met=met, breaches=() if met else (BREACH,))
        finalize(on(ctx, day), later)
    rows = {row.visit: row for row in listed(on(ctx, "2026-06-01"))}
    assert (rows[finding.visit].state, rows[finding.visit].later.day) == (Standing.MET, "2026-04-14")


@pytest.mark.parametrize(
    ("disposal", "due_on", "state"),
    [
        ("责令限期改正", "2026-04-27", Standing.IN_TIME),
        ("责令限期改正", "2026-04-26", Standing.DUE),  # the Sunday of this week
        ("责令限期改正", "2026-04-22", Standing.DUE),  # its last day is not over yet
        ("责令限期改正", "2026-04-21", Standing.OVERDUE),
        ("现场改正", "", Standing.CORRECTED),
        ("移送县级", "", Standing.REFERRED),
        ("教育引导", "", Standing.NOTED),
        ("别处的说法", "", Standing.NOTED),
    ],
)
def test_a_state_follows_from_what_is_on_file(ctx, finding, disposal, due_on, state):
    with ctx.transaction() as session:
        held = session.get_one(Finding, finding.id)
        held.disposal, held.due_on = disposal, date.fromisoformat(due_on) if due_on else None
    (row,) = listed(on(ctx, "2026-04-22"))
    assert (row.state, row.due_on) == (state, due_on)
    assert listed(on(ctx, "2026-04-22"), _filter_of(state)) == [row]


def _filter_of(state):
    return next((key for key, states in FILTERS.items() if key != "all" and state in states), "all")


def test_findings_stand_in_any_order_those_not_final_among_them(ctx):
    final = found(ctx)
    open_still = visit_of(ctx, add_firm(ctx, "岚石五金厂"), "2026-03-02")
    fill(ctx, open_still)
    set_disposal(ctx, open_still, BREACH, "rectify", "2026-03-09")  # before the other one
    first = {"": open_still, "due": open_still, "state": open_still}
    for order in ("", *ORDERS):
        rising, falling = (rectifications(ctx, ListQuery(order=order, falling=way)) for way in (False, True))
        rows = follow_up.rows_of(ctx, rising, rising.ids)
        assert {row.visit for row in rows} == {final, open_still}
        if order in first:
            assert rows[0].visit == open_still
            assert falling.ids == (rising.ids[::-1] if order else rising.ids)
    assert [row.visit for row in listed(ctx, sought="岚石")] == [open_still]
    assert [row.visit for row in listed(ctx, "waiting")] == [final]


def test_a_list_makes_no_rows_but_those_that_are_looked_at(ctx, finding, monkeypatch):
    found(ctx, "2026-03-09", add_firm(ctx, "岚石五金厂"))
    made = []
    monkeypatch.setattr(
        follow_up, "RectificationRow", lambda **held: made.append(held["id"]) or RectificationRow(**held)
    )
    rows = rectifications(ctx, ListQuery())
    assert (len(rows.ids), made) == (2, [])
    follow_up.rows_of(ctx, rows, rows.ids[1:])
    assert made == list(rows.ids[1:])


def test_a_search_finds_facts_as_they_are_typed_and_as_they_are_folded(ctx, finding):
    with ctx.transaction() as session:
        session.get_one(Finding, finding.id).fact = "二车间（B 区）100% 未设警示"
    for sought in ("（B区）", "b区", "100%", " 二车间"):
        assert listed(ctx, sought=sought), sought
    assert listed(ctx, sought="1000%") == []


def test_a_finding_is_reached_from_each_of_its_visits(ctx, finding):
    everything = rectifications(ctx, ListQuery())
    again = re_inspections.plan_re_inspection(ctx, (finding,), "2026-04-14", team(ctx))
    assert [follow_up.of_visit(ctx, everything, visit) for visit in (finding.visit, again, "x")] == [
        finding.id,
        finding.id,
        "",
    ]
