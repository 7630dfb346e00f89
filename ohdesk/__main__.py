"""`python -m ohdesk` and the two entry points: a command when there is one, else the window."""

import sys
from typing import TextIO


def main() -> int:
    """Run the command line, or the window when there is no command. Console output is UTF-8 everywhere."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    arguments = sys.argv[1:]
    if not _has_command(arguments):
        return window()
    from ohdesk.cli.main import main as run_command

    return run_command(arguments)


def window() -> int:
    """Open the window, on the workspace given by --workspace if there is one."""
    from ohdesk.app import run_window

    return run_window(sys.argv[1:])


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
