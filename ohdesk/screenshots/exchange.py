"""Pictures of 上报同步: writing, taking in, what is refused, receipts, and joining the county."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

from PySide6.QtWidgets import QWidget

from ohdesk.demo import cast
from ohdesk.screenshots.stage import TOWN, Stage
from ohdesk.services.office import accounts, drives, people
from ohdesk.services.office.drives import Stick
from ohdesk.services.roll import entries
from ohdesk.ui.screens.exchange.screen import SyncScreen

_ROOM, _FREE = 16_000_000_000, 14_200_000_000


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield every state of the screen."""
    stage.clock.set(date(2026, 3, 20), "14:02")
    with plugged_in(stage) as stick:
        yield from _exchange(stage, stick)
        yield from _joining(stage)


@contextmanager
def plugged_in(stage: Stage) -> Iterator[Path]:
    """Have a stick plugged in, which is a folder."""
    folder = stage.scratch / "OHDESK"
    folder.mkdir()
    with patch.object(drives, "sticks", lambda: (Stick(folder, "OHDESK", "vfat", _FREE, _ROOM),)):
        yield folder


def _exchange(stage: Stage, stick: Path) -> Iterator[tuple[str, QWidget]]:
    with stage.working() as ctx:
        entry = entries.list_rows(ctx)[0].id
        entries.correct(ctx, entry, {"contact": "周工"}, "现场核对")
        person = people.add_person(ctx, "方圆", "inspector", "DEMO-0109", cast.CERTIFICATE_UNTIL)
        accounts.add(ctx, "方圆", cast.PASSWORD, {"inspector"}, person)
    stage.open_desk()
    stage.desk.show_screen("exchange")
    stage.settle()
    screen = stage.desk.screen_made_of(SyncScreen)
    yield "sync-new", stage.window
    screen.send.button.click()
    stage.settle()
    yield "sync-written", stage.window
    down = sorted((stage.demo / "bundles").glob("OH_000000000_*"))
    changed = bytearray(down[0].read_bytes())
    changed[len(changed) // 2] ^= 1
    (stick / "OH_changed.ohb").write_bytes(changed)
    for name, file in (("held", down[0]), ("refused", stick / "OH_changed.ohb")):
        screen.receive.check(file)
        stage.settle()
        yield f"sync-{name}", stage.window
    screen.which.choose("records")
    stage.settle()
    yield "sync-records", stage.window
    screen.certify.click()
    stage.settle()
    yield "sync-certify", stage.window


def _joining(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    stage.open_empty()
    stage.desk.show_screen("exchange")
    stage.settle()
    yield "sync-outside", stage.window
    screen = stage.desk.screen_made_of(SyncScreen)
    screen.enrol.read_card(stage.demo / "trust" / "county.ohcard")
    stage.settle()
    yield "sync-card", stage.window
    screen.enrol.compared.click()
    screen.enrol.next.click()
    stage.settle()
    yield "sync-request", stage.window
    screen.enrol.write_button.click()
    stage.settle()
    yield "sync-waiting", stage.window
    screen.enrol.take_answer(stage.demo / "trust" / f"{TOWN.folder}.ohans")
    stage.settle()
    yield "sync-wrong-answer", stage.window
