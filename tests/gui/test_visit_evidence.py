"""The schedule of evidence: files put to a visit, a recording registered, marked, taken off, by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ohdesk.domain.evidence import EvidenceKind, Sensitive
from ohdesk.services.visit import evidence
from ohdesk.services.visit.photos import attach_photo
from ohdesk.ui.screens.visit.evidence_page import EvidencePage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.encrypted_zips import opened
from tests.gui.showing import in_front
from tests.visiting import picture, started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def page(ctx, jobs, qtbot, visit):
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.show_page("evidence")
    return screen.page_of(EvidencePage)


def press(qtbot, page, key):
    qtbot.keyClick(page.focusWidget(), key)
    QApplication.processEvents()


def test_a_file_and_a_recording_are_put_on_the_schedule_and_taken_off(page, ctx, visit, qtbot, tmp_path, monkeypatch):
    (tmp_path / "台账.csv").write_text("岗位", encoding="utf-8")
    (tmp_path / "1.mp4").write_bytes(b"film")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: ([str(tmp_path / "台账.csv")], ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: (str(tmp_path / "1.mp4"), ""))
    with qtbot.waitSignal(page.done, timeout=20_000):
        press(qtbot, page, Qt.Key.Key_Space)  # on the button that adds a file
    page.film.click()
    qtbot.keyClicks(page.focusWidget(), "07")
    press(qtbot, page, Qt.Key.Key_Tab)
    qtbot.keyClicks(page.focusWidget(), "25:7x")
    press(qtbot, page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.form.fields["length"].error), timeout=20_000)
    page.form.put("length", "25:07")
    with qtbot.waitSignal(page.done, timeout=20_000):
        press(qtbot, page, Qt.Key.Key_Return)
    listed = evidence.schedule(ctx, visit)
    assert [(each.kind, each.extent) for each in listed] == [
        (EvidenceKind.SHEET, ""),
        (EvidenceKind.RECORDING, "0:25:07"),
    ]
    assert page.current == listed[1]
    page.marked.setCurrentIndex(page.marked.findData(Sensitive.PRIVACY))
    page.marked.activated.emit(page.marked.currentIndex())
    assert evidence.schedule(ctx, visit)[1].sensitive is Sensitive.PRIVACY
    page.remove.click()
    page.question.confirmed.emit("")
    assert [each.kind for each in evidence.schedule(ctx, visit)] == [EvidenceKind.SHEET]


def test_originals_leave_after_it_is_said_for_whom_and_the_password_is_shown_once(page, ctx, visit, qtbot, tmp_path):
    attach_photo(ctx, visit, "", picture())
    page.reload()
    page.originals.click()
    form = page.taking.form
    assert form.fields["purpose"].isAncestorOf(QApplication.focusWidget())
    form.put("purpose", "hand_over")
    form.put("receiver", "青原县卫生健康局")
    press(qtbot, page, Qt.Key.Key_Tab)
    page.take_out(tmp_path / "out")  # without a reason
    qtbot.waitUntil(lambda: bool(form.fields["reason"].error), timeout=20_000)
    form.put("reason", "移〔2026〕001")
    with qtbot.waitSignal(page.saved, timeout=20_000) as told:
        page.take_out(tmp_path / "out")
    assert len(opened(told.args[1], page.taking.password.text())) == 3
    press(qtbot, page, Qt.Key.Key_Space)  # noted
    assert page.taking.password.text() == ""
    assert page.taking.isHidden()
