"""In a process of its own: back a workspace up and restore it, again and again, until killed."""

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password
from ohdesk.services.office import restoring
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon
from tests.promises.apart import READY


def back_up(tells: Connection, workspace: Path, account: str, disk: Path, first: int) -> None:
    """Write `disk`/N.ohbak and `disk`/N for every N from `first` on."""
    with open_workspace(workspace, account, PASSWORD, noon) as ctx:
        tells.send(READY)
        for number in count(first):
            made = making.make(ctx, disk / f"{number}.ohbak")
            restoring.restore(made.file, disk / str(number), by_password(account, PASSWORD))
