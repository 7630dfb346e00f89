"""Pictures of 今日: the first steps, an ordinary day, a quiet one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ohdesk.demo import cast
from ohdesk.demo.answers import CLEAN
from ohdesk.demo.visiting import told
from ohdesk.domain.people import PersonRole
from ohdesk.domain.visit import StartData, Task
from ohdesk.screenshots.stage import TOWN, Shot, Stage, fill
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, photos, planning
from ohdesk.services.visit.photos import Caption
from ohdesk.ui.screens.today.screen import TodayScreen

_DAY = date(2026, 4, 22)  # a Wednesday: the first deadlines have passed, others end on this day or on Friday
_ANSWERED = 4


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    stage.open_desk()
    stage.show(TodayScreen)
    yield stage.shot("today-quiet")
    stage.close()
    stage.clock.set(_DAY, "08:40")
    with stage.working(account=TOWN.administrator) as ctx:
        _busy(ctx)
    stage.open_desk()
    stage.show(TodayScreen)
    yield stage.shot("today-busy")
    stage.open_empty()
    stage.show(TodayScreen)
    yield stage.shot("today-first-steps")


def _busy(ctx: Context) -> None:
    """Plan a week: one visit half filled, one all but signed, one approved, others still to be approved."""
    inspectors = [each for each in people.list_people(ctx) if each.role == PersonRole.INSPECTOR]
    people.correct_person(ctx, replace(inspectors[0], certificate_until="2026-05-30"))
    team = tuple(each.id for each in inspectors[:2])
    rows = entries.list_rows(ctx)[20:27]
    days = ("04-21", "04-22", "04-22", "04-22", "04-23", "04-24", "04-28")
    planned = [
        planning.plan(
            ctx, planning.NewVisit(establishment=row.id, inspectors=team, task=Task("daily", "plan", f"2026-{day}"))
        )
        for row, day in zip(rows, days, strict=True)
    ]
    for number, visit in enumerate(planned[:4]):
        conduct.approve(ctx, visit, TOWN.administrator, cast.PASSWORD, f"2026-{number + 11:04d}")
    for visit, end in ((planned[1], _ANSWERED), (planned[2], None)):
        conduct.start(ctx, visit, StartData(mode=TOWN.mode, accompanied_by="陈某（厂长）", arrival=told(ctx.now())))
        fill(ctx, visit, CLEAN, end)
    photos.announce_photo(ctx, planned[2], "", Caption(text="检测报告封面"))
