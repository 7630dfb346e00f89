"""The roll, driven as a user drives it."""

from contextlib import contextmanager
from threading import Event

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from sqlalchemy import update

from ohdesk.db.models import OperationRow
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.people import Role
from ohdesk.services.office import city
from ohdesk.services.roll import entries, importing
from ohdesk.ui.kit.row_delegate import KindRole
from ohdesk.ui.screens.roll.detail import DetailPane, read_detail
from ohdesk.ui.screens.roll.screen import RollScreen
from ohdesk.ui.screens.roll.table import risk_kind, risk_text
from tests.gui.showing import NARROW, WIDE, as_only, in_front, refused
from tests.unit.services.exchange.bundle_world import TOWNS, new_world, write_entry

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def screen(ctx, jobs, qtbot):
    for name, risk in (("安吉竹器厂", "乙类"), ("湖州铸造有限公司", "丙类"), ("石桥五金厂", "甲类")):
        fields = {"name": name, "risk_class": risk, "risk_scheme": "pilot2022", "phone": "000-1"}
        entries.add(ctx, fields, "首次录入")
    return shown(ctx, jobs, qtbot)


@pytest.fixture
def empty(ctx, jobs, qtbot):
    return shown(ctx, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    return in_front(RollScreen(ctx, jobs), qtbot)


def listed(screen):
    model = screen.roll.list.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)


@contextmanager
def held_up(screen):
    """Let nothing be read aside until the block ends."""
    gate, busy = Event(), Event()

    def wait():
        busy.set()
        gate.wait(10)

    screen.read_aside(wait, lambda _nothing: None)
    QApplication.processEvents()
    assert busy.wait(10)
    try:
        yield
    finally:
        gate.set()


@pytest.mark.parametrize(("typed", "found"), [("铸造", ["湖州铸造有限公司"]), ("sqwj", ["石桥五金厂"]), ("无此厂", [])])
def test_a_piece_of_the_name_or_its_initials_narrows_the_list(screen, qtbot, commit_text, typed, found):
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    commit_text(screen.focusWidget(), typed)
    qtbot.waitUntil(lambda: listed(screen) == found)


def test_while_what_is_searched_for_is_not_found_yet_keys_act_on_the_list_that_is_shown(screen, qtbot, commit_text):
    screen.roll.list.focus_search()
    with held_up(screen):
        commit_text(screen.roll.list.search, "铸造")
        press(qtbot, screen, Qt.Key.Key_Return)
        press(qtbot, screen, Qt.Key.Key_Down)
        assert (screen.roll.list.current.name, screen.roll.list.search.text()) == (listed(screen)[1], "铸造")
    qtbot.waitUntil(lambda: listed(screen) == ["湖州铸造有限公司"])
    assert screen.focusWidget() is screen.roll.list.view
    assert screen.roll.list.current.name == "湖州铸造有限公司"


def test_each_key_typed_into_the_search_arrives_and_the_newest_word_is_found(screen, qtbot):
    screen.roll.list.focus_search()
    with held_up(screen):
        qtbot.keyClicks(screen.roll.list.search, "sqwj")
        assert screen.roll.list.search.text() == "sqwj"
    qtbot.waitUntil(lambda: listed(screen) == ["石桥五金厂"])


def test_a_class_is_shown_with_its_scheme_and_coloured_by_risk(screen):
    model = screen.roll.list.view.model()
    cells = [model.index(row, 4) for row in range(3)]
    assert sorted((cell.data(), cell.data(KindRole)) for cell in cells) == [
        ("丙类（2022 试点）", "bad"),
        ("乙类（2022 试点）", "warn"),
        ("甲类（2022 试点）", "ok"),
    ]


def test_a_search_without_a_find_offers_to_clear_itself(screen, qtbot, commit_text):
    screen.roll.list.focus_search()
    commit_text(screen.roll.list.search, "无此厂")
    qtbot.waitUntil(lambda: listed(screen) == [])
    press(qtbot, screen, Qt.Key.Key_Tab)
    while screen.focusWidget() is not screen.roll.list.none_found.button:
        press(qtbot, screen, Qt.Key.Key_Tab)
    press(qtbot, screen, Qt.Key.Key_Space)
    assert len(listed(screen)) == 3


def test_an_employer_is_corrected_with_a_reason_and_the_old_value_stays(screen, ctx, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_Down)
    chosen = screen.roll.list.current
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Space)
    phone = screen.employer.form.fields["phone"].editor
    phone.setFocus()
    phone.selectAll()
    qtbot.keyClicks(phone, "000-2222")
    press(qtbot, screen, Qt.Key.Key_S, ALT)
    qtbot.waitUntil(lambda: "理由" in screen.employer.form.fields["reason"].error)
    assert screen.focusWidget() is screen.employer.form.fields["reason"].editor
    commit_text(screen.focusWidget(), "现场核实")
    with qtbot.waitSignal(screen.done):
        press(qtbot, screen, Qt.Key.Key_S, ALT)
    detail = entries.detail(ctx, chosen.id)
    assert detail.fields["phone"] == "000-2222"
    assert [(change.value, change.reason) for change in detail.history if change.field == "phone"] == [
        ("000-2222", "现场核实"),
        ("000-1", "首次录入"),
    ]
    assert screen.roll.isVisible()


def test_a_personal_number_is_refused_beside_the_code(screen, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "青溪化工厂")
    qtbot.keyClicks(screen.employer.form.fields["uscc"].editor, "11010519491231002X")
    press(qtbot, screen, Qt.Key.Key_S, ALT)
    qtbot.waitUntil(lambda: "公民身份号码" in screen.employer.form.fields["uscc"].error)
    assert screen.focusWidget() is screen.employer.form.fields["uscc"].editor
    screen.employer.form.fields["uscc"].editor.clear()
    qtbot.keyClicks(screen.employer.form.fields["uscc"].editor, "91000000MA1002768X")  # its check character is wrong
    with qtbot.waitSignal(screen.done):
        press(qtbot, screen, Qt.Key.Key_S, ALT)
    assert "青溪化工厂" in listed(screen)


def test_a_field_is_checked_when_it_is_left_and_blocks_nothing(screen, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "青溪化工厂")
    code = screen.employer.form.fields["uscc"]
    code.editor.setFocus()
    qtbot.keyClicks(code.editor, "91000000MA1002768X")
    press(qtbot, screen, Qt.Key.Key_Tab)
    right = uscc_check_character("91000000MA1002768")
    qtbot.waitUntil(lambda: f"末位为 {right}" in code.warning)
    assert screen.focusWidget() is not code.editor
    code.editor.setFocus()
    press(qtbot, screen, Qt.Key.Key_Backspace)
    qtbot.keyClicks(code.editor, right)
    press(qtbot, screen, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: not code.warning and not code.error)


def test_what_was_added_by_hand_is_undone_by_name(screen, ctx, jobs, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "青溪化工厂")
    with qtbot.waitSignal(screen.done):
        press(qtbot, screen, Qt.Key.Key_S, ALT)
    assert "新增 青溪化工厂" in screen._undo.toolTip()
    with qtbot.waitSignal(screen.done, timeout=10_000) as done:
        press(qtbot, screen, Qt.Key.Key_Z, CTRL)
    assert done.args == ["已撤销：新增 青溪化工厂"]
    assert "青溪化工厂" not in listed(screen)
    assert len(listed(screen)) == 3
    assert screen._undo.isHidden()


def test_what_was_sent_since_is_not_undone_and_no_longer_offered(screen, ctx, qtbot, commit_text, monkeypatch):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "青溪化工厂")
    with qtbot.waitSignal(screen.done):
        press(qtbot, screen, Qt.Key.Key_S, ALT)
    added = entries.find(ctx, "青溪化工厂")
    entries.correct(ctx, added, {"phone": "000-3"}, "现场核实")
    entries.correct(ctx, added, {"phone": "000-4"}, "现场核实")
    with ctx.transaction() as session:
        session.execute(update(OperationRow).values(batch=""))  # as after taking it over from elsewhere
    with qtbot.waitSignal(screen.failed, timeout=10_000):
        press(qtbot, screen, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(screen._undo.isHidden)
    assert "青溪化工厂" in listed(screen)


def test_escape_leaves_the_form_without_saving(screen, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    commit_text(screen.focusWidget(), "不保存的厂")
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert not screen.roll.isVisible()
    press(qtbot, screen, Qt.Key.Key_Y, ALT)
    qtbot.waitUntil(screen.roll.isVisible)
    assert "不保存的厂" not in listed(screen)


def test_each_page_has_one_primary_button(screen, empty):
    for shown_screen in (screen, empty):
        for page in (shown_screen.back, shown_screen.add, shown_screen.back):
            page()
            primary = [
                each
                for each in shown_screen.findChildren(type(shown_screen.employer.form.submit))
                if each.property("primary") and each.isVisible()
            ]
            assert len(primary) == 1


def test_below_1280_pixels_the_detail_is_a_drawer(screen, qtbot):
    assert screen.roll.pane.isVisible()
    screen.resize(NARROW)
    assert not screen.roll.pane.isVisible()
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.roll.pane.isVisible()
    assert screen.roll.pane.geometry().right() == screen.roll.list.rect().right()
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert not screen.roll.pane.isVisible()
    assert screen.roll.list.view.hasFocus()
    screen.resize(WIDE)
    assert screen.roll.pane.isVisible()


def test_an_empty_roll_explains_itself_and_offers_the_import(empty, qtbot, tmp_path, monkeypatch):
    make_workbook(tmp_path / "list.xlsx", seed=4, count=20, town="石桥镇")
    chosen = lambda *_arguments: (str(tmp_path / "list.xlsx"), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    press(qtbot, empty, Qt.Key.Key_Space)
    qtbot.waitUntil(empty.preview.isVisible, timeout=30_000)


def test_a_messy_list_is_previewed_imported_and_taken_back(empty, ctx, qtbot, tmp_path):
    path = tmp_path / "名单.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    expected = importing.compare(ctx, importing.preview(path))
    empty.preview.read_list(path)
    qtbot.waitUntil(empty.preview.isVisible, timeout=30_000)
    assert empty.preview.submit.text() == f"导入 {expected.to_write} 家(&I)"
    assert empty.preview.list_of("refused").view.model().rowCount() == len(expected.reading.refusals) > 0
    assert entries.count_rows(ctx) == 0
    with qtbot.waitSignal(empty.done, timeout=30_000) as done:
        press(qtbot, empty, Qt.Key.Key_I, ALT)
    assert str(expected.to_write) in done.args[0]
    assert entries.count_rows(ctx) == expected.to_write
    qtbot.waitUntil(empty._undo.isVisible, timeout=10_000)
    press(qtbot, empty, Qt.Key.Key_Z, CTRL)
    assert entries.count_rows(ctx) == expected.to_write  # a whole import goes only after a question
    with qtbot.waitSignal(empty.done, timeout=30_000):
        press(qtbot, empty, Qt.Key.Key_Y, ALT)
    assert entries.count_rows(ctx) == 0
    assert empty.roll.list.is_empty


def test_the_refused_rows_are_saved_beside_the_users_own_words(empty, ctx, qtbot, tmp_path, monkeypatch):
    path, refusals = tmp_path / "名单.xlsx", tmp_path / "退回.xlsx"
    make_workbook(path, seed=4, count=60, town="石桥镇")
    empty.preview.read_list(path)
    qtbot.waitUntil(empty.preview.isVisible, timeout=30_000)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(refusals), ""))
    with qtbot.waitSignal(empty.saved, timeout=30_000) as saved:
        press(qtbot, empty, Qt.Key.Key_R, ALT)
    assert saved.args[1] == refusals
    assert load_workbook(refusals).sheetnames


def test_a_file_that_is_no_list_is_named_and_changes_nothing(empty, ctx, qtbot, tmp_path):
    (tmp_path / "damaged.xlsx").write_bytes(b"no workbook")
    with qtbot.waitSignal(empty.failed, timeout=30_000) as failed:
        empty.preview.read_list(tmp_path / "damaged.xlsx")
    assert "damaged.xlsx" in failed.args[0].message
    assert empty.roll.isVisible()
    assert entries.count_rows(ctx) == 0


def test_a_list_without_usable_rows_cannot_be_imported(empty, qtbot, tmp_path):
    book = Workbook()
    book.active.append(["甲", "乙"])
    book.save(tmp_path / "nothing.xlsx")
    empty.preview.read_list(tmp_path / "nothing.xlsx")
    qtbot.waitUntil(empty.preview.isVisible, timeout=30_000)
    assert not empty.preview.submit.isEnabled()


def test_the_roll_is_exported(screen, qtbot, tmp_path):
    with qtbot.waitSignal(screen.saved, timeout=30_000):
        screen.roll.export(tmp_path / "roll.xlsx")
    assert load_workbook(tmp_path / "roll.xlsx").active.max_row == 4


def condition(screen, qtbot, key, how, value):
    """Add a condition at the line that asks for one, by keys."""
    press(qtbot, screen, Qt.Key.Key_C, ALT)
    adding = screen.roll.filters.adding
    qtbot.waitUntil(adding.isVisible)
    adding.what.setCurrentIndex(adding.what.findData(key))
    adding.how.setCurrentIndex(adding.how.findData(how))
    if adding.choice.isVisible():
        adding.choice.setCurrentIndex(adding.choice.findData(value))
    else:
        (adding.day if adding.day.isVisible() else adding.value).setText(value)
    press(qtbot, screen, Qt.Key.Key_Return)


def test_the_roll_is_filtered_by_any_field_and_what_is_shown_is_exported(screen, ctx, qtbot, tmp_path):
    condition(screen, qtbot, "risk_class", "is_not", "甲类")
    qtbot.waitUntil(lambda: len(listed(screen)) == 2)
    assert "筛出 2 家" in screen.roll.list.count.text()
    screen.roll.list.view.horizontalHeader().sectionClicked.emit(4)  # 丙 before 乙
    qtbot.waitUntil(lambda: listed(screen) == ["湖州铸造有限公司", "安吉竹器厂"])
    with qtbot.waitSignal(screen.saved, timeout=30_000):
        screen.roll.export(tmp_path / "roll.xlsx")
    sheet = load_workbook(tmp_path / "roll.xlsx").active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == listed(screen)
    condition(screen, qtbot, "name", "contains", "铸造")
    qtbot.waitUntil(lambda: listed(screen) == ["湖州铸造有限公司"])
    for left in (1, 3):  # each chip takes its condition away, the first one first
        screen.roll.filters.add.setFocus()
        QApplication.processEvents()  # which shows the chips that are left
        press(qtbot, screen, Qt.Key.Key_Tab)
        press(qtbot, screen, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda left=left: len(listed(screen)) == left)


def test_several_words_of_one_field_are_one_condition(screen, ctx, qtbot):
    for name, status in (("甲厂", "停业"), ("乙厂", "失联")):
        entries.add(ctx, {"name": name, "status": status})
    screen.reload()
    condition(screen, qtbot, "status", "one_of", "停业")
    adding = screen.roll.filters.adding
    adding.choice.setCurrentIndex(adding.choice.findData("失联"))
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert adding.isHidden()
    assert [each.values for each in screen.roll.filters.conditions] == [["停业", "失联"]]
    qtbot.waitUntil(lambda: sorted(listed(screen)) == ["乙厂", "甲厂"])


def test_a_view_of_the_roll_is_shown_kept_under_a_name_and_forgotten(screen, ctx, jobs, qtbot, commit_text):
    entries.add(ctx, {"name": "甲医院", "kind": "放射诊疗单位"})
    screen.reload()
    screen.roll.filters.show_view("radiology")
    qtbot.waitUntil(lambda: listed(screen) == ["甲医院"])
    condition(screen, qtbot, "name", "contains", "院")
    press(qtbot, screen, Qt.Key.Key_S, ALT)
    qtbot.waitUntil(screen.roll.filters.naming.isVisible)
    commit_text(screen.focusWidget(), "医院")
    press(qtbot, screen, Qt.Key.Key_Return)
    again = shown(ctx, jobs, qtbot)
    filters = again.roll.filters
    filters.views.setCurrentIndex(filters.views.findText("医院"))
    filters.views.activated.emit(filters.views.currentIndex())
    qtbot.waitUntil(lambda: listed(again) == ["甲医院"])
    assert len(filters.conditions) == 2
    filters.remove.click()
    qtbot.waitUntil(lambda: len(listed(again)) == 4)
    assert (filters.views.findText("医院"), filters.conditions) == (-1, ())


def test_who_goes_through_a_filtered_list_stays_in_it_and_opening_another_employer_ends_the_filter(
    screen, ctx, jobs, qtbot
):
    for number in range(1, 4):
        entries.add(ctx, {"name": f"甲 {number} 厂", "kind": "放射诊疗单位"})
    screen.reload()
    condition(screen, qtbot, "kind", "is", "放射诊疗单位")
    qtbot.waitUntil(lambda: listed(screen) == ["甲 1 厂", "甲 2 厂", "甲 3 厂"])
    screen.roll.list.view.selectRow(1)
    screen.correct(screen.roll.list.current.id)
    screen.employer.form.put("kind", "用人单位")
    screen.employer.form.put("reason", "核实")
    screen.employer.form.submit.click()
    qtbot.waitUntil(lambda: listed(screen) == ["甲 1 厂", "甲 3 厂"])
    assert screen.roll.list.current.name == "甲 3 厂"
    screen.open(entries.find(ctx, "石桥五金厂"))
    qtbot.waitUntil(lambda: screen.roll.list.current.name == "石桥五金厂")
    assert screen.roll.filters.conditions == ()
    condition(screen, qtbot, "name", "is", "没有的厂")
    qtbot.waitUntil(lambda: "none_found" in vars(screen.roll.list) and screen.roll.list.none_found.isVisible())
    screen.roll.list.none_found.button.click()
    qtbot.waitUntil(lambda: len(listed(screen)) == 6)


def test_whoever_may_not_write_the_roll_is_told_so_before_typing(screen, ctx, jobs, qtbot):
    reader = shown(as_only(Role.ADMINISTRATOR, ctx), jobs, qtbot)
    grey = refused(*reader.findChildren(QPushButton))
    writing = {"撤销导入(&U)", "导入名单…(&I)", "新增单位(&N)", "导入第一份名单…(&L)", "更正…(&E)"}
    assert set(grey) == writing | {"按检查结果登记状态(&J)", "安排检查(&V)", "登记状态…(&H)", "转出…(&P)"}
    before = listed(reader)
    for key in (Qt.Key.Key_N, Qt.Key.Key_Z, Qt.Key.Key_Y):
        press(qtbot, reader, key, CTRL)
    assert reader.roll.isVisible()
    assert listed(reader) == before
    assert refused(*screen.findChildren(QPushButton)) == []


def test_what_follows_from_the_fields_stands_in_the_detail_until_it_is_filled_in(ctx, qtbot):
    city.choose(ctx, "440700")
    fields = {"name": "甲陶瓷厂", "industry_code": "3071", "hazard_grade": "严重", "workers": "85"}
    entry = entries.add(ctx, fields)

    def shown():
        pane = DetailPane(plans_visits=True)
        qtbot.addWidget(pane)
        pane.show_detail(read_detail(ctx, entry))
        seen = [each.text() for each in pane.findChildren(QLabel)]
        pane.tabs.choose("hazards")
        return [*seen, *(each.text() for each in pane.findChildren(QLabel))]

    said = "（按行业代码和危害因素）"
    assert {"严重", f"陶瓷制造{said}", f"建筑业及建材相关行业{said}", f"建材{said}", "小型（按从业人数估）"} <= set(
        shown()
    )
    entries.correct(ctx, entry, {"key_industry": "其它", "size": "中型"}, "县级名单")
    assert {"其它", "中型"} <= set(shown())
    assert f"陶瓷制造{said}" not in shown()


def test_a_permit_is_asked_of_radiology_and_institutions_alone(ctx, jobs, qtbot):
    entry = entries.add(ctx, {"name": "甲医院"})
    screen = in_front(RollScreen(ctx, jobs), qtbot)
    qtbot.waitUntil(screen.roll.pane.correct.isVisible)
    screen.roll.pane.correct.click()
    form = screen.employer.form
    own = ("permit_no", "permit_until", "permit_scope", "devices", "professionals")
    assert not any(form.fields[key].isEnabled() for key in own)
    form.put("kind", "放射诊疗单位")
    assert all(form.fields[key].isEnabled() for key in own)
    for key, value in {"permit_no": "粤放证1号", "permit_until": "2028-06-30", "professionals": "6"}.items():
        form.put(key, value)
    form.put("reason", "许可证")
    form.submit.click()
    kept = entries.detail(ctx, entry).fields
    assert [kept[key] for key in ("kind", *own)] == ["放射诊疗单位", "粤放证1号", "2028-06-30", "", "", "6"]


def test_a_word_that_is_not_in_its_list_any_more_is_shown_and_kept(ctx, jobs, qtbot):
    city.choose(ctx, "440700")
    entry = entries.add(ctx, {"name": "甲陶瓷厂", "ownership": "三来一补企业"})
    screen = in_front(RollScreen(ctx, jobs), qtbot)
    qtbot.waitUntil(screen.roll.pane.correct.isVisible)
    screen.roll.pane.correct.click()
    box = screen.employer.form.fields["ownership"].editor
    assert box.currentText() == "三来一补企业（不在列表中）"
    assert screen.employer.form.fields["key_industry"].editor.findData("其它") > 0
    screen.employer.form.put("grid", "三村")
    screen.employer.form.put("reason", "核对")
    screen.employer.form.submit.click()
    kept = entries.detail(ctx, entry).fields
    assert (kept["ownership"], kept["grid"]) == ("三来一补企业", "三村")


def test_which_letter_is_the_higher_risk_depends_on_the_scheme():
    assert (risk_kind("甲类", "pilot2022"), risk_kind("丙类", "pilot2022")) == ("ok", "bad")
    assert (risk_kind("甲类", "guide2019"), risk_kind("丙类", "guide2019")) == ("bad", "ok")
    assert risk_kind("甲类", "") == "plain"
    assert "2022" in risk_text("甲类", "pilot2022")
    assert "未注明" in risk_text("甲类", "")


def test_the_columns_of_a_list_are_put_right_and_kept_and_changes_declined_by_keyboard(empty, ctx, qtbot, tmp_path):
    employer = entries.add(ctx, {"name": "青溪化工厂", "address": "旧路1号", "phone": "000-1"})
    path = tmp_path / "list.csv"
    path.write_text("序号,单位名称,环评批复,哪里,电话,批示\n1,青溪化工厂,有,东路1号,000-2,阅\n", "utf-8")
    preview = empty.preview
    preview.read_list(path)
    qtbot.waitUntil(preview.isVisible, timeout=30_000)
    assert any("有 3 列没有导入" in label.text() for label in preview.findChildren(QLabel))
    assert preview.chips.current == "columns"
    lines = preview.list_of("columns").view
    qtbot.waitUntil(preview.choice.isEnabled)  # the job is over: its end would take the focus from the letter
    lines.selectRow(3)
    preview.choice.setCurrentIndex(preview.choice.findData("address"))
    preview.choice.activated.emit(preview.choice.currentIndex())
    qtbot.waitUntil(lambda: lines_of(lines)[3].column.key == "address" and preview.choice.isEnabled(), timeout=30_000)
    assert [line.column.key for line in lines_of(lines)][3] == "address"
    lines.selectRow(2)
    press(qtbot, empty, Qt.Key.Key_K, ALT)
    qtbot.waitUntil(lambda: [line.kept for line in lines_of(lines)][2] and preview.choice.isEnabled(), timeout=30_000)
    press(qtbot, empty, Qt.Key.Key_L, ALT)
    qtbot.waitUntil(lambda: [line.kept for line in lines_of(lines)][5] and preview.choice.isEnabled(), timeout=30_000)
    press(qtbot, empty, Qt.Key.Key_G, ALT)
    changed = preview.list_of("changed").view
    qtbot.waitUntil(changed.isVisible)
    changed.selectRow([line.key for line in lines_of(changed)].index("phone"))
    press(qtbot, empty, Qt.Key.Key_C, ALT)
    qtbot.waitUntil(lambda: not preview.decline.isDown())  # a letter's click
    with qtbot.waitSignal(empty.done, timeout=30_000):
        press(qtbot, empty, Qt.Key.Key_I, ALT)
    detail = entries.detail(ctx, employer)
    assert (detail.fields["address"], detail.fields["phone"]) == ("东路1号", "000-1")
    assert detail.kept == (("序号", "1"), ("环评批复", "有"), ("批示", "阅"))
    pane = DetailPane(plans_visits=True)
    qtbot.addWidget(pane)
    pane.show_detail(read_detail(ctx, employer))
    pane.tabs.choose("kept")
    assert "环评批复" in {label.text() for label in pane.findChildren(QLabel)}


def lines_of(view):
    return [view.table.row(place) for place in range(view.table.total)]


def test_a_county_sees_of_each_employer_whose_it_is_by_name_and_sorts_by_it(tmp_path, jobs, qtbot):
    with new_world(tmp_path / "world", TOWNS[:2]) as world:
        for (code, _), name in zip(TOWNS, ("安吉竹器厂", "湖州铸造"), strict=False):
            write_entry(world.county, name, town=code)
        made = shown(world.county, jobs, qtbot)
        listed = made.roll.list
        assert [listed.table.index(row, 1).data() for row in (0, 1)] == ["石桥镇", "云岭乡"]
        for falling in (False, True):
            listed.view.horizontalHeader().sectionClicked.emit(1)
            qtbot.waitUntil(lambda: not jobs.is_busy)
            qtbot.waitUntil(
                lambda falling=falling: listed.table.index(0, 1).data() == ("云岭乡" if falling else "石桥镇")
            )
        jobs.wait()
        assert read_detail(world.county, listed.current.id).detail.fields["town"] == "石桥镇（000000001）"
