"""登记簿, driven as a user drives it: by keys, with wrong input too."""

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget

from ohdesk.services.changes import Change
from ohdesk.services.register import entries, listing
from ohdesk.services.roll import entries as roll
from ohdesk.ui.kit.field import Field
from ohdesk.ui.screens.registers import book_page
from ohdesk.ui.screens.registers.screen import RegistersScreen
from ohdesk.ui.screens.roll.detail import DetailPane, read_detail
from tests.gui.showing import WIDE, in_front
from tests.visiting import picture

CTRL = Qt.KeyboardModifier.ControlModifier


def read(screen, qtbot):
    qtbot.waitUntil(lambda: not screen.jobs.is_busy and not screen.books.latest.is_busy)
    if screen.book is not None:
        page = screen.book
        qtbot.waitUntil(lambda: not page.latest.is_busy and not page.is_reading)


@pytest.fixture
def screen(ctx, jobs, qtbot):
    roll.add(ctx, {"name": "石桥金泰五金厂"})
    shown = in_front(RegistersScreen(ctx, jobs), qtbot, WIDE)
    read(shown, qtbot)
    return shown


def opened(screen, qtbot, register):
    screen.open(register)
    read(screen, qtbot)
    QApplication.processEvents()  # the keys of a page are heard once it is shown
    return screen.book


def fill(page, **typed):
    for key, value in typed.items():
        page.form.form.put(key, value)


COMPLAINT = {
    "received_at": "2026-03-01 09:30",
    "identity": "anonymous",
    "facts": "打磨车间粉尘大",
    "within_power": "town",
    "reply_by": "2026-03-20",
    "accepted_on": "2026-03-02",
}


def test_every_book_is_listed_and_opens_by_enter(screen, qtbot):
    titles = [line.title for line in screen.books.list.shown]
    assert "投诉举报登记簿" in titles
    assert "设备登记簿" in titles
    screen.books.list.select("equipment")
    qtbot.keyClick(screen.books.list.view, Qt.Key.Key_Return)
    assert screen.book.definition.id == "equipment"
    screen.back()
    assert screen.book is None


def test_an_entry_is_made_shown_turned_and_put_right(screen, qtbot, ctx):
    page = opened(screen, qtbot, "complaints")
    qtbot.keyClick(screen.window().focusWidget(), Qt.Key.Key_N, CTRL)
    assert page.is_filling
    page.form.finder.search.setText("sqjt")
    qtbot.waitUntil(lambda: page.form.finder.finds.count() == 1)
    qtbot.keyClick(page.form.finder.search, Qt.Key.Key_Return)
    fill(page, **COMPLAINT)
    page.form.form.submit.click()
    assert not page.is_filling
    read(screen, qtbot)
    qtbot.waitUntil(lambda: page.pane.shown is not None)
    row = page.list.current
    assert (row.about, row.due_on, row.state) == ("石桥金泰五金厂", "2026-03-20", "received")
    page.pane.turns["handling"].click()
    read(screen, qtbot)
    assert listing.row_of(ctx, "complaints", row.id).state == "handling"
    page.list.select(row.id)
    page.correct()
    fill(page, facts="打磨、喷漆车间粉尘大", reason="电话核实")
    page.form.form.submit.click()
    assert entries.detail(ctx, row.id).values["facts"] == "打磨、喷漆车间粉尘大"


def test_what_a_state_needs_is_asked_for_in_the_form(screen, qtbot, ctx):
    entry = entries.add(ctx, "complaints", COMPLAINT | {"source": "phone", "state": "handling"})
    page = opened(screen, qtbot, "complaints")
    qtbot.waitUntil(lambda: "answered" in page.pane.turns)
    page.pane.turns["answered"].click()
    assert page.is_filling
    assert page.form.form.value("state") == "answered"
    wrong = [key for key, field in page.form.form.fields.items() if field.error]
    assert "replied_on" in wrong
    assert entries.detail(ctx, entry).values["state"] == "handling"


def test_wrong_input_stands_at_its_field_and_nothing_is_kept(screen, qtbot, ctx):
    page = opened(screen, qtbot, "complaints")
    page.add()
    fill(page, **(COMPLAINT | {"received_at": "昨天", "facts": ""}))
    page.form.form.submit.click()
    wrong = [key for key, field in page.form.form.fields.items() if field.error]
    assert wrong == ["received_at", "facts"]
    assert listing.all_rows(ctx, "complaints") == []


def test_what_is_not_wanted_at_a_value_of_another_is_grey(screen, qtbot):
    page = opened(screen, qtbot, "complaints")
    page.add()
    complainant = page.form.form.fields["complainant"]
    assert complainant.isEnabled()
    page.form.form.put("identity", "anonymous")
    assert not complainant.isEnabled()


def test_what_was_typed_is_there_again_after_a_lock(screen, qtbot, ctx, jobs):
    page = opened(screen, qtbot, "complaints")
    page.add()
    fill(page, facts="写到一半")
    draft = screen.draft()
    again = in_front(RegistersScreen(ctx, jobs), qtbot, WIDE)
    again.take_draft(draft)
    assert again.book.form.form.value("facts") == "写到一半"


def test_a_list_is_filtered_by_state_and_exported_as_it_is_shown(screen, qtbot, ctx, tmp_path):
    entries.add(ctx, "complaints", COMPLAINT | {"source": "phone"})
    entries.add(ctx, "complaints", COMPLAINT | {"source": "phone", "state": "handling", "facts": "噪声大"})
    page = opened(screen, qtbot, "complaints")
    page.list.choose("handling")
    read(screen, qtbot)
    assert page.list.table.total == 1
    assert page.list.current.texts["facts"] == "噪声大"
    page.export(tmp_path / "out.xlsx")
    read(screen, qtbot)
    assert len(list(load_workbook(tmp_path / "out.xlsx").active.rows)) == 2


def test_a_book_that_comes_from_above_is_only_read(screen, qtbot):
    page = opened(screen, qtbot, "random_check_items")
    assert page.definition.read_only
    assert not page.pane.correct.isEnabled()


def test_a_change_of_a_book_is_one_of_the_shared_ones():
    assert Change.REGISTERS in Change.SHARED


def test_an_entry_opens_from_the_employers_page(screen, qtbot, ctx):
    employer = roll.list_rows(ctx)[0].id
    entry = entries.add(ctx, "complaints", COMPLAINT | {"source": "phone"}, about=employer)
    entries.add(ctx, "complaints", COMPLAINT | {"source": "phone"})
    pane = DetailPane(plans_visits=True)
    qtbot.addWidget(pane)
    pane.show_detail(read_detail(ctx, employer))
    pane.tabs.choose("books")
    (lines,) = [each for each in pane.findChildren(QListWidget) if each.count()]
    with qtbot.waitSignal(pane.entry_wanted) as wanted:
        lines.itemActivated.emit(lines.item(0))
    found = wanted.args[0]
    assert (found.id, found.title) == (entry, "投诉举报登记簿")
    screen.open(f"{found.register}:{found.id}")
    read(screen, qtbot)
    assert screen.book.list.current.id == entry


def add_condition(page, key, how, value="", until=""):
    page.filters.add.click()
    adding = page.filters.adding
    adding.what.setCurrentIndex(adding.what.findData(key))
    adding.how.setCurrentIndex(adding.how.findData(how))
    if adding.choice.count():
        adding.choice.setCurrentIndex(adding.choice.findData(value))
    else:
        adding.value.setText(value)
    adding.until.setText(until)


def test_conditions_are_added_and_taken_away_by_keys(screen, qtbot, ctx):
    entries.add(ctx, "complaints", COMPLAINT | {"source": "phone"})
    entries.add(ctx, "complaints", COMPLAINT | {"source": "letter", "received_at": "2026-02-01 08:00"})
    page = opened(screen, qtbot, "complaints")
    add_condition(page, "source", "is", "phone")
    qtbot.keyClick(page.filters.adding.what, Qt.Key.Key_Return)
    read(screen, qtbot)
    assert [row.texts["source"] for row in rows_shown(page)] == ["来电"]
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Tab)
    page.filters._group.buttons()[0].click()
    read(screen, qtbot)
    assert page.list.table.total == 2
    add_condition(page, "received_at", "between", "2026-02-01", "2026-02-01")
    qtbot.keyClick(page.filters.adding.value, Qt.Key.Key_Return)
    read(screen, qtbot)
    assert [row.texts["source"] for row in rows_shown(page)] == ["来信"]


def test_a_condition_that_means_nothing_is_told_in_its_place_and_esc_closes_the_line(screen, qtbot, ctx):
    page = opened(screen, qtbot, "complaints")
    add_condition(page, "reply_by", "is")
    adding = page.filters.adding
    adding.day.setText("昨天")
    qtbot.keyClick(adding.day, Qt.Key.Key_Return)
    assert "例如 2026-03-02" in [each.error for each in adding.findChildren(Field)]
    assert (adding.isVisible(), page.filters.conditions) == (True, ())
    qtbot.keyClick(adding.what, Qt.Key.Key_Escape)
    assert adding.isHidden()


def test_what_is_listed_is_kept_as_a_view_and_there_again(screen, qtbot, ctx, jobs):
    entries.add(ctx, "complaints", COMPLAINT | {"source": "phone"})
    entries.add(ctx, "complaints", COMPLAINT | {"source": "letter"})
    page = opened(screen, qtbot, "complaints")
    add_condition(page, "source", "is", "letter")
    page.filters.adding.go_on(None)
    page.filters.keep.click()
    page.filters.naming.name.setText("来信的")
    qtbot.keyClick(page.filters.naming.name, Qt.Key.Key_Return)
    again = in_front(RegistersScreen(ctx, jobs), qtbot, WIDE)
    page = opened(again, qtbot, "complaints")
    views = page.filters.views
    assert [views.itemText(place) for place in range(views.count())] == ["全部", "办理中", "即将到期", "来信的"]
    page.filters.show_view("own:来信的")
    read(again, qtbot)
    assert [row.texts["source"] for row in rows_shown(page)] == ["来信"]
    page.filters.show_view("")
    read(again, qtbot)
    assert page.list.table.total == 2


def rows_shown(page):
    return [page.list.table.row(place) for place in range(page.list.table.total)]


LIST = [
    ["2026年投诉一览表"],
    ["收到时间", "单位", "来源", "实名/匿名", "是否本镇权限", "说了什么", "批示"],
    ["2026-03-02 09:30", "石桥金泰五金厂", "来电", "匿名", "本镇事项", "粉尘大", "阅"],
    ["不是时间", "没有这家厂", "来电", "匿名", "本镇事项", "噪声大", None],
]


def listed_in(path, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_list_is_previewed_its_columns_put_right_and_imported(screen, ctx, qtbot, tmp_path):
    page = opened(screen, qtbot, "complaints")
    page.importing.read_list(listed_in(tmp_path / "list.xlsx", LIST))
    qtbot.waitUntil(page.importing.isVisible, timeout=30_000)
    preview = page.importing
    qtbot.waitUntil(lambda: not screen.jobs.is_busy)
    assert not preview.submit.isEnabled()  # what happened, which no entry can be without, is not told
    qtbot.waitUntil(lambda: preview.chips.current == "columns")
    lines = preview.list_of("columns").view
    lines.selectRow(5)
    for chosen in ("facts", "facts"):
        preview.choice.setCurrentIndex(preview.choice.findData(chosen))
        preview.choice.activated.emit(preview.choice.currentIndex())
        qtbot.waitUntil(lambda: not screen.jobs.is_busy)
    lines.selectRow(6)
    preview.choice.setCurrentIndex(preview.choice.findData("*"))
    preview.choice.activated.emit(preview.choice.currentIndex())
    qtbot.waitUntil(lambda: not screen.jobs.is_busy)
    assert "1" in preview.submit.text()
    with qtbot.waitSignal(page.done, timeout=30_000):
        qtbot.keyClick(screen, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    read(screen, qtbot)
    (row,) = listing.all_rows(ctx, "complaints")
    assert row.values["facts"] == "粉尘大"
    assert entries.detail(ctx, row.id).values["kept"] == (("批示", "阅"),)
    assert page.is_listing
    qtbot.waitUntil(lambda: not preview.submit.isDown())
    page.ask_undo()
    with qtbot.waitSignal(page.done, timeout=30_000):
        qtbot.keyClick(screen, Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert listing.all_rows(ctx, "complaints") == []
    with qtbot.waitSignal(page.failed):
        page.ask_undo()


def test_a_change_of_a_list_is_declined_with_a_key_and_esc_imports_nothing(screen, ctx, qtbot, tmp_path):
    texts = {"received_at": "2026-03-02 09:30", "source": "phone", "identity": "anonymous", "facts": "粉尘"}
    entry = entries.add(ctx, "complaints", {**texts, "within_power": "town"})
    number = entries.detail(ctx, entry).values["number"]
    file = listed_in(tmp_path / "list.xlsx", [["编号", "反映内容", "来源"], [number, "噪声", "来访"]])
    page = opened(screen, qtbot, "complaints")
    page.importing.read_list(file)
    qtbot.waitUntil(page.importing.isVisible, timeout=30_000)
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert page.is_listing
    page.importing.read_list(file)
    qtbot.waitUntil(page.importing.isVisible, timeout=30_000)
    qtbot.waitUntil(lambda: not screen.jobs.is_busy)
    qtbot.keyClick(screen, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.importing.listed_on.isVisible)
    qtbot.keyClicks(page.importing.listed_on, "20260305")
    qtbot.keyClicks(page.importing.report_no, "P-7")
    qtbot.keyClick(screen, Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    changed = page.importing.list_of("changed").view
    qtbot.waitUntil(changed.isVisible)
    places = [changed.table.row(place).key for place in range(2)]
    changed.selectRow(places.index("source"))
    qtbot.keyClick(screen, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not page.importing.decline.isDown())  # a letter's click
    with qtbot.waitSignal(page.done, timeout=30_000):
        page.importing.submit.click()
    values = entries.detail(ctx, entry).values
    assert (values["facts"], values["source"]) == ("噪声", "phone")
    assert values["provenance"] == (("listed_on", "2026-03-05"), ("report_no", "P-7"))


def test_a_file_is_put_to_an_entry_looked_at_and_taken_away_by_keys(screen, qtbot, ctx, tmp_path, monkeypatch):
    photo = tmp_path / "现场.png"
    photo.write_bytes(picture())
    entry = entries.add(ctx, "activities", {"title": "宣传周", "kind": "week", "held_on": "2026-03-02", "people": "40"})
    monkeypatch.setattr(book_page, "choose_files", lambda *_: (photo,))
    page = opened(screen, qtbot, "activities")
    page.list.select(entry)
    qtbot.waitUntil(lambda: page.pane.shown is not None)
    qtbot.keyClick(page.pane, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: bool(page.pane.shown.files))
    (listed,) = page.pane.findChildren(QListWidget)
    assert listed.item(0).text() == "现场.jpg"
    qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert page.attachment.isVisible()
    qtbot.waitUntil(lambda: page.attachment.pdf.count == 1)
    QApplication.processEvents()
    qtbot.keyClick(page.attachment.pdf.pages, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.attachment.question.isVisible)
    qtbot.keyClick(screen.window().focusWidget(), Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.is_listing and page.pane.shown.files == ())
