"""In a process of its own: do one of the acts below, which write more than one thing, and die on the way."""

import importlib
import os
from pathlib import Path

from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office import accounts, closing, restoring
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.visit import originals
from ohdesk.services.visit.extraction import Extraction
from tests.conftest import PASSWORD, noon
from tests.promises.apart import APART

CRASHED = 77
GIVEN = "neue-losung"  # the password a reset gives


def die(action: str, folder: Path, account: str, path: str | Path, place: str, calls: int) -> None:
    """Do an act in a process of its own and see it die there.

    path: a file (a reset: an account; accepting it: a password; making a workspace: its name; originals: the visit)
    Dies at the `calls`th call of `place`, "module:attribute".
    """
    worker = APART.Process(target=_act, args=(action, folder, account, str(path), place, calls))
    worker.start()
    worker.join()
    assert worker.exitcode == CRASHED


def _act(action: str, folder: Path, account: str, path: str, place: str, left: int) -> None:
    module, _, attribute = place.partition(":")
    owner = importlib.import_module(module)
    *parents, name = attribute.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    true = getattr(owner, name)

    def dying(*args: object, **keywords: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(CRASHED)
        return true(*args, **keywords)

    if action == "restore":  # into `workspace`
        setattr(owner, name, dying)
        restoring.restore(Path(path), folder, by_password(account, PASSWORD))
        return
    if action == "create":
        setattr(owner, name, dying)
        create_workspace(folder, NewWorkspace("town", "000000001", path, account, PASSWORD), practice=True)
        return
    password = GIVEN if action == "accept" else PASSWORD
    with open_workspace(folder, account, password, noon) as ctx:
        setattr(owner, name, dying)
        if action == "reset":
            accounts.reset(ctx, path, GIVEN)
        elif action == "close":
            closing.close(ctx, path)
        elif action == "accept":
            accounts.change_password(ctx, GIVEN, path)
        elif action == "originals":
            said = Extraction("case_file", "青原县卫生健康局", "案卷 2026-1")
            originals.write_originals(ctx, path, folder.parent / "out", said)
        else:
            {"import": receiving.take_in, "export": sending.export, "backup": making.make}[action](ctx, Path(path))
