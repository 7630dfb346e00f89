"""Pictures of every screen, filled with the demonstration, for the manual and for judging by eye."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QEventLoop, QSize
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.app import make_application
from ohdesk.demo import cast
from ohdesk.demo.photos import workshop_photo
from ohdesk.domain.visit import StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services import establishments, evidence, inspections, people, visits
from ohdesk.services.context import Context
from ohdesk.services.evidence import Caption
from ohdesk.services.visit_planning import NewVisit
from ohdesk.services.workspace import open_workspace
from ohdesk.ui.screens.unlock.screen import Credentials
from ohdesk.ui.window import Desk, Window

SIZE = QSize(1366, 705)


def grab_all(demo: Path, out: Path, size: QSize = SIZE) -> list[Path]:
    """Write one PNG per screen and step into `out`; works on a copy of the demonstration's first town."""
    make_application(["ohdesk"])
    out.mkdir(parents=True, exist_ok=True)
    town = cast.TOWNS[0]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "town"
        shutil.copytree(demo / town.folder, folder)
        return [_save(out, name, picture) for name, picture in _pictures(demo, folder, town.administrator, size)]


def _pictures(demo: Path, folder: Path, account: str, size: QSize) -> Iterator[tuple[str, QWidget]]:
    window = Window(folder)
    window.resize(size)
    window.show()
    window.unlock.show_accounts((account, *(person.name for person in cast.TOWNS[0].inspectors)))
    yield "01-unlock", window
    window.unlock.show_create()
    yield "02-create", window
    window.unlock.show_code("AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)
    yield "03-recovery-code", window
    with _prepared(folder, account):
        pass
    window.open_workspace(Credentials(folder, account, cast.PASSWORD))
    desk = _wait_for(window, lambda: window.desk)
    yield "04-roll", window
    roll = desk.screen_of("establishments")
    roll.search.setText("ys")
    yield "05-roll-search", window
    roll.search.clear()
    roll.detail.correct_wanted.emit()
    yield "06-roll-correct", window
    lists = sorted((demo / "lists").glob("*名单.xlsx"))
    roll.preview_list(lists[0])
    window.jobs.wait()
    yield "07-import-preview", window
    desk.show_screen("inspection")
    inspection = desk.screen_of("inspection")
    yield "08-inspection", window
    for question, name in (("F03", "09-inspection-not-met"), ("C01", "10-inspection-not-applicable")):
        inspection.show_question(question)
        window.jobs.wait()
        yield name, window
    inspection._show_list()  # noqa: SLF001 - the list lies behind the checklist
    yield "11-visits", window
    desk.toggle_keys()
    yield "12-keys", window
    window.close()


@contextmanager
def _prepared(folder: Path, account: str) -> Iterator[Context]:
    """Leave a visit half filled, so that the checklist has something to show."""
    with open_workspace(folder, account, cast.PASSWORD) as ctx:
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


def _wait_for(window: Window, found: Callable[[], Desk | None]) -> Desk:
    while (desk := found()) is None:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    window.jobs.wait()
    return desk


def _save(out: Path, name: str, window: QWidget) -> Path:
    for _ in range(3):
        QApplication.processEvents()
    path = out / f"{name}.png"
    window.grab().save(str(path))
    return path
