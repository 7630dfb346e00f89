"""The list of documents: found, looked at, printed, saved, corrected, completed with photos; each by who may."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ohdesk.domain.visit import StartData, Task
from ohdesk.services import blobs
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.paper import typing_in
from ohdesk.services.record import finalizing, photo_pages, views
from ohdesk.services.visit import conduct, planning
from ohdesk.ui import theme
from ohdesk.ui.desk import Desk
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.pdf_render import page_sizes
from tests.conftest import county_workspace, noon, numbered
from tests.gui.showing import refused
from tests.gui.signing_seat import card_of
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, SECOND, World, picture

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
FRAME = 2  # pixels by which a pressed button's frame is thicker; its text keeps its room


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    """A final record that awaits two photos, a filled visit, and a supervisor's account."""
    world = record_world.awaiting_photos(tmp_path_factory.mktemp("template") / "town")
    with open_workspace(world.folder, "李旸", "ohdesk-test", noon) as ctx:
        ids = tuple(row.id for row in people.list_people(ctx))
        establishment = finalizing.list_records(ctx)[0].establishment
        next_visit = planning.plan(
            ctx, planning.NewVisit(establishment=establishment, inspectors=ids, task=Task("daily", "plan"))
        )
        conduct.start(ctx, next_visit, StartData(mode="entrusted", gap_reason="测试"))
        record_world.fill(ctx, next_visit)
        accounts.add(ctx, "苏映", "supervisor-password", {"supervisor"})
    return world


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


class Seat:
    """Whoever sits before the list."""

    def __init__(self, ctx, jobs: Jobs, qtbot) -> None:
        self.ctx, self.jobs, self.qtbot = ctx, jobs, qtbot
        self.desk = Desk(ctx, jobs)
        qtbot.addWidget(self.desk)
        self.desk.resize(QSize(1366, 705))
        self.desk.show()
        self.desk.show_screen("record")
        self.settle()
        self.screen = self.desk.screen_of("record")
        self.list = self.screen.list
        self.pane = self.screen.pane

    def settle(self) -> None:
        for _ in range(5):
            self.jobs.wait()
            QTest.qWait(theme.layout("selection_rests_ms"))  # what is beside the list follows a moment later

    def press(self, button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Left)
        self.settle()

    def choose(self, part: str) -> None:
        self.list.chips.choose(part)
        self.settle()


@pytest.fixture
def seat(jobs, qtbot) -> Iterator[Callable[..., Seat]]:
    with ExitStack() as opened:

        def sit_down(world: World, account: str = FIRST, password: str = "") -> Seat:
            given = password or OWN[account]
            return Seat(opened.enter_context(open_workspace(world.folder, account, given, noon)), jobs, qtbot)

        yield sit_down
        jobs.wait()


def test_the_list_begins_with_what_waits_for_signatures_and_enter_goes_there(seat, world):
    at = seat(world)
    assert [button.text() for button in at.list.chips.findChildren(QPushButton)] == [
        "待签名 1",
        "已定稿 1",
        "照片待补 1",
    ]
    assert at.list.current is not None
    assert not at.list.current.is_final
    at.qtbot.keyClick(at.list.view, Key.Key_Return)
    at.settle()
    assert at.screen.flow.isVisible()
    at.qtbot.keyClick(at.screen.flow.prepare, Key.Key_Escape)
    at.settle()
    assert at.list.isVisible()


def test_a_final_record_is_shown_as_signed_and_its_fingerprint_is_compared(seat, world):
    at = seat(world)
    at.choose("final")
    paper = at.pane.paper
    assert sha256(paper.pdf).hexdigest() == finalizing.final_record(at.ctx, world.visit).pdf_sha256
    assert at.pane.check.text().startswith("✔ 与定稿时一致")
    assert at.pane.pdf.count == len(page_sizes(paper.pdf))


def test_a_pdf_that_was_damaged_on_the_disk_is_not_shown_as_good(seat, world):
    at = seat(world)
    blobs.forget(at.ctx, finalizing.final_record(at.ctx, world.visit).pdf_sha256)
    at.choose("final")
    assert at.pane.check.text().startswith("✗")
    assert "备份" in at.pane.check.text()
    assert not at.pane.print.isEnabled()
    assert not at.pane.save.isEnabled()


def test_search_finds_by_number_by_name_and_by_initials(seat, world, commit_text):
    at = seat(world)
    at.choose("final")
    at.qtbot.keyClicks(at.list.search, numbered(at.ctx, 1).replace("—", "-"))
    at.settle()
    assert len(at.list.shown) == 1
    at.list.search.clear()
    at.qtbot.keyClicks(at.list.search, "lswj")
    at.settle()
    assert len(at.list.shown) == 1
    at.list.search.clear()
    commit_text(at.list.search, "查无此厂")
    at.settle()
    assert len(at.list.shown) == 0
    at.press(next(each for each in at.list.findChildren(QPushButton) if each.isVisible() and "看全部" in each.text()))
    assert len(at.list.shown) == 1


def test_a_copy_is_the_very_same_file(seat, world, tmp_path, monkeypatch):
    at = seat(world)
    at.choose("final")
    target = tmp_path / "copy.pdf"
    monkeypatch.setattr("ohdesk.ui.screens.record.screen.choose_target", lambda *_given: target)
    at.press(at.pane.save)
    assert sha256(target.read_bytes()).hexdigest() == at.pane.paper.pdf_sha256


def test_a_copy_that_cannot_be_written_is_said(seat, world, tmp_path):
    at = seat(world)
    at.choose("final")
    failures = []
    at.screen.failed.connect(failures.append)
    at.screen.save_to(at.pane.paper, tmp_path / "missing" / "copy.pdf")
    at.settle()
    assert "copy.pdf" in failures[0].message


def test_every_page_goes_to_the_printer(seat, world, tmp_path):
    at = seat(world)
    at.choose("final")
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setResolution(72)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    said = []
    at.screen.done.connect(said.append)
    at.screen.printing._waiting = ((at.pane.paper.pdf,), "笔录")
    at.screen.printing.print_on(printer)
    at.settle()
    printed = page_sizes(Path(tmp_path / "printed.pdf").read_bytes())
    assert len(printed) == at.pane.pdf.count
    assert said == [f"已交给打印机：笔录，{len(printed)} 页"]


def test_the_system_asks_for_the_printer_and_refusing_prints_nothing(seat, world, monkeypatch):
    at = seat(world)
    at.choose("final")
    monkeypatch.setattr("PySide6.QtPrintSupport.QPrinterInfo.availablePrinterNames", lambda: ["一楼打印机"])
    said = []
    at.screen.done.connect(said.append)
    at.press(at.pane.print)
    dialog = QApplication.activeModalWidget()
    assert dialog is at.screen.printing._dialog
    dialog.reject()
    at.settle()
    assert at.screen.printing._dialog is None
    assert said == []


def test_without_a_printer_saving_is_offered_instead(seat, world, monkeypatch):
    at = seat(world)
    at.choose("final")
    monkeypatch.setattr("PySide6.QtPrintSupport.QPrinterInfo.availablePrinterNames", list)
    failures = []
    at.screen.failed.connect(failures.append)
    at.desk.activateWindow()
    at.qtbot.waitUntil(at.desk.isActiveWindow)  # shortcuts belong to the window in front
    at.qtbot.keyClick(at.screen, Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    assert "没有安装打印机" in failures[0].message
    assert "另存" in failures[0].remedy


def test_a_correction_asks_for_both_words_and_leaves_the_record_as_signed(seat, world, commit_text):
    at = seat(world)
    at.choose("final")
    before = at.pane.paper.pdf
    at.press(at.pane.amend)
    form = at.screen.amend_form
    at.press(form.submit)
    assert [form.fields[key].error for key in ("statement", "reason")] == ["请填写。", "请填写。"]
    commit_text(form.fields["statement"].editor, "检查地点应为二号厂房。")
    commit_text(form.fields["reason"].editor, "笔误")
    form.fields["reason"].editor.setFocus()
    at.qtbot.keyClick(form.fields["reason"].editor, Key.Key_Return)
    at.settle()
    assert any("检查地点应为二号厂房。" in label.text() for label in at.pane.findChildren(QLabel))
    assert at.pane.paper.pdf == before
    assert at.list.current.amendments == 1


def test_a_correction_half_written_is_thrown_away_only_after_a_question(seat, world, commit_text):
    at = seat(world)
    at.choose("final")
    at.press(at.pane.amend)
    form = at.screen.amend_form
    statement = form.fields["statement"].editor
    commit_text(statement, "检查地点应为二号厂房。")
    at.qtbot.keyClick(statement, Key.Key_Escape)
    assert form.isVisible()
    at.qtbot.keyClick(at.desk.focusWidget(), Key.Key_Escape)  # the question's answer that keeps everything
    at.desk.show_screen("roll")
    at.desk.show_screen("record", world.visit)
    at.settle()
    assert (form.isVisible(), form.value("statement")) == (True, "检查地点应为二号厂房。")
    at.press(next(each for each in form.findChildren(QPushButton) if "放弃(" in each.text()))
    assert form.isHidden()
    assert at.pane.isVisible()


def test_a_correction_half_written_is_there_again_after_a_lock(seat, world, commit_text):
    at = seat(world)
    at.choose("final")
    at.press(at.pane.amend)
    commit_text(at.screen.amend_form.fields["statement"].editor, "检查地点应为二号厂房。")
    again = Desk(at.ctx, at.jobs)
    at.qtbot.addWidget(again)
    again.show_screen("record")
    again.take_drafts(at.desk.drafts())
    at.desk = again
    at.qtbot.waitUntil(lambda: again.screen_of("record").amend_form.value("statement") == "检查地点应为二号厂房。")


def test_photos_come_by_number_and_make_a_page_signed_by_both(seat, world, tmp_path, monkeypatch):
    at = seat(world)
    at.choose("photos")
    at.press(at.pane.photos)
    page = at.screen.photos
    assert page.status == f"还差：至少一张照片、{SECOND}的签名"
    file = tmp_path / "IMG_2.jpg"
    file.write_bytes(picture())
    monkeypatch.setattr("ohdesk.ui.screens.record.photos_page.choose_file", lambda *_given: file)
    at.qtbot.keyClick(page.list.view, Key.Key_Down)
    at.qtbot.keyClick(page.list.view, Key.Key_Return)
    at.settle()
    assert [view.announced for view in photo_pages.awaited_views(at.ctx, world.visit)] == [True, False]
    at.qtbot.keyClick(page.list.view, Key.Key_Down)
    at.press(page.cover)
    assert not page.seats.isVisible()
    at.qtbot.keyClick(page.masking.editor, Key.Key_Return)
    at.press(page.masking.save)
    assert [view.masked for view in photo_pages.awaited_views(at.ctx, world.visit)] == [0, 1]
    assert page.seats.isVisible()
    at.qtbot.keyClicks(card_of(page, SECOND).password, "wrong")
    at.press(page.sign)
    assert "密码不正确" in card_of(page, SECOND).field.error
    card_of(page, SECOND).password.clear()
    at.qtbot.keyClicks(card_of(page, SECOND).password, OWN[SECOND])
    at.qtbot.keyClick(card_of(page, SECOND).password, Key.Key_Return)
    at.settle()
    assert at.list.isVisible()
    assert [paper.number for paper in views.open_record(at.ctx, world.visit).papers] == [
        numbered(at.ctx, 1),
        *(f"{numbered(at.ctx, 1)}-{place}" for place in (1, 2)),
    ]
    assert photo_pages.awaited_photos(at.ctx, world.visit) == (1,)


def test_a_supervisor_looks_and_prints_but_neither_signs_nor_corrects(seat, world):
    at = seat(world, "苏映", "supervisor-password")
    waiting = at.list.current
    assert not at.pane.sign.isVisible()
    assert any(f"请由{FIRST}或{SECOND}登录" in label.text() for label in at.pane.findChildren(QLabel))
    at.desk.show_screen("record", waiting.visit)
    at.settle()
    assert at.list.isVisible()
    at.choose("final")
    assert at.pane.print.isVisible()
    assert refused(at.pane.amend, at.pane.photos) == ["更正…(&M)", "补照片(&T)"]


def test_opening_a_final_record_from_elsewhere_selects_it(seat, world):
    at = seat(world)
    at.desk.show_screen("record", world.visit)
    at.settle()
    assert at.list.current.visit == world.visit
    assert at.pane.paper.number == numbered(at.ctx, 1)


def test_the_empty_list_of_the_county_says_what_would_be_there(jobs, qtbot, tmp_path):
    with open_workspace(county_workspace(tmp_path / "county"), "陶镕", "ohdesk-test", noon) as ctx:
        at = Seat(ctx, jobs, qtbot)
        assert [button.text() for button in at.list.chips.findChildren(QPushButton)] == ["已定稿 0"]
        assert any("还没有定稿的文书" in each.text() for each in at.list.findChildren(QLabel) if each.isVisible())
        jobs.wait()


@pytest.mark.parametrize(("width", "height"), [(1366, 705), (1093, 564)])
@pytest.mark.parametrize("stretch", ["100", "150"])
def test_nothing_of_the_list_or_of_signing_is_cut_off(seat, world, monkeypatch, width, height, stretch):
    monkeypatch.setenv("OHDESK_STRETCH", stretch)
    at = seat(world)
    at.desk.resize(QSize(width, height))
    flow = at.screen.flow
    steps = (
        lambda: at.choose("final"),
        at.list.open_pane,
        at.list.back,
        lambda: at.choose("ready"),
        lambda: at.list.view.opened.emit(at.list.current),
        lambda: flow.prepare.sign_in.choose("electronic"),
        flow.prepare.go.click,
        flow.signing.ask_to_leave,
    )
    for step in steps:
        step()
        at.settle()
        assert at.desk.size() == QSize(width, height)
        assert cut_off(at.screen) == [], step


def cut_off(root: QWidget) -> list[str]:
    """The texts of labels and buttons in sight that have less room than they need, scrolled ones across only."""
    short = []
    for widget in (*root.findChildren(QPushButton), *root.findChildren(QLabel)):
        if not widget.isVisible() or not widget.text():
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
        shown = widget.visibleRegion().boundingRect().width()
        beside = 0 < shown < widget.width()
        if widget.height() < needed - FRAME or beside or (not wraps and widget.width() < widget.sizeHint().width()):
            short.append(widget.text())
    return short


def test_the_papers_of_all_that_is_listed_are_exported_at_once(seat, world, tmp_path):
    at, said = seat(world), []
    at.screen.saved.connect(lambda text, folder: said.append((text, folder)))
    at.screen.together.export_to(tmp_path)
    at.settle()
    drafts = sorted(tmp_path.glob("*.pdf"))
    assert [path.name.split("_")[:2] for path in drafts] == [["草稿", "现场检查笔录"], ["草稿", "现场检查表"]]
    at.choose("final")
    at.screen.together.export_to(tmp_path)
    at.settle()
    with at.ctx.reading() as session:
        beside = len(photo_pages.papers_beside(session, at.list.current.visit))
    assert len(list(tmp_path.glob("*.pdf"))) == len(drafts) + 1 + beside
    assert said == [(f"已写出 {count} 份文书：{tmp_path}", tmp_path) for count in (len(drafts), 1 + beside)]


def test_a_record_gets_its_case_file_and_a_month_its_booklet_counted_first(seat, world, tmp_path):
    at, said = seat(world), []
    at.screen.saved.connect(lambda text, file: said.append(text))
    at.choose("final")
    at.screen.together.file_to(tmp_path / "f.pdf")
    at.settle()
    assert {path.name for path in tmp_path.glob("*.pdf")} == {"f.pdf", "f_副卷.pdf"}
    assert "正卷" in said[0]
    assert "副卷" in said[0]
    at.press(at.screen.many)
    page = at.screen.booklet
    at.press(at.screen.together.type_in)
    sheet = at.screen.typing_in
    at.press(sheet.copies[4])
    assert QApplication.clipboard().text() == "岚石五金制品有限公司"
    at.press(sheet.done_button)
    assert typing_in.sheets(at.ctx, world.visit)[0].typed_in_on
    at.screen.open(world.visit)
    at.settle()
    at.press(at.screen.many)
    assert page.write.isHidden()
    at.press(page.counts)
    assert page.write.hasFocus()
    page.write_to(tmp_path / "b.pdf")
    at.settle()
    assert f"{len(page_sizes((tmp_path / 'b.pdf').read_bytes()))} 页" in said[1]


def test_what_could_not_be_exported_is_named(seat, world, tmp_path):
    at = seat(world)
    at.choose("final")
    (world.folder / "blobs").rename(tmp_path / "elsewhere")
    told = []
    at.screen.failed.connect(told.append)
    at.screen.together.export_to(tmp_path)
    at.settle()
    (error,) = told
    assert "1 次检查的没有写出" in error.message
    assert "岚石五金制品有限公司" in error.remedy
