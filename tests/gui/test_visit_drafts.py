"""What is half filled at a step of a visit is there again: after Esc, after another screen, after a crash."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.finding import drafts as finding
from ohdesk.services.visit import conduct, drafts, filling
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page
from tests.gui.hands import CTRL, Hands
from tests.gui.showing import bring_forward
from tests.visiting import add_firm, add_inspectors, planned_visit, started_visit

TYPED = "门卫说老板不在"


@pytest.fixture
def at(ctx, jobs, qtbot):
    """The screen of the visits, and hands at it."""
    screen = VisitsScreen(ctx, jobs)
    qtbot.addWidget(screen)
    bring_forward(screen, qtbot)
    return screen, Hands(qtbot, screen)


def approved(ctx):
    visit = planned_visit(ctx)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    return visit


def reason(screen, hands):
    hands.alt("D")
    hands.field("缘由")
    return lambda: screen.page(Page.PLAN).reason


def plan_for_a_firm(ctx, screen, hands):
    add_inspectors(ctx)
    firm = add_firm(ctx)
    screen.open_for(firm)
    return reason(screen, hands), lambda: screen.open_for(firm), (firm, "plan")


def plan_that_is_changed(ctx, screen, hands):
    visit = planned_visit(ctx)

    def to_the_plan():
        screen.open_visit(visit)
        screen.show_page(Page.PLAN)

    to_the_plan()
    return reason(screen, hands), to_the_plan, (visit, "plan")


def approval_on_paper(ctx, screen, hands):
    visit = planned_visit(ctx)
    screen.open_visit(visit)
    hands.alt("P")
    return lambda: screen.page(Page.APPROVAL).approver, lambda: screen.open_visit(visit), (visit, "approval")


def arrival(ctx, screen, hands):
    visit = approved(ctx)
    screen.open_visit(visit)
    hands.field("陪同人姓名、职务")
    return lambda: screen.page(Page.ARRIVAL).accompanied_by, lambda: screen.open_visit(visit), (visit, "arrival")


def ending(ctx, screen, hands):
    visit = started_visit(ctx)

    def to_the_ending():
        screen.open_visit(visit)
        screen.show_page(Page.ENDING)

    to_the_ending()
    hands.field("情况说明")
    return lambda: screen.page(Page.ENDING).account, to_the_ending, (visit, "ending")


def leaving(ctx, screen, hands):
    visit = started_visit(ctx)

    def to_the_leaving():
        screen.open_visit(visit)
        screen.show_page(Page.LEAVING)

    to_the_leaving()
    hands.field("其余各项未检查的原因")
    return lambda: screen.page(Page.LEAVING).reason, to_the_leaving, (visit, "leaving")


STEPS = (plan_for_a_firm, plan_that_is_changed, approval_on_paper, arrival, ending, leaving)


def text(editor):
    return editor.toPlainText() if hasattr(editor, "toPlainText") else editor.text()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_what_is_half_filled_is_there_again_after_esc(ctx, at, step):
    screen, hands = at
    editor, come_back, _draft = step(ctx, screen, hands)
    hands.enter(TYPED)
    hands.strike(Qt.Key.Key_Escape)
    screen.show_visits()
    come_back()
    assert text(editor()) == TYPED


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_what_is_half_filled_is_on_the_disk_before_one_leaves(ctx, at, step):
    screen, hands = at
    _editor, _come_back, draft = step(ctx, screen, hands)
    hands.enter(TYPED)
    hands.wait(lambda: TYPED in drafts.kept(ctx, *draft).values())


def test_a_password_is_never_kept(ctx, at):
    screen, hands = at
    visit = planned_visit(ctx)
    screen.open_visit(visit)
    hands.enter("a-secret")
    hands.strike(Qt.Key.Key_Escape)
    assert "a-secret" not in drafts.kept(ctx, visit, "approval").values()


def test_what_was_planned_leaves_no_draft(ctx, at):
    screen, hands = at
    _editor, _come_back, draft = plan_for_a_firm(ctx, screen, hands)
    hands.enter(TYPED)
    hands.press(Qt.Key.Key_Return, CTRL)
    assert screen.front is Page.APPROVAL
    assert drafts.kept(ctx, *draft) == {}


def test_a_firm_half_sought_is_sought_again(at):
    screen, hands = at
    screen.plan_new()
    hands.enter("竹")
    hands.strike(Qt.Key.Key_Escape)
    screen.plan_new()
    assert screen.page(Page.PLAN).finder.search.text() == "竹"


def test_a_deadline_that_is_refused_is_there_again_and_keeps_the_visit_from_being_signed(ctx, at):
    screen, hands = at
    visit = started_visit(ctx)
    filling.save_rest_as_not_inspected(ctx, visit, "停产")
    for question in ("A01", "A02"):
        filling.save_answer(ctx, visit, question, Answer(AnswerValue.NOT_MET, fact="没有文件。"))
    finding.accept_proposals(ctx, visit)
    screen.open_visit(visit)
    leaving = screen.page(Page.LEAVING)
    hands.field("改正期限")
    hands.replace("2020-01-06")
    hands.strike(Qt.Key.Key_Return)
    assert leaving.rows[0].day_field.error
    leaving.rows[1].day.setFocus()
    hands.replace("2026-04-01")
    hands.strike(Qt.Key.Key_Return)
    assert leaving.rows[0].day.text() == "2020-01-06"
    screen.show_visits()
    screen.open_visit(visit)
    assert leaving.rows[0].day.text() == "2020-01-06"
    assert leaving.rows[0].day_field.error
    leaving.submit()
    assert screen.front is Page.LEAVING
    assert "没有确定处置" in leaving.fault
