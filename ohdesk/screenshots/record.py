"""Pictures of documents and signatures: the list, every step of signing, photos that come later, what is refused."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.demo import cast
from ohdesk.demo.handwriting import PAD_HEIGHT, PAD_WIDTH, signature_strokes
from ohdesk.demo.photos import workshop_photo
from ohdesk.demo.visiting import party
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Ending, StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.screenshots.stage import TOWN, Stage
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.office import people
from ohdesk.services.record import finalizing, signing
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, photos
from ohdesk.services.visit.photos import Caption
from ohdesk.services.visit.planning import NewVisit
from ohdesk.ui.kit.signature_pad import SignaturePad
from ohdesk.ui.screens.record.screen import RecordsScreen

FIRST, SECOND = (person.name for person in TOWN.inspectors[:2])


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield every state of the screen."""
    with stage.working(account=FIRST) as ctx:
        filled, gate, awaiting, unfinished = _prepare(ctx)
    stage.open_desk(account=FIRST)
    stage.desk.show_screen("record")
    stage.settle()
    screen = stage.desk.screen_made_of(RecordsScreen)
    yield "records-ready", stage.window
    yield from _list(stage, screen, awaiting)
    yield from _photos(stage, screen)
    stage.desk.show_screen("record", unfinished)
    stage.settle()
    yield "records-prepare-problems", stage.window
    yield from _signing(stage, screen, filled)
    stage.desk.show_screen("record", gate)
    stage.settle()
    yield "records-prepare-closed-gate", stage.window
    screen.flow.prepare.go.click()
    stage.settle()
    yield "records-conclude-absent", stage.window
    stage.open_empty()
    stage.desk.show_screen("record")
    stage.settle()
    yield "records-empty", stage.window


def _list(stage: Stage, screen: RecordsScreen, awaiting: str) -> Iterator[tuple[str, QWidget]]:
    screen.list.parts.choose("final")
    stage.settle()
    yield "records-final", stage.window
    screen.list.view.opened.emit(screen.list.current)
    stage.settle()
    yield "records-final-opened", stage.window
    screen.list.pane.amend_button.click()
    screen.list.pane.amend_form.submit.click()
    yield "records-amend-without-words", stage.window
    screen.list.pane.amend_form.back.click()
    screen.list.close_pane()
    screen.list.search.setText("查无此号")
    yield "records-nothing-found", stage.window
    screen.list.search.clear()
    stage.desk.show_screen("record", awaiting)
    stage.settle()
    yield "records-photos-awaited", stage.window


def _photos(stage: Stage, screen: RecordsScreen) -> Iterator[tuple[str, QWidget]]:
    screen.list.pane.photos.click()
    stage.settle()
    path = stage.scratch / "IMG_0012.jpg"
    path.write_bytes(workshop_photo(12))
    screen.bring_in(2, path)
    stage.settle()
    yield "records-photos-page", stage.window
    screen.photos.back.click()
    stage.settle()


def _signing(stage: Stage, screen: RecordsScreen, filled: str) -> Iterator[tuple[str, QWidget]]:
    flow = screen.flow
    stage.desk.show_screen("record", filled)
    stage.settle()
    yield "records-prepare", stage.window
    flow.prepare.party_form.ways["refused"].click()
    stage.settle()
    yield "records-prepare-refused", stage.window
    flow.prepare.party_form.ways["signed"].click()
    flow.prepare.flush()
    stage.settle()
    flow.prepare.go.click()
    stage.settle()
    yield "records-signing-unread", stage.window
    flow.signing.pdf.pages.go_to(99)
    stage.settle()
    sign_on(flow.signing.pad)
    stage.settle()
    yield "records-signing-signed", stage.window
    flow.signing.finish.click()
    yield "records-signing-hand-back", stage.window
    flow.signing.gate.confirmed.emit("wrong")
    stage.settle()
    yield "records-signing-wrong-password", stage.window
    flow.signing.gate.confirmed.emit(cast.PASSWORD)
    stage.settle()
    yield "records-conclude", stage.window
    flow.conclude.seats.passwords[SECOND].setText("wrong")
    flow.conclude.finalize.click()
    stage.settle()
    yield "records-conclude-wrong-password", stage.window
    flow.conclude.seats.passwords[SECOND].setText(cast.PASSWORD)
    flow.conclude.finalize.click()
    stage.settle()
    yield "records-final-result", stage.window


def sign_on(pad: SignaturePad) -> None:
    """Write on the pad with the mouse."""
    for stroke in signature_strokes("陈𠅤"):
        places = [
            QPointF(x * pad.width() * 0.8 / PAD_WIDTH + pad.width() * 0.1, y * pad.height() / PAD_HEIGHT)
            for x, y, _ in stroke
        ]
        _mouse(pad, QMouseEvent.Type.MouseButtonPress, places[0])
        for place in places[1:]:
            _mouse(pad, QMouseEvent.Type.MouseMove, place)
        _mouse(pad, QMouseEvent.Type.MouseButtonRelease, places[-1])


def _mouse(pad: SignaturePad, kind: QMouseEvent.Type, place: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseButtonRelease else left
    button = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseMove else left
    over = QPointF(pad.mapToGlobal(QPoint(0, 0))) + place
    QApplication.sendEvent(pad, QMouseEvent(kind, place, over, button, held, Qt.KeyboardModifier.NoModifier))


def _prepare(ctx: Context) -> tuple[str, str, str, str]:
    """Return visits: filled, ended at a closed gate, final with photos awaited, and not filled to the end."""
    firms = [row.id for row in entries.list_rows(ctx)][:4]
    team = tuple(row.id for row in people.list_people(ctx) if row.name in {FIRST, SECOND})
    filled, awaiting, unfinished = (_started(ctx, firm, team, "陈𠅤（安全主管）") for firm in firms[:3])
    gate = _started(ctx, firms[3], team, "")
    ending = Ending("closed", "门牌或厂区照片", "大门上锁，门口张贴停产告示，联系登记电话无人接听。")
    photos.attach_photo(ctx, gate, "", workshop_photo(3), Caption(text="厂区大门"))
    conduct.end_without_checklist(ctx, gate, ending)
    for visit in (filled, awaiting):
        _fill(ctx, visit)
    _fill(ctx, unfinished, leave_open=3)
    for text in ("打磨岗位除尘罩", "配电房门口"):
        photos.announce_photo(ctx, awaiting, "", Caption(text=text, place="一号厂房"))
    statement = party("signed", "温岚", position="厂长")
    strokes = signing.Strokes("party", "温岚", PAD_WIDTH, PAD_HEIGHT, signature_strokes("温岚"))
    finalizing.finalize(ctx, awaiting, statement, (strokes,), signing.SecondSigner(SECOND, cast.PASSWORD))
    return filled, gate, awaiting, unfinished


def _started(ctx: Context, firm: str, team: tuple[str, ...], accompanied_by: str) -> str:
    visit = conduct.plan(ctx, NewVisit(establishment=firm, inspectors=team, task=Task("daily", "plan")))
    conduct.approve_on_paper(ctx, visit, "梁堃", "2026-03-12", "2026-0009")
    arrival = Arrival(
        code_way="亮码",
        code_at="2026-03-19T05:40:00Z",
        notice_given="当场送达",
        certificates_shown="已出示",
        rights_told="已告知",
        recusal_answer="不申请回避",
    )
    conduct.start(ctx, visit, StartData(mode="own", accompanied_by=accompanied_by, arrival=arrival))
    return visit


def _fill(ctx: Context, visit: str, leave_open: int = 0) -> None:
    questions = filling.open_form(ctx, visit).form.questions
    for question in questions[: len(questions) - leave_open]:
        breach = question.id == "F03"
        fact = "打磨岗位 3 台除尘罩中 1 台停用，罩口积尘明显，操作面未见负压吸附。"
        answer = Answer(AnswerValue.NOT_MET, fact=fact) if breach else _easy(question.id)
        filling.save_answer(ctx, visit, question.id, answer)
    photos.attach_photo(ctx, visit, "F03", workshop_photo(1), Caption(text="停用的除尘罩", place="打磨车间"))
    drafts.accept_proposals(ctx, visit)


def _easy(question: str) -> Answer:
    if question.startswith(("A", "C", "H")):
        return Answer(AnswerValue.NOT_APPLICABLE, reason="近五年没有建设项目。")
    return Answer(AnswerValue.NOT_INSPECTED, reason="当日停产。")
