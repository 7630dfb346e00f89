"""Pictures of 检查: the list, each step of a visit with what can stand in its way, and a closed gate."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from ohdesk.demo.photos import workshop_photo
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.i18n import tr
from ohdesk.screenshots.stage import Stage
from ohdesk.services.context import Context
from ohdesk.services.office import people, powers
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, photos
from ohdesk.services.visit.photos import Caption
from ohdesk.services.visit.planning import NewVisit
from ohdesk.ui.screens.visit.screen import InspectionScreen
from ohdesk.ui.screens.visit.steps import Page

_FACT = "打磨岗位 3 台除尘罩中 1 台停用，罩口积尘明显，操作面未见负压吸附。"
_TOLD = Arrival(
    code_way="亮码",
    code_at="2026-03-19T06:00:00Z",
    notice_given="当场送达",
    certificates_shown="已出示",
    rights_told="已告知",
    recusal_answer="不申请回避",
)


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        half, planned = _half_filled(ctx), _planned(ctx, 1)
    stage.open_desk()
    stage.desk.show_screen("visit")
    screen = _screen(stage)
    yield from _planning(stage, screen, planned)
    yield from _filling(stage, screen, half)
    yield from _gate(stage, screen, planned)
    stage.open_empty()
    stage.desk.show_screen("visit")
    stage.settle()
    yield "inspection-none", stage.window
    _screen(stage).plan_new()
    yield "inspection-plan-nobody", stage.window


def _planning(stage: Stage, screen: InspectionScreen, planned: str) -> Iterator[tuple[str, QWidget]]:
    screen.show_visits()
    stage.settle()
    yield "inspection-list", stage.window
    screen.plan_new()
    plan = screen.page(Page.PLAN)
    plan.finder.search.setText(tr("五金"))
    plan.finder.search.textEdited.emit(plan.finder.search.text())
    yield "inspection-1-plan-search", stage.window
    plan.finder.clear()
    plan.submit()
    yield "inspection-1-plan-gaps", stage.window
    screen.open_visit(planned)
    yield "inspection-2-approval", stage.window
    approval = screen.page(Page.APPROVAL)
    approval.way.buttons["paper"].click()
    approval.submit()
    yield "inspection-2-approval-paper", stage.window
    screen.show_page(Page.ARRIVAL)
    yield "inspection-3-arrival", stage.window
    screen.page(Page.ARRIVAL).submit()
    yield "inspection-3-arrival-gaps", stage.window


def _filling(stage: Stage, screen: InspectionScreen, half: str) -> Iterator[tuple[str, QWidget]]:
    screen.open_visit(half)
    for question, name in (
        ("H01", "inspection-4-unanswered"),
        ("F03", "inspection-4-not-met"),
        ("C01", "inspection-4-not-applicable"),
        ("A03", "inspection-4-not-inspected"),
    ):
        screen.show_question(question)
        stage.settle()
        yield name, stage.window
    screen.card.phrases_wanted.emit(AnswerValue.NOT_INSPECTED)
    stage.settle()
    yield "inspection-4-phrases", stage.window
    screen.show_page(Page.LEAVING)
    screen.page(Page.LEAVING).submit()
    stage.settle()
    yield "inspection-5-leaving", stage.window


def _gate(stage: Stage, screen: InspectionScreen, planned: str) -> Iterator[tuple[str, QWidget]]:
    screen.open_visit(planned)
    screen.show_page(Page.ARRIVAL)
    screen.page(Page.ARRIVAL).reason.setText(tr("大门关闭，现场没有人可以接受告知"))
    screen.page(Page.ARRIVAL).blocked_button.click()
    ending = screen.page(Page.ENDING)
    ending.outcomes.buttons["closed"].click()
    ending.submit()
    stage.settle()
    yield "inspection-5-ending-gaps", stage.window
    ending.proofs.buttons["门牌或厂区照片"].click()
    ending.account.setPlainText("大门上锁，电表停转，邻近单位称已停产两个月。")
    ending.submit()
    stage.settle()
    yield "inspection-6-ended", stage.window


def _screen(stage: Stage) -> InspectionScreen:
    return stage.desk.screen_made_of(InspectionScreen)


def _planned(ctx: Context, place: int) -> str:
    team = tuple(row.id for row in people.list_people(ctx) if row.role == "inspector")[:2]
    entry = entries.list_rows(ctx)[place].id
    return conduct.plan(ctx, NewVisit(establishment=entry, inspectors=team, task=Task("daily", "plan", "2026-03-19")))


def _half_filled(ctx: Context) -> str:
    visit = _planned(ctx, 0)
    conduct.approve_on_paper(ctx, visit, ctx.actor.name, "2026-03-12", "2026-0101")
    mode = powers.list_powers(ctx)[0].mode
    conduct.start(ctx, visit, StartData(mode=mode, accompanied_by="陈砚（厂长）", arrival=_TOLD))
    for question in filling.open_form(ctx, visit).form.questions[:40]:
        filling.save_answer(ctx, visit, question.id, _answer(question.id))
    caption = Caption(text="打磨岗位停用的除尘罩", taken_by=ctx.actor.name)
    for seed in (1, 2):
        photos.attach_photo(ctx, visit, "F03", workshop_photo(seed), caption)
    photos.announce_photo(ctx, visit, "F03", Caption(text="照片随后补入"))
    return visit


def _answer(question: str) -> Answer:
    if question == "F03":
        return Answer(AnswerValue.NOT_MET, fact=_FACT)
    if question.startswith("C"):
        return Answer(AnswerValue.NOT_APPLICABLE, reason="近五年没有建设项目。")
    if question == "A03":
        return Answer(AnswerValue.NOT_INSPECTED, reason="资料柜上锁，当日未能查阅。")
    return Answer(AnswerValue.MET)
