"""Pictures of a signed paper are put in order by keys alone, until it is whole and handed on."""

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from ohdesk.domain.scan import Expected
from ohdesk.services.changes import Change
from ohdesk.ui.kit.scan_page import ScanPage
from tests.gui.showing import bring_forward
from tests.scanned import DIGITS, PAPER, jpeg, paper, printed

NAME = "现场笔录（2026—001）"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot, jobs):
    made = ScanPage(None, jobs)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    bring_forward(made, qtbot)
    return made


def drop(page, qtbot, *files):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none))
    qtbot.waitUntil(lambda: not page.jobs.is_busy, timeout=15_000)


def words(page):
    return [page.list.item(place).text().split("\n") for place in range(page.list.count())]


def test_pictures_dropped_on_the_page_are_put_in_order_by_keys_until_the_paper_is_whole(page, qtbot, tmp_path):
    first = printed(paper(2), 1, 150)
    files = {
        "a.jpg": first,
        "b.jpg": first.rotate(180),
        "c.jpg": Image.new("RGB", (300, 420), "white"),
    }
    for name, picture in files.items():
        (tmp_path / name).write_bytes(jpeg(picture))
    (tmp_path / "letter.pdf").write_bytes(b"Dear inspector")
    received = []
    page.ask([Expected(PAPER, NAME, 2, DIGITS)], {}, lambda scanned: received.extend(scanned) or Change.VISITS)
    drop(page, qtbot, *(tmp_path / name for name in (*files, "letter.pdf")))
    assert "letter.pdf" in page.fault
    assert words(page) == [["✗ 第 1 页重复", "a.jpg"], ["✗ 第 1 页重复", "b.jpg"], ["？ 读不出二维码", "c.jpg"]]
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_2)  # the focus is on the picture without a mark
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return, CTRL)
    assert "a.jpg、b.jpg" in page.fault
    assert not received
    page.list.setCurrentRow(1)
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Delete)
    assert words(page) == [["第 1 页", "a.jpg"], ["第 2 页", "c.jpg"]]
    with qtbot.waitSignal(page.advanced, timeout=15_000):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return, CTRL)
    (scanned,) = received
    assert [scan.place for scan in scanned.scans] == ["a.jpg", "c.jpg"]
    assert set(scanned.originals) == {tmp_path / "a.jpg", tmp_path / "c.jpg"}
