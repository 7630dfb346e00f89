"""`python -m ohdesk` and the two entry points: a command when there is one, else the window."""

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TextIO

READ_WORKBOOK = "--read-workbook"  # how a frozen program starts itself as the child that reads workbooks


def main() -> int:
    """Run the command line, or the window when there is no command. Console output is UTF-8 everywhere."""
    arguments = sys.argv[1:]
    if arguments[:1] == [READ_WORKBOOK]:
        return _read_workbook(arguments[1:])
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    if not _has_command(arguments):
        return window()
    from ohdesk.cli.main import main as run_command

    status = run_command(arguments)
    if status == 0 and "demo" in arguments:
        _grab_screens(arguments)
    return status


def window() -> int:
    """Open the window, on the workspace given by --workspace if there is one."""
    arguments = sys.argv[1:]
    if arguments[:1] == [READ_WORKBOOK]:
        return _read_workbook(arguments[1:])
    gc.disable()  # what is made while Qt is loaded stays; `run_window` enables it again when the prompt is painted
    from ohdesk.app import run_window

    return run_window(arguments)


def _read_workbook(arguments: list[str]) -> int:
    from ohdesk.services.roll.workbook.__main__ import main as read_workbook

    return read_workbook(arguments)


def _grab_screens(arguments: list[str]) -> None:
    """Grab the screens where `demo --screens` asks for it; the command itself stays free of Qt."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--out", type=Path)
    options.add_argument("--screens", type=Path)
    options.add_argument("--scale", default="1")
    options.add_argument("--theme", default="light")
    options.add_argument("--lang", default="zh_CN")
    wanted, _ = options.parse_known_args(arguments)
    if wanted.screens is None:
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = wanted.scale  # Qt reads it when the application is made
    from ohdesk.screenshots import Look, grab_all  # the command line must not load Qt

    for path in grab_all(wanted.out, wanted.screens, Look(theme=wanted.theme, language=wanted.lang)):
        print(path, file=sys.stderr)


def _has_command(arguments: list[str]) -> bool:
    """True when an argument other than an option of the window stands there."""
    takes_value = {"--workspace", "--user", "--password-file"}
    rest = iter(arguments)
    for argument in rest:
        if argument in {"-h", "--help", "--version"} or not argument.startswith("-"):
            return True
        if argument in takes_value:
            next(rest, None)
    return False


def _speak_utf8(stream: TextIO | None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
