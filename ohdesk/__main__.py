"""`python -m ohdesk` and the two entry points: a command when there is one, else the window."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

from ohdesk.cli import usage
from ohdesk.collector import uncollected
from ohdesk.i18n import tr
from ohdesk.security.memory import forbid_dumps

# How a frozen program starts itself as one of its children.
READ_WORKBOOK, VERIFY_RECORDS, DRAW_PAPERS = "--read-workbook", "--verify-records", "--draw-papers"
DO_TOWNS, SHRINK_PICTURES, READ_SCANS = "--do-towns", "--shrink-pictures", "--read-scans"


def main() -> int:
    """Run the command line, or the window when there is no command. Console output is UTF-8 everywhere."""
    arguments = sys.argv[1:]
    if child := _child(arguments[:1]):
        return child(arguments[1:])
    forbid_dumps()
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
    if child := _child(arguments[:1]):
        return child(arguments[1:])
    forbid_dumps()
    usage.speak()
    if not _has_display():
        print(tr("没有图形界面，窗口打不开。"), file=sys.stderr)
        print(tr("请在桌面环境中打开；命令行的用法见 ohdesk --help。"), file=sys.stderr)
        return 1
    with uncollected():
        from ohdesk.app import run_window

    return run_window(arguments)


def _has_display() -> bool:
    """False where Qt would find no screen to draw on; it does not raise then but ends the whole process."""
    on_x11 = sys.platform.startswith("linux") and os.environ.get("QT_QPA_PLATFORM", "xcb").startswith(
        ("xcb", "wayland")
    )
    return not on_x11 or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _child(option: list[str]) -> Callable[[list[str]], int] | None:
    """Return what this process is to be, if it is to be a child of another one."""
    if option == [READ_WORKBOOK]:
        from ohdesk.services.workbook.__main__ import main as read_workbook

        return read_workbook
    if option == [VERIFY_RECORDS]:
        from ohdesk.services.record.verifier import main as verify_records

        return verify_records
    if option == [DRAW_PAPERS]:
        from ohdesk.services.paper.drawer import main as draw_papers

        return draw_papers
    if option == [SHRINK_PICTURES]:
        from ohdesk.services.pictures.decoder import main as shrink_pictures

        return shrink_pictures
    if option == [READ_SCANS]:
        from ohdesk.services.scans.reader import main as read_scans

        return read_scans
    if option == [DO_TOWNS]:
        from ohdesk.demo.beside import main as do_towns

        return do_towns
    return None


def _grab_screens(arguments: list[str]) -> None:
    """Grab the screens where `demo --screens` asks for it; the command itself stays free of Qt."""
    from ohdesk.cli.main import parse

    wanted = parse(arguments)
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
