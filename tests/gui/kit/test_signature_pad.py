"""The pad to sign on: what pen, finger and mouse leave on it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ohdesk.domain.record import MOST_POINTS, PartyStatement, Signer, StrokeSet, Way
from ohdesk.services.record.signing import stroke_problems
from ohdesk.ui import theme
from ohdesk.ui.kit.signature_pad import SignaturePad

BY_MOUSE = 500


@pytest.fixture
def pad(qtbot):
    made = SignaturePad()
    qtbot.addWidget(made)
    made.resize(640, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


def draw(qtbot, pad, *places):
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[0]))
    for place in places[1:]:
        qtbot.mouseMove(pad, QPoint(*place))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[-1]))


def test_a_mouse_leaves_strokes_of_even_pressure(qtbot, pad):
    draw(qtbot, pad, (50, 50), (120, 90), (200, 60))
    with qtbot.waitSignal(pad.changed):
        draw(qtbot, pad, (300, 50), (320, 150))
    strokes = pad.strokes()
    assert [len(stroke) for stroke in strokes] == [3, 2]
    assert {pressure for stroke in strokes for _, _, pressure in stroke} == {BY_MOUSE}
    inch = pad.logicalDpiX()
    assert strokes[0][0][0] == int(50 / inch * 2540)


def test_a_click_is_a_dot(qtbot, pad):
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert [len(stroke) for stroke in pad.strokes()] == [1]


def test_what_the_pad_gives_is_what_a_record_takes(qtbot, pad):
    draw(qtbot, pad, (-20, 10), (700, 300), (100, 100))
    width, height = pad.extent()
    signed = StrokeSet(role=Signer.WITNESS, name="陈一", width=width, height=height, strokes=pad.strokes())
    party = PartyStatement(way=Way.ABSENT)
    assert stroke_problems(party, (signed,)) == ()


def test_a_pen_leaves_its_pressure(pad):
    pen = QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen, QInputDevice.Capability.All, 1, 1
    )

    def send(kind, place, pressure):
        at = QPointF(*place)
        tip = Qt.MouseButton.LeftButton
        event = QTabletEvent(kind, pen, at, at, pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, tip, tip)
        QApplication.sendEvent(pad, event)
        assert event.isAccepted()

    send(QEvent.Type.TabletPress, (50, 50), 0.2)
    send(QEvent.Type.TabletMove, (90, 80), 0.9)
    send(QEvent.Type.TabletRelease, (90, 80), 0.0)
    assert [pressure for _, _, pressure in pad.strokes()[0]] == [200, 900]


def test_a_finger_writes_and_a_second_one_does_not(pad):
    screen = QTest.createTouchDevice()
    touch = QTest.touchEvent(pad, screen)
    touch.press(0, QPoint(50, 50), pad)
    touch.commit()
    touch.move(0, QPoint(90, 80), pad).press(1, QPoint(400, 200), pad)
    touch.commit()
    touch.release(0, QPoint(90, 80), pad).release(1, QPoint(400, 200), pad)
    touch.commit()
    strokes = pad.strokes()
    assert [len(stroke) for stroke in strokes] == [2]
    assert pad.extent()[0] > max(x for x, _, _ in strokes[0])


def test_backspace_takes_the_last_stroke_back_and_clear_all_of_them(qtbot, pad):
    for left in (50, 150, 250):
        draw(qtbot, pad, (left, 50), (left + 40, 90))
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert len(pad.strokes()) == 2
    pad.clear()
    assert pad.is_empty
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert pad.is_empty


def test_a_smaller_pad_keeps_what_was_written_on_it(qtbot, pad):
    draw(qtbot, pad, (600, 50), (630, 230))
    written = pad.strokes()
    pad.resize(QSize(400, 160))
    QApplication.processEvents()
    assert pad.strokes() == written
    width, height = pad.extent()
    assert all(x <= width and y <= height for x, y, _ in written[0])


def test_ink_can_be_seen_on_the_paper(qtbot, pad):
    blank = pad.grab().toImage()
    draw(qtbot, pad, (100, 60), (160, 60), (220, 60))
    written = pad.grab().toImage()
    assert blank.pixelColor(5, 200).name() == theme.colours("light")["paper"].lower()
    assert written.pixelColor(160, 60).lightness() < blank.pixelColor(160, 60).lightness() - 100


def test_scribbling_for_ever_stays_within_what_a_record_takes(qtbot, pad):
    pad._strokes = [[(place % 900, place % 700, 500) for place in range(MOST_POINTS - 1)]]
    draw(qtbot, pad, (50, 50), (150, 90), (200, 60))
    assert sum(map(len, pad.strokes())) == MOST_POINTS
