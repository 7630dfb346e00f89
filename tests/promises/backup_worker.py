"""Run as a program: back a workspace up and restore it, again and again, until killed; says "ready" once it begins."""

import sys
from itertools import count
from pathlib import Path

from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password
from ohdesk.services.office import restoring
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon


def main(workspace: str, account: str, disk: str, first: str) -> None:
    """Write `disk`/N.ohbak and `disk`/N for every N from `first` on."""
    with open_workspace(Path(workspace), account, PASSWORD, noon) as ctx:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in count(int(first)):
            made = making.make(ctx, Path(disk) / f"{number}.ohbak")
            restoring.restore(made.file, Path(disk) / str(number), by_password(account, PASSWORD))


if __name__ == "__main__":
    main(*sys.argv[1:])
