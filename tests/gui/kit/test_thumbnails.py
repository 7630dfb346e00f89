"""Many pictures small, worked by keys."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from ohdesk.ui.kit.thumbnails import Thumbnail, Thumbnails


def test_a_key_held_down_is_for_one_picture_and_not_for_those_behind_it(qtbot):
    shown = Thumbnails("照片")
    qtbot.addWidget(shown)
    shown.show_those([Thumbnail(str(number), "", "") for number in range(3)])
    told = []
    shown.digit.connect(told.append)
    shown.removed.connect(lambda: told.append("removed"))
    for key, text in ((Qt.Key.Key_1, "1"), (Qt.Key.Key_Delete, "")):
        for repeats in (False, True, True):
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, repeats)
            QCoreApplication.sendEvent(shown, event)
    assert told == [1, "removed"]
