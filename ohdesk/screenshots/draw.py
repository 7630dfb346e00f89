"""Pictures of 抽取: the list, each of the five steps on the desk and for the room, and what can stand in the way."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from ohdesk.demo import cast
from ohdesk.screenshots.stage import TOWN, Shot, Stage
from ohdesk.services.draw import holding, planning
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.draw.plan import Exclusion, Recusal
from ohdesk.ui.screens.draw.screen import DrawsScreen

_SEED = "20260319140211172531"
_LATE = date(2026, 4, 22)


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    yield from _planning(stage)
    yield from _holding(stage)
    yield from _ending(stage)
    stage.open_empty()
    screen = stage.show(DrawsScreen)
    yield stage.shot("draws-none")
    screen.start()
    stage.settle()
    screen.wizard.scope.submit()
    yield stage.shot("draws-check-nobody")


def _planning(stage: Stage) -> Iterator[Shot]:
    stage.open_desk(account=TOWN.inspectors[0].name)
    screen = stage.show(DrawsScreen)
    yield stage.shot("draws-list")
    screen.start()
    stage.settle()
    scope, check = screen.wizard.scope, screen.wizard.check
    yield stage.shot("draws-1-scope")
    scope.by.setCurrentIndex(scope.by.findData("risk_class"))
    scope.by.activated.emit(scope.by.currentIndex())
    stage.settle()
    scope.way.setCurrentIndex(1)
    scope.way.activated.emit(1)
    scope.texts["plan"].clear()
    scope.submit()
    yield stage.shot("draws-1-scope-gaps")
    screen.wizard.scope.start_again()
    stage.settle()
    scope.submit()
    stage.settle()
    preview = check.preview
    if preview is not None:
        firm, other = preview.taking_part[3], preview.taking_part[5]
        person = preview.inspectors[0].person
        plan = replace(
            preview.plan,
            exclusions=(Exclusion(establishment=firm.establishment, code="special"),),
            recusals=(Recusal(person=person, establishment=other.establishment, code="kin"),),
        )
        check.planned.emit(plan)
        check.show_plan(plan)
    yield stage.shot("draws-2-check")
    check.chips.choose("out")
    yield stage.shot("draws-2-check-out")
    check.chips.choose("people")
    yield stage.shot("draws-2-check-people")
    check.chips.choose("in")
    check.bar.click()
    yield stage.shot("draws-2-check-recusal")
    check.form.close_form()
    check.submit()
    yield stage.shot("draws-2-check-freeze")


def _holding(stage: Stage) -> Iterator[Shot]:
    wizard = stage.desk.screen_made_of(DrawsScreen).wizard
    wizard.check.confirm.confirmed.emit("")
    wizard.check.confirm.hide()
    yield stage.shot("draws-3-seed")
    page = wizard.seed
    page.lines["first"].setText(_SEED)
    page.lines["second"].setText(_SEED.replace("1403", "1408").replace("140211", "140217"))
    page.lines["witnesses"].setText("、".join(cast.WITNESSES))
    page.submit()
    yield stage.shot("draws-3-seed-differs")
    wizard.project.setChecked(True)
    page.lines["second"].setText(_SEED)
    yield stage.shot("draws-3-seed-room")
    wizard.project.setChecked(False)
    stage.settle()
    page.submit()
    yield stage.shot("draws-4-draw")
    wizard.result.submit()
    yield stage.shot("draws-4-result")
    wizard.project.setChecked(True)
    yield stage.shot("draws-4-result-room")
    wizard.project.setChecked(False)
    stage.settle()
    wizard.ask_void()
    yield stage.shot("draws-5-void")


def _ending(stage: Stage) -> Iterator[Shot]:
    wizard = stage.desk.screen_made_of(DrawsScreen).wizard
    wizard.question.put("reason", "名单中有一家已搬迁，冻结前没有核对")
    wizard.question.submit.click()
    yield stage.shot("draws-void")
    stage.close()
    with stage.working(account=TOWN.inspectors[0].name) as ctx:
        plan = replace(planning.usual_plan(ctx), cap=2)
        short = holding.freeze(ctx, plan)
        minutes = SeedMinutes(source=cast.SEED_SOURCE, thrown_by="", witnesses=cast.WITNESSES)
        holding.set_seed(ctx, short, _SEED, _SEED, minutes)
        holding.compute(ctx, short)
        late = holding.freeze(ctx, planning.usual_plan(ctx))
    stage.clock.set(_LATE, "09:00")
    stage.open_desk()
    stage.show(DrawsScreen, short).wizard.show_step(3)
    yield stage.shot("draws-4-short")
    stage.desk.screen_made_of(DrawsScreen).wizard.show_step(4)
    yield stage.shot("draws-5-publish")
    stage.show(DrawsScreen, late)
    yield stage.shot("draws-3-overdue")
