"""The photos of a visit: a folder taken in, put to its items by digits, captioned, ordered, enlarged, taken away."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services import blobs
from ohdesk.services.visit import photo_order
from ohdesk.services.visit.filling import save_answer
from ohdesk.services.visit.photos import attach_photo
from ohdesk.ui.screens.visit.photos_page import PhotosPage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.showing import in_front
from tests.visiting import picture, started_visit

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def visit(ctx):
    made = started_visit(ctx)
    for question in ("A01", "F03"):
        save_answer(ctx, made, question, Answer(AnswerValue.MET))
    return made


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "phone"
    place.mkdir()
    for number, colour in enumerate(("red", "teal", "navy")):
        (place / f"{number}.jpg").write_bytes(picture(colour, shot_at=f"2026:03:02 12:00:0{number}"))
    (place / "3.mp4").write_bytes(b"no picture")
    return place


@pytest.fixture
def screen(ctx, jobs, qtbot, visit):
    return in_front(VisitsScreen(ctx, jobs), qtbot)


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget(), key, modifier)
    QApplication.processEvents()


def lines(ctx, visit):
    return [each.line for each in photo_order.view(ctx, visit).photos]


def test_a_folder_is_taken_in_and_put_in_order_by_keys_alone(screen, ctx, visit, folder, jobs, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: str(folder))
    press(qtbot, screen, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    page = screen.page_of(PhotosPage)
    with qtbot.waitSignal(screen.failed, timeout=20_000) as failed:
        press(qtbot, screen, Qt.Key.Key_Space)  # on the button that takes a folder in
    assert [problem.place for problem in failed.args[0].problems] == ["3.mp4"]
    assert page.focusWidget() is page.list
    # Shot in the second of arrival or later, when nothing has moved on: the first is within, the others behind.
    assert [bool(each.offers) for each in photo_order.view(ctx, visit).photos] == [True, False, False]
    press(qtbot, screen, Qt.Key.Key_1)
    assert lines(ctx, visit)[0].question == "A01"
    press(qtbot, screen, Qt.Key.Key_Home)
    page.caption.setFocus()
    qtbot.keyClicks(page.caption, "fan")
    press(qtbot, screen, Qt.Key.Key_Return)
    qtbot.keyClicks(page.place, "hall")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert (lines(ctx, visit)[0].caption, lines(ctx, visit)[0].place) == ("fan", "hall")
    assert page.focusWidget() is page.caption
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Return)  # the place of the one before
    assert [line.place for line in lines(ctx, visit)] == ["hall", "hall", ""]
    page.list.setFocus()
    press(qtbot, screen, Qt.Key.Key_Home)
    press(qtbot, screen, Qt.Key.Key_Right, CONTROL)
    assert [line.caption for line in lines(ctx, visit)] == ["", "fan", ""]
    assert page.current.line.caption == "fan"
    press(qtbot, screen, Qt.Key.Key_Return)
    assert not page.list.isVisible()
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert page.list.isVisible()
    page.list.setFocus()
    press(qtbot, screen, Qt.Key.Key_Delete)
    assert [line.caption for line in lines(ctx, visit)] == ["", ""]
    press(qtbot, screen, Qt.Key.Key_Z, CONTROL)
    assert [line.caption for line in lines(ctx, visit)] == ["", "fan", ""]
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert screen.front == "filling"


def test_the_telephones_clock_is_put_right_by_the_photo_selected(screen, ctx, visit, folder, jobs, qtbot):
    (folder / "3.mp4").unlink()
    screen.show_page("photos")
    page = screen.page_of(PhotosPage)
    with qtbot.waitSignal(screen.done, timeout=20_000):
        page.take_folder(folder)
    page.correct.click()
    qtbot.keyClicks(page.shown, "soon")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert page.fields["shown"].error
    page.shown.clear()
    qtbot.keyClicks(page.shown, "11:59:58")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert [line.taken_at[-3:-1] for line in lines(ctx, visit)] == ["58", "59", "00"]
    assert page.focusWidget() is page.list


def test_a_photo_whose_file_is_gone_is_named_where_it_stands(screen, ctx, visit, folder, jobs, qtbot):
    screen.show_page("photos")
    page = screen.page_of(PhotosPage)
    with qtbot.waitSignal(screen.failed, timeout=20_000):
        page.take_folder(folder)
    blobs.forget(ctx, lines(ctx, visit)[0].sha256)
    again = in_front(VisitsScreen(ctx, jobs), qtbot)
    again.show_page("photos")
    shown = again.page_of(PhotosPage).list
    qtbot.waitUntil(lambda: "丢失" in shown.item(0).text(), timeout=20_000)
    assert "丢失" not in shown.item(1).text()


def test_a_face_is_covered_by_keys_and_by_the_mouse_and_the_rest_is_said_to_have_none(screen, ctx, visit, qtbot):
    for colour in ("red", "teal"):
        attach_photo(ctx, visit, "A01", picture(colour, (600, 400)))
    screen.show_page("photos")
    page = screen.page_of(PhotosPage)
    page.cover.click()
    qtbot.waitUntil(lambda: page.masking.isVisible(), timeout=20_000)
    editor = page.masking.editor
    for key, modifier in ((Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Down, SHIFT)):
        qtbot.keyClick(editor, key, modifier)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Return)  # twice the same covers nothing more
    middle = editor.rect().center()
    qtbot.mousePress(editor, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(editor, middle + QPoint(60, 40))
    qtbot.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 40))
    qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=middle)  # a click is no face
    drawn = editor.masks()
    assert len(drawn) == 2
    with qtbot.waitSignal(page.done, timeout=20_000):
        press(qtbot, screen, Qt.Key.Key_Return, CONTROL)
    assert [(each.masked, photo.masks) for photo in photo_order.view(ctx, visit).photos for each in (photo.line,)] == [
        (2, drawn),
        (0, ()),
    ]
    assert page.masking.isHidden()
    assert page.clear.isVisible()
    page.clear.click()
    page.confirm.confirmed.emit("")
    assert photo_order.view(ctx, visit).uncleared == 0
    assert not page.clear.isVisible()
