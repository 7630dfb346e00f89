"""Pictures of 检查: the list, each step of a visit with what can stand in its way, and a closed gate."""

from collections.abc import Iterator

from ohdesk.demo.answers import POLISHING, Seen
from ohdesk.demo.photos import workshop_photo
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import PartnerOfficer, TakenTask, Task
from ohdesk.forms.answers import AnswerValue
from ohdesk.i18n import tr
from ohdesk.screenshots.stage import Shot, Stage, begun, fill, team
from ohdesk.services.context import Context
from ohdesk.services.finding import open_tasks
from ohdesk.services.register import entries as books
from ohdesk.services.roll import entries
from ohdesk.services.visit import photos, planning, self_check
from ohdesk.services.visit.photos import Caption
from ohdesk.ui.screens.visit.approval_page import ApprovalPage
from ohdesk.ui.screens.visit.arrival_page import ArrivalPage
from ohdesk.ui.screens.visit.ending_page import EndingPage
from ohdesk.ui.screens.visit.evidence_page import EvidencePage
from ohdesk.ui.screens.visit.leaving_page import LeavingPage
from ohdesk.ui.screens.visit.photos_page import PhotosPage
from ohdesk.ui.screens.visit.plan_page import PlanPage
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page

_SEEN = Seen(
    facts={"F03": POLISHING.facts["F03"]},
    absent={"C": "近五年没有建设项目。"},
    unchecked={"A03": "资料柜上锁，当日未能查阅。"},
)


_SHOT_AT = ("14:02:31", "14:02:38", "14:02:44", "14:02:52", "13:41:05", "")  # the last two: too early, and not said


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        half, planned = _half_filled(ctx), _planned(ctx)
    stage.open_desk()
    screen = stage.show(VisitsScreen)
    yield from _planning(stage, screen, planned)
    yield from _filling(stage, screen, half)
    yield from _gate(stage, screen, planned)
    stage.open_empty()
    screen = stage.show(VisitsScreen)
    yield stage.shot("inspection-none")
    screen.plan_new()
    yield stage.shot("inspection-plan-nobody")


def _planning(stage: Stage, screen: VisitsScreen, planned: str) -> Iterator[Shot]:
    screen.show_visits()
    yield stage.shot("inspection-list")
    screen.plan_new()
    plan = screen.page_of(PlanPage)
    plan.finder.search.setText("金属")
    yield stage.shot("inspection-1-plan-search")
    plan.finder.choose("")
    plan.submit()
    yield stage.shot("inspection-1-plan-gaps")
    screen.open_visit(planned)
    screen.show_page(Page.PLAN)
    yield stage.shot("inspection-1-plan-along")
    screen.show_page(Page.PAPERS)
    yield stage.shot("inspection-papers-joint")
    screen.open_visit(planned)
    yield stage.shot("inspection-2-approval")
    approval = screen.page_of(ApprovalPage)
    approval.way.buttons["paper"].click()
    approval.submit()
    yield stage.shot("inspection-2-approval-paper")
    screen.show_page(Page.ARRIVAL)
    yield stage.shot("inspection-3-arrival")
    screen.page_of(ArrivalPage).submit()
    yield stage.shot("inspection-3-arrival-gaps")


def _filling(stage: Stage, screen: VisitsScreen, half: str) -> Iterator[Shot]:
    screen.open_visit(half)
    for question, name in (
        ("H01", "inspection-4-unanswered"),
        ("F03", "inspection-4-not-met"),
        ("C01", "inspection-4-not-applicable"),
        ("A03", "inspection-4-not-inspected"),
    ):
        screen.show_question(question)
        yield stage.shot(name)
    screen.card.phrases_wanted.emit(AnswerValue.NOT_INSPECTED)
    yield stage.shot("inspection-4-phrases")
    yield from _photos(stage, screen)
    screen.show_page(Page.PAPERS)
    yield stage.shot("inspection-papers")
    screen.filling.turn()
    screen.show_question("F03")
    yield stage.shot("inspection-4-list")
    screen.filling.turn()
    screen.show_page(Page.LEAVING)
    screen.page_of(LeavingPage).submit()
    yield stage.shot("inspection-5-leaving")


def _photos(stage: Stage, screen: VisitsScreen) -> Iterator[Shot]:
    screen.show_page(Page.PHOTOS)
    yield stage.shot("inspection-4-photos-none")
    folder = stage.scratch / "phone"
    folder.mkdir()
    for number, minute in enumerate(_SHOT_AT):
        shot_at = f"2026:03:19 {minute}" if minute else ""
        (folder / f"IMG_{number:04}.jpg").write_bytes(workshop_photo(number, shot_at))
    (folder / "IMG_0006.jpg").write_bytes(workshop_photo(6)[:4000])
    page = screen.page_of(PhotosPage)
    page.take_folder(folder)
    yield stage.shot("inspection-4-photos")
    page.correct.click()
    page.list.opened.emit()
    yield stage.shot("inspection-4-photos-large")
    page.go_back()
    page.clock.give_up()
    page.clear.click()
    yield stage.shot("inspection-4-photos-no-faces")
    page.confirm.give_up()
    page.cover.click()
    stage.settle()
    page.masking.editor.cover()
    yield stage.shot("inspection-4-photos-mask")
    page.masking.put_away()
    posts = "".join(
        f"{post},{count},{count * 2},8:00—17:00\n" for count, post in enumerate(("打磨", "抛光", "喷涂"), 3)
    )
    (stage.scratch / "台账.csv").write_text(f"岗位,接害人数,从业人数,作业时间\n{posts}", encoding="utf-8")
    screen.show_page(Page.EVIDENCE)
    evidence = screen.page_of(EvidencePage)
    evidence.attach([stage.scratch / "台账.csv"])
    yield stage.shot("inspection-4-evidence")
    evidence.remove.click()
    yield stage.shot("inspection-4-evidence-remove")
    evidence.question.give_up()
    evidence.ask_about(stage.scratch / "台账.csv")
    yield stage.shot("inspection-4-evidence-recording")
    evidence.form.close_form()
    evidence.originals.click()
    yield stage.shot("inspection-4-evidence-originals")
    evidence.taking.put_away()


def _gate(stage: Stage, screen: VisitsScreen, planned: str) -> Iterator[Shot]:
    screen.open_visit(planned)
    screen.show_page(Page.ARRIVAL)
    screen.page_of(ArrivalPage).reason.setText(tr("大门关闭，现场没有人可以接受告知"))
    screen.page_of(ArrivalPage).blocked_button.click()
    ending = screen.page_of(EndingPage)
    ending.outcomes.buttons["closed"].click()
    ending.submit()
    yield stage.shot("inspection-5-ending-gaps")
    ending.proofs.buttons["门牌或厂区照片"].click()
    ending.account.setPlainText("大门上锁，电表停转，邻近单位称已停产两个月。")
    ending.submit()
    yield stage.shot("inspection-6-ended")


def _planned(ctx: Context) -> str:
    entry = entries.list_rows(ctx)[1].id
    new = planning.NewVisit(
        establishment=entry,
        inspectors=team(ctx),
        task=Task("daily", "plan", "2026-03-19", taken=_complained(ctx, entry)[:1]),
        technicians=(Technician(name="贺禾", unit="清源检测有限公司", role="sampling"),),
        partners=tuple(
            PartnerOfficer("青原县总工会", name, number) for name, number in (("何苒", "G1"), ("郑沂", "G2"))
        ),
    )
    return planning.plan(ctx, new)


def _complained(ctx: Context, establishment: str) -> tuple[TakenTask, ...]:
    """Enter two complaints about an employer, and return what is open there."""
    said = {"source": "phone", "identity": "anonymous", "within_power": "town"}
    for facts in ("打磨车间粉尘大", "夜班噪声大"):
        told = {"received_at": "2026-03-16 09:30", "facts": facts, "reply_by": "2026-03-30"}
        books.add(ctx, "complaints", said | told, about=establishment)
    return tuple(each.taken for each in open_tasks.open_tasks(ctx, establishment) if each.may_be_taken)


def _half_filled(ctx: Context) -> str:
    employer = entries.list_rows(ctx)[0].id
    visit = begun(ctx, employer, "陈砚（厂长）", _complained(ctx, employer)[-2:])
    fill(ctx, visit, _SEEN, 40)
    caption = Caption(text="打磨岗位停用的除尘罩", taken_by=ctx.actor.name)
    for seed in (1, 2):
        photos.attach_photo(ctx, visit, "F03", workshop_photo(seed), caption)
    photos.announce_photo(ctx, visit, "F03", Caption(text="照片随后补入"))
    _check_itself(ctx, visit)
    return visit


def _check_itself(ctx: Context, visit: str) -> None:
    """Let the employer answer every question of its self-check with 是, as employers do."""
    import openpyxl  # late: for this picture alone

    file = ctx.folder.parent / "self-check.xlsx"
    self_check.write_self_check(ctx, visit, file)
    book = openpyxl.load_workbook(file)
    guide, page = book.worksheets
    for row in range(2, page.max_row + 1):
        page.cell(row, 5).value = "是"
    guide.cell(guide.max_row - 1, 2).value, guide.cell(guide.max_row, 2).value = "何苒", "2026-03-18"
    book.save(file)
    self_check.take_self_check(ctx, visit, file)
