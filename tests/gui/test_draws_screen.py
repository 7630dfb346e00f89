"""The double-random draw, held as an office holds it: from the list to the visits, by keys alone."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPushButton

from ohdesk.domain.draw.checks import recompute
from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.services.draw import holding, planning, views
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.roll import entries
from ohdesk.services.visit import views as visit_views
from ohdesk.ui.desk import Desk
from ohdesk.ui.screens.draw.screen import DrawsScreen
from ohdesk.ui.screens.draw.steps import Step
from tests.conftest import PASSWORD, noon, signing, town_workspace
from tests.gui.showing import bring_forward

WIDE = QSize(1198, 705)
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SCREEN_SEED = "20260302040506070809"
MINUTES = SeedMinutes(source="十面骰十枚", thrown_by="司马、欧阳", witnesses=("上官", "诸葛"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A town with a roll and inspectors, made once and copied for every test."""
    folder = town_workspace(tmp_path_factory.mktemp("drawing") / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        for number in range(30):
            risk = "丙" if number % 3 == 0 else "甲"
            fields = {"name": f"琥珀{number}厂", "risk_class": risk, "address": "石桥镇工业路", "phone": "000-555"}
            entries.add(ctx, fields, "首次录入")
        for name, number in (("闻人甲", "Z-001"), ("闻人乙", "Z-002"), ("闻人丙", "Z-003")):
            people.add_person(ctx, name, "inspector", number, "2027-12-31", leads=True)
    return folder


@pytest.fixture
def town(prepared, tmp_path):
    with open_workspace(shutil.copytree(prepared, tmp_path / "drawing"), "李旸", PASSWORD, noon) as ctx:
        yield signing(ctx)


@pytest.fixture
def screen(town, jobs, qtbot):
    return shown(town, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    screen = DrawsScreen(ctx, jobs)
    screen.changed.connect(lambda change: screen.reload() if screen.reloads_on & change else None)
    qtbot.addWidget(screen)
    screen.resize(WIDE)
    bring_forward(screen, qtbot)
    settle(screen)
    screen.arrive()
    return screen


def settle(screen):
    for _ in range(4):
        screen.jobs.wait()
        QApplication.processEvents()


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)
    qtbot.waitUntil(lambda: not any(each.isDown() for each in screen.findChildren(QPushButton)))  # a letter's click
    settle(screen)


def typed(qtbot, screen, text):
    qtbot.keyClicks(screen.focusWidget(), text)
    QApplication.processEvents()


def to_seed(qtbot, screen):
    """From the list to the seed with five keys."""
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_F, ALT)
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert screen.wizard.step == Step.SEED


def type_seed(qtbot, screen, commit_text, first=SCREEN_SEED, second=SCREEN_SEED):
    typed(qtbot, screen, first)
    press(qtbot, screen, Qt.Key.Key_Return)
    typed(qtbot, screen, second)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Return)
    commit_text(screen.focusWidget(), "上官、诸葛")
    press(qtbot, screen, Qt.Key.Key_Return)


def held(ctx, draw=None, **changes):
    """Hold a draw by services; return its id."""
    frozen = holding.freeze(ctx, draw or structs.replace(planning.usual_plan(ctx), **changes))
    holding.set_seed(ctx, frozen, SCREEN_SEED, SCREEN_SEED, MINUTES)
    holding.compute(ctx, frozen)
    return frozen


def shown_result(screen):
    table = screen.wizard.result.result.table
    return [[table.index(row, column).data() for column in range(4)] for row in range(table.rowCount())]


def test_a_draw_is_held_from_the_list_to_the_visits_by_keys_alone(screen, town, qtbot, commit_text):
    to_seed(qtbot, screen)
    type_seed(qtbot, screen, commit_text)
    assert screen.wizard.step == Step.DRAW
    press(qtbot, screen, Qt.Key.Key_C, ALT)
    assert len(shown_result(screen)) == 3
    press(qtbot, screen, Qt.Key.Key_M, ALT)
    assert screen.wizard.step == Step.PUBLISH
    with qtbot.waitSignal(screen.wanted) as wanted:
        press(qtbot, screen, Qt.Key.Key_A, ALT)
    assert wanted.args == ["visit", ""]
    (row,) = views.list_draws(town)
    assert {visit.establishment for visit in visit_views.list_visits(town)} == {
        firm.establishment for firm in views.draw_detail(town, row.id).firms
    }


def test_the_result_on_screen_is_what_the_sheet_and_the_seed_give_to_anybody(screen, town, qtbot, commit_text):
    to_seed(qtbot, screen)
    type_seed(qtbot, screen, commit_text)
    press(qtbot, screen, Qt.Key.Key_C, ALT)
    detail = views.draw_detail(town, screen.wizard.draw_id)
    result = recompute(detail.sheet.canonical(), SCREEN_SEED)
    names = {firm.id: firm.name for firm in detail.firms}
    people_of = {seat.number: seat.name for firm in detail.firms for seat in firm.seats}
    assert shown_result(screen) == [
        [str(place), firm.ticket[:8], names[firm.id], "　".join(people_of[number] for number in firm.seats)]
        for place, firm in enumerate(result.drawn, 1)
    ]
    assert screen.wizard.result.verdict.text().startswith("✓")


def test_a_second_typing_that_differs_is_refused_and_the_digit_named(screen, town, qtbot, commit_text):
    to_seed(qtbot, screen)
    type_seed(qtbot, screen, commit_text, second=SCREEN_SEED[:-1] + "7")
    seed = screen.wizard.seed
    assert "第 20 位第一遍是 9，第二遍是 7" in seed.match.text()
    assert screen.focusWidget() is seed.lines["second"]
    assert views.list_draws(town)[0].state == "committed"
    seed.lines["second"].clear()
    typed(qtbot, screen, SCREEN_SEED)
    assert seed.match.text().startswith("✓")


@pytest.mark.parametrize(("typed_first", "said"), [("123456789", "现为 9 位"), ("1" * 65, "现为 65 位")])
def test_a_seed_too_short_or_too_long_is_refused_in_its_field(screen, qtbot, commit_text, typed_first, said):
    to_seed(qtbot, screen)
    type_seed(qtbot, screen, commit_text, typed_first, typed_first)
    errors = [label.text() for label in screen.wizard.seed.findChildren(type(screen.wizard.seed.match), "fieldError")]
    assert any(said in text for text in errors)
    assert screen.focusWidget() is screen.wizard.seed.lines["first"]


def test_a_draw_goes_on_where_it_stopped_after_the_program_was_opened_again(screen, town, jobs, qtbot, commit_text):
    to_seed(qtbot, screen)
    commit = screen.wizard.seed.fingerprint.text()
    again = shown(town, jobs, qtbot)
    press(qtbot, again, Qt.Key.Key_Return)
    assert (again.wizard.step, again.wizard.seed.fingerprint.text()) == (Step.SEED, commit)
    type_seed(qtbot, again, commit_text)
    third = shown(town, jobs, qtbot)
    press(qtbot, third, Qt.Key.Key_Return)
    assert third.wizard.step == Step.DRAW
    press(qtbot, third, Qt.Key.Key_C, ALT)
    first = shown_result(third)
    last = shown(town, jobs, qtbot)
    press(qtbot, last, Qt.Key.Key_Return)
    assert last.wizard.step == Step.PUBLISH
    last.wizard.show_step(Step.DRAW)
    assert shown_result(last) == first
    assert last.wizard.result.draw.isHidden()


def test_a_plan_half_made_is_there_again_after_a_crash(screen, town, jobs, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    typed(qtbot, screen, "7")
    screen.leave()
    again = shown(town, jobs, qtbot)
    press(qtbot, again, Qt.Key.Key_N, CTRL)
    assert again.wizard.scope.total.value() == 7


def test_declining_freezes_nothing(screen, town, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_F, ALT)
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.wizard.step == Step.CHECK
    assert views.list_draws(town) == []


def ask_freeze(qtbot, screen):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_F, ALT)


def test_who_keeps_the_nonce_too_is_chosen_at_the_freeze(town, jobs, qtbot):
    for name in ("吴翙", "周沄"):
        accounts.add(town, name, "quiet-lantern-42", {Role.SUPERVISOR})
    screen = shown(town, jobs, qtbot)
    ask_freeze(qtbot, screen)
    press(qtbot, screen, Qt.Key.Key_U, ALT)
    press(qtbot, screen, Qt.Key.Key_Down)
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert views.frozen_view(town, screen.wizard.draw_id).keepers == ("李旸", "周沄")


def test_without_another_account_nobody_is_asked_who_keeps_the_nonce_too(screen, town, qtbot):
    ask_freeze(qtbot, screen)
    assert not screen.wizard.check.second.isVisible()
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert views.frozen_view(town, screen.wizard.draw_id).keepers == ("李旸",)


def test_a_firm_left_out_by_hand_stands_among_the_excluded_with_its_reason(screen, town, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    check = screen.wizard.check
    name = check.lists["in"].view.current().name
    press(qtbot, screen, Qt.Key.Key_E, ALT)
    press(qtbot, screen, Qt.Key.Key_Return)
    assert [firm.name for firm in check.preview.left_out] == [name]
    press(qtbot, screen, Qt.Key.Key_T, ALT)
    press(qtbot, screen, Qt.Key.Key_G, ALT)
    assert check.preview.left_out == ()


def test_an_inspector_barred_from_a_firm_never_gets_it(screen, town, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    screen.wizard.scope.total.setValue(30)
    press(qtbot, screen, Qt.Key.Key_Return)
    firm = screen.wizard.check.lists["in"].view.current()
    press(qtbot, screen, Qt.Key.Key_B, ALT)
    barred = screen.wizard.check.form.value("who")
    press(qtbot, screen, Qt.Key.Key_W, ALT)
    press(qtbot, screen, Qt.Key.Key_F, ALT)
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    type_seed(qtbot, screen, commit_text)
    press(qtbot, screen, Qt.Key.Key_C, ALT)
    drawn = views.draw_detail(town, screen.wizard.draw_id).firms
    (team,) = [each.seats for each in drawn if each.establishment == firm.establishment]
    assert barred not in {seat.person for seat in team}


def test_a_share_typed_for_a_stratum_decides_how_many_it_gives(screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    scope = screen.wizard.scope
    for choice, data in ((scope.by, "risk_class"), (scope.way, False)):
        choice.setFocus()
        while choice.currentData() != data:
            qtbot.keyClick(choice, Qt.Key.Key_Down)
        choice.activated.emit(choice.currentIndex())
        settle(screen)
    scope.table.setFocus()
    scope.table.setCurrentIndex(scope.table.model().index(0, 2))
    qtbot.keyClick(scope.table, Qt.Key.Key_F2)
    editor = scope.table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "50%")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    settle(screen)
    screen.wizard.show_step(Step.CHECK)
    settle(screen)
    assert screen.wizard.check.preview.quotas == {"甲": (10, 20), "丙": (1, 10)}


def test_a_plan_without_number_is_refused_beside_its_field(screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    screen.wizard.scope.texts["plan"].setFocus()
    press(qtbot, screen, Qt.Key.Key_A, CTRL)
    press(qtbot, screen, Qt.Key.Key_Delete)
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.wizard.step == Step.SCOPE
    assert screen.focusWidget() is screen.wizard.scope.texts["plan"]


def test_a_plan_whose_draw_has_no_result_yet_is_not_begun_twice(screen, town, qtbot):
    holding.freeze(town, structs.replace(planning.usual_plan(town), plan="2026-A"))
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    number = screen.wizard.scope.texts["plan"]
    number.setFocus()
    number.selectAll()
    typed(qtbot, screen, "2026-A")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert (screen.wizard.step, number.property("invalid")) == (Step.SCOPE, True)


def test_without_inspectors_the_list_says_so_and_leads_to_their_registration(ctx, jobs, qtbot):
    entries.add(ctx, {"name": "琥珀厂"}, "首次录入")
    screen = shown(signing(ctx), jobs, qtbot)
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    check = screen.wizard.check
    assert "至少 2 人持有效执法证" in check._trouble.text()
    assert not check.freeze.isEnabled()
    with qtbot.waitSignal(screen.wanted) as wanted:
        press(qtbot, screen, Qt.Key.Key_P, ALT)
    assert wanted.args == ["settings", "people"]


def test_where_no_inspector_can_be_drawn_nobody_can_be_barred(ctx, jobs, qtbot):
    entries.add(ctx, {"name": "琥珀厂"}, "首次录入")
    people.add_person(ctx, "闻人甲", "inspector", "Z-001", "2025-12-31", leads=True)
    screen = shown(signing(ctx), jobs, qtbot)
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_B, ALT)
    assert (screen.wizard.step, screen.wizard.check.form.isHidden()) == (Step.CHECK, True)


def test_a_draw_is_void_only_with_a_reason_and_stays_in_the_list(screen, town, qtbot, commit_text):
    draw = held(town)
    screen.open(draw)
    settle(screen)
    press(qtbot, screen, Qt.Key.Key_V, ALT)
    press(qtbot, screen, Qt.Key.Key_D, ALT)
    assert views.list_draws(town)[0].state == "computed"
    commit_text(screen.focusWidget(), "名单有误")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert [(row.state, row.void_reason) for row in views.list_draws(town)] == [("void", "名单有误")]
    assert screen.wizard.void.isHidden()
    assert screen.wizard.publish.plan.isHidden()


def test_an_inspector_may_draw_and_void_but_not_publish(town, jobs, qtbot):
    inspector = replace(town, actor=replace(town.actor, roles=frozenset({"inspector"})))
    draw = held(inspector)
    screen = shown(inspector, jobs, qtbot)
    screen.open(draw)
    settle(screen)
    assert screen.wizard.void.isEnabled()
    assert not screen.wizard.publish.package.isEnabled()
    nobody = replace(town, actor=replace(town.actor, roles=frozenset()))
    with pytest.raises(UserError, match="权限"):
        holding.freeze(nobody, planning.usual_plan(town))
    assert not shown(nobody, jobs, qtbot).list.new.isEnabled()


def test_without_a_signing_key_of_ones_own_one_neither_begins_a_draw_nor_voids_one(town, jobs, qtbot):
    draw, keyless = held(town), replace(town, sign=None)
    screen = shown(keyless, jobs, qtbot)
    assert not screen.list.new.isEnabled()
    assert "签名密钥" in screen.list.new.toolTip()
    screen.open(draw)
    settle(screen)
    assert not screen.wizard.void.isEnabled()


def test_a_reason_half_written_is_thrown_away_only_after_a_question(screen, town, qtbot, commit_text):
    screen.open(held(town))
    settle(screen)
    press(qtbot, screen, Qt.Key.Key_V, ALT)
    commit_text(screen.focusWidget(), "名单有")
    press(qtbot, screen, Qt.Key.Key_Escape)
    press(qtbot, screen, Qt.Key.Key_Escape)  # the question's answer that keeps everything
    form = screen.wizard.question
    assert (form.isVisible(), form.value("reason")) == (True, "名单有")
    press(qtbot, screen, Qt.Key.Key_Escape)
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert form.isHidden()
    assert views.list_draws(town)[0].state == "computed"


def test_the_visits_a_plan_takes_follow_the_size_of_its_teams(screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    screen.wizard.scope.counts["team"].setValue(3)
    assert [each for each in screen.wizard.scope.findChildren(QLabel) if "抽 3 家、9 人次" in each.text()]


def test_a_plan_half_made_is_thrown_away_only_after_a_question(screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    typed(qtbot, screen, "7")
    scope = screen.wizard.scope
    press(qtbot, screen, Qt.Key.Key_U, ALT)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert (screen.wizard.step, scope.total.value()) == (Step.SCOPE, 7)
    press(qtbot, screen, Qt.Key.Key_U, ALT)
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert scope.total.value() != 7


def test_a_note_half_written_about_a_firm_is_thrown_away_only_after_a_question(screen, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_E, ALT)
    form = screen.wizard.check.form
    form.fields["note"].editor.setFocus()
    commit_text(screen.focusWidget(), "已搬")
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert (form.isVisible(), form.value("note")) == (True, "已搬")
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    assert form.isHidden()
    assert screen.wizard.step == Step.CHECK


@pytest.mark.parametrize("field", ["inspected_since", "day"])
def test_a_day_typed_briefly_is_taken_with_enter_and_none_is_named_with_an_example(screen, qtbot, field):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    scope = screen.wizard.scope
    day = scope.days[field]
    day.setFocus()
    day.selectAll()
    typed(qtbot, screen, "2026-2-30")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.wizard.step == Step.SCOPE
    (said,) = [label.text() for label in scope.findChildren(QLabel, "fieldError") if label.isVisible()]
    assert "请写成" in said
    day.selectAll()
    typed(qtbot, screen, "2026-1-5")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.wizard.step == Step.CHECK
    assert day.text() == "2026-01-05"


def test_the_focus_goes_into_the_list_as_soon_as_it_is_read(town, jobs, qtbot):
    holding.freeze(town, planning.usual_plan(town))
    desk = Desk(town, jobs)
    qtbot.addWidget(desk)
    desk.show()
    desk.show_screen("draw")
    screen = desk.screen_of("draw")
    settle(screen)
    assert desk.focusWidget() is screen.list.list.view


def test_after_the_draw_the_focus_is_in_its_result(town, jobs, qtbot):
    draw = holding.freeze(town, planning.usual_plan(town))
    holding.set_seed(town, draw, SCREEN_SEED, SCREEN_SEED, MINUTES)
    desk = Desk(town, jobs)
    qtbot.addWidget(desk)
    bring_forward(desk, qtbot)
    desk.show_screen("draw", draw)
    screen = desk.screen_of("draw")
    settle(screen)
    press(qtbot, screen, Qt.Key.Key_C, ALT)
    assert desk.focusWidget() is screen.wizard.result.result.view


def test_a_draw_overdue_takes_no_seed_and_leads_to_being_void(town, jobs, qtbot):
    frozen = holding.freeze(town, planning.usual_plan(town))
    late = replace(town, now=lambda: town.now() + timedelta(days=15))
    screen = shown(late, jobs, qtbot)
    screen.open(frozen)
    settle(screen)
    assert screen.wizard.seed.write.isHidden()
    press(qtbot, screen, Qt.Key.Key_W, ALT)
    assert not screen.wizard.question.isHidden()


def test_the_room_sees_numbers_for_inspectors_and_nothing_private(screen, town, qtbot):
    banned = entries.add(town, {"name": "不可见厂", "tags": "不予公示"}, "首次录入")
    draw = held(town, total=31)
    screen.open(draw)
    settle(screen)
    screen.wizard.show_step(Step.DRAW)
    assert any("闻人" in row[3] for row in shown_result(screen))
    with qtbot.waitSignal(screen.kiosk_wanted) as kiosk:
        press(qtbot, screen, Qt.Key.Key_J, ALT)
    assert kiosk.args == [True]
    text = json.dumps(shown_result(screen), ensure_ascii=False)
    assert banned
    assert "Z-00" in text
    assert not [word for word in ("闻人", "不可见厂", "000-555", "工业路") if word in text]
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert any("闻人" in row[3] for row in shown_result(screen))


def test_the_publication_package_and_the_papers_are_written_where_one_says(screen, town, qtbot, tmp_path, monkeypatch):
    draw = held(town)
    screen.open(draw)
    settle(screen)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "usb"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "record.pdf"), ""))
    press(qtbot, screen, Qt.Key.Key_G, ALT)
    press(qtbot, screen, Qt.Key.Key_S, ALT)
    assert [path.name for path in (tmp_path / "usb").iterdir()] == ["公示_2026-SJ-001_1.zip"]
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF")
    assert views.list_draws(town)[0].published


def test_a_plan_file_of_the_county_fills_in_every_field(screen, qtbot, tmp_path, monkeypatch):
    plan = {
        "plan": "X-2026",
        "seed_source": "lottery",
        "strata": [{"code": "重点", "where": {"risk_class": ["丙", "丙类"]}, "num": 1, "den": 3, "min": 4}],
        "team": 3,
        "exclusions": [{"establishment": "琥珀0厂", "code": "special"}],
    }
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_R, ALT)
    scope = screen.wizard.scope
    assert (scope.texts["plan"].text(), scope.counts["team"].value(), scope.by.currentText()) == (
        "X-2026",
        3,
        "按方案文件",
    )
    scope.submit()
    settle(screen)
    preview = screen.wizard.check.preview
    assert preview.quotas == {"重点": (4, 9)}
    assert {firm.reason for firm in preview.left_out} == {"special", "out_of_scope"}


def test_a_plan_file_with_a_field_no_roll_has_is_shown_and_refused(screen, qtbot, tmp_path, monkeypatch):
    strata = [{"code": "红", "where": {"colour": ["红"]}, "min": 1}]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"plan": "X-1", "seed_source": "dice", "strata": strata}), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    press(qtbot, screen, Qt.Key.Key_R, ALT)
    press(qtbot, screen, Qt.Key.Key_M, ALT)
    assert (screen.wizard.step, screen.wizard.scope.plan.plan) == (Step.SCOPE, "X-1")
    assert "colour" in screen.wizard.scope.fault


def test_every_button_of_a_step_has_a_letter_of_its_own(screen, town, qtbot):
    draw = held(town)
    screen.open(draw)
    settle(screen)
    for step in (Step.SEED, Step.DRAW, Step.PUBLISH):
        screen.wizard.show_step(step)
        texts = [each.text() for each in screen.findChildren(QPushButton) if each.isVisible() and "(&" in each.text()]
        letters = [text.split("&")[1][0] for text in texts]
        assert len(set(letters)) == len(letters), texts
