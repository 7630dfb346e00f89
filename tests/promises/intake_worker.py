"""In a process of its own: take in a folder of photos and say of each, once it is acknowledged, how many there are."""

from multiprocessing.connection import Connection
from pathlib import Path

from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import photo_intake
from tests.conftest import noon
from tests.promises.apart import READY


def take_in(tells: Connection, folder: Path, account: str, password: str, visit: str, photos: Path) -> None:
    """Take in the folder until somebody kills this process, or all is in."""
    with open_workspace(folder, account, password, noon) as ctx:
        tells.send(READY)
        photo_intake.take_in(ctx, visit, photo_intake.files_in(photos), report=lambda done, _total: tells.send(done))
