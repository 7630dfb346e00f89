"""Files dropped anywhere on the window, or chosen by keyboard, are verified and told in plain words."""

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from ohdesk.services.record import file_verdicts, finalizing, views
from ohdesk.ui.screens.record import verify_page
from tests.gui.signing_seat import Seat
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second

_COPY, _LEFT, _NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(on, *paths) -> bool:
    """Drop files on a widget; True when it takes them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    entered = QDragEnterEvent(QPoint(20, 20), _COPY, mime, _LEFT, _NONE)
    QApplication.sendEvent(on, entered)
    if entered.isAccepted():
        QApplication.sendEvent(on, QDropEvent(QPointF(20, 20), _COPY, mime, _LEFT, _NONE))
    return entered.isAccepted()


def test_files_dropped_anywhere_are_told_in_plain_words(jobs, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(file_verdicts, "SECONDS", 60.0)  # this machine may be busy
    world = record_world.filled(tmp_path / "town")
    with world.opened() as ctx:
        at = Seat(ctx, jobs, qtbot)
        qtbot.addWidget(at.desk)
        at.prepare(world.visit)
        assert drop(at.desk, tmp_path)  # in the middle of signing, to which one comes back
        at.settle()
        page = at.desk.screen_of("record").checks
        assert "这是一个文件夹" in page.verdicts[0].refused
        page.go_back()
        assert at.flow.page is at.flow.prepare
        assert at.flow.isVisible()
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        good = views.export(views.open_record(ctx, world.visit).papers[0], tmp_path)
        bad = tmp_path / "改过.pdf"
        bad.write_bytes(good.read_bytes() + b"\n")
        at.desk.show_screen("roll")
        assert drop(at.desk, good, bad)
        qtbot.waitUntil(lambda: len(page.verdicts) == 3, timeout=60_000)
        at.settle()
        assert at.desk.current == "record"
        failing, unchecked, *_rest = page.told
        assert failing == "不成立（1 项）"
        assert page.told[failing][0].startswith("文件以签名结束，签名之后没有增减 不成立")
        assert unchecked.startswith("没有查（7 项）：签名未全部核实")
        page.list.view.selectRow(1)
        at.settle()
        assert list(page.told)[-1].startswith("成立（")
        assert "可以核对的都成立" in page.state.text()
        monkeypatch.setattr(verify_page, "choose_files", lambda *_asked: (good,))
        at.press(page.choose)
        qtbot.waitUntil(lambda: len(page.verdicts) == 4, timeout=60_000)
        at.desk.in_kiosk = True
        assert not drop(at.desk, good)
        jobs.wait()
