"""Run as a program: import or export a bundle and die, as by a power cut, at the nth call of one function."""

import importlib
import os
import sys
from pathlib import Path

from ohdesk.services.exchange import receiving, sending
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon

CRASHED = 77


def main(action: str, workspace: str, account: str, path: str, place: str, calls: str) -> None:
    """Do the action; `place` is "module:attribute.name" of what ends the process at its `calls`th call."""
    module, _, attribute = place.partition(":")
    owner = importlib.import_module(module)
    *parents, name = attribute.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    true = getattr(owner, name)
    left = int(calls)

    def dying(*args: object, **keywords: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(CRASHED)
        return true(*args, **keywords)

    with open_workspace(Path(workspace), account, PASSWORD, noon) as ctx:
        setattr(owner, name, dying)
        {"import": receiving.take_in, "export": sending.export}[action](ctx, Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
