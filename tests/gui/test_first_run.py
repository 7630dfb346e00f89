"""The very first start: a new office, alone or by a county's card; its recovery code; the practice world."""

from threading import Event
from time import sleep

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from shiboken6 import isValid

from ohdesk.demo import world
from ohdesk.domain.recovery_code import in_groups
from ohdesk.reports.recovery_sheet import render_recovery_sheet
from ohdesk.security import keyfile
from ohdesk.services.office.workspace import create_workspace, open_workspace
from ohdesk.services.start import practice
from ohdesk.services.start.practice import PracticeOffice
from ohdesk.services.trust import joining
from ohdesk.ui.kit.jobs import Job
from ohdesk.ui.kit.pdf_render import page_picture
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.screens.unlock.remembered import remembered_folders
from tests.conftest import PASSWORD, county_workspace, noon, town_workspace
from tests.gui.showing import new_window

ALT = Qt.KeyboardModifier.AltModifier
PRESSED = 120  # milliseconds: a mnemonic's button is seen pressed for a moment before it acts
LONG = 15_000


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(create_workspace, "__kwdefaults__", {"practice": True})


@pytest.fixture
def window(qtbot):
    return shown(qtbot)


@pytest.fixture
def card_file(tmp_path):
    with open_workspace(county_workspace(tmp_path / "county"), "陶镕", PASSWORD, noon) as ctx:
        joining.write_card(ctx, tmp_path / "county.ohcard")
    return tmp_path / "county.ohcard"


def shown(qtbot, make_practice=None):
    return new_window(None, qtbot, make_practice)


def alt(qtbot, window, letter):
    qtbot.keyClick(window, Qt.Key(ord(letter)), ALT)
    qtbot.wait(PRESSED)


def fill(qtbot, commit_text, window, folder, division="000000102"):
    """Fill the card of a new office by keyboard, from field to field."""
    card = window.unlock.create_card
    card.folder.selectAll()
    qtbot.keyClicks(card.folder, str(folder))
    qtbot.keyClicks(card.division, division)
    card.name.clear()
    commit_text(card.name, "青溪镇人民政府")
    commit_text(card.account, "苏映")
    for line in (card.password, card.again):
        qtbot.keyClicks(line, PASSWORD)
    return card


def code_card(qtbot, window):
    qtbot.waitUntil(lambda: window.unlock.code_is_open and window.unlock.code_card.isVisible(), timeout=LONG)
    return window.unlock.code_card


def new_office(qtbot, commit_text, window, tmp_path):
    """Start an office and return the card with its recovery code."""
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    return code_card(qtbot, window)


def test_a_password_that_is_easy_to_guess_is_refused_at_its_field(qtbot, window, tmp_path, commit_text):
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    assert any("至少 10 个字符" in each.text() for each in card.fields["password"].findChildren(QLabel))
    for line in (card.password, card.again):
        line.clear()
        qtbot.keyClicks(line, "12345")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.fields["password"].error != "", timeout=LONG)
    assert "现为 5 个" in card.fields["password"].error
    assert "太常见" in card.fields["password"].error
    assert not (tmp_path / "new").exists()


def written_code(card):
    return "".join(card.code.text().split())


def test_the_first_page_offers_three_ways_in_each_with_its_key(qtbot, window):
    buttons = [each for each in window.unlock.findChildren(QPushButton) if each.isVisible()]
    assert [each.text()[-3:] for each in buttons] == ["&N)", "&R)", "&O)", "&P)"]
    assert window.focusWidget() in buttons
    assert sum(bool(each.property("primary")) for each in buttons) == 1


def test_a_new_town_shows_its_recovery_code_and_opens_without_the_password_again(qtbot, window, tmp_path, commit_text):
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    code = code_card(qtbot, window)
    secret = written_code(code)
    assert keyfile.unlock_with_recovery_code(tmp_path / "new" / "keys.json", secret)
    qtbot.keyClicks(code.again, " ".join(in_groups(secret).groups[-2:]).lower())
    qtbot.keyClick(code.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is not None, timeout=LONG)
    assert window.desk.folder == tmp_path / "new"
    assert not isValid(code) or secret not in code.code.text()  # the card goes with the prompt


def test_a_county_is_started_with_six_digits_and_no_card(qtbot, window, tmp_path, commit_text):
    alt(qtbot, window, "N")
    alt(qtbot, window, "Y")
    card = fill(qtbot, commit_text, window, tmp_path / "county", "440705")
    assert not card.joining.isVisible()
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    code_card(qtbot, window)
    with open_workspace(tmp_path / "county", "苏映", PASSWORD, noon) as ctx:
        assert (ctx.office.role, ctx.office.division) == ("county", "440705")


def test_every_gap_of_a_new_office_is_said_in_its_place(qtbot, window):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    card.folder.clear()
    qtbot.keyClicks(card.division, "123")
    qtbot.keyClicks(card.password, "a")
    qtbot.keyClicks(card.again, "b")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    gaps = {key for key, field in card.fields.items() if field.error}
    assert gaps == {"folder", "division", "name", "account", "again"}
    assert window.focusWidget() is card.division


def test_a_code_is_named_as_soon_as_it_is_whole_and_its_office_suggested(qtbot, window):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    qtbot.keyClicks(card.division, "44070510")
    assert card.fields["division"].error == ""
    qtbot.keyClicks(card.division, "2")
    assert "江门市新会区" in card.fields["division"].findChildren(type(card.sentence))[1].text()
    assert card.name.text() != ""
    qtbot.keyClicks(card.division, "3")
    assert "10 位" in card.fields["division"].error


def test_a_town_is_picked_by_its_name_or_initials(qtbot, window, commit_text):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    offered = card.division.completer()
    qtbot.waitUntil(lambda: offered.model().rowCount() > 500, timeout=LONG)
    for typed in ("棠下镇", "pjqtx"):
        card.division.clear()
        commit_text(card.division, typed)
        qtbot.waitUntil(offered.popup().isVisible)
        assert "江门市蓬江区棠下镇" in offered.popup().model().index(0, 0).data()
        qtbot.keyClick(offered.popup(), Qt.Key.Key_Down)
        qtbot.keyClick(offered.popup(), Qt.Key.Key_Return)
        assert card.division.text() == "440703101"
        assert card.city.currentText() == "江门市"
    assert card.name.text() == "棠下镇人民政府"


def test_a_name_that_is_typed_whole_becomes_its_code_and_one_of_several_is_asked_about(qtbot, window, commit_text):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    commit_text(card.division, "蓬江区棠下镇")
    qtbot.keyClick(card.division, Qt.Key.Key_Return)
    assert card.division.text() == "440703101"
    card.division.clear()
    commit_text(card.division, "不在册镇")
    qtbot.keyClick(card.division, Qt.Key.Key_Return)
    assert "不在册镇" in card.fields["division"].error


def test_a_city_that_was_chosen_stays_whatever_code_follows(qtbot, window):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    card.city.setCurrentIndex(card.city.findText("阳江市"))
    card.city.activated.emit(card.city.currentIndex())
    qtbot.keyClicks(card.division, "440703101")
    assert card.city.currentText() == "阳江市"


def test_a_folder_that_is_not_empty_is_said_and_what_was_typed_stays(qtbot, window, tmp_path, commit_text):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "holiday.txt").write_text("-")
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "full")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.notice.text != "", timeout=LONG)
    assert "不是空的" in card.notice.text
    assert card.submit.isEnabled()
    assert card.password.text() == PASSWORD
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["holiday.txt"]


def test_a_town_joins_by_card_only_when_the_fingerprint_was_compared(qtbot, window, tmp_path, card_file, commit_text):
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    qtbot.keyClicks(card.joining.line, str(card_file))
    qtbot.keyClick(card.joining.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.joining.card is not None, timeout=LONG)
    assert "青原县卫生健康局" in card.joining.whose.text()
    assert [len(group) for group in card.joining.fingerprint.text().split()] == [4] * 8
    alt(qtbot, window, "C")
    assert card.joining.message.isVisible()
    assert not (tmp_path / "new").exists()
    qtbot.keyClick(card.joining.compared, Qt.Key.Key_Space)
    alt(qtbot, window, "C")
    code = code_card(qtbot, window)
    assert (tmp_path / "request.ohreq").is_file()
    assert str(tmp_path / "request.ohreq") in code.request.text()
    with open_workspace(tmp_path / "county", "陶镕", PASSWORD, noon) as county:
        issued = joining.issue(county, tmp_path / "request.ohreq", tmp_path / "answer.ohans")
    assert issued.request.name == "青溪镇人民政府"
    assert issued.request.fingerprint in code.request.text()


def test_a_file_that_is_no_card_is_said_beside_it(qtbot, window, tmp_path):
    (tmp_path / "list.ohcard").write_text("no card")
    alt(qtbot, window, "N")
    part = window.unlock.create_card.joining
    qtbot.keyClicks(part.line, str(tmp_path / "list.ohcard"))
    qtbot.keyClick(part.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: part.field.error != "", timeout=LONG)
    assert "名片不能使用" in part.field.error
    alt(qtbot, window, "U")
    assert not part.fingerprint.isVisible()


def test_of_two_cards_named_in_a_row_only_the_last_is_heard_of(qtbot, window, tmp_path, card_file):
    (tmp_path / "list.ohcard").write_text("no card")
    go = Event()
    window.jobs.start(Job(lambda: go.wait(10)))
    alt(qtbot, window, "N")
    part = window.unlock.create_card.joining
    for path in (tmp_path / "list.ohcard", card_file):
        part.line.selectAll()
        qtbot.keyClicks(part.line, str(path))
        qtbot.keyClick(part.line, Qt.Key.Key_Return)
    go.set()
    qtbot.waitUntil(lambda: part.card is not None, timeout=LONG)
    assert part.field.error == ""


def test_a_card_that_is_taken_back_while_it_is_read_does_not_come(qtbot, window, card_file):
    go, read = Event(), Event()
    window.jobs.start(Job(lambda: go.wait(10)))
    alt(qtbot, window, "N")
    part = window.unlock.create_card.joining
    qtbot.keyClicks(part.line, str(card_file))
    qtbot.keyClick(part.line, Qt.Key.Key_Return)
    part.line.clear()
    qtbot.keyClick(part.line, Qt.Key.Key_Return)
    window.jobs.start(Job(read.set))
    go.set()
    qtbot.waitUntil(read.is_set, timeout=LONG)
    window.jobs.wait()
    assert part.card is None


def test_a_town_of_another_county_is_told_from_its_card(qtbot, window, tmp_path, card_file):
    alt(qtbot, window, "N")
    card = window.unlock.create_card
    qtbot.keyClicks(card.joining.line, str(card_file))
    qtbot.keyClick(card.joining.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.joining.card is not None, timeout=LONG)
    qtbot.keyClicks(card.division, "440705102")
    assert "000000" in card.fields["division"].error


def test_a_mistyped_end_of_the_code_is_said_and_the_code_stays(qtbot, window, tmp_path, commit_text):
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    code = code_card(qtbot, window)
    qtbot.keyClicks(code.again, "wrong0")
    qtbot.keyClick(code.again, Qt.Key.Key_Return)
    assert "WRONG0" in code.again_field.error
    assert window.desk is None
    assert written_code(code).startswith("AGE-SECRET-KEY-1")
    qtbot.keyClick(code, Qt.Key.Key_Escape)
    assert code.isVisible()


def test_the_code_can_be_copied_and_saved_and_leaves_the_clipboard(qtbot, window, tmp_path, commit_text, monkeypatch):
    target = tmp_path / "code.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    alt(qtbot, window, "N")
    card = fill(qtbot, commit_text, window, tmp_path / "new")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    code = code_card(qtbot, window)
    secret = written_code(code)
    alt(qtbot, window, "F")
    qtbot.waitUntil(target.is_file, timeout=LONG)
    assert secret in target.read_text(encoding="utf-8-sig")
    alt(qtbot, window, "C")
    assert QGuiApplication.clipboard().text() == secret
    qtbot.keyClicks(code.again, in_groups(secret).end)
    alt(qtbot, window, "S")
    assert QGuiApplication.clipboard().text() == ""


def test_closing_before_the_code_is_confirmed_says_that_it_would_be_lost(qtbot, window, tmp_path, commit_text):
    code = new_office(qtbot, commit_text, window, tmp_path)
    window.close()
    assert window.isVisible()
    assert "再也看不到" in code.notice.text
    window.close()
    assert not window.isVisible()
    assert remembered_folders() == (tmp_path / "new",)


def test_the_code_is_saved_as_the_sheet_that_would_be_printed(qtbot, window, tmp_path, commit_text, monkeypatch):
    target = tmp_path / "code.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    code = new_office(qtbot, commit_text, window, tmp_path)
    alt(qtbot, window, "F")
    qtbot.waitUntil(target.is_file, timeout=LONG)
    assert target.read_bytes() == render_recovery_sheet("青溪镇人民政府", written_code(code))


def test_the_code_is_printed_as_large_as_its_sheet_and_it_says_that_paper_is_still_to_come(
    qtbot, window, tmp_path, commit_text, monkeypatch
):
    print_on = Printing.print_on

    def onto_a_file(printing, printer):
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        print_on(printing, printer)

    monkeypatch.setattr("PySide6.QtPrintSupport.QPrinterInfo.availablePrinterNames", lambda: ["一楼打印机"])
    monkeypatch.setattr(Printing, "print_on", onto_a_file)
    code = new_office(qtbot, commit_text, window, tmp_path)
    alt(qtbot, window, "P")
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QPrintDialog), timeout=LONG)
    QApplication.activeModalWidget().accept()
    qtbot.waitUntil(lambda: "已交给打印机" in code.notice.text, timeout=LONG)
    assert "核对" in code.notice.text
    printed = blackened(tmp_path / "printed.pdf")
    assert printed == pytest.approx(blackened(render_recovery_sheet("青溪镇人民政府", written_code(code))), rel=0.2)


def blackened(pdf):
    """The share of the paper that is dark."""
    picture = page_picture(pdf if isinstance(pdf, bytes) else pdf.read_bytes(), 0, 1.0)
    points = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return sum(picture.pixelColor(*point).lightness() < 128 for point in points) / len(points)


def practice_world(folder, report):
    """Stands in for the demonstration, which takes half a minute."""
    folder.mkdir(exist_ok=True)
    practice.mark_as_practice(folder)
    report(1, 2)
    town_workspace(folder / "town")
    county_workspace(folder / "county")
    report(2, 2)
    offices = (PracticeOffice("town", "town", "石桥镇"), PracticeOffice("county", "county", "青原县卫生健康局"))
    practice.mark_as_practice(folder, PASSWORD, offices)


def made_practice(qtbot, folder):
    window = shown(qtbot, practice_world)
    alt(qtbot, window, "P")
    card = window.unlock.practice_card
    card.folder.selectAll()
    qtbot.keyClicks(card.folder, str(folder))
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.unlock.open_card.account.count() > 0, timeout=LONG)
    return window


def test_the_practice_world_is_made_marked_and_opened_with_its_password(qtbot, tmp_path):
    window = made_practice(qtbot, tmp_path / "world")
    card = window.unlock.open_card
    assert card.practice.chip.text() == "练习库"
    assert PASSWORD in card.practice.text.text()
    assert card.shown_folder == tmp_path / "world" / "town"
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is not None, timeout=LONG)
    assert practice.is_practice(window.desk.folder)


def test_the_county_of_the_practice_world_can_be_chosen(qtbot, tmp_path):
    window = made_practice(qtbot, tmp_path / "world")
    card = window.unlock.open_card
    card.practice.office.setFocus()
    qtbot.keyClick(card.practice.office, Qt.Key.Key_Down)
    assert card.shown_folder == tmp_path / "world" / "county"
    qtbot.waitUntil(lambda: card.account.currentText() == "陶镕", timeout=LONG)


def test_the_practice_world_is_thrown_away_after_a_question(qtbot, tmp_path):
    window = made_practice(qtbot, tmp_path / "world")
    alt(qtbot, window, "T")
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert (tmp_path / "world").exists()
    alt(qtbot, window, "T")
    alt(qtbot, window, "D")
    qtbot.waitUntil(lambda: not (tmp_path / "world").exists(), timeout=LONG)
    qtbot.waitUntil(lambda: window.unlock.ways.isVisible(), timeout=LONG)


def test_a_practice_world_that_is_cancelled_leaves_nothing(qtbot, tmp_path):
    def slow(folder, report):
        folder.mkdir()
        practice.mark_as_practice(folder)
        while True:
            sleep(0.02)
            report(1, 2)

    window = shown(qtbot, slow)
    alt(qtbot, window, "P")
    card = window.unlock.practice_card
    card.folder.selectAll()
    qtbot.keyClicks(card.folder, str(tmp_path / "world"))
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "1 / 2" in card.progress.text(), timeout=LONG)
    alt(qtbot, window, "Z")
    qtbot.waitUntil(card.submit.isVisible, timeout=LONG)
    assert not (tmp_path / "world").exists()


def test_a_folder_with_something_else_in_it_is_no_place_for_practice(qtbot, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("-")
    window = shown(qtbot, lambda folder, report: world.build(folder))
    alt(qtbot, window, "P")
    card = window.unlock.practice_card
    card.folder.selectAll()
    qtbot.keyClicks(card.folder, str(tmp_path / "letters"))
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.notice.text != "", timeout=LONG)
    assert "别的内容" in card.notice.text
    assert (tmp_path / "letters" / "a.txt").exists()
