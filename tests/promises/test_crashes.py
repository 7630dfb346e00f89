"""Promise: a program that crashes leaves no image of its memory, in which the keys are, and is closed to others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="core files and prctl are Linux's")

ROOT = Path(__file__).parents[2]
CRASH = """
import ctypes, os, sys
sys.argv = ["ohdesk", *{arguments!r}]
from ohdesk import __main__ as program
try:
    program.{entry}()
except SystemExit:
    pass
print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)  # PR_GET_DUMPABLE
os.abort()
"""


def crashed(folder, entry, *arguments):
    """Start the program with core files allowed, let it crash after its first step, and return what it printed."""
    import resource

    def allow_core_files():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    without_display = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    done = subprocess.run(
        [sys.executable, "-c", CRASH.format(entry=entry, arguments=arguments)],
        check=False,
        cwd=folder,
        env={**without_display, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # a child answers in bytes
        preexec_fn=allow_core_files,
    )
    assert done.returncode == -6, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("entry", "arguments"),
    [
        ("main", ["--version"]),
        ("window", []),
        (
            "main",
            ["--read-workbook", ".csv", str(2 << 30), "60", "zh_CN", "{}"],
        ),  # and so whatever binds itself as this child does
    ],
)
def test_a_program_that_crashes_leaves_no_core_file_and_is_closed_to_others(tmp_path, entry, arguments):
    assert "dumpable 0" in crashed(tmp_path, entry, *arguments)
    assert list(tmp_path.iterdir()) == []
