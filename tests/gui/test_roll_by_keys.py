"""A long roll, one employer in full, and the preview of a list: by keys and pointer."""

from contextlib import suppress

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.exceptions import TimeoutError as QtTimeoutError

from ohdesk.db.prepared import quick_read
from ohdesk.demo.workbook import make_workbook
from ohdesk.search import folded, spellings
from ohdesk.services.roll import entries, importing, undo
from ohdesk.services.visit import views
from ohdesk.ui.screens.roll.screen import RollScreen
from tests.gui.hands import CTRL, Hands
from tests.gui.showing import in_front
from tests.visiting import planned_visit

WIDE, NARROW = QSize(1198, 649), QSize(1037, 508)


def shown(ctx, jobs, qtbot, size=WIDE):
    return in_front(RollScreen(ctx, jobs), qtbot, size)


def turn_to(hands, letter, is_shown):
    """Press Alt and a letter; once more where the end of a job took the focus from the button held down."""
    for _ in range(2):
        hands.alt(letter)
        with suppress(QtTimeoutError):
            hands.qtbot.waitUntil(is_shown, timeout=10_000)
            return
    assert is_shown()


@pytest.fixture
def screen(ctx, jobs, qtbot):
    return shown(ctx, jobs, qtbot)


@pytest.fixture
def long_roll(ctx, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=300, town="石桥镇")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    return entries.all_rows(ctx)


def listed(screen):
    model = screen.roll.list.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_letters_typed_into_a_long_roll_go_on_in_the_search(ctx, jobs, qtbot, long_roll):
    screen = shown(ctx, jobs, qtbot)
    qtbot.waitUntil(lambda: screen.roll.list.table.total == len(long_roll), timeout=10_000)
    screen.roll.list.focus_list()
    letters = next(spellings(folded(long_roll[-1].name)))[:2]
    for letter in letters:
        qtbot.keyClick(screen.focusWidget(), letter)
    qtbot.waitUntil(lambda: screen.roll.list.search.text() == letters, timeout=10_000)
    assert long_roll[-1].name in listed(screen)


def test_a_long_roll_shows_its_first_page_at_once_and_all_of_it_by_scrolling(ctx, jobs, qtbot, long_roll):
    screen = shown(ctx, jobs, qtbot)
    assert listed(screen) == [row.name for row in long_roll[: entries.PAGE]]
    qtbot.waitUntil(lambda: screen.roll.list.table.total == len(long_roll), timeout=10_000)
    assert screen.roll.list.count.text() == f"共 {len(long_roll)} 家"
    hands = Hands(qtbot, screen)
    for _ in range(3):
        hands.press(Qt.Key.Key_End)
    assert listed(screen) == [row.name for row in long_roll]


def test_what_scrolling_kept_is_given_back_once_the_list_rests(ctx, jobs, qtbot, long_roll):
    def room():
        with quick_read(ctx.engine) as cursor:
            return cursor.execute("PRAGMA cache_size").fetchone()[0]

    usual = room()
    screen = in_front(RollScreen(ctx, jobs), qtbot)
    qtbot.waitUntil(lambda: screen.roll.list.table.total == len(long_roll), timeout=10_000)
    bar = screen.roll.list.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: room() < usual)  # KiB, as a negative number
    qtbot.waitUntil(lambda: room() == usual, timeout=10_000)


def test_a_search_in_a_long_roll_says_how_many_of_how_many(ctx, jobs, qtbot, long_roll):
    screen = shown(ctx, jobs, qtbot)
    hands = Hands(qtbot, screen)
    hands.press(Qt.Key.Key_F, CTRL)
    hands.enter("家具")
    found = [row for row in long_roll if "家具" in row.name]
    qtbot.waitUntil(lambda: f"筛出 {len(found)} 家" in screen.roll.list.count.text(), timeout=10_000)
    assert f"共 {len(long_roll)} 家" in screen.roll.list.count.text()


def test_an_employer_far_down_the_list_is_found_and_shown(ctx, jobs, qtbot, long_roll):
    screen = shown(ctx, jobs, qtbot)
    screen.open(long_roll[-1].id)
    qtbot.waitUntil(lambda: screen.roll.list.current.id == long_roll[-1].id, timeout=10_000)
    qtbot.waitUntil(lambda: screen.roll.pane._name.text() == long_roll[-1].name)


def test_what_is_gone_cannot_be_shown_and_is_said(screen, qtbot):
    with qtbot.waitSignal(screen.failed) as failed:
        screen.open("no such id")
    assert "找不到" in failed.args[0].message


def test_a_visit_is_planned_from_the_employer(ctx, jobs, qtbot):
    employer = entries.add(ctx, {"name": "安吉竹器厂"})
    hands = Hands(qtbot, screen := shown(ctx, jobs, qtbot, NARROW))
    hands.press(Qt.Key.Key_Return)
    with qtbot.waitSignal(screen.wanted) as wanted:
        hands.alt("V")
    assert wanted.args == ["visit", f"new:{employer}"]


def test_a_county_plans_no_visits(county_ctx, jobs, qtbot):
    entries.add(county_ctx, {"name": "安吉竹器厂", "town": "000000001"})
    screen = shown(county_ctx, jobs, qtbot)
    Hands(qtbot, screen).press(Qt.Key.Key_Return)
    assert screen.roll.pane.correct.isVisible()
    assert not screen.roll.pane.visit.isVisible()


def test_the_visits_of_an_employer_stand_beside_it_and_open(ctx, jobs, qtbot):
    visit = planned_visit(ctx)
    screen = shown(ctx, jobs, qtbot)
    screen.open(views.list_visits(ctx)[0].establishment)
    qtbot.waitUntil(lambda: "visits" in screen.roll.pane.tabs.keys)
    hands = Hands(qtbot, screen)
    while screen.roll.pane.tabs.current != "visits":
        hands.press(Qt.Key.Key_PageDown, CTRL)
    lines = screen.roll.pane.findChild(QListWidget)
    assert lines.item(0).text() == "2026-03-02　待批准"
    screen.roll.list.focus_list()
    hands.tab_to(lines)
    with qtbot.waitSignal(screen.wanted) as wanted:
        hands.press(Qt.Key.Key_Return)
    assert wanted.args == ["visit", visit]


def test_what_is_typed_into_the_form_survives_a_lock(ctx, jobs, qtbot):
    employer = entries.add(ctx, {"name": "安吉竹器厂", "phone": "000-1"})
    before = shown(ctx, jobs, qtbot)
    assert before.draft() is None
    before.correct(employer)
    assert before.draft() is None
    hands = Hands(qtbot, before)
    hands.fill("联系电话", "000-2")
    hands.fill("理由", "现场核实")
    after = shown(ctx, jobs, qtbot)
    after.take_draft(before.draft())
    with qtbot.waitSignal(after.done):
        Hands(qtbot, after).alt("S")
    assert entries.detail(ctx, employer).fields["phone"] == "000-2"


def test_the_preview_lists_what_is_refused_doubtful_and_repeated(screen, hands, qtbot, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    screen.preview.read_list(path)
    qtbot.waitUntil(lambda: screen.preview.isVisible(), timeout=30_000)
    assert screen._header._title.text() == "导入名单"
    assert screen.preview.list_of("refused").isVisible()
    turn_to(hands, "D", screen.preview.list_of("doubtful").isVisible)
    model = screen.preview.list_of("doubtful").view.model()
    assert "信用代码" in {model.index(row, 3).data()[-4:] for row in range(model.rowCount())}
    turn_to(hands, "T", screen.preview.notes.isVisible)
    hands.press(Qt.Key.Key_Escape)
    assert screen.roll.isVisible()
    assert screen.roll.list.is_empty


def test_a_cancelled_import_changes_nothing_and_can_be_done_again(screen, ctx, jobs, qtbot, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    screen.preview.read_list(path)
    qtbot.waitUntil(lambda: screen.preview.isVisible(), timeout=30_000)
    jobs.started.connect(lambda job: job.cancel())
    Hands(qtbot, screen).alt("I")
    jobs.wait()
    QApplication.processEvents()
    assert entries.count_rows(ctx) == 0
    assert undo.imports(ctx) == []
    assert screen.preview.isVisible()
    assert screen.preview.submit.isEnabled()


def test_a_form_begun_while_a_list_is_read_is_asked_about_before_the_preview(screen, hands, qtbot, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    screen.preview.read_list(path)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.enter("青溪化工厂")
    qtbot.waitUntil(lambda: hands.can_see("放弃填写的内容？"), timeout=30_000)
    assert screen.employer.form.value("name") == "青溪化工厂"
    hands.alt("Y")
    qtbot.waitUntil(lambda: screen.preview.isVisible())


def test_a_form_begun_while_a_list_is_imported_stays(screen, hands, qtbot, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    screen.preview.read_list(path)
    qtbot.waitUntil(lambda: screen.preview.isVisible(), timeout=30_000)
    with qtbot.waitSignal(screen.done, timeout=30_000):
        hands.alt("I")
        hands.press(Qt.Key.Key_N, CTRL)
        hands.enter("青溪化工厂")
    assert screen.employer.form.isVisible()
    assert screen.draft().typed["name"] == "青溪化工厂"


@pytest.mark.parametrize("heading", [-1, 1])
def test_reading_again_keeps_what_is_selected_far_down(ctx, jobs, qtbot, long_roll, heading):
    screen = shown(ctx, jobs, qtbot)
    qtbot.waitUntil(lambda: screen.roll.list.table.total == len(long_roll), timeout=10_000)
    if heading >= 0:
        screen.roll.list.view.horizontalHeader().sectionClicked.emit(heading)
        jobs.wait()
        QApplication.processEvents()
    Hands(qtbot, screen).press(Qt.Key.Key_End)
    last = screen.roll.list.current.id
    screen.reload()
    jobs.wait()
    qtbot.waitUntil(lambda: screen.roll.list.table.total == len(long_roll) and screen.roll.list.current.id == last)
