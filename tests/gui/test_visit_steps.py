"""One visit step by step, driven by keyboard: planned, approved, started, left; or ended at a closed gate."""

from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from ohdesk.domain.visit import Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.finding import drafts
from ohdesk.services.office import people, powers
from ohdesk.services.record import composing
from ohdesk.services.visit import conduct, filling, planning, views
from ohdesk.ui.kit.jobs import Job
from ohdesk.ui.screens.visit.list_page import ListPage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page
from tests.conftest import PASSWORD
from tests.gui.showing import in_front, said
from tests.visiting import POWER, add_firm, add_inspectors, allow_assistants, picture, planned_visit, started_visit

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
PRESSED = 120  # ms; a button pressed by its letter is seen to go down before it acts
NONE = Qt.KeyboardModifier.NoModifier


def shown(ctx, jobs, qtbot):
    return in_front(VisitsScreen(ctx, jobs), qtbot)


@pytest.fixture
def screen(ctx, jobs, qtbot):
    return shown(ctx, jobs, qtbot)


@pytest.fixture
def press(qtbot):
    def press_key(screen, key, modifier=NONE):
        qtbot.keyClick(screen.focusWidget() or screen, key, modifier)
        if modifier is not NONE:
            qtbot.wait(PRESSED)

    return press_key


def approved(ctx):
    visit = planned_visit(ctx)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    return visit


def arriving(ctx, jobs, qtbot):
    visit = approved(ctx)
    powers.add_power(ctx, POWER)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    return screen, visit


def listed(screen):
    model = screen.list.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def tell_everything(screen, press):
    for letter in (Qt.Key.Key_Q, Qt.Key.Key_E, Qt.Key.Key_T, Qt.Key.Key_Y, Qt.Key.Key_H):
        press(screen, letter, ALT)


def test_from_the_plan_to_the_signatures_by_keys_alone(ctx, jobs, qtbot, press, commit_text):
    firm = add_firm(ctx)
    add_inspectors(ctx)
    powers.add_power(ctx, POWER)
    screen = shown(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "竹器")
    press(screen, Qt.Key.Key_Return)  # taken once it is found
    qtbot.waitUntil(lambda: screen.page(Page.PLAN).finder.value == firm)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.APPROVAL
    visit = screen.visit
    assert views.visit_view(ctx, visit).establishment == firm
    qtbot.keyClicks(screen.focusWidget(), PASSWORD)
    with qtbot.waitSignal(screen.done, timeout=10_000):
        press(screen, Qt.Key.Key_Return)
    assert screen.front is Page.ARRIVAL
    tell_everything(screen, press)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.FILLING
    press(screen, Qt.Key.Key_2)
    commit_text(screen.focusWidget(), "，未见任命文件")
    press(screen, Qt.Key.Key_Escape)
    press(screen, Qt.Key.Key_Return, CTRL)
    leaving = screen.page(Page.LEAVING)
    assert screen.front is Page.LEAVING
    press(screen, Qt.Key.Key_Tab)
    commit_text(screen.focusWidget(), "当日停产")
    press(screen, Qt.Key.Key_K, ALT)
    press(screen, Qt.Key.Key_P, ALT)
    assert all(row.is_settled for row in leaving.rows)
    press(screen, Qt.Key.Key_Return)
    assert "没有补齐的理由" in leaving.fields["leaving_reason"].error
    commit_text(screen.focusWidget(), "陪同人不愿留名")
    with qtbot.waitSignal(screen.wanted) as wanted:
        press(screen, Qt.Key.Key_Return)
    assert wanted.args == ["record", visit]
    assert composing.visit_facts(ctx, visit).problems == ()


def test_a_closed_gate_by_keys_alone(ctx, jobs, qtbot, press, commit_text, tmp_path, monkeypatch):
    (tmp_path / "gate.jpg").write_bytes(picture())
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: ([str(tmp_path / "gate.jpg")], ""))
    screen, visit = arriving(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_G, ALT)
    assert screen.front is Page.ARRIVAL
    press(screen, Qt.Key.Key_F2)
    press(screen, Qt.Key.Key_Down)
    press(screen, Qt.Key.Key_Return)
    press(screen, Qt.Key.Key_G, ALT)
    assert screen.front is Page.ENDING
    press(screen, Qt.Key.Key_A, ALT)
    press(screen, Qt.Key.Key_Q, ALT)
    screen.page(Page.ENDING).account.setFocus()
    commit_text(screen.focusWidget(), "大门上锁，电表停转。")
    with qtbot.waitSignal(screen.done, timeout=10_000):
        press(screen, Qt.Key.Key_F6)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.SUMMARY
    with qtbot.waitSignal(screen.wanted) as wanted:
        press(screen, Qt.Key.Key_Return)
    assert wanted.args == ["record", visit]
    facts = composing.visit_facts(ctx, visit)
    assert (facts.record.outcome, len(facts.record.photos), facts.gap_reason) == (
        "40",
        1,
        "大门关闭，现场没有人可以接受告知",
    )


def test_an_ending_names_what_it_lacks_beside_each_field_and_can_be_taken_back(ctx, jobs, qtbot, press):
    visit = started_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_G, ALT)
    ending = screen.page(Page.ENDING)
    ending.submit()
    assert ending.fields["outcome"].error
    press(screen, Qt.Key.Key_H, ALT)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert (ending.fields["proof"].error, ending.fields["account"].error) == (
        "请选择一种证明：录音录像、见证人说明、现场照片。",
        "请写明看到的情形。",
    )
    conduct.end_without_checklist(ctx, visit, conduct.Ending("refused", "见证人说明", "拒绝开门。"))
    screen.open_visit(visit)
    assert "拒绝" in said(screen.page(Page.SUMMARY))
    press(screen, Qt.Key.Key_K, ALT)
    assert screen.front is Page.FILLING


def test_a_plan_names_what_is_wrong_beside_its_field(ctx, jobs, qtbot, press):
    firm = add_firm(ctx)
    add_inspectors(ctx)
    screen = shown(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_N, CTRL)
    page = screen.page(Page.PLAN)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert page.finder.field.error
    screen.open("new:" + firm)
    press(screen, Qt.Key.Key_D, ALT)
    page.day.setText("13.45")
    press(screen, Qt.Key.Key_Return, CTRL)
    errors = {place: field.error for place, field in page.fields.items() if field.error}
    assert set(errors) == {"day", "reason"}
    assert views.list_visits(ctx) == []
    page.day.setText("3.5")
    page.reason.setFocus()
    qtbot.keyClicks(screen.focusWidget(), "No. 12")
    press(screen, Qt.Key.Key_Return)
    assert views.visit_view(ctx, screen.visit).task == Task("case", "complaint", "2026-03-05", "No. 12")


def test_a_checklist_of_another_kind_asks_for_its_reason(ctx, jobs, qtbot, press):
    firm = add_firm(ctx)
    add_inspectors(ctx)
    powers.add_power(ctx, replace(POWER, matters=("radiology",)))
    screen = shown(ctx, jobs, qtbot)
    screen.open_for(firm)
    page = screen.page(Page.PLAN)
    assert not page.form_reason.isVisible()
    page.form.setCurrentIndex(page.form.findData("radiology"))
    press(screen, Qt.Key.Key_Return, CTRL)
    assert page.fields["form_reason"].error
    page.form_reason.setFocus()
    qtbot.keyClicks(screen.focusWidget(), "X")
    press(screen, Qt.Key.Key_Return, CTRL)
    view = views.visit_view(ctx, screen.visit)
    assert (view.form, view.form_reason) == ("radiology", "X")


def test_a_plan_names_all_that_is_wrong_at_once(ctx, jobs, qtbot, press):
    add_inspectors(ctx)
    people.add_person(ctx, "郑沂", "inspector", "T0003", "2027-12-31")  # of three nobody is ticked beforehand
    screen = shown(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_N, CTRL)
    page = screen.page(Page.PLAN)
    page.day.setText("13.45")
    press(screen, Qt.Key.Key_Return, CTRL)
    assert {place for place, field in page.fields.items() if field.error} == {"establishment", "day", "inspectors"}
    assert screen.focusWidget() is page.finder.search


def test_an_inspector_whose_certificate_has_run_out_cannot_be_ticked_and_says_why(ctx, jobs, qtbot, press):
    firm = add_firm(ctx)
    first, _ = add_inspectors(ctx)
    late = people.add_person(ctx, "林郸", "inspector", "T0003", "2026-01-31")
    screen = shown(ctx, jobs, qtbot)
    screen.open_for(firm)
    team = screen.page(Page.PLAN).inspectors
    lines = [team.item(row).text() for row in range(team.count())]
    assert sum("到期" in line for line in lines) == 1
    team.setFocus()
    press(screen, Qt.Key.Key_Home)
    press(screen, Qt.Key.Key_Space)
    assert first not in team.value
    assert late not in team.value
    screen.page(Page.PLAN).submit()
    assert "至少两名" in screen.page(Page.PLAN).fields["inspectors"].error
    assert views.list_visits(ctx) == []


def test_what_was_typed_for_a_plan_is_there_again_after_a_crash(ctx, jobs, qtbot, press):
    firm = add_firm(ctx)
    add_inspectors(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_for(firm)
    screen.page(Page.PLAN).day.setText("2026-03-09")
    screen.leave()
    again = shown(ctx, jobs, qtbot)
    assert again.front is Page.PLAN
    values = again.page(Page.PLAN).typed()
    assert (values["establishment"], values["day"]) == (firm, "2026-03-09")


def test_a_plan_that_is_changed_has_to_be_approved_again(ctx, jobs, qtbot, press):
    visit = approved(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    press(screen, Qt.Key.Key_1, CTRL)
    assert screen.front is Page.PLAN
    press(screen, Qt.Key.Key_Up)
    press(screen, Qt.Key.Key_Return)
    view = views.visit_view(ctx, visit)
    assert (view.task.planned_on, view.state, view.approval) == ("2026-03-03", "planned", "")
    assert screen.front is Page.APPROVAL


def test_a_wrong_password_of_the_approver_is_said_beside_it(ctx, jobs, qtbot, press):
    visit = planned_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    page = screen.page(Page.APPROVAL)
    assert "周沄、吴翙" in said(page)
    qtbot.keyClicks(screen.focusWidget(), "wrong")
    press(screen, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "密码不正确" in page.fields["password"].error, timeout=10_000)
    assert page.password.text() == ""
    assert views.visit_view(ctx, visit).state == "planned"


def test_one_of_the_ways_to_approve_always_is_chosen(ctx, jobs, qtbot, press):
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(planned_visit(ctx))
    press(screen, Qt.Key.Key_P, ALT)
    way = screen.page(Page.APPROVAL).way
    way.setFocus()
    press(screen, Qt.Key.Key_Delete)
    assert way.value == "paper"


def test_enter_while_the_password_is_checked_asks_for_nothing(ctx, jobs, qtbot, press):
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(planned_visit(ctx))
    page = screen.page(Page.APPROVAL)
    qtbot.keyClicks(screen.focusWidget(), "wrong")
    press(screen, Qt.Key.Key_Return)
    press(screen, Qt.Key.Key_Return)
    assert page.fields["password"].error == ""
    assert len(jobs.titled) == 1
    qtbot.waitUntil(lambda: "密码不正确" in page.fields["password"].error, timeout=10_000)


@pytest.mark.parametrize(("password", "state"), [(PASSWORD, "approved"), ("wrong", "planned")])
def test_an_approval_that_comes_late_moves_nobody_who_went_on(ctx, jobs, qtbot, press, password, state):
    visit, go = planned_visit(ctx), Event()
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    jobs.start(Job(lambda: go.wait(10)))
    qtbot.keyClicks(screen.focusWidget(), password)
    press(screen, Qt.Key.Key_Return)
    screen.show_visits()
    done, refused = [], []
    screen.done.connect(done.append)
    screen.failed.connect(refused.append)
    go.set()
    qtbot.waitUntil(lambda: not jobs.titled, timeout=10_000)
    assert (screen.front, views.visit_view(ctx, visit).state) == (Page.LIST, state)
    assert (len(done), len(refused)) == ((1, 0) if state == "approved" else (0, 1))
    assert screen.page(Page.APPROVAL).fields["password"].error == ""


def test_a_paper_approval_says_what_is_missing_and_then_leads_on(ctx, jobs, qtbot, press, commit_text):
    visit = planned_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    press(screen, Qt.Key.Key_P, ALT)
    press(screen, Qt.Key.Key_Return)
    page = screen.page(Page.APPROVAL)
    assert [place for place, field in page.fields.items() if field.error] == ["approver", "number"]
    commit_text(screen.focusWidget(), "苏映")
    press(screen, Qt.Key.Key_Tab)
    press(screen, Qt.Key.Key_Tab)
    qtbot.keyClicks(screen.focusWidget(), "2026-0007")
    press(screen, Qt.Key.Key_Return)
    assert screen.front is Page.ARRIVAL
    assert "2026-0007" in views.visit_view(ctx, visit).approval


def test_without_a_power_the_page_says_so_and_leads_to_where_it_is_entered(ctx, jobs, qtbot, press):
    visit = approved(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    page = screen.page(Page.ARRIVAL)
    assert "权限" in page.authority.about.text()
    tell_everything(screen, press)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert page.fault
    assert views.visit_view(ctx, visit).state == "approved"
    with qtbot.waitSignal(screen.wanted) as wanted:
        press(screen, Qt.Key.Key_P, ALT)
    assert wanted.args == ["settings", "powers"]
    powers.add_power(ctx, POWER)
    screen.reload()
    assert "公布的事项目录" in page.authority.about.text()
    assert "都齐了" in said(page.gaps)


def test_each_gap_goes_from_the_list_as_it_is_closed_and_going_on_needs_a_reason(ctx, jobs, qtbot, press):
    screen, visit = arriving(ctx, jobs, qtbot)
    page = screen.page(Page.ARRIVAL)
    assert "还缺 5 项" in said(page.gaps)
    press(screen, Qt.Key.Key_W, ALT)
    assert page.code_at.text() == "12:00"
    press(screen, Qt.Key.Key_R, ALT)
    assert "还缺 3 项" in said(page.gaps)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert "理由" in page.gaps.field.error
    assert screen.focusWidget() is page.reason
    qtbot.keyClicks(page.reason, "no signal")
    press(screen, Qt.Key.Key_Return)
    start = views.visit_view(ctx, visit).start
    assert (len(start.gaps), start.gap_reason, start.arrival.notice_given) == (3, "no signal", "事先送达")


def test_from_the_office_the_checklist_that_takes_the_place_of_the_planned_one_is_told(ctx, jobs, qtbot, press):
    screen, _ = arriving(ctx, jobs, qtbot)
    page = screen.page(Page.ARRIVAL)
    assert "改用" not in said(page.gaps)
    page.authority.modes.buttons["off-site"].click()
    qtbot.waitUntil(lambda: "改用《用人单位非现场检查表》" in said(page.gaps))


@pytest.mark.parametrize(("typed", "expected"), [("25:00", "09:05"), ("12:30", "晚于现在")])
def test_a_time_at_which_no_code_can_have_been_shown_is_refused_beside_it(ctx, jobs, qtbot, press, typed, expected):
    screen, visit = arriving(ctx, jobs, qtbot)
    tell_everything(screen, press)
    page = screen.page(Page.ARRIVAL)
    page.code_at.setText(typed)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert expected in page.fields["code_at"].error
    assert views.visit_view(ctx, visit).state == "approved"


def test_an_arrival_half_written_is_there_again_after_a_crash(ctx, jobs, qtbot, press, commit_text):
    screen, _visit = arriving(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_Q, ALT)
    page = screen.page(Page.ARRIVAL)
    commit_text(page.accompanied_by, "陈砚（厂长）")
    screen.leave()
    again = shown(ctx, jobs, qtbot)
    assert again.front is Page.ARRIVAL
    page = again.page(Page.ARRIVAL)
    assert (page.items["code"].value, page.accompanied_by.text()) == ("亮码", "陈砚（厂长）")


def test_helpers_write_what_they_saw_and_nothing_else(ctx, jobs, qtbot, press, commit_text):
    visit = planned_visit(ctx)
    allow_assistants(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    screen.show_page(Page.ARRIVAL)
    press(screen, Qt.Key.Key_D, ALT)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.PATROL
    page = screen.page(Page.PATROL)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert page.fields["note"].error
    commit_text(page.note, "车间门口没有告知牌。")
    press(screen, Qt.Key.Key_Return, CTRL)
    view = views.visit_view(ctx, visit)
    assert (view.state, view.note) == ("closed", "车间门口没有告知牌。")


def test_what_is_open_is_listed_and_each_line_jumps_to_its_question(ctx, jobs, qtbot, press):
    visit = started_visit(ctx)
    form = filling.open_form(ctx, visit).form
    for question in form.questions[:-2]:
        filling.save_answer(ctx, visit, question.id, Answer(AnswerValue.NOT_INSPECTED, reason="当日停产"))
    screen = shown(ctx, jobs, qtbot)
    screen.show_page(Page.LEAVING)
    page = screen.page(Page.LEAVING)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert "还有 2 项" in page.fault
    press(screen, Qt.Key.Key_Down)
    press(screen, Qt.Key.Key_Return)
    assert screen.front is Page.FILLING
    assert f"第 {len(form.questions)} 项" in screen.card.head.place.text()


def test_what_an_answer_still_lacks_is_said_in_the_list_of_what_is_open(ctx, jobs, qtbot):
    visit = started_visit(ctx)
    question = filling.open_form(ctx, visit).form.questions[0].id
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_INSPECTED))
    screen = shown(ctx, jobs, qtbot)
    screen.show_page(Page.LEAVING)
    leaving = screen.page(Page.LEAVING)
    assert "未检查的原因" in leaving.gaps.model().index(0, 1).data()
    leaving.gaps.setFocus()
    qtbot.keyClick(leaving.gaps, Qt.Key.Key_Return)
    assert (screen.front, screen.card.head.place.text().split()[3]) == (Page.FILLING, "1")


def test_a_finding_is_settled_where_it_stands_and_a_day_that_is_past_is_refused_there(ctx, jobs, qtbot, press):
    visit = started_visit(ctx)
    question = filling.open_form(ctx, visit).form.questions[0].id
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="未见任命文件。"))
    screen = shown(ctx, jobs, qtbot)
    screen.show_page(Page.LEAVING)
    row = screen.page(Page.LEAVING).rows[0]
    row.day.setFocus()
    row.day.setText("2026-03-01")
    press(screen, Qt.Key.Key_Tab)
    assert "晚于 2026-03-02" in row.day_field.error
    assert not drafts.draft_findings(ctx, visit)[0].settled
    row.day.setText("2026-04-01")
    row.day.editingFinished.emit()
    settled = drafts.draft_findings(ctx, visit)[0]
    assert (settled.settled, settled.due_on, row.day_field.error) == (True, "2026-04-01", "")
    for day, word in (("2026-05-01", "星期五，不是工作日"), ("2099-01-05", "星期一，假日未定")):
        row.day.setText(day)
        assert word in [label.text() for label in row.findChildren(QLabel) if label.isVisibleTo(row)]


def test_the_list_is_filtered_searched_and_opens_each_visit_at_its_next_step(ctx, jobs, qtbot, press, commit_text):
    started = started_visit(ctx)
    pair = tuple(person.id for person in people.list_people(ctx))
    for name in ("新塘皮具厂", "石桥铸造厂"):
        planning.plan(
            ctx, planning.NewVisit(establishment=add_firm(ctx, name), inspectors=pair, task=Task("daily", "plan"))
        )
    screen = shown(ctx, jobs, qtbot)
    press(screen, Qt.Key.Key_L, ALT)
    jobs.wait()
    assert len(listed(screen)) == 3
    screen.list.chips.choose("planned")
    jobs.wait()
    assert set(listed(screen)) == {"新塘皮具厂", "石桥铸造厂"}
    press(screen, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(screen.focusWidget(), "sqz")
    jobs.wait()
    assert listed(screen) == ["石桥铸造厂"]
    press(screen, Qt.Key.Key_Return)
    press(screen, Qt.Key.Key_Down)
    press(screen, Qt.Key.Key_Return)
    assert screen.front is Page.APPROVAL
    press(screen, Qt.Key.Key_Escape)
    assert screen.front is Page.LIST
    screen.list.chips.choose("closed")
    jobs.wait()
    screen.list.focus_list()
    press(screen, Qt.Key.Key_Space)
    jobs.wait()
    assert len(listed(screen)) == 3
    screen.open(started)
    assert screen.front is Page.FILLING


def test_everything_answered_waits_for_its_signature(ctx, jobs, qtbot):
    visit = started_visit(ctx)
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产")
    screen = shown(ctx, jobs, qtbot)
    assert screen.front is Page.LEAVING
    screen.show_visits()
    screen.list.chips.choose("to_sign")
    jobs.wait()
    assert listed(screen) == ["青溪竹器厂"]


def test_where_a_visit_is_under_way_the_list_is_made_when_it_is_turned_to(ctx, jobs, qtbot):
    started_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    assert not screen.findChildren(ListPage)
    screen.show_visits()
    jobs.wait()
    assert listed(screen) == ["青溪竹器厂"]


def test_where_nothing_is_planned_the_list_says_so_and_its_button_plans(screen, jobs, press):
    jobs.wait()
    assert screen.list.is_empty
    press(screen, Qt.Key.Key_Space)
    assert screen.front is Page.PLAN


def test_a_visit_is_cancelled_and_what_was_set_down_on_arrival_corrected_by_keys(ctx, jobs, qtbot, press):
    screen, visit = arriving(ctx, jobs, qtbot)
    for letter in (Qt.Key.Key_Q, Qt.Key.Key_E, Qt.Key.Key_T, Qt.Key.Key_Y, Qt.Key.Key_H):
        press(screen, letter, ALT)
    press(screen, Qt.Key.Key_B, ALT)
    press(screen, Qt.Key.Key_3, CTRL)
    assert screen.front is Page.ARRIVAL
    press(screen, Qt.Key.Key_R, ALT)
    press(screen, Qt.Key.Key_B, ALT)
    assert screen.front is Page.FILLING
    assert views.visit_view(ctx, visit).start.arrival.notice_given == "事先送达"
    other = planning.plan(
        ctx,
        planning.NewVisit(
            establishment=add_firm(ctx, "白石陶瓷厂"),
            inspectors=views.visit_view(ctx, visit).team,
            task=Task("daily", "plan", "2026-03-02"),
        ),
    )
    screen.open_visit(other)
    press(screen, Qt.Key.Key_1, CTRL)
    page = screen.page(Page.PLAN)
    press(screen, Qt.Key.Key_T, ALT)
    assert page.fields["cancel_reason"].error
    page.cancel_reason.setText("企业停产")
    press(screen, Qt.Key.Key_T, ALT)
    assert screen.front is Page.LIST
    assert views.visit_view(ctx, other).cancelled.reason == "企业停产"


def test_what_the_visits_of_the_year_lack_is_written_into_a_workbook_by_keys(
    ctx, jobs, qtbot, press, tmp_path, monkeypatch
):
    visit = started_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.show_visits()
    qtbot.waitUntil(lambda: not screen.list.is_empty)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "gaps.xlsx"), ""))
    with qtbot.waitSignal(screen.saved, timeout=10_000) as saved:
        press(screen, Qt.Key.Key_K, ALT)
    lacking = len(filling.open_form(ctx, visit).form.questions)
    assert f"检查 1 次，缺口 {lacking} 处" in saved.args[0]
    assert (tmp_path / "gaps.xlsx").exists()


def test_technical_persons_are_typed_row_by_row_and_shown_to_whoever_approves(ctx, jobs, qtbot, press, commit_text):
    visit = planned_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open_visit(visit)
    screen.show_page(Page.PLAN)
    plan = screen.page(Page.PLAN)
    plan.technicians.setFocus()
    for text in ("贺禾", "", "1"):
        if text:
            commit_text(screen.focusWidget(), text)
        press(screen, Qt.Key.Key_Return)
    press(screen, Qt.Key.Key_Return)  # in an empty row: done
    assert screen.focusWidget() is plan.partners
    press(screen, Qt.Key.Key_Return)
    press(screen, Qt.Key.Key_Return)
    assert "第 1 行 单位" in plan.fields["technicians"].error
    plan.technicians.setCurrentCell(0, 1)
    plan.technicians.setFocus()
    commit_text(screen.focusWidget(), "清源检测有限公司")
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.APPROVAL
    assert any("贺禾（清源检测有限公司，检测采样）" in label.text() for label in screen.findChildren(QLabel))
