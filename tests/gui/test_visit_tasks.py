"""综合查一次 by keys: what else is open is taken along by a key, and each of it settled before one leaves."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.services.finding import open_tasks
from ohdesk.services.office import powers
from ohdesk.services.register import entries as books
from ohdesk.services.visit import conduct, filling, views
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page
from tests.gui.showing import in_front
from tests.unit.services.finding.test_preparation import COMPLAINT
from tests.visiting import ARRIVAL, POWER, add_firm, add_inspectors

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def press(qtbot):
    def press_key(screen, key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(screen.focusWidget() or screen, key, modifier)

    return press_key


def test_what_is_open_is_taken_along_by_a_key_and_settled_on_leaving(ctx, jobs, qtbot, press):
    firm = add_firm(ctx)
    add_inspectors(ctx)
    powers.add_power(ctx, POWER)
    for text in ("粉尘大", "噪声大"):
        books.add(ctx, "complaints", COMPLAINT | {"facts": text}, about=firm)
    first, second = open_tasks.open_tasks(ctx, firm)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_for(firm)
    plan = screen.page(Page.PLAN)
    assert plan.taken.count() == 2
    plan.taken.setFocus()
    press(screen, Qt.Key.Key_Space)
    press(screen, Qt.Key.Key_Down)
    press(screen, Qt.Key.Key_Space)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.APPROVAL
    visit = screen.visit
    assert [each.id for each in views.visit_view(ctx, visit).task.taken] == [first.id, second.id]
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, conduct.StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产")
    screen.open_visit(visit)
    screen.show_page(Page.LEAVING)
    leaving = screen.page(Page.LEAVING)
    assert leaving.gaps.table.total == 2
    leaving.gaps.setFocus()
    press(screen, Qt.Key.Key_Return)  # to where it is settled
    assert screen.focusWidget() is leaving.tasks
    press(screen, Qt.Key.Key_Space)
    assert [each.done for each in views.visit_view(ctx, visit).tasks] == [True, False]
    press(screen, Qt.Key.Key_Space)
    assert [each.done for each in views.visit_view(ctx, visit).tasks] == [False, False]
    press(screen, Qt.Key.Key_Space)
    press(screen, Qt.Key.Key_Return, CTRL)
    assert leaving.fields["leaving_reason"].error
    leaving.leaving_reason.setText("要取样")
    with qtbot.waitSignal(screen.wanted):
        press(screen, Qt.Key.Key_Return, CTRL)
    assert "要取样" in views.visit_view(ctx, visit).tasks[1].sentence
