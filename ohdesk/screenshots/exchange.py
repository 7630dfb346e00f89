"""Pictures of 上报同步: writing, taking in, what is refused, receipts, and joining the county."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from unittest.mock import patch

from ohdesk.demo import cast
from ohdesk.domain.people import PersonRole, Role
from ohdesk.screenshots.stage import TOWN, Shot, Stage
from ohdesk.services.exchange import receiving
from ohdesk.services.office import accounts, drives, people
from ohdesk.services.office.drives import Stick
from ohdesk.services.roll import entries
from ohdesk.sync.problems import BundleRefusedError
from ohdesk.ui.screens.exchange.screen import ExchangeScreen

_ROOM, _FREE = 16_000_000_000, 14_200_000_000


def pictures(stage: Stage) -> Iterator[Shot]:
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
    with patch.object(drives, "sticks", lambda: (Stick(folder, "OHDESK", _FREE, _ROOM),)):
        yield folder


def _exchange(stage: Stage, stick: Path) -> Iterator[Shot]:
    with stage.working() as ctx:
        entry = entries.list_rows(ctx)[0].id
        entries.correct(ctx, entry, {"contact": "周工"}, "现场核对")
        person = people.add_person(ctx, "方圆", PersonRole.INSPECTOR, "DEMO-0109", cast.CERTIFICATE_UNTIL)
        accounts.add(ctx, "方圆", cast.PASSWORD, {Role.INSPECTOR}, person)
        with suppress(BundleRefusedError):  # of another town, on the wrong stick: refused and kept
            receiving.take_in(ctx, next((stage.demo / "bundles").glob(f"OH_{cast.TOWNS[1].division}_*")))
    stage.open_desk()
    screen = stage.show(ExchangeScreen)
    yield stage.shot("sync-new")
    screen.send.button.click()
    yield stage.shot("sync-written")
    down = sorted((stage.demo / "bundles").glob("OH_000000000_*"))
    changed = bytearray(down[0].read_bytes())
    changed[len(changed) // 2] ^= 1
    (stick / "OH_changed.ohb").write_bytes(changed)
    for name, file in (("held", down[0]), ("refused", stick / "OH_changed.ohb")):
        screen.receive.check(file)
        yield stage.shot(f"sync-{name}")
    screen.lists.turn_to("receipts")
    yield stage.shot("sync-records")
    screen.lists.turn_to("refused")
    yield stage.shot("sync-kept")
    screen.receive.ask_code.click()
    yield stage.shot("sync-code")
    screen.receive.form.cancel.click()
    screen.certify.click()
    yield stage.shot("sync-certify")


def _joining(stage: Stage) -> Iterator[Shot]:
    stage.open_empty()
    screen = stage.show(ExchangeScreen)
    yield stage.shot("sync-outside")
    screen.enrol.read_card(stage.demo / "trust" / "county.ohcard")
    yield stage.shot("sync-card")
    screen.enrol.compared.click()
    screen.enrol.next.click()
    yield stage.shot("sync-request")
    screen.enrol.write_button.click()
    yield stage.shot("sync-waiting")
    screen.enrol.take_answer(stage.demo / "trust" / f"{TOWN.folder}.ohans")
    yield stage.shot("sync-wrong-answer")
