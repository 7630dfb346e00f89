"""Pictures of every screen, filled with the demonstration, for the manual and for judging by eye."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QEventLoop, QSettings, QSize
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.app import make_application
from ohdesk.demo import cast
from ohdesk.demo.clock import Clock
from ohdesk.demo.photos import workshop_photo
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.i18n import tr
from ohdesk.services import establishments, evidence, inspections, people, visits
from ohdesk.services.context import Context
from ohdesk.services.evidence import Caption
from ohdesk.services.visit_planning import NewVisit
from ohdesk.services.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.ui.desk import Desk
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window

SIZE = QSize(1366, 705)


def grab_all(demo: Path, out: Path, size: QSize = SIZE) -> list[Path]:
    """Write one PNG per screen and step into `out`; works on a copy of the demonstration's first town."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)  # nobody's own widths and sizes, and none left behind
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, scratch)
        make_application(["ohdesk"])
        folder = Path(scratch) / "town"
        shutil.copytree(demo / cast.TOWNS[0].folder, folder)
        return [_save(out, name, picture) for name, picture in _pictures(Path(scratch), folder, size)]


def _pictures(scratch: Path, folder: Path, size: QSize) -> Iterator[tuple[str, QWidget]]:
    town = cast.TOWNS[0]
    clock = Clock(date(2026, 3, 13), "14:02")
    window = Window(folder, clock)
    window.resize(size)
    window.show()
    window.unlock.show_accounts((town.administrator, *(person.name for person in town.inspectors)))
    yield "01-unlock", window
    window.show_error(UserError(tr("密码不正确。"), tr("请重新输入；忘记密码时请管理员重置。")))
    yield "02-unlock-wrong-password", window
    window.unlock.show_create()
    yield "03-create", window
    window.unlock.show_code("AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" + "QPZRY9X8GF2TVDW0S3JN54KHCE6")
    yield "04-recovery-code", window
    with _prepared(folder, town.administrator, clock):
        pass
    desk = _open(window, Credentials(folder, town.administrator, cast.PASSWORD))
    yield from _roll_pictures(scratch, window, desk)
    yield from _inspection_pictures(window, desk)
    window.close()
    yield from _empty_pictures(scratch, clock, size)


def _roll_pictures(scratch: Path, window: Window, desk: Desk) -> Iterator[tuple[str, QWidget]]:
    screen = desk.screen_of("establishments")
    yield "05-roll", window
    screen.roll.search.setText("ys")
    yield "06-roll-search", window
    screen.roll.search.setText("查无此厂")
    yield "07-roll-nothing-found", window
    screen.roll.search.clear()
    screen.roll.view.selectRow(3)
    screen.roll.view.opened.emit(screen.roll.view.current())
    yield "08-roll-detail", window
    screen.roll.detail.correct_wanted.emit()
    yield "09-roll-correct", window
    screen.form.submit.click()
    yield "10-roll-correct-without-reason", window
    messy = scratch / "石桥镇_2026年度用人单位名单.xlsx"
    make_workbook(messy, seed=4, count=120, town=cast.TOWNS[0].name)
    screen.preview_list(messy)
    window.jobs.wait()
    yield "11-import-preview", window
    screen.back()


def _inspection_pictures(window: Window, desk: Desk) -> Iterator[tuple[str, QWidget]]:
    desk.show_screen("inspection")
    screen = desk.screen_of("inspection")
    for question, name in (
        ("H01", "12-inspection-unanswered"),
        ("F03", "13-inspection-not-met"),
        ("C01", "14-inspection-not-applicable"),
        ("A03", "15-inspection-not-inspected"),
    ):
        screen.show_question(question)
        window.jobs.wait()
        yield name, window
    screen.show_visits()
    yield "16-visits", window
    desk.toggle_keys()
    yield "17-keys", window


def _empty_pictures(scratch: Path, clock: Clock, size: QSize) -> Iterator[tuple[str, QWidget]]:
    town = cast.TOWNS[0]
    folder = scratch / "empty"
    create_workspace(folder, NewWorkspace("town", town.division, town.name, town.administrator, cast.PASSWORD))
    window = Window(folder, clock)
    window.resize(size)
    window.show()
    desk = _open(window, Credentials(folder, town.administrator, cast.PASSWORD))
    yield "18-roll-empty", window
    desk.show_screen("inspection")
    yield "19-inspection-empty", window
    window.close()


@contextmanager
def _prepared(folder: Path, account: str, clock: Clock) -> Iterator[Context]:
    """Leave a visit half filled, so that the checklist has something to show."""
    with open_workspace(folder, account, cast.PASSWORD, clock) as ctx:
        team = tuple(row.id for row in people.list_people(ctx) if row.role == "inspector")[:2]
        entry = establishments.list_rows(ctx)[0].id
        visit = visits.plan(ctx, NewVisit(establishment=entry, inspectors=team, task=Task("daily", "plan")))
        visits.approve(ctx, visit, account, cast.PASSWORD)
        visits.start(ctx, visit, StartData(mode="own", gap_reason="画面示例"))
        form = inspections.open_form(ctx, visit).form
        for question in form.questions[:40]:
            inspections.save_answer(ctx, visit, question.id, _answer(question.id))
        caption = Caption(text="打磨岗位停用的除尘罩", taken_by=account)
        for seed in (1, 2):
            evidence.attach_photo(ctx, visit, "F03", workshop_photo(seed), caption)
        inspections.save_place(ctx, visit, "E08")
        yield ctx


def _answer(question: str) -> Answer:
    if question == "F03":
        return Answer(AnswerValue.NOT_MET, fact="打磨岗位 3 台除尘罩中 1 台停用，罩口积尘明显，操作面未见负压吸附。")
    if question.startswith("C"):
        return Answer(AnswerValue.NOT_APPLICABLE, reason="近五年没有建设项目。")
    if question == "A03":
        return Answer(AnswerValue.NOT_INSPECTED, reason="资料柜上锁，当日未能查阅。")
    return Answer(AnswerValue.MET)


def _open(window: Window, credentials: Credentials) -> Desk:
    window.open_workspace(credentials)
    while (desk := window.desk) is None:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    window.jobs.wait()
    return desk


def _save(out: Path, name: str, window: QWidget) -> Path:
    for _ in range(4):
        QApplication.processEvents()
    path = out / f"{name}.png"
    window.grab().save(str(path))
    return path
