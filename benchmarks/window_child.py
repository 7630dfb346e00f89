"""One run of the window, for `benchmarks.window`: prints one line of JSON and ends."""

import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QTableWidget,
    QTableWidgetItem,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from ohdesk.paths import resources

if TYPE_CHECKING:
    from ohdesk.services.context import Context

TICK = 5  # milliseconds


def resident() -> float:
    """Return the memory this process holds now, MB; Linux only, else 0."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bare() -> None:
    """A window with a menu, a tool bar, a search field and one table of fifty employers read by the standard library.

    The least such a program is: its Chinese words can be read, so it brings one face, as ohdesk does.
    """
    import sqlite3  # late: of this window alone

    app = QApplication(sys.argv[:1])
    QFontDatabase.addApplicationFont(str(resources() / "fonts" / "NotoSansSC-Regular.ttf"))
    app.setFont(QFont("Noto Sans SC"))
    window = QMainWindow()
    for title in ("文件", "检查", "抽取", "上报", "帮助"):
        window.menuBar().addMenu(title).addAction("…")
    bar = QToolBar()
    for title in ("导入", "抽取", "检查", "上报"):
        bar.addAction(title)
    window.addToolBar(bar)
    table = QTableWidget(50, 9)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE employer (name TEXT)")
        database.executemany("INSERT INTO employer VALUES (?)", [(f"石桥五金厂{row}",) for row in range(50)])
        for row, (name,) in enumerate(database.execute("SELECT name FROM employer")):
            for column in range(9):
                table.setItem(row, column, QTableWidgetItem(f"{name} {column}"))
    inside = QWidget()
    lines = QVBoxLayout(inside)
    lines.addWidget(QLineEdit())
    lines.addWidget(table)
    window.setCentralWidget(inside)
    window.resize(1366, 705)
    window.show()
    spin(app, 300)
    print(json.dumps({"resident": resident()}))


def first_page(workspace: Path, account: str, password: str) -> None:
    """Unlock and go to the roll; time from the end of the key derivation to the painted page."""
    from ohdesk.app import FirstPaint, make_application
    from ohdesk.security import keyfile
    from ohdesk.ui.screens.unlock.cards import Credentials
    from ohdesk.ui.window import Window

    app = make_application(sys.argv[:1])
    sys.setswitchinterval(0.0005)
    derived: list[float] = []
    unlock = keyfile.unlock

    def timed(*arguments: object) -> object:
        unlocked = unlock(*arguments)  # type: ignore[arg-type]
        derived.append(time.perf_counter())
        return unlocked

    keyfile.unlock = timed  # type: ignore[assignment]
    window = Window(workspace)
    window.show()

    def watch_roll() -> None:
        desk = window.desk
        if desk is not None:
            FirstPaint(desk.screen_of("roll").roll.list.view.viewport(), done)

    def done() -> None:
        print(json.dumps({"first_page": (time.perf_counter() - derived[0]) * 1000}), flush=True)
        os._exit(0)

    window.first_screen = "roll"
    window.opened.connect(watch_roll)
    window.load_ahead()
    spin(app, 1500)  # while a password is being typed
    window.open_workspace(Credentials(workspace, account, password))
    app.exec()


def visit(workspace: Path, account: str, password: str) -> None:
    """Visit every screen; the longest gap of a 5-ms timer on each, and the memory held at the end."""
    from ohdesk.app import make_application
    from ohdesk.ui.routes import routes
    from ohdesk.ui.screens.unlock.cards import Credentials
    from ohdesk.ui.window import Window

    _app = make_application(sys.argv[:1])  # held: the application would go with its last name
    sys.setswitchinterval(0.0005)
    window = Window(workspace)
    window.resize(1366, 705)
    window.show()
    held = {"prompt": resident()}
    typed = time.perf_counter() + 2
    window.load_ahead()
    gaps = {"typing the password": longest_gap(lambda: time.perf_counter() > typed)}
    window.open_workspace(Credentials(workspace, account, password))
    gaps["unlock"] = longest_gap(lambda: window.desk is not None)
    held["unlock"] = resident()
    desk = window.desk
    if desk is None:
        raise SystemExit("the window did not open")
    for round_ in ("first", "again"):
        for route in routes():
            until = time.perf_counter() + 0.4
            QTimer.singleShot(20, lambda name=route.name: desk.show_screen(name))
            gaps[f"{route.name} {round_}"] = longest_gap(lambda until=until: time.perf_counter() > until)
            held[f"{route.name} {round_}"] = resident()
    view = desk.screen_of("roll").roll.list.view
    desk.show_screen("roll")
    bar = view.verticalScrollBar()
    timer = QTimer()
    timer.timeout.connect(lambda: bar.setValue(bar.value() + max(1, bar.maximum() // 40)))
    timer.start(30)
    until = time.perf_counter() + 3
    gaps["scrolling the roll"] = longest_gap(lambda: time.perf_counter() > until)
    timer.stop()
    print(json.dumps({"gaps": gaps, "held": held, "resident": resident()}), flush=True)
    os._exit(0)


def work(workspace: Path, account: str, password: str) -> None:
    """Import the list beside an empty workspace, export the roll, take the import back, import again and hold a draw.

    The window stands open meanwhile; the work is what the screens give their jobs.  Prints the longest gap of each.
    """
    from ohdesk.app import make_application
    from ohdesk.services.office import people
    from ohdesk.services.office.workspace import open_workspace
    from ohdesk.services.roll import export, importing, undo
    from ohdesk.ui.kit.jobs import Job, Jobs

    _app = make_application(sys.argv[:1])
    sys.setswitchinterval(0.0005)
    window, jobs = QMainWindow(), Jobs()
    window.show()
    with open_workspace(workspace, account, password) as ctx:
        for number, name in enumerate(("闻人甲", "闻人乙", "闻人丙")):
            people.add_person(ctx, name, "inspector", f"Z-{number:03}", f"{ctx.now().year + 1}-12-31", leads=True)
        listed = workspace.parent / "list.csv"
        steps = {
            "import": lambda: importing.apply(ctx, importing.compare(ctx, importing.preview(listed))),
            "export": lambda: export.export_roll(ctx, workspace.parent / "roll.xlsx"),
            "undo": lambda: undo.undo(ctx),
            "second import": lambda: importing.apply(ctx, importing.compare(ctx, importing.preview(listed))),
            "draw": lambda: hold_draw(ctx),
        }
        gaps = {}
        for name, step in steps.items():
            ended: list[object] = []
            job = Job(lambda step=step: step())
            job.succeeded.connect(ended.append)
            job.failed.connect(fail)
            jobs.start(job)
            gaps[name] = longest_gap(lambda ended=ended: bool(ended))
    print(json.dumps({"gaps": gaps}), flush=True)
    os._exit(0)


def answers(folder: Path) -> None:
    """Answer every question of a checklist by keys alone, and once more otherwise; the longest gap of each answer."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from benchmarks.autosave import started_visit
    from ohdesk.app import make_application
    from ohdesk.services.visit import filling
    from ohdesk.ui.kit.jobs import Jobs
    from ohdesk.ui.screens.visit.screen import VisitsScreen

    _app = make_application(sys.argv[:1])

    def answer(key: Qt.Key) -> None:
        QTest.keyClick(screen.focusWidget(), key)
        QApplication.processEvents()
        if screen.focusWidget() not in screen.card.buttons.values():  # the answer asks for a reason or a fact
            QTest.keyClicks(screen.focusWidget(), "7")
            QTest.keyClick(screen.focusWidget(), Qt.Key.Key_Escape)
            QApplication.processEvents()
            QTest.keyClick(screen.focusWidget(), Qt.Key.Key_Return)

    with started_visit(folder / "town") as (ctx, visit):
        screen = VisitsScreen(ctx, Jobs())
        screen.resize(1198, 705)
        screen.show()
        screen.activateWindow()
        screen.arrive()
        gaps = []
        for key in (Qt.Key.Key_1, Qt.Key.Key_3):
            for question in screen.filling.view.form.questions:
                screen.show_question(question.id)
                gaps.append(gap_of(lambda key=key: answer(key)))
        if filling.open_form(ctx, visit).counts.not_applicable * 2 != len(gaps):
            raise SystemExit("the keys did not reach the questions")
    print(json.dumps({"gaps": gaps}), flush=True)
    os._exit(0)


def signing(folder: Path) -> None:
    """Sign a record on screen: the longest gap while it is drawn, while its pages are, and while it is finished."""
    from PySide6.QtTest import QTest

    from ohdesk.app import make_application
    from ohdesk.services.finding import drafts
    from ohdesk.ui.kit.jobs import Jobs
    from tests.gui.signing_seat import Seat
    from tests.unit.services.record import record_world

    _app = make_application(sys.argv[:1])
    world = record_world.make(folder / "town")
    with world.opened() as ctx:
        record_world.fill(ctx, world.visit)
        drafts.accept_proposals(ctx, world.visit)
        at = Seat(ctx, Jobs(), QTest)
        at.desk.show_screen("record")
        at.settle()
        flow = at.flow
        gaps = {
            "drawing a record": gap_of(lambda: at.desk.show_screen("record", world.visit), flow.prepare.go.isEnabled),
        }
        flow.prepare.sign_in.choose("electronic")
        gaps |= {
            "showing its pages": gap_of(flow.prepare.go.click, lambda: flow.signing.reading.pdf.pages.has_picture(0)),
        }
        at.look_through()
        at.write()
        at.press(flow.signing.finish)
        at.give_own_password(record_world.OWN[record_world.FIRST])
        at.second_password()
        gaps["signing a record"] = gap_of(flow.conclude.finalize.click, lambda: flow.page is flow.result)
    print(json.dumps({"gaps": gaps}), flush=True)
    os._exit(0)


class Gap(NamedTuple):
    """The longest time between two ticks, ms, and the most that this thread worked between two: the rest it waited."""

    stood: float
    worked: float


def gap_of(act, done=lambda: True) -> float:  # type: ignore[no-untyped-def]
    """Do something and return the longest gap until `done()`, ms; one tick more, so that painting counts."""
    return whole_gap_of(act, done).stood


def whole_gap_of(act, done=lambda: True) -> Gap:  # type: ignore[no-untyped-def]
    """Do as `gap_of` and return what this thread worked as well."""
    acted: list[object] = []
    QTimer.singleShot(0, lambda: acted.append(act()))
    return _longest(lambda: bool(acted) and done())


def hold_draw(ctx: "Context") -> None:
    """Look at the list of the usual plan, freeze it, set a seed and draw."""
    from ohdesk.services.draw import holding, planning
    from tests.conftest import signing

    plan = planning.usual_plan(ctx)
    planning.preview(ctx, plan)
    frozen = holding.freeze(signing(ctx), plan)
    minutes = holding.SeedMinutes(source="十面骰", thrown_by="司马", witnesses=("上官", "诸葛"))
    holding.set_seed(ctx, frozen, "2023733112", "2023733112", minutes)
    holding.compute(ctx, frozen)


def longest_gap(done) -> float:  # type: ignore[no-untyped-def]
    """Run the event loop until `done()`; return the longest time between two ticks of a 5-ms timer, ms."""
    return _longest(done).stood


def _longest(done) -> Gap:  # type: ignore[no-untyped-def]
    clocks = (time.perf_counter, time.thread_time)
    last, worst = [clock() for clock in clocks], [0.0, 0.0]
    loop = QEventLoop()
    timer = QTimer()

    def tick() -> None:
        nonlocal last, worst
        now = [clock() for clock in clocks]
        worst, last = [max(held, at - before) for held, at, before in zip(worst, now, last, strict=True)], now
        if done():
            loop.quit()

    timer.timeout.connect(tick)
    timer.start(TICK)
    loop.exec()
    timer.stop()
    return Gap(*(each * 1000 for each in worst))


def spin(app: QApplication, milliseconds: int) -> None:
    """Let the application run for a while."""
    loop = QEventLoop(app)
    QTimer.singleShot(milliseconds, loop.quit)  # to quit the application would close the window
    loop.exec()


def fail(*problem: object) -> None:
    """End on whatever a slot did not expect, instead of waiting for something that will not come."""
    sys.__excepthook__(*problem)  # type: ignore[arg-type]
    os._exit(1)


if __name__ == "__main__":
    sys.excepthook = fail
    which, *rest = sys.argv[1:]
    if which == "bare":
        bare()
    else:
        modes = {"first_page": first_page, "visit": visit, "work": work, "answers": answers, "signing": signing}
        modes[which](Path(rest[0]), *rest[1:])
