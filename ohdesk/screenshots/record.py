"""Pictures of documents and signatures: the list, every step of signing, photos that come later, what is refused."""

from collections.abc import Iterator
from itertools import count

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ohdesk.demo import cast
from ohdesk.demo.answers import POLISHING, Seen
from ohdesk.demo.handwriting import PAD_HEIGHT, PAD_WIDTH, signature
from ohdesk.demo.photos import workshop_photo
from ohdesk.domain.record import PartyStatement, SignedIn, Way
from ohdesk.domain.visit import Ending
from ohdesk.screenshots.stage import TOWN, Shot, Stage, begun, fill
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.record import finalizing, signing
from ohdesk.services.record.file_verdicts import FileVerdict
from ohdesk.services.record.verification import verify_file
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, photos
from ohdesk.services.visit.photos import Caption
from ohdesk.ui import theme
from ohdesk.ui.kit.reading import Reading
from ohdesk.ui.kit.signature_pad import SignaturePad
from ohdesk.ui.screens.record.screen import RecordsScreen

FIRST, SECOND = (person.name for person in TOWN.inspectors[:2])
_SEEN = Seen(
    facts={"F03": POLISHING.facts["F03"]},
    absent=dict.fromkeys("ACH", "近五年没有建设项目。"),
)


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield every state of the screen."""
    with stage.working(account=FIRST) as ctx:
        filled, gate, awaiting, unfinished = _prepare(ctx)
    stage.open_desk(account=FIRST)
    screen = stage.show(RecordsScreen)
    yield stage.shot("records-ready")
    yield from _list(stage, screen, awaiting)
    yield from _photos(stage, screen)
    yield from _papers(stage, awaiting)
    stage.show(RecordsScreen, unfinished)
    yield stage.shot("records-prepare-problems")
    yield from _signing(stage, screen, filled)
    stage.show(RecordsScreen, gate)
    yield stage.shot("records-prepare-closed-gate")
    screen.flow.prepare.sign_in.choose(SignedIn.ELECTRONIC)
    screen.flow.prepare.go.click()
    yield stage.shot("records-conclude-absent")
    screen.flow.conclude.go_back()
    stage.settle()
    yield from _in_ink(stage, screen)
    stage.open_empty()
    stage.show(RecordsScreen)
    yield stage.shot("records-empty")


def _list(stage: Stage, screen: RecordsScreen, awaiting: str) -> Iterator[Shot]:
    screen.list.chips.choose("final")
    yield stage.shot("records-final")
    screen.list.view.opened.emit(screen.list.current)
    yield stage.shot("records-final-opened")
    screen.pane.amend.click()
    screen.amend_form.submit.click()
    yield stage.shot("records-amend-without-words")
    screen.amend_form.cancel.click()
    screen.list.back()
    screen.list.search.setText("查无此号")
    yield stage.shot("records-nothing-found")
    screen.list.search.clear()
    yield from _verified(stage, screen)
    screen.many.click()
    screen.booklet.count()
    yield stage.shot("papers-booklet")
    screen.booklet.back_wanted.emit()
    if row := screen.list.current:
        screen.together.typing_wanted.emit(row.visit)
    yield stage.shot("papers-typing-in")
    screen.typing_in.back_wanted.emit()
    stage.show(RecordsScreen, awaiting)
    yield stage.shot("records-photos-awaited")


def _verified(stage: Stage, screen: RecordsScreen) -> Iterator[Shot]:
    torso = stage.scratch / "现场检查笔录.pdf"
    torso.write_bytes(b"%PDF-1.7\n%%EOF\n")
    screen.checks.show_found(FileVerdict(stage.scratch, None, "这是一个文件夹。"))
    screen.checks.show_found(FileVerdict(torso, verify_file(torso, ())))
    screen.verify(())
    yield stage.shot("records-verified")
    screen.checks.go_back()
    stage.settle()


def _photos(stage: Stage, screen: RecordsScreen) -> Iterator[Shot]:
    screen.pane.photos.click()
    stage.settle()
    path = stage.scratch / "IMG_0012.jpg"
    path.write_bytes(workshop_photo(12))
    screen.photos.bring_in(2, path)
    yield stage.shot("records-photos-page")
    screen.photos.list.view.selectRow(1)
    screen.photos.cover.click()
    yield stage.shot("records-photos-mask")
    screen.photos.go_back()
    screen.photos.go_back()
    stage.settle()


def _read_through(stage: Stage, reading: Reading) -> None:
    """Have every page on screen for as long as it takes, by a clock that runs ahead."""
    seconds = count(10**9, theme.layout("page_read_ms") // 1000)
    reading.clock = lambda: float(next(seconds))
    for paper in reading.view.tabs.keys:
        reading.view.tabs.choose(paper)
        stage.settle()
        for page in range(reading.view.pdf.count):
            reading.view.pdf.pages.go_to(page)
            stage.settle()
            reading.look()
            reading.look()


def _papers(stage: Stage, visit: str) -> Iterator[Shot]:
    flow = stage.show(RecordsScreen, f"papers-of-visit:{visit}").lives
    yield stage.shot("papers-of-visit")
    flow.papers.offered.select("order")
    flow.papers.make.click()
    stage.settle()
    flow.paper.form.submit.click()
    yield stage.shot("papers-wanting")
    flow.paper.form.put("demand", "一号打磨工位装设局部排风罩，保证正常运行，并补做检测。")
    flow.paper.form.put("correct_by", "2026-04-20")
    flow.paper.form.submit.click()
    yield stage.shot("papers-approve")
    flow.paper.asking.put("approver", TOWN.administrator)
    flow.paper.asking.submit.click()
    yield stage.shot("papers-approved")
    for _step in ("number", "seal"):
        flow.paper.next.click()
        flow.paper.asking.submit.click()
        stage.settle()
    flow.paper.next.click()
    flow.paper.asking.submit.click()
    yield stage.shot("papers-serve")
    flow.paper.asking.give_up()
    stage.settle()
    flow.paper.withdraw.click()
    yield stage.shot("papers-withdraw")


def _signing(stage: Stage, screen: RecordsScreen, filled: str) -> Iterator[Shot]:
    flow = screen.flow
    stage.show(RecordsScreen, filled)
    yield stage.shot("records-prepare")
    flow.prepare.party_form.ways[Way.REFUSED].click()
    yield stage.shot("records-prepare-refused")
    flow.prepare.party_form.ways[Way.SIGNED].click()
    flow.prepare.sign_in.choose(SignedIn.ELECTRONIC)
    yield stage.shot("records-prepare-electronic")
    flow.prepare.flush()
    stage.settle()
    flow.prepare.go.click()
    yield stage.shot("records-signing-unread")
    flow.signing.read_out.click()
    stage.settle()
    sign_on(flow.signing.pad)
    yield stage.shot("records-signing-signed")
    flow.signing.finish.click()
    yield stage.shot("records-signing-hand-back")
    flow.signing.gate.confirmed.emit("wrong")
    yield stage.shot("records-signing-wrong-password")
    flow.signing.gate.confirmed.emit(cast.PASSWORD)
    yield stage.shot("records-conclude-unread")
    _read_through(stage, flow.conclude.reading)
    yield stage.shot("records-conclude")
    flow.conclude.seats.cards[1].ways.choose("file")
    yield stage.shot("records-conclude-file")
    flow.conclude.seats.cards[1].ways.choose("account")
    flow.conclude.seats.cards[1].password.setText("wrong")
    flow.conclude.finalize.click()
    yield stage.shot("records-conclude-wrong-password")
    flow.conclude.seats.cards[1].password.setText(cast.PASSWORD)
    flow.conclude.finalize.click()
    yield stage.shot("records-final-result")


def _in_ink(stage: Stage, screen: RecordsScreen) -> Iterator[Shot]:
    flow = screen.flow
    flow.prepare.sign_in.choose(SignedIn.INK)
    flow.prepare.go.click()
    stage.settle()
    yield stage.shot("records-ink-printed")
    flow.ink.go_back()
    stage.settle()
    flow.prepare.go_back()
    stage.settle()
    screen.list.chips.choose("ready")
    yield stage.shot("records-ink-awaited")


def sign_on(pad: SignaturePad) -> None:
    """Write on the pad with the mouse."""
    for stroke in signature("陈𠅤").strokes:
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
    filled, awaiting, unfinished = (begun(ctx, firm, "陈𠅤（安全主管）") for firm in firms[:3])
    gate = begun(ctx, firms[3], "")
    ending = Ending("closed", "门牌或厂区照片", "大门上锁，门口张贴停产告示，联系登记电话无人接听。")
    photos.attach_photo(ctx, gate, "", workshop_photo(3), Caption(text="厂区大门"))
    conduct.end_without_checklist(ctx, gate, ending)
    for visit, end in ((filled, None), (awaiting, None), (unfinished, -3)):
        fill(ctx, visit, _SEEN, end)
        photos.attach_photo(ctx, visit, "F03", workshop_photo(1), Caption(text="停用的除尘罩", place="打磨车间"))
        drafts.accept_proposals(ctx, visit)
    for text in ("打磨岗位除尘罩", "配电房门口"):
        photos.announce_photo(ctx, awaiting, "", Caption(text=text, place="一号厂房"))
    statement = PartyStatement(way=Way.SIGNED, name="温岚", position="厂长")
    finalizing.finalize(ctx, awaiting, statement, (signature("温岚"),), signing.SecondSigner(SECOND, cast.PASSWORD))
    return filled, gate, awaiting, unfinished
