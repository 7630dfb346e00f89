"""Pictures of 问题整改: the list with deadlines passed, a re-inspection arranged, the county, nothing."""

from collections.abc import Iterator
from datetime import date

from PySide6.QtWidgets import QWidget

from ohdesk.demo import cast
from ohdesk.screenshots.stage import Stage
from ohdesk.ui.screens.finding.screen import FindingsScreen

_DAY = date(2026, 4, 22)  # a Wednesday: the first deadlines have passed, others end on this day or on Friday


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield the screen in its states."""
    stage.clock.set(_DAY, "08:40")
    stage.open_desk()
    screen = _shown(stage)
    yield "findings-overdue", stage.window
    screen.list.open_pane()
    yield "findings-detail", stage.window
    screen.plan()
    yield "findings-recheck", stage.window
    screen.form.submit.click()
    stage.settle()
    screen.list.choose("planned")
    stage.settle()
    yield "findings-arranged", stage.window
    screen.list.choose("finished")
    yield "findings-none-found", stage.window
    stage.open_desk(stage.demo / cast.COUNTY_FOLDER, cast.COUNTY_CLERK)
    _shown(stage)
    yield "findings-county", stage.window
    stage.open_empty()
    _shown(stage)
    yield "findings-empty", stage.window


def _shown(stage: Stage) -> FindingsScreen:
    stage.desk.show_screen("finding")
    stage.settle()
    return stage.desk.screen_made_of(FindingsScreen)
