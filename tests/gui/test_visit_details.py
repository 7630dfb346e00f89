"""Figures, choices, counters and rows of a repeat are filled by keys, and stopped where they are typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from ohdesk.db.queries.forms import keep_edition
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.detail_values import rows_in
from ohdesk.services.register import entries
from ohdesk.services.visit import filling
from ohdesk.services.visit.lookup import find_visit
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.hands import ALT, type_into
from tests.gui.showing import in_front, said
from tests.unit.forms.trial_form import trial_form
from tests.visiting import started_visit


@pytest.fixture
def visit(ctx, tmp_path):
    visit = started_visit(ctx)
    with ctx.transaction() as session:
        find_visit(session, visit).form_sha256 = keep_edition(session, trial_form(tmp_path))
    return visit


@pytest.fixture
def at(ctx, jobs, qtbot, visit):
    """The card of the first question, and what is stored of its answer."""
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)

    def details():
        screen.card.flush()
        return filling.open_form(ctx, visit).answers["A01"].answer.details

    return screen.card, details


@pytest.fixture
def keys(qtbot, at):
    def press(*pressed):
        for each in pressed:
            if isinstance(each, str):
                for letter in each:  # the first one opens a cell, and the others go into it
                    type_into(qtbot, QApplication.focusWidget(), letter)
            else:
                qtbot.keyClick(QApplication.focusWidget(), each)
            QApplication.processEvents()

    return press


ENTER = Qt.Key.Key_Return


def test_a_reading_by_an_instrument_whose_calibration_ran_out_is_told_as_it_is_typed(ctx, jobs, qtbot):
    entries.add(ctx, "equipment", {"title": "声级计", "kind": "sound", "serial": "SL-0031", "valid_to": "2026-03-01"})
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_visit(started_visit(ctx, "hearing-survey"))
    screen.show_question("HP03")
    editor = screen.card.details.editors["meter"]
    editor.setFocus()
    qtbot.keyClicks(editor, "SL-0031")
    assert "检定 2026-03-01 到期" in said(screen)


PRESSED = 120  # ms; a button pressed by its letter is seen to go down before it acts


def test_figures_a_choice_and_rows_are_filled_from_paper_by_number_keys_alone(at, keys):
    card, details = at
    keys("1", "60", ENTER, "39", ENTER, "1", ENTER, "2.5", ENTER)
    keys("1", ENTER, "12", ENTER, "3", ENTER, "15", ENTER, "91.2", ENTER, ENTER, ENTER)
    keys("2", ENTER, "4", ENTER, "0", ENTER, "4", ENTER, "88", ENTER, ENTER, ENTER)
    assert any("84.2" in label.text() for label in card.details.findChildren(QLabel))
    given = []
    card.next_wanted.connect(lambda: given.append(True))
    keys(ENTER)
    assert given
    assert {key: text for key, text in details().items() if key != "posts"} == {
        "workers": "60",
        "exposed": "39",
        "unit": "mg/m3",
        "dust": "2.5",
    }
    first, second = rows_in(details()["posts"])
    assert first == {"post": "1", "correct": "12", "wrong": "3", "worn": "15", "level": "91.2"}
    assert second["worn"] == "4"


def test_one_key_counts_one_person_and_the_sum_follows(at, keys):
    card, details = at
    keys("1")
    card.details.editors["posts"].setFocus()
    keys("打磨", ENTER)
    card.details.count()
    for _ in range(3):
        keys("7", "8")  # the same key twice in a row would count as held
    keys(Qt.Key.Key_Backspace, ENTER)
    card.flush()
    assert rows_in(details()["posts"])[0] == {"post": "打磨", "correct": "3", "wrong": "2", "worn": "5"}
    assert QApplication.focusWidget() is card.details.editors["posts"]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (("60", ENTER, "61", ENTER), "exposed", "不大于从业人数 60"),
        (("-3", ENTER), "workers", "0 或正整数"),
        (("60", ENTER, "39", ENTER, ENTER, "2.5", ENTER), "dust", "单位"),
    ],
)
def test_a_figure_that_cannot_be_is_stopped_where_it_is_typed(at, keys, typed, field, said):
    card, details = at
    keys("1", *typed)
    assert any(said in each.error for each in card.details.fields.values())
    assert field not in details()
    assert QApplication.focusWidget() in card.details.in_order[:4]


def test_more_worn_rightly_than_worn_is_stopped_in_its_cell(at, keys):
    card, details = at
    keys("1")
    table = card.details.editors["posts"]
    table.show_cell("posts.0.post")
    keys("打磨", ENTER, "9", ENTER, "0", ENTER, "8", ENTER)
    card.flush()
    assert "不大于已佩戴 8" in card.details.fields["posts"].error
    assert "worn" not in details()["posts"]


def test_what_is_not_put_is_folded_away_with_the_reason_and_may_be_looked_at(ctx, jobs, qtbot, visit):
    filling.save_answer(ctx, visit, "A01", Answer(AnswerValue.MET))
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    outline = screen.filling.outline
    assert [item.isHidden() for item in outline._items.values()] == [False, False, True]
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Y, ALT)
    qtbot.wait(PRESSED)
    assert not any(item.isHidden() for item in outline._items.values())
    screen.show_question("A03")
    assert any("第 1 项" in label.text() and "不合格" in label.text() for label in screen.card.findChildren(QLabel))
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_1)
    assert filling.open_form(ctx, visit).answers["A03"].answer.value is AnswerValue.MET
