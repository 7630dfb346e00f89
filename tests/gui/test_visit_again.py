"""复查: only what failed is asked again, with the photo of last time beside the new one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ohdesk.services.finding import re_inspections
from ohdesk.services.visit import editions, filling, photos, views
from ohdesk.ui.kit.photo_strip import PhotoStrip
from ohdesk.ui.screens.visit.plan_page import PlanPage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.showing import in_front
from tests.rectifying import BREACH, begin, fill, finalize, found, listed, on, team, visit_of
from tests.visiting import add_firm, picture


def pictures(strip):
    return [label for label in strip.findChildren(QLabel) if not label.pixmap().isNull()]


def test_what_failed_is_asked_again_with_the_photo_of_last_time_beside_the_new(ctx, jobs, qtbot):
    first, day = on(ctx, "2026-03-02"), "2026-04-14"
    visit = visit_of(first, add_firm(first), "2026-03-02")
    photos.attach_photo(first, visit, BREACH, picture("teal"), photos.Caption(text="申报回执栏空着"))
    fill(first, visit)
    finalize(first, visit)
    later = on(ctx, day)
    again = re_inspections.plan_re_inspection(later, listed(later), day, team(ctx))
    begin(later, again)
    photos.attach_photo(later, again, BREACH, picture("red"))
    screen = in_front(VisitsScreen(later, jobs), qtbot)
    assert [row.question.id for row in screen.filling.view.outline] == [BREACH]
    strips = screen.filling.photos.findChildren(PhotoStrip)
    qtbot.waitUntil(lambda: [len(pictures(strip)) for strip in strips] == [1, 1])
    said = [label.text() for label in screen.card.findChildren(QLabel) if label.isVisibleTo(screen)]
    assert {"上次 2026-03-02", "这次"} <= set(said)
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_1)
    assert filling.open_form(later, again).counts.met == 1


def test_a_re_inspection_that_is_put_off_keeps_its_checklist(ctx, jobs, qtbot):
    found(ctx)
    later, day = on(ctx, "2026-04-14"), "2026-04-15"
    again = re_inspections.plan_re_inspection(later, listed(later), "2026-04-14", team(ctx))
    page = PlanPage(later, jobs)
    qtbot.addWidget(page)
    page.show_visit(views.visit_view(later, again))
    assert page.form.currentText() == "复查检查表（用人单位职业卫生监督检查表）"
    page.day.set_day(day)
    page.submit()
    assert views.visit_view(later, again).task.planned_on == day
    assert list(editions.editions(later, again).current.by_id) == [BREACH]
