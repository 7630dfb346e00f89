"""Run as a program: look at what waits in a county, with a child that never comes to an end of its first PDF."""

import sys
from pathlib import Path

from ohdesk.services.child import starting
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import verdicts
from tests.conftest import PASSWORD, noon

_CHILD = """
import itertools
from filelock import FileLock
from ohdesk.security import pdf_verification
from ohdesk.services.record import verifier

def never_ends(*_pdf):
    held = FileLock({lock!r})
    held.acquire()
    for _ in itertools.count():
        pass

pdf_verification.verify_record_pdf = never_ends
verifier.main({limits!r})
"""


def main(workspace: str, lock: str) -> None:
    """Look at them; the child holds `lock` from its first PDF on for as long as it lives."""
    starting.command = lambda _option, _module, *limits: [
        sys.executable,
        "-c",
        _CHILD.format(lock=lock, limits=list(map(str, limits))),
    ]
    with open_workspace(Path(workspace), "陶镕", PASSWORD, noon) as ctx:
        verdicts.verify_waiting(ctx)


if __name__ == "__main__":
    main(*sys.argv[1:])
