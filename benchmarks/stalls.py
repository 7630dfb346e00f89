"""How long the window stands still at most, screen by screen, over a large roll and many finished visits."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import children, world
from benchmarks.rounds import Figure
from benchmarks.scale import Scale
from tests.conftest import PASSWORD, noon

if TYPE_CHECKING:
    from benchmarks.window_child import Gap

GOALS = ("longest stall of any screen, large town", "longest stall of any screen, large county")
_TOLD = 3  # steps, the worst: how long the window stood still, and how much of that its thread was at work
_REST = 0.4  # seconds that a screen is looked at, once nothing runs
_LONGEST = 15.0  # seconds that it is looked at while something does
_WORDS = ("sd", "盛达", "龘龘", "7")
_LISTS = ("visit", "finding", "record")  # besides the roll
_COUNTY = ("conflicts", "proposals", "coverage", "draws", "down", "towns", "inbox")  # its pages, that in front at last


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    employers = scale.large or scale.small
    made = world.past(employers, scale.visits, county=True)
    for name, folder, account in ((GOALS[0], "town-0", "李旸"), (GOALS[1], "county", "陶镕")):
        gaps = children.call("benchmarks.stalls:screens", str(made.folder / folder), account, PASSWORD).value
        worst = sorted(gaps, key=gaps.__getitem__, reverse=True)[:_TOLD]
        told = {said: (ms,) for step in worst for said, ms in zip((step, f"{step}, at work"), gaps[step], strict=True)}
        yield Figure(name, gaps[worst[0]][0], "ms", told)


def screens(folder: str, account: str, password: str) -> dict[str, "Gap"]:
    """Visit every screen twice, and use the lists; return the longest gap of a 5-ms timer in each step."""
    from benchmarks.window_child import whole_gap_of
    from ohdesk.app import make_application
    from ohdesk.collector import collect, uncollected

    _app = make_application(sys.argv[:1])
    sys.setswitchinterval(0.0005)
    gaps: dict[str, Gap] = {}
    with ExitStack() as session:
        _load()
        collect()  # puts it aside, as the window's job does that loads; most was loaded here with the benchmark itself
        with uncollected():  # as in the window, which opens as a job
            ctx = session.enter_context(_opened(Path(folder), account, password))
        from ohdesk.ui.desk import Desk
        from ohdesk.ui.kit.jobs import Jobs
        from ohdesk.ui.routes import routes

        jobs = Jobs()
        desk = Desk(ctx, jobs)
        desk.resize(1366, 705)
        gaps["desk"] = whole_gap_of(desk.show, _rested(jobs))  # before its first screen, as the window does
        for turn in ("first", "again"):
            for route in routes(ctx.office.role):
                gaps[f"{route.name} {turn}"] = whole_gap_of(
                    lambda name=route.name: desk.show_screen(name), _rested(jobs)
                )
                if route.name == "county":
                    # The papers that wait are checked beside the first look at the towns; in all that takes an hour.
                    stop = desk.screen_of("county").page_of("inbox").verifying.stop
                    gaps[f"checking of papers stopped {turn}"] = whole_gap_of(stop.click, _rested(jobs))
        for step, act in _uses(desk, {route.name for route in routes(ctx.office.role)}):
            gaps[step] = whole_gap_of(act, _rested(jobs))
        jobs.wait()
    return gaps


def _load() -> None:
    """Load and draw what the window does while the password is typed."""
    from ohdesk.domain.people import OfficeRole
    from ohdesk.services.start import warm_up
    from ohdesk.ui import load_ahead
    from ohdesk.ui.routes import routes
    from ohdesk.ui.theme import icons

    load_ahead.set_up_types()
    for role in icons.roles():
        icons.icon(role)
    warm_up.warm_up()
    for office in OfficeRole:
        for route in routes(office):
            route.screen()


@contextmanager
def _opened(folder: Path, account: str, password: str) -> Iterator[Any]:
    from ohdesk.services.office.workspace import open_workspace
    from ohdesk.services.roll import search_index

    clock: Callable[[], datetime] = noon
    with open_workspace(folder, account, password, clock) as ctx:
        search_index.make(ctx)
        yield ctx


def _rested(jobs: Any) -> Callable[[], bool]:
    """Return what is true once no work has run for a while, or it runs for too long to be waited for."""
    began = time.perf_counter()
    since: list[float] = []

    def is_rested() -> bool:
        now = time.perf_counter()
        if jobs.is_busy:
            since.clear()
        elif not since:
            since.append(now)
        return now - began > _LONGEST or (bool(since) and now - since[0] > _REST)

    return is_rested


def _uses(desk: Any, names: set[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is done with the lists of the screens of these names, and with the pages of a county."""
    if "county" in names:
        desk.show_screen("county")
        for turn in ("first", "again"):
            for page in _COUNTY:
                yield f"county {page} {turn}", lambda page=page: desk.screen_of("county").open(page)
    for name in _LISTS:
        if name in names:
            desk.show_screen(name)
            screen = desk.screen_of(name)
            if name == "visit":
                yield "visits listed", screen.show_visits
            yield from _list_uses(name, screen.list, _WORDS[:1])
    desk.show_screen("roll")
    yield from _roll_uses(desk.screen_of("roll"))


def _list_uses(name: str, shown: Any, words: Sequence[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    for word in words:
        for end in range(1, len(word) + 1):
            yield f"{name}, typing {word[:end]}", lambda typed=word[:end]: shown.search.setText(typed)
    yield f"{name}, search cleared", shown.search.clear
    view, bar = shown.view, shown.view.verticalScrollBar()
    for part in (1, 2, 3):
        yield f"{name}, scrolled to {part}/4", lambda part=part: bar.setValue(bar.maximum() * part // 4)
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Down):
        yield f"{name}, key {key.name[4:]}", lambda key=key: QTest.keyClick(view, key)


def _roll_uses(screen: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    view, roll = screen.roll.list.view, screen.roll.list
    yield "roll counted", screen.reload
    yield from _list_uses("roll", roll, _WORDS)
    head = view.horizontalHeader()
    # One way each: over a million a heading without an index takes the worker ten seconds, whichever way.
    for place in range(view.model().columnCount()):
        yield f"roll, sorted by heading {place}", lambda place=place: head.sectionClicked.emit(place)
    yield "roll, those in dispute", lambda: roll.chips.choose("contested")
    yield "roll, all again", lambda: roll.chips.choose("all")
    yield "roll, opened", lambda: QTest.keyClick(view, Qt.Key.Key_Return)
    yield "roll, back", lambda: QTest.keyClick(view, Qt.Key.Key_Escape)
