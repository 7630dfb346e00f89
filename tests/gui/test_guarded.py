"""What must not go out, driven as a user drives it: photos and files of 涉密单位, and counts of a few persons."""

from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from ohdesk.services.register import entries as books
from ohdesk.services.roll import entries
from ohdesk.services.visit import photos
from ohdesk.ui.kit.saving import offer_saving
from ohdesk.ui.screens.registers.export_question import ExportQuestion
from ohdesk.ui.screens.registers.screen import RegistersScreen
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.showing import in_front
from tests.visiting import started_visit

EXAM = {"kind": "during", "year": "2026", "from": "2026-03-01", "due": "50", "done": "50", "suspected": "3"}


def test_photos_of_an_employer_that_handles_state_secrets_are_not_offered_and_say_why(ctx, jobs, qtbot):
    visit = started_visit(ctx)
    (firm,) = entries.list_rows(ctx)
    entries.correct(ctx, firm.id, {"state_secrets": "是"}, "保密部门通知")
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    grey = [each for each in screen.card.findChildren(QPushButton) if "涉密单位" in each.toolTip()]
    assert [each.isEnabled() for each in grey] == [False, False]
    with qtbot.waitSignal(screen.failed) as told:
        qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_F6)
    assert "涉密单位" in told.args[0].message
    assert photos.list_photos(ctx, visit) == ()


def test_a_paper_that_is_not_written_into_a_file_cannot_be_saved_and_says_why(qtbot):
    button = QPushButton("另存")
    qtbot.addWidget(button)
    for guarded in (True, False):
        offer_saving(button, guarded=guarded)
        assert (button.isEnabled(), "请直接打印" in button.toolTip()) == (not guarded, guarded)


def test_true_figures_of_a_few_persons_are_a_choice_made_anew_each_time(ctx, jobs, qtbot, tmp_path, monkeypatch):
    firm = entries.add(ctx, {"name": "青溪竹器厂"})
    books.add(ctx, "exams", EXAM | {"institution": firm}, firm)
    screen = in_front(RegistersScreen(ctx, jobs), qtbot)
    screen.open("exams")
    target = tmp_path / "out.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_named: (str(target), ""))
    for ticked, shown in ((True, 3), (False, "1–4")):
        screen.book.choose_export()
        (question,) = screen.book.findChildren(ExportQuestion)
        assert question.isVisible()
        assert not question.inside.isChecked()
        question.inside.setChecked(ticked)
        with qtbot.waitSignal(screen.saved, timeout=10_000):
            question.confirmed.emit("")
        heading, row = load_workbook(target).active.iter_rows(values_only=True)
        assert dict(zip(heading, row, strict=True))["疑似职业病"] == shown
        target.unlink()
