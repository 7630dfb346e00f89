"""The form of the kit, by hand movements: Enter, Esc, leaving a field, problems at their fields."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.field import Choice
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Worker
from ohdesk.ui.kit.lay import column
from tests.gui import looking

ASKED = (
    Field("name", "姓名", required=True, most=10),
    Field("until", "有效期至", Kind.DAY),
    Field("role", "类别", Kind.CHOICE, choices=(("inspector", "执法人员"), ("assistant", "协管员"))),
    Field("new", "新密码", Kind.PASSWORD),
)
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def form(qtbot):
    page = QWidget()
    made = Form(ASKED, today="2026-03-02")
    QVBoxLayout(page).addWidget(made)
    qtbot.addWidget(page)
    page.resize(700, 500)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    made.ask("新增人员", "保存(&S)", {"role": "inspector"})
    made.page = page
    return made


def press(qtbot, form, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(form.page.focusWidget() or form.page, key, modifier)


def said(form):
    return [label.text() for label in form.findChildren(QLabel) if label.isVisible()]


def test_enter_in_a_field_submits(form, qtbot):
    qtbot.keyClicks(form.page.focusWidget(), "Zhou")
    with qtbot.waitSignal(form.submitted):
        press(qtbot, form, Qt.Key.Key_Return)
    assert form.values() == {"name": "Zhou", "until": "", "role": "inspector", "new": ""}


def test_enter_on_a_button_presses_it(form, qtbot):
    form.cancel.setFocus()
    press(qtbot, form, Qt.Key.Key_Return)
    assert not form.isVisible()


def test_a_field_that_must_be_filled_says_so_until_it_is_being_filled(form, qtbot):
    with qtbot.assertNotEmitted(form.submitted):
        press(qtbot, form, Qt.Key.Key_Return)
    assert "请填写。" in said(form)
    assert form.page.focusWidget() is form.fields["name"].editor
    qtbot.keyClicks(form.page.focusWidget(), "Z")
    assert "请填写。" not in said(form)


def test_a_day_typed_in_short_is_read_as_it_is_meant_when_enter_submits(form, qtbot):
    form.put("name", "周沄")
    form.fields["until"].editor.setFocus()
    qtbot.keyClicks(form.page.focusWidget(), "2026-1-1")
    with qtbot.waitSignal(form.submitted):
        press(qtbot, form, Qt.Key.Key_Return)
    assert form.value("until") == "2026-01-01"


def test_what_is_no_day_is_answered_with_an_example_not_with_an_order(form, qtbot):
    form.fields["until"].editor.setFocus()
    qtbot.keyClicks(form.page.focusWidget(), "2027/2/30")
    press(qtbot, form, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(form.fields["until"].error))
    assert form.fields["until"].error == "请写成 2026-03-02 这样的日期。"


def test_a_text_that_is_too_long_is_refused_at_its_field_when_one_leaves_it(form, qtbot):
    qtbot.keyClicks(form.page.focusWidget(), "x" * 11)
    press(qtbot, form, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(form.fields["name"].error))
    assert "10 个字" in form.fields["name"].error


def test_a_sign_that_no_paper_can_print_is_named_while_it_is_typed_and_may_still_be_saved(form, qtbot, commit_text):
    name = form.fields["name"]
    commit_text(name.editor, "周🏭")
    assert "“🏭”（U+1F3ED）" in name.warning
    with qtbot.waitSignal(form.submitted):
        press(qtbot, form, Qt.Key.Key_Return)
    name.editor.setText("周㙟，CO₂")
    assert name.warning == name.error == ""
    form.put("new", "🏭")
    assert form.fields["new"].warning == ""  # of a password nothing is said


def test_problems_stand_at_their_fields_by_key_and_the_rest_beside_the_buttons(form):
    here, elsewhere = Problem("怎么叫都行", "证号", "空白", field="until"), Problem("单位", "在名录中", "没有")
    form.show_problems(ProblemsError("没有保存。", (here, elsewhere)))
    assert form.fields["until"].error == "应为证号。"
    assert form.page.focusWidget() is form.fields["until"].editor
    assert "没有保存。\n单位：应为在名录中，现为没有。" in said(form)


def test_of_two_problems_of_one_field_neither_is_lost(form):
    two = (Problem("期限", "日期", "x", field="until"), Problem("期限", "将来", "昨天", field="until"))
    form.show_problems(ProblemsError("没有保存。", two))
    assert form.fields["until"].error == "应为日期。\n应为将来。"


def test_other_choices_keep_what_was_chosen_and_tell_nobody(qtbot):
    choice = Choice()
    qtbot.addWidget(choice)
    choice.offer([("a", "甲"), ("b", "乙")])
    choice.setCurrentIndex(1)
    told = []
    choice.currentIndexChanged.connect(told.append)
    choice.offer([("b", "乙"), ("c", "丙")])
    assert (choice.currentData(), told) == ("b", [])
    choice.offer([("c", "丙")])
    assert choice.currentData() == "c"


def test_escape_closes_what_was_not_touched_and_asks_about_what_was(form, qtbot):
    qtbot.keyClicks(form.page.focusWidget(), "Zhou")
    press(qtbot, form, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert "放弃填写的内容？" in said(form)
    press(qtbot, form, Qt.Key.Key_Escape)  # the safe answer
    assert form.value("name") == "Zhou"
    assert form.page.focusWidget() is form.fields["name"].editor
    press(qtbot, form, Qt.Key.Key_Escape)
    with qtbot.waitSignal(form.closed):
        press(qtbot, form, Qt.Key.Key_Y, ALT)
    form.ask("新增人员", "保存(&S)", {})
    with qtbot.waitSignal(form.closed):
        press(qtbot, form, Qt.Key.Key_Escape)


def test_while_the_form_asks_each_letter_stands_for_one_button(form, qtbot):
    qtbot.keyClicks(form.page.focusWidget(), "Zhou")
    press(qtbot, form, Qt.Key.Key_Escape)
    assert looking.letters_twice(form) == []
    with qtbot.waitSignal(form.findChild(Confirm).declined):
        press(qtbot, form, Qt.Key.Key_Q, ALT)
    assert form.cancel.isVisible()
    assert form.value("name") == "Zhou"


def standing_out(page):
    return [
        each.text().strip() for each in page.findChildren(QPushButton) if each.property("primary") and each.isVisible()
    ]


def test_while_something_is_asked_nothing_around_it_stands_out(qtbot):
    page, form, confirm = QWidget(), Form((Field("name", "名称"),)), Confirm()
    go = primary_action("lock", "冻结", lambda: None)
    column(go, form, confirm, of=page)
    qtbot.addWidget(page)
    page.show()
    drawn = go.icon().cacheKey()
    confirm.ask("真的？", "做(&Y)")
    assert standing_out(page) == []
    assert go.icon().cacheKey() != drawn  # drawn for a ground of colour, it would not be seen
    form.ask("名称", "保存", {})
    confirm.give_up()
    assert standing_out(page) == ["保存"]
    form.put("name", "甲")
    form.give_up()  # asks first
    form.findChild(Confirm).give_up()
    assert standing_out(page) == ["保存"]
    form.close_form()
    assert standing_out(page) == ["冻结"]
    assert go.icon().cacheKey() == drawn


def test_a_draft_holds_what_was_typed_but_no_password(form, qtbot):
    assert form.draft() is None
    qtbot.keyClicks(form.fields["new"].editor, "secret")
    qtbot.keyClicks(form.fields["name"].editor, "Zhou")
    assert form.draft() == {"name": "Zhou", "until": "", "role": "inspector"}


def test_a_draft_put_back_is_still_not_saved(form):
    form.ask("更正", "保存(&S)", {"name": "周沄"}, held={"name": "周"})
    assert form.is_touched
    assert form.changed() == {"name": "周沄"}


@pytest.fixture
def waiting(form, jobs, qtbot):
    """A form whose saving waits behind other work, and what lets it go."""
    go = Event()
    worker = Worker(jobs)
    qtbot.addWidget(worker)

    def save(act, then):
        worker.work(lambda: go.wait(5), lambda _: None)
        form.save(worker, act, then)

    form.worker, form.save_later = worker, save
    yield go
    go.set()


def test_what_is_refused_late_is_said_though_the_form_was_given_up(form, waiting, qtbot):
    def refuse():
        raise UserError("没有保存。", "请重试。")

    form.save_later(refuse, lambda _: None)
    press(qtbot, form, Qt.Key.Key_Escape)
    assert not form.isVisible()
    with qtbot.waitSignal(form.worker.failed) as told:
        waiting.set()
    assert told.args[0].message == "没有保存。"


def test_what_is_saved_late_leaves_what_is_asked_meanwhile(form, waiting, qtbot):
    saved = []
    form.save_later(lambda: "周", saved.append)
    press(qtbot, form, Qt.Key.Key_Escape)
    form.ask("新增人员", "保存(&S)", {})
    qtbot.keyClicks(form.page.focusWidget(), "Wu")
    waiting.set()
    qtbot.waitUntil(lambda: saved == ["周"])
    assert (form.isVisible(), form.value("name")) == (True, "Wu")


def test_what_is_refused_late_is_not_said_of_what_is_asked_meanwhile(form, waiting, qtbot):
    def refuse():
        raise ProblemsError("没有保存。", (Problem("姓名", "", "", "已有同名的人。", field="name"),))

    form.save_later(refuse, lambda _: None)
    press(qtbot, form, Qt.Key.Key_Escape)
    form.ask("新增人员", "保存(&S)", {})
    with qtbot.waitSignal(form.worker.failed):
        waiting.set()
    assert form.fields["name"].error == ""
