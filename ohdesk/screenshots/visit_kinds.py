"""Pictures of visits of other kinds: posts in tables, a round of assistants, from the office, looked at again."""

from collections.abc import Iterator
from datetime import date

from ohdesk.demo.photos import workshop_photo
from ohdesk.demo.visiting import told
from ohdesk.domain.people import PersonRole
from ohdesk.domain.visit import StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.detail_values import rows_text
from ohdesk.screenshots.stage import TOWN, Shot, Stage, team
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up, re_inspections
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import people
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, photos, planning
from ohdesk.services.visit.photos import Caption
from ohdesk.ui.screens.registers.screen import RegistersScreen
from ohdesk.ui.screens.visit.arrival_page import ArrivalPage
from ohdesk.ui.screens.visit.ending_page import PatrolPage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page

_AGAIN = date(2026, 4, 22)  # the deadlines of the findings have passed
_COUNTED = ("workshop", "post", "exposed", "present", "correct", "wrong", "none")
_POSTS = (("打磨车间", "打磨", "12", "8", "5", "2", "1"), ("冲压车间", "冲床", "9", "9", "6", "1", "2"))
_MEASURED = ("post", "level", "source", "report_no", "sampled_on")
_LEVELS = (
    ("打磨", "91.2", "report", "检〔2026〕8号", "2026-02-03"),
    ("冲床", "88.4", "report", "检〔2026〕8号", "2026-02-03"),
)


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        survey, patrol, planned = _survey(ctx), _patrol(ctx), _planned(ctx, entries.list_rows(ctx)[3].id)
    stage.open_desk()
    screen = stage.show(VisitsScreen)
    yield from _counting(stage, screen, survey)
    screen.open_visit(patrol)
    screen.page_of(PatrolPage).note.setPlainText("打磨车间 3 台除尘风机均在运行，公告栏没有更新检测结果。")
    yield stage.shot("visit-patrol")
    screen.open_visit(planned)
    screen.show_page(Page.ARRIVAL)
    arrival = screen.page_of(ArrivalPage)
    arrival.authority.modes.buttons["off-site"].click()
    arrival.check()  # what is missing is asked a moment after the last key
    yield stage.shot("visit-off-site")
    registers = stage.show(RegistersScreen)
    registers.open("patrols")
    yield stage.shot("visit-patrol-book")
    yield from _again(stage)


def _counting(stage: Stage, screen: VisitsScreen, survey: str) -> Iterator[Shot]:
    screen.open_visit(survey)
    screen.show_question("HP01")
    yield stage.shot("visit-posts")
    screen.card.details.count()
    yield stage.shot("visit-counting")
    screen.show_question("HP02")
    yield stage.shot("visit-levels")


def _again(stage: Stage) -> Iterator[Shot]:
    stage.close()  # whoever has it open keeps others out
    stage.clock.set(_AGAIN, "08:40")
    with stage.working() as ctx:
        listed = follow_up.rectifications(ctx, ListQuery())
        rows = follow_up.rows_of(ctx, listed, listed.ids)
        due = next(row for row in rows if follow_up.detail(ctx, row).photos)
        day = _AGAIN.isoformat()
        visit = re_inspections.plan_re_inspection(ctx, re_inspections.together(rows, due, day), day, team(ctx))
        conduct.approve_on_paper(ctx, visit, TOWN.administrator, day, "2026-0012")
        conduct.start(ctx, visit, StartData(mode=TOWN.mode, accompanied_by="陈砚（厂长）", arrival=told(ctx.now())))
        photos.attach_photo(ctx, visit, due.question, workshop_photo(9), Caption(text="除尘罩已接回风机"))
    stage.open_desk()
    screen = stage.show(VisitsScreen, visit)
    screen.show_question(due.question)
    yield stage.shot("visit-again")


def _survey(ctx: Context) -> str:
    employer = entries.list_rows(ctx)[2].id
    entries.correct(ctx, employer, {"hazards": "噪声、矽尘"}, "现场核对")
    new = planning.NewVisit(
        establishment=employer,
        inspectors=team(ctx),
        task=Task("daily", "plan", "2026-03-19"),
        form="hearing-survey",
        form_reason="噪声岗位专项",
    )
    visit = planning.plan(ctx, new)
    conduct.approve_on_paper(ctx, visit, TOWN.administrator, "2026-03-12", "2026-0010")
    conduct.start(ctx, visit, StartData(mode=TOWN.mode, accompanied_by="陈砚（厂长）", arrival=told(ctx.now())))
    for question, columns, rows in (("HP01", _COUNTED, _POSTS), ("HP02", _MEASURED, _LEVELS)):
        held = [dict(zip(columns, row, strict=True)) for row in rows]
        answer = Answer(AnswerValue.MET, details={"posts": rows_text(held)})
        filling.save_answer(ctx, visit, question, answer)
    return visit


def _patrol(ctx: Context) -> str:
    paper = {"kind": "assistants", "title": "青原县职业卫生监督协管工作方案", "valid_from": "2026-01-01"}
    register.add(ctx, "county_papers", paper)
    helper = people.add_person(ctx, "何禾", PersonRole.ASSISTANT)
    new = planning.NewVisit(
        establishment=entries.list_rows(ctx)[4].id, inspectors=(), assistants=(helper,), task=Task("", "")
    )
    visit = planning.plan(ctx, new)
    conduct.start(ctx, visit, StartData(mode="patrol", place="厂区大门", accompanied_by="陈砚（厂长）"))
    return visit


def _planned(ctx: Context, employer: str) -> str:
    new = planning.NewVisit(establishment=employer, inspectors=team(ctx), task=Task("daily", "plan", "2026-03-19"))
    return planning.plan(ctx, new)
