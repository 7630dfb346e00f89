"""Closing, locking and coming back: nothing is lost, nothing reaches a screen that is gone."""

import pytest
from PySide6.QtCore import QSize, Qt, QThread
from PySide6.QtWidgets import QApplication, QFileDialog

from ohdesk.forms.answers import AnswerValue
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import filling
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Job
from ohdesk.ui.window import SMALLEST, Window
from tests.conftest import PASSWORD, noon, town_workspace
from tests.gui.showing import new_window
from tests.visiting import picture, started_visit

CTRL, ALT, PAD = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.KeypadModifier,
)


@pytest.fixture
def folder(tmp_path):
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        started_visit(ctx)
    return folder


@pytest.fixture
def window(qtbot, folder):
    return unlocked(qtbot, folder)


def unlocked(qtbot, folder):
    window = new_window(folder, qtbot)
    qtbot.waitUntil(lambda: window.unlock.open_card.account.count() > 0)
    password = window.unlock.open_card.password
    qtbot.keyClicks(password, PASSWORD)
    qtbot.keyClick(password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    return window


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window.focusWidget(), key, modifier)


def inspection(window):
    return window.desk.screen_of("visit")


def test_closed_and_opened_again_it_stands_at_the_same_question(qtbot, folder, window):
    press(qtbot, window, Qt.Key.Key_4, ALT)
    for _ in range(2):
        press(qtbot, window, Qt.Key.Key_1)
    press(qtbot, window, Qt.Key.Key_2)
    qtbot.keyClicks(window.focusWidget(), " 3 dB")
    window.close()
    again = unlocked(qtbot, folder)
    screen = inspection(again)
    assert screen.isVisible()
    assert "第 3 项" in screen.card.head.place.text()
    assert screen.card.text.toPlainText().endswith(" 3 dB")
    answers = filling.open_form(again.desk._ctx, screen.visit).answers
    assert [view.answer.value for view in answers.values()] == [AnswerValue.MET, AnswerValue.MET, AnswerValue.NOT_MET]


def test_another_workspace_opens_at_the_first_screen(qtbot, tmp_path, window):
    press(qtbot, window, Qt.Key.Key_4, ALT)
    window.close()
    other = unlocked(qtbot, town_workspace(tmp_path / "other"))
    assert other.desk.current == "today"


def test_the_numeric_pad_alone_fills_and_turns_pages(qtbot, window, tmp_path, monkeypatch):
    (tmp_path / "photo.jpg").write_bytes(picture())
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: ([str(tmp_path / "photo.jpg")], ""))
    press(qtbot, window, Qt.Key.Key_4, ALT)
    screen = inspection(window)
    press(qtbot, window, Qt.Key.Key_Plus, PAD)
    assert "第 2 项" in screen.card.head.place.text()
    press(qtbot, window, Qt.Key.Key_Minus, PAD)
    assert "第 1 项" in screen.card.head.place.text()
    press(qtbot, window, Qt.Key.Key_Enter, PAD)
    press(qtbot, window, Qt.Key.Key_PageDown)
    assert "第 3 项" in screen.card.head.place.text()
    press(qtbot, window, Qt.Key.Key_PageUp)
    assert "第 2 项" in screen.card.head.place.text()
    press(qtbot, window, Qt.Key.Key_Slash, PAD)
    assert window.focusWidget() is screen.card.text
    press(qtbot, window, Qt.Key.Key_Escape)
    with qtbot.waitSignal(screen.done, timeout=10_000):
        press(qtbot, window, Qt.Key.Key_Asterisk, PAD)


def test_in_the_text_the_keys_of_the_pad_are_text(qtbot, window):
    press(qtbot, window, Qt.Key.Key_4, ALT)
    press(qtbot, window, Qt.Key.Key_4)
    qtbot.keyClicks(window.focusWidget(), "1+2-3*4/5")
    assert inspection(window).card.text.toPlainText() == "1+2-3*4/5"
    assert "第 1 项" in inspection(window).card.head.place.text()


@pytest.mark.parametrize("leave", ["close", "lock"])
def test_what_a_job_has_to_say_is_said_before_the_workspace_is_closed(qtbot, window, leave):
    heard = []
    ctx = window.desk._ctx
    session = window._session
    session.callback(lambda: heard.append("workspace closed"))
    job = Job(lambda: QThread.msleep(100))
    job.succeeded.connect(lambda _nothing: heard.append(QThread.currentThread() is QApplication.instance().thread()))
    window.jobs.start(job)
    getattr(window, leave)()
    assert heard == [True, "workspace closed"]
    with open_workspace(ctx.folder, "李旸", PASSWORD, noon):
        pass


def test_photos_still_on_their_way_are_no_trouble_when_the_program_is_locked(qtbot, window, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(picture())
    press(qtbot, window, Qt.Key.Key_4, ALT)
    inspection(window).filling.photos.attach([tmp_path / "photo.jpg"])
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    QApplication.processEvents()
    assert window.desk is None


def test_the_size_of_the_window_is_remembered(qtbot, folder, window):
    window.resize(QSize(1111, 666))
    window.close()
    again = Window(folder, noon)
    qtbot.addWidget(again)
    assert again.size() == QSize(1111, 666)


def test_a_window_closed_while_it_filled_the_screen_does_so_again_and_keeps_its_other_size(qtbot, folder, window):
    window.resize(QSize(1111, 666))
    window.showMaximized()
    window.close()
    again = Window(folder, noon)
    qtbot.addWidget(again)
    again.show()
    assert again.isMaximized()
    again.showNormal()
    assert again.size() == QSize(1111, 666)


def test_a_window_larger_than_the_screen_it_opens_on_is_made_to_fit(qtbot, folder, window):
    window.resize(QSize(5000, 4000))
    window.close()
    again = Window(folder, noon)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.screen().availableGeometry().contains(again.frameGeometry()))


def test_the_smallest_window_fits_a_laptop_at_half_as_large_again():
    room = QSize(1366, 768) / 1.5 - QSize(0, 48)  # less a title and a task bar
    assert room.expandedTo(SMALLEST) == room


def test_what_was_typed_just_before_the_type_was_made_larger_stays(qtbot, window, folder):
    press(qtbot, window, Qt.Key.Key_4, ALT)
    press(qtbot, window, Qt.Key.Key_4)
    qtbot.keyClicks(window.focusWidget(), "3 dB")
    press(qtbot, window, Qt.Key.Key_Plus, CTRL)
    assert inspection(window).card.text.toPlainText() == "3 dB"
    press(qtbot, window, Qt.Key.Key_0, CTRL)


@pytest.mark.parametrize("name", ["finding", "record"])
def test_a_form_that_was_never_asked_goes_with_its_screen(qtbot, window, name):
    gone = []
    window.desk.screen_of(name).findChild(Form).destroyed.connect(lambda: gone.append(name))
    window.lock()
    qtbot.waitUntil(lambda: gone == [name])


def test_a_workspace_that_cannot_be_left_in_order_is_locked_all_the_same(window, monkeypatch):
    def refuse(_engine):
        raise OSError("gone")

    monkeypatch.setattr("sqlalchemy.engine.Engine.dispose", refuse)
    with pytest.raises(OSError, match="gone") as told:
        window.lock()
    assert window.unlock.isVisible()
    window.show_error(told.value)
    assert window.unlock.open_card.notice.text
