"""Starting a child process of our own, which finds neither a password nor a file it was not given."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ohdesk import paths

PASSWORD_VARIABLE = "OHDESK_PASSWORD"  # noqa: S105 - the name of a variable


# Each message takes memory for a picture or a table, and gives it back; without this glibc hands it to the system each
# time, which clears it anew: a sixth of the time of a photo. Elsewhere nobody looks at these.
_MEMORY_KEPT = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(128 << 20)}
_PIPE = 1 << 20  # bytes, where that can be said: a photo of 4 MB passes in four turns, not sixty


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of children: `option` and `module` as for `command`, and the memory of each in bytes."""

    option: str
    module: str
    memory: int


def start(
    option: str, module: str, *arguments: object, given: IO[bytes] | int = subprocess.PIPE
) -> "subprocess.Popen[bytes]":
    """Start the child that reads standard input, a pipe or the open file `given`, and answers on standard output.

    Raises OSError.
    """
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        command(option, module, *arguments),
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        pipesize=_PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def command(option: str, module: str, *arguments: object) -> list[str]:
    """Return the command: a frozen program is its own child by `option`, else Python runs the module."""
    words = list(map(str, arguments))
    if getattr(sys, "frozen", False):
        return [sys.executable, option, *words]
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """Return the child's environment: ohdesk importable from where it is, no secret in it."""
    environment = {key: value for key, value in os.environ.items() if key != PASSWORD_VARIABLE} | _MEMORY_KEPT
    environment["PYTHONPATH"] = str(Path(paths.__file__).resolve().parent.parent)
    return environment
