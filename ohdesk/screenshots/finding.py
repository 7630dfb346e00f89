"""Pictures of 问题整改: the list with deadlines passed, a re-inspection arranged, the county, nothing."""

from collections.abc import Iterator
from datetime import date

from ohdesk.demo import cast
from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.ui.screens.finding.screen import FindingsScreen

_DAY = date(2026, 4, 22)  # a Wednesday: the first deadlines have passed, others end on this day or on Friday


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    stage.clock.set(_DAY, "08:40")
    stage.open_desk()
    screen = stage.show(FindingsScreen)
    yield stage.shot("findings-overdue")
    screen.list.open_pane()
    yield stage.shot("findings-detail")
    screen.plan()
    yield stage.shot("findings-recheck")
    screen.form.submit.click()
    stage.settle()
    screen.list.choose("planned")
    yield stage.shot("findings-arranged")
    screen.list.choose("finished")
    yield stage.shot("findings-none-found")
    stage.open_desk(stage.demo / cast.COUNTY_FOLDER, cast.COUNTY_CLERK)
    stage.show(FindingsScreen)
    yield stage.shot("findings-county")
    stage.open_empty()
    stage.show(FindingsScreen)
    yield stage.shot("findings-empty")
