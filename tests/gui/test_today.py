"""今日, driven as a user drives it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ohdesk.db.models import BackupPlace, KeyPurpose, OwnKey
from ohdesk.domain.visit import Task
from ohdesk.services.backup import automatic
from ohdesk.services.office import people
from ohdesk.services.office.renewal import take_over
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, photos, planning
from ohdesk.ui.screens.today.screen import TodayScreen
from tests.gui.showing import NARROW, WIDE, bring_forward, said
from tests.rectifying import begin, fill, found, on, team, visit_of
from tests.visiting import add_firm

MONDAY, ALT = "2026-03-02", Qt.KeyboardModifier.AltModifier


def planned(ctx, name, day=MONDAY):
    task = Task("daily", "plan", day)
    return planning.plan(ctx, planning.NewVisit(establishment=add_firm(ctx, name), inspectors=team(ctx), task=task))


@pytest.fixture
def show(jobs, qtbot):
    def shown(ctx, size=WIDE):
        screen = TodayScreen(ctx, jobs)
        qtbot.addWidget(screen)
        screen.resize(size)
        bring_forward(screen, qtbot)
        screen.arrive()
        if screen.day.isVisible():
            qtbot.waitUntil(lambda: screen.day.tiles["overdue"].number.text() != "…")
        return screen

    return shown


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)


def lines(listed):
    return [(each.accessibleName().split("，")[0], each.text()) for each in listed.buttons]


def primaries(screen):
    return [each for each in screen.findChildren(QPushButton) if each.property("primary") and each.isVisible()]


def test_every_visit_has_the_button_of_its_next_step(ctx, show):
    planned(ctx, "甲厂")
    conduct.approve_on_paper(ctx, planned(ctx, "乙厂"), "苏映", "2026-03-01", "2026-0001")
    running = visit_of(ctx, add_firm(ctx, "丙厂"), MONDAY)
    fill(ctx, visit_of(ctx, add_firm(ctx, "丁厂"), MONDAY))
    planned(ctx, "戊厂", "2026-03-05")
    screen = show(ctx)
    total = len(filling.open_form(ctx, running).form.questions)
    assert lines(screen.day.now) == [
        ("丙厂", f"继续 0/{total}"),
        ("丁厂", "去签名"),
        ("乙厂", "登记到场"),
        ("甲厂", "批准"),
    ]
    assert lines(screen.day.week) == [("戊厂", "批准")]


def test_arrows_and_enter_open_the_visit_or_its_record(ctx, show, qtbot):
    running = visit_of(ctx, add_firm(ctx, "丙厂"), MONDAY)
    fill(ctx, signing := visit_of(ctx, add_firm(ctx, "丁厂"), MONDAY))
    screen = show(ctx)
    screen.day.now.buttons[0].setFocus()
    for key, expected in ((None, ("visit", running)), (Qt.Key.Key_Down, ("record", signing))):
        if key:
            press(qtbot, screen, key)
        with qtbot.waitSignal(screen.wanted) as told:
            press(qtbot, screen, Qt.Key.Key_Return)
        assert tuple(told.args) == expected
    press(qtbot, screen, Qt.Key.Key_Home)
    assert screen.focusWidget() is screen.day.now.buttons[0]


def test_the_one_primary_button_is_the_next_thing_to_do(ctx, show, qtbot):
    screen = show(ctx)
    running = visit_of(ctx, add_firm(ctx), MONDAY)
    screen.reload()
    assert [each.text().strip() for each in primaries(screen)] == ["继续检查 青溪竹器厂(&G)"]
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_G, ALT)
    assert tuple(told.args) == ("visit", running)


def test_overdue_findings_come_first_among_what_needs_attention(ctx, show, qtbot):
    visit = found(ctx)
    screen = show(on(ctx, "2026-04-20"))
    assert lines(screen.day.attention)[0] == ("1 项整改已逾期", "安排复查")
    assert screen.day.tiles["overdue"].number.text() == "1"
    assert primaries(screen)[0].text().strip().startswith("安排复查 青溪竹器厂")
    with qtbot.waitSignal(screen.wanted) as told:
        qtbot.mouseClick(screen.day.attention.buttons[0], Qt.MouseButton.LeftButton)
    assert tuple(told.args) == ("finding", visit)


def test_of_overdue_firms_the_one_most_overdue_is_named_first(ctx, show):
    first, other = add_firm(ctx, "甲厂"), add_firm(ctx, "乙厂")
    for day, firm, breach in (("2026-03-02", first, "D01"), ("2026-03-03", other, "D01"), ("2026-03-04", first, "D02")):
        found(ctx, day, firm, breaches=(breach,))
    day = show(on(ctx, "2026-04-20")).day
    named = next(line for line in said(day.attention).splitlines() if "甲厂" in line)
    assert named.index("甲厂") < named.index("乙厂")


def test_behind_each_figure_is_its_list(ctx, show, qtbot):
    found(ctx)
    screen = show(on(ctx, "2026-04-13"))
    told = []
    screen.wanted.connect(lambda *place: told.append(place))
    screen.day.tiles["planned"].setFocus()
    for _ in range(5):
        press(qtbot, screen, Qt.Key.Key_Return)
        press(qtbot, screen, Qt.Key.Key_Right)
    assert told == [
        ("visit", ""),
        ("visit", ""),
        ("record", ""),
        ("finding", "overdue"),
        ("finding", "due"),
    ]
    assert screen.day.tiles["due"].number.text() == "1"


def test_what_is_unfinished_missing_or_ending_is_named(ctx, show):
    fill(ctx, visit_of(ctx, add_firm(ctx, "丁厂"), MONDAY))
    photos.announce_photo(ctx, visit_of(ctx, add_firm(ctx, "丙厂"), MONDAY), "")
    people.add_person(ctx, "王喆", "inspector", "T0003", "2026-04-01")
    planned(ctx, "甲厂", "2026-03-04")
    screen = show(on(ctx, "2026-03-03"))
    assert [title for title, _action in lines(screen.day.attention)] == [
        "1 次检查待批准",
        "1 份笔录待签名",
        "1 次检查没有填完",
        "1 张照片待补",
        "有账户的执法人员不足两名",
        "1 名执法人员的证件即将到期",
        "还没有加入县级",
    ]


def test_a_visit_planned_for_a_day_gone_by_says_so(ctx, show):
    planned(ctx, "甲厂", "2026-02-27")
    screen = show(ctx)
    assert "原定 星期五 02-27，已过 3 天" in said(screen.day.now)


def test_an_empty_workspace_shows_the_first_steps_in_order(ctx, show, qtbot):
    screen = show(ctx)
    assert screen.steps.isVisible()
    assert [each.text() for each in primaries(screen)] == ["导入名单(&I)"]
    assert screen.focusWidget() is screen.steps.next_button
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_I, ALT)
    assert tuple(told.args) == ("roll", "")
    add_firm(ctx)
    screen.reload()
    assert [each.text() for each in primaries(screen)] == ["登记人员(&P)"]
    team(ctx)
    screen.reload()
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_A, ALT)
    assert tuple(told.args) == ("settings", "accounts")


def test_joining_the_county_may_be_put_off(ctx, show, qtbot, monkeypatch):
    add_firm(ctx)
    team(ctx)
    monkeypatch.setattr("ohdesk.services.start.today.TEAM", 0)  # accounts take a second each to make
    screen = show(ctx)
    assert [each.text() for each in primaries(screen)] == ["加入县级(&J)"]
    skip = next(each for each in screen.findChildren(QPushButton) if each.text() == "以后再说(&L)")
    qtbot.mouseClick(skip, Qt.MouseButton.LeftButton)
    assert [each.text() for each in primaries(screen)] == ["去抽取(&D)"]
    assert screen.focusWidget() is screen.steps.next_button


def test_a_reload_keeps_the_place_one_stood_on(ctx, show, qtbot):
    for name in ("甲厂", "乙厂", "丙厂"):
        planned(ctx, name)
    screen = show(ctx)
    screen.day.now.buttons[1].setFocus()
    screen.reload()
    assert screen.focusWidget() is screen.day.now.buttons[1]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_full_day_fits_its_width(ctx, show, size):
    entries.add(ctx, {"name": "名称相当长的职业健康检查测试用化工制品制造有限责任公司"})
    for row in entries.list_rows(ctx):
        task = Task("daily", "plan", MONDAY)
        begin(ctx, planning.plan(ctx, planning.NewVisit(establishment=row.id, inspectors=team(ctx), task=task)))
    screen = show(ctx, size)
    area = screen.day.tiles["planned"].parentWidget()
    assert screen.size() == size
    assert area.width() <= screen.width()
    for button in screen.day.now.buttons + screen.day.attention.buttons:
        assert button.width() >= button.sizeHint().width()


def test_a_rate_is_rounded_as_at_the_county(ctx, show):
    found(ctx)
    for number in range(5):
        entries.add(ctx, {"name": f"第{number}厂"})
    assert "在业 6 家，覆盖率 16.6 %" in show(ctx).day.coverage_text.text()


def titles(listed):
    return [title for title, _ in lines(listed)]


def test_a_restored_workspace_says_what_comes_next(ctx, show):
    planned(ctx, "甲厂")
    with ctx.transaction() as session:
        session.get_one(OwnKey, KeyPurpose.DEVICE).certificate_der = b"certified"  # a county knows this laptop
        renewed = take_over(session, ctx.keys.database)
    screen = show(replace(ctx, office=replace(ctx.office, replica=renewed.replica)))
    assert f"本机接替了电脑 {renewed.before[:8]}" in titles(screen.day.attention)


def test_a_backup_that_failed_or_is_old_is_said(ctx, show):
    planned(ctx, "甲厂")
    automatic.run(ctx)
    later = ctx.now() + timedelta(days=8)
    assert "8 天没有备份" in titles(show(replace(ctx, now=lambda: later)).day.attention)
    with ctx.transaction() as session:
        session.merge(BackupPlace(folder="", problem="磁盘已满。"))
    assert "自动备份没有成功" in titles(show(ctx).day.attention)
