"""风险评估登记簿: the class of the latest assessment is written to the roll by keyboard, for a reason."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.domain.people import Role
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.services.roll.risk import ASSESSMENTS
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.screens.registers.screen import RegistersScreen
from tests.gui.showing import as_only, in_front

ASSESSED = {"severe_level": "met", "severe_exposed": "12", "points": "80"}
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def plant(ctx):
    return entries.add(ctx, {"name": "石桥化工厂"})


def opened(ctx, jobs, qtbot, entry):
    screen = in_front(RegistersScreen(ctx, jobs), qtbot)
    screen.open(f"{ASSESSMENTS}:{entry}")
    qtbot.waitUntil(lambda: screen.book.pane.shown is not None and screen.book.pane.shown.detail.id == entry)
    return screen


def test_the_class_goes_to_the_roll_for_a_reason_and_is_offered_no_more(ctx, plant, jobs, qtbot):
    entry = register.add(ctx, ASSESSMENTS, {**ASSESSED, "assessed_on": "2026-02-20"}, plant)
    screen = opened(ctx, jobs, qtbot, entry)
    page = screen.book
    qtbot.waitUntil(lambda: page.take.isVisibleTo(screen))
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_W, ALT)
    qtbot.waitUntil(lambda: page.reason.isVisibleTo(screen))
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    assert page.reason.fields["reason"].error
    page.reason.put("reason", "评估报告核实")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: entries.detail(ctx, plant).fields["risk_class"] == "乙")
    assert entries.detail(ctx, plant).fields["risk_scheme"] == "pilot2022"
    qtbot.waitUntil(lambda: not page.take.isVisibleTo(screen))


def test_an_older_assessment_offers_nothing(ctx, plant, jobs, qtbot):
    older = register.add(ctx, ASSESSMENTS, {**ASSESSED, "assessed_on": "2023-02-20"}, plant)
    register.add(ctx, ASSESSMENTS, {**ASSESSED, "assessed_on": "2026-02-20"}, plant)
    screen = opened(ctx, jobs, qtbot, older)
    qtbot.waitUntil(lambda: not any(each.is_busy for each in screen.book.findChildren(Latest)))
    assert not screen.book.take.isVisibleTo(screen)


def test_who_may_not_write_the_roll_is_told_so(ctx, plant, jobs, qtbot):
    entry = register.add(ctx, ASSESSMENTS, {**ASSESSED, "assessed_on": "2026-02-20"}, plant)
    screen = opened(as_only(Role.ADMINISTRATOR, ctx), jobs, qtbot, entry)
    qtbot.waitUntil(lambda: screen.book.take.isVisibleTo(screen))
    assert not screen.book.take.isEnabled()
