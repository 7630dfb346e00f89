"""Visits that are no inspection on the spot, by keys: a round of assistants, and one from the office."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.services.office import powers
from ohdesk.services.visit import conduct, views
from ohdesk.ui.kit.step_page import StepBar
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page
from tests.gui.hands import ALT, CTRL
from tests.gui.showing import in_front, said
from tests.visiting import POWER, planned_visit, started_round

PRESSED = 120  # ms; a button pressed by its letter is seen to go down before it acts


@pytest.fixture
def press(qtbot):
    def press_key(screen, key, modifier):
        qtbot.keyClick(screen.focusWidget() or screen, key, modifier)
        qtbot.wait(PRESSED)

    return press_key


def test_a_round_names_its_assistant_shows_no_steps_and_is_ended_by_keys(ctx, jobs, qtbot, press, commit_text):
    visit = started_round(ctx)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    assert screen.front is Page.PATROL
    assert "何禾" in said(screen)
    assert not any(bar.isVisibleTo(screen) for bar in screen.findChildren(StepBar))
    commit_text(screen.focusWidget(), "打磨车间的风机在运行。")
    press(screen, Qt.Key.Key_Return, CTRL)
    assert views.visit_view(ctx, visit).is_over


def test_from_the_office_one_says_how_one_looks_and_nothing_of_a_gate_is_asked(ctx, jobs, qtbot, press):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_visit(visit)
    for letter in "FQEYH":
        press(screen, Qt.Key(ord(letter)), ALT)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.FILLING
    start = views.visit_view(ctx, visit).start
    assert (start.mode, start.means, start.gap_reason) == ("off-site", "书面", "")
    assert (start.arrival.notice_given, start.arrival.code_way) == ("当场送达", "")
