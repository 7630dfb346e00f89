"""问题整改, driven as a user drives it."""

import shutil

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ohdesk.db import accepting
from ohdesk.db.models import OperationRow, Record
from ohdesk.domain.people import Role
from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import Standing
from ohdesk.services.finding import drafts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import verdicts
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.visit import views
from ohdesk.ui.kit.row_delegate import KindRole
from ohdesk.ui.screens.finding.screen import FindingsScreen
from tests.conftest import PASSWORD, noon, numbered, town_workspace
from tests.gui.showing import NARROW, WIDE, as_only, in_front, refused, said
from tests.rectifying import BREACH, begin, fill, finalize, found, on, team, visit_of
from tests.rectifying import listed as all_findings
from tests.visiting import add_firm

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
STATE = 5  # column


@pytest.fixture
def show(jobs, qtbot):
    def shown(ctx, size=WIDE):
        screen = in_front(FindingsScreen(ctx, jobs), qtbot, size)
        read(screen, qtbot)
        return screen

    return shown


@pytest.fixture(scope="module")
def two_findings(tmp_path_factory):
    folder = town_workspace(tmp_path_factory.mktemp("finding") / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        found(ctx)
        found(ctx, "2026-03-09", add_firm(ctx, "岚石五金厂"))
    return folder


@pytest.fixture
def late(two_findings, tmp_path):
    """Two firms' findings, one overdue on that day; the workspace on that day."""
    folder = shutil.copytree(two_findings, tmp_path / "late")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        yield on(ctx, "2026-04-15")


def read(screen, qtbot):
    qtbot.waitUntil(lambda: not screen.is_reading and not screen.jobs.is_busy)  # the list, then the one selected


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)


def ask(screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_P, ALT)
    qtbot.waitUntil(screen.form.isVisible)


def listed(screen, column=1):
    model = screen.list.view.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def primaries(screen):
    buttons = (each for each in screen.findChildren(QPushButton) if each.property("primary"))
    return [each.text().strip() for each in buttons if each.isVisible() and each.isEnabled()]


def test_the_next_deadline_stands_first_and_says_how_late_it_is(late, show):
    screen = show(late)
    assert listed(screen) == ["青溪竹器厂", "岚石五金厂"]
    assert listed(screen, STATE) == ["逾期 1 天", "期限内"]
    assert screen.list.view.model().index(0, STATE).data(KindRole) == "bad"


def test_chips_filter_and_count(late, show, qtbot):
    screen = show(late)
    chips = {each.text(): each for each in screen.list.chips.findChildren(QPushButton)}
    assert list(chips) == ["全部 2", "逾期 1", "本周到期 0", "待复查 2", "已安排复查 0", "已完成 0"]
    qtbot.mouseClick(chips["逾期 1"], Qt.MouseButton.LeftButton)
    read(screen, qtbot)
    assert listed(screen) == ["青溪竹器厂"]


def test_a_search_without_a_find_offers_to_show_all(late, show, qtbot, commit_text):
    screen = show(late)
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    commit_text(screen.focusWidget(), "岚石")
    read(screen, qtbot)
    assert listed(screen) == ["岚石五金厂"]
    screen.list.search.clear()
    commit_text(screen.list.search, "无此厂")
    read(screen, qtbot)
    assert listed(screen) == []
    button = next(each for each in screen.findChildren(QPushButton) if each.text() == "看全部(&A)")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    read(screen, qtbot)
    assert len(listed(screen)) == 2


def test_the_whole_finding_stands_beside_the_list(late, show):
    screen = show(late)
    text = said(screen.pane)
    parts = ("青溪竹器厂", numbered(late, 1), f"{BREACH} 处未见", "职业病防治法", "2026-04-14", "待县级核定")
    parts += ("周沄、吴翙",)
    assert [part for part in parts if part not in text] == []


def test_a_re_check_is_arranged_by_keyboard(late, show, qtbot):
    screen = show(late)
    ask(screen, qtbot)
    form = screen.form
    assert screen.focusWidget() is form.fields["day"].editor
    assert form.value("day") == "2026-04-15"
    assert form.inspectors == team(late)
    press(qtbot, screen, Qt.Key.Key_Down)  # a day earlier: gone by
    press(qtbot, screen, Qt.Key.Key_Return)
    assert "今天或以后" in said(form)
    press(qtbot, screen, Qt.Key.Key_Up)
    press(qtbot, screen, Qt.Key.Key_Up)
    with qtbot.waitSignal(screen.done) as told:
        press(qtbot, screen, Qt.Key.Key_Return)
    assert "2026-04-16" in told.args[0]
    read(screen, qtbot)
    row = all_findings(late)[0]
    assert (row.state, row.re_inspection_on) == (Standing.PLANNED, "2026-04-16")
    assert "第 1 项" in views.visit_view(late, row.re_inspection).task.reason
    assert listed(screen, STATE)[0] == "已安排复查"
    assert screen.focusWidget() is screen.list.view
    with qtbot.waitSignal(screen.wanted) as opened:
        press(qtbot, screen, Qt.Key.Key_V, ALT)
    assert tuple(opened.args) == ("visit", row.re_inspection)


def test_the_form_says_what_kind_of_day_was_chosen(late, show, qtbot):
    screen = show(late)
    ask(screen, qtbot)
    for day, word in (
        ("2026-04-30", "星期四"),
        ("2026-05-01", "星期五，不是工作日"),
        ("2026-05-09", "星期六，调休上班"),
        ("2099-01-05", "星期一，假日未定"),
    ):
        screen.form.fields["day"].editor.set_day(day)
        assert word in said(screen.form).splitlines()


def test_a_deadline_in_a_year_without_holidays_on_file_says_so_in_list_and_pane(ctx, show):
    visit = visit_of(ctx, add_firm(ctx), "2026-03-02")
    fill(ctx, visit)
    drafts.set_disposal(ctx, visit, BREACH, "rectify", "2099-01-05")
    screen = show(ctx)
    assert listed(screen, 0) == ["2099-01-05（假日未定）"]
    assert "责令限期改正，至 2099-01-05（假日未定）" in said(screen.pane)


def test_people_that_may_not_go_are_named_in_the_form(late, show, qtbot):
    screen = show(late)
    ask(screen, qtbot)
    screen.form.fields["second"].editor.setFocus()
    press(qtbot, screen, Qt.Key.Key_Home)
    qtbot.mouseClick(screen.form.submit, Qt.MouseButton.LeftButton)
    assert "至少两名" in said(screen.form)
    assert screen.form.isVisible()


def test_escape_gives_up_the_re_check(late, show, qtbot):
    screen = show(late)
    ask(screen, qtbot)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert not screen.form.isVisible()
    assert screen.focusWidget() is screen.list.view
    assert all_findings(late)[0].re_inspection == ""


def test_what_was_typed_comes_back_after_the_program_was_locked(late, show, qtbot):
    first = show(late)
    ask(first, qtbot)
    press(qtbot, first, Qt.Key.Key_Up)
    draft = first.draft()
    again = show(late)
    again.take_draft(draft)
    assert again.form.isVisible()
    assert again.form.value("day") == "2026-04-16"
    assert again.form.inspectors == team(late)


def test_a_finding_put_right_says_by_which_record(ctx, show, qtbot):
    visit = found(ctx)
    later = on(ctx, "2026-04-14")
    again = visit_of(ctx, all_findings(ctx)[0].establishment, "2026-04-14")
    fill(later, again, breaches=(), met=(BREACH,))
    finalize(later, again)
    screen = show(on(ctx, "2026-05-04"))
    screen.open("finished")
    read(screen, qtbot)
    assert listed(screen, STATE) == ["复查合格"]
    assert f"复查合格，笔录 {numbered(ctx, 2)}" in said(screen.pane)
    assert primaries(screen) == []  # nothing is left to arrange
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_R, ALT)
    assert tuple(told.args) == ("record", visit)


def test_a_visit_still_open_is_listed_as_not_final(ctx, show, qtbot):
    visit = visit_of(ctx, add_firm(ctx), "2026-03-02")
    fill(ctx, visit)
    screen = show(ctx)
    assert listed(screen, STATE) == ["未定稿"]
    assert primaries(screen) == []


def test_another_screen_may_ask_for_a_visit_or_a_filter(late, show, qtbot):
    screen = show(late)
    second = all_findings(late)[1]
    screen.open("overdue")
    read(screen, qtbot)
    assert listed(screen) == ["青溪竹器厂"]
    screen.open(second.visit)
    read(screen, qtbot)
    assert screen.list.current.id == second.id


def test_below_1280_pixels_the_finding_is_a_drawer(late, show, qtbot):
    screen = show(late, NARROW)
    assert not screen.pane.isVisible()
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.pane.isVisible()
    assert screen.pane.geometry().right() == screen.list.rect().right()
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert not screen.pane.isVisible()
    assert screen.focusWidget() is screen.list.view


def test_the_list_shown_is_exported(late, show, qtbot, tmp_path):
    screen = show(late)
    screen.open("overdue")
    read(screen, qtbot)
    with qtbot.waitSignal(screen.saved):
        screen.export(tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert [row[2].value for row in sheet.iter_rows(min_row=2)] == ["青溪竹器厂"]


def test_an_empty_list_explains_itself(ctx, show, qtbot):
    screen = show(ctx)
    assert "还没有发现问题" in said(screen)
    assert primaries(screen) == ["去检查(&V)"]
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_Space)
    assert tuple(told.args) == ("visit", "")


def test_a_county_sees_the_towns_and_arranges_nothing(ctx, county_ctx, show):
    found(ctx)
    with ctx.reading() as session:
        rows = session.query(OperationRow).order_by(OperationRow.seq).all()
        operations = [row.body for row in rows]
    receive(county_ctx, operations)
    screen = show(on(county_ctx, "2026-04-15"))
    assert listed(screen, 1) == ["000000001"]
    assert listed(screen, STATE + 1) == ["逾期 1 天"]
    assert primaries(screen) == ["打开笔录(&R)"]


def test_a_county_sees_at_the_finding_what_is_known_of_its_record(ctx, county_ctx, show, qtbot):
    found(ctx)
    with ctx.reading() as session:
        operations = [row.body for row in session.query(OperationRow).order_by(OperationRow.seq).all()]
    receive(county_ctx, operations)
    screen = show(on(county_ctx, "2026-04-15"))
    assert "笔录待验" in said(screen)
    assert not [each for each in screen.list.chips.findChildren(QPushButton) if "核对不通过" in each.text()]
    with county_ctx.transaction() as session:
        record = session.query(Record).one()
        verdicts.note(county_ctx, session, SignedPdf(record.visit, record.pdf_sha256), Verification.BAD, "页面不同")
    screen = show(on(county_ctx, "2026-04-15"))
    assert listed(screen, STATE + 1) == ["核对不通过"]
    screen.open("bad")
    read(screen, qtbot)
    assert screen.list.chips.current == "bad"
    assert listed(screen, STATE + 1) == ["核对不通过"]
    screen.open("overdue")
    read(screen, qtbot)
    assert listed(screen, STATE + 1) == []


def receive(ctx, operations):
    with ctx.transaction() as session:
        for body in operations:
            accepting.accept(session, body)


def test_the_re_check_in_progress_is_reached_from_the_finding(late, show, qtbot):
    screen = show(late)
    ask(screen, qtbot)
    with qtbot.waitSignal(screen.done):
        press(qtbot, screen, Qt.Key.Key_Return)
    read(screen, qtbot)
    visit = begin(late, screen.list.current.re_inspection)
    screen.reload()
    read(screen, qtbot)
    screen.open(visit)
    assert screen.list.current.re_inspection == visit


def test_whoever_may_not_plan_visits_is_told_so_at_the_button(late, show):
    screen = show(as_only(Role.ADMINISTRATOR, late))
    assert refused(*screen.findChildren(QPushButton)) == ["安排复查(&P)"]
