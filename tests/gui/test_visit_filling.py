"""Filling a checklist: ready sentences, several photos at once, every question by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.visit import filling
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.showing import in_front
from tests.visiting import picture, started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def screen(ctx, jobs, qtbot, visit):
    return in_front(VisitsScreen(ctx, jobs), qtbot)


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget(), key, modifier)


def stored(ctx, visit, question):
    return filling.open_form(ctx, visit).answers[question].answer


def test_a_ready_sentence_is_taken_by_keys(screen, ctx, visit, qtbot):
    question = screen.filling.view.form.questions[0].id
    press(qtbot, screen, Qt.Key.Key_4)
    press(qtbot, screen, Qt.Key.Key_F2)
    offered = [screen.card.phrases.item(row).text() for row in range(screen.card.phrases.count())]
    assert "当日该岗位停产，未能查看" in offered
    press(qtbot, screen, Qt.Key.Key_Down)
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert stored(ctx, visit, question).reason == offered[1]


def test_another_ready_sentence_takes_the_place_of_the_one_before(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_4)
    for _ in range(2):
        press(qtbot, screen, Qt.Key.Key_F2)
        press(qtbot, screen, Qt.Key.Key_Down)
        press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.card.text.toPlainText().count("未能") == 1


def test_the_facts_written_before_at_this_question_are_offered_again(screen, ctx, visit, qtbot):
    question = screen.filling.view.form.questions[0].id
    filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="任命文件上的人已离职。"))
    screen.reload()
    screen.show_question(question)
    press(qtbot, screen, Qt.Key.Key_F2)
    offered = [screen.card.phrases.item(row).text() for row in range(screen.card.phrases.count())]
    assert offered[1] == "任命文件上的人已离职。"
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert screen.focusWidget() is screen.card.text


def test_the_button_that_goes_on_names_the_key_that_does_where_the_focus_is(screen, qtbot):
    assert screen.card.following.text() == "下一项  Enter"
    press(qtbot, screen, Qt.Key.Key_4)
    assert screen.focusWidget() is screen.card.text
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.card.text.toPlainText() == "\n"
    assert screen.card.following.text() == "下一项  PgDn"
    press(qtbot, screen, Qt.Key.Key_F2)
    assert screen.card.following.text() == "下一项  PgDn"
    press(qtbot, screen, Qt.Key.Key_Escape)
    before = screen.card.head.wording.text()
    press(qtbot, screen, Qt.Key.Key_PageDown)
    assert screen.card.head.wording.text() != before
    assert screen.card.following.text() == "下一项  Enter"


def test_at_the_last_question_the_text_names_the_key_that_leaves(screen, qtbot):
    screen.show_question(screen.filling.view.form.questions[-1].id)
    assert screen.card.following.text() == "离场  Enter"
    press(qtbot, screen, Qt.Key.Key_4)
    assert screen.card.following.text() == "离场  Ctrl+Enter"
    press(qtbot, screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen.front == "leaving"


def test_of_several_photos_the_good_ones_are_kept_and_the_other_is_named(
    screen, ctx, visit, qtbot, tmp_path, monkeypatch
):
    for name, content in (("a.jpg", picture("teal")), ("b.jpg", b"no picture"), ("c.jpg", picture("red"))):
        (tmp_path / name).write_bytes(content)
    files = [str(tmp_path / name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: (files, ""))
    with qtbot.waitSignal(screen.failed, timeout=10_000) as failed:
        press(qtbot, screen, Qt.Key.Key_F6)
    assert [problem.place for problem in failed.args[0].problems] == ["b.jpg"]
    assert len(filling.open_form(ctx, visit).photos) == 2


def test_storing_photos_can_be_stopped_and_what_is_stored_stays(screen, ctx, jobs, visit, qtbot, tmp_path):
    files = [tmp_path / f"{number}.jpg" for number in range(40)]
    for number, file in enumerate(files):
        file.write_bytes(picture(size=(400 + number, 300)))
    job_started = []
    jobs.started.connect(job_started.append)
    screen.filling.photos.attach(files)
    job_started[0].progressed.connect(lambda _done, _total: job_started[0].cancel())
    with qtbot.waitSignal(screen.done, timeout=10_000):
        pass
    assert 0 < len(filling.open_form(ctx, visit).photos) < len(files)


def answer(qtbot, screen, key):
    press(qtbot, screen, key)
    QApplication.processEvents()
    if screen.focusWidget() not in screen.card.answers.by_value.values():
        qtbot.keyClicks(screen.focusWidget(), "7")
        press(qtbot, screen, Qt.Key.Key_Escape)
        QApplication.processEvents()
        press(qtbot, screen, Qt.Key.Key_Return)


def test_every_question_can_be_answered_by_keys_alone_and_answered_again(screen, ctx, visit, qtbot):
    questions = [question.id for question in screen.filling.view.form.questions]
    for key in (Qt.Key.Key_1, Qt.Key.Key_3):
        for question in questions:
            screen.show_question(question)
            answer(qtbot, screen, key)
    assert filling.open_form(ctx, visit).counts.not_applicable == len(questions)


def test_the_open_places_of_a_ready_sentence_are_typed_over_one_after_the_other(screen, ctx, visit, qtbot):
    question = next(each for each in screen.filling.view.form.questions if each.phrase.count("__") == 2)
    screen.show_question(question.id)
    press(qtbot, screen, Qt.Key.Key_2)
    qtbot.keyClicks(screen.focusWidget(), "12")
    press(qtbot, screen, Qt.Key.Key_Tab)
    qtbot.keyClicks(screen.focusWidget(), "3")
    press(qtbot, screen, Qt.Key.Key_Tab)
    assert screen.focusWidget() is not screen.card.text
    before, between, after = question.phrase.split("__")
    assert stored(ctx, visit, question.id).fact.startswith(f"{before}12{between}3{after[:3]}")
