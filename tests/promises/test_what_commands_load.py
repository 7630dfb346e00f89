"""Promise: a command loads what it calls, not the database to look at a file, nor the drawing to list the roll."""

import os
import subprocess
import sys

import pytest

from ohdesk.demo import cast
from tests.promises.conftest import Demo

NETWORK = {"aiohttp", "asyncio", "ssl"}
DATABASE = {"sqlalchemy", "sqlcipher3", "alembic"}
DRAWING = {"reportlab", "pyhanko", "PIL", "openpyxl", "python_calamine", "PySide6"}
PROGRAM = """
import sys
from ohdesk.__main__ import main
status = main()
print(status, *sorted({words!r} & set(sys.modules)), file=sys.stderr)
"""
LOOKS = """
import atexit, gc, sys
looks = []
gc.callbacks.append(lambda phase, _info: looks.append(phase) if len(gc.get_objects()) > 50_000 else None)
atexit.register(lambda: print(0 if gc.get_freeze_count() else "nothing frozen", len(looks), file=sys.stderr))
from ohdesk.__main__ import main
main()
"""


def loaded(*words: object, heavy: set[str]) -> str:
    """Run a command; return its exit status and which of the heavy modules it loaded."""
    return said_by(PROGRAM.format(words=heavy), *words)


def said_by(program: str, *words: object) -> str:
    """Run a program with the words of a command; return what it says on standard error."""
    command = [sys.executable, "-c", program, *map(str, words)]
    environment = os.environ | {"OHDESK_PASSWORD": cast.PASSWORD}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    return done.stderr.strip()


def test_the_version_loads_nothing():
    command = [sys.executable, "-X", "importtime", "-m", "ohdesk", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not names & {*NETWORK, *DATABASE, *DRAWING, "cryptography"}


@pytest.mark.parametrize("folder", ["records", "bundles", "publication"])
def test_a_file_is_verified_without_database_and_network(demo: Demo, folder):
    file = min((demo.out / folder).iterdir())
    heavy = DATABASE | {"aiohttp", "PySide6", "openpyxl"}
    assert loaded("verify", file, "--root", demo.root, heavy=heavy) == "0"


def test_a_bundle_is_looked_at_without_database_and_drawing(demo: Demo):
    file = min((demo.out / "bundles").iterdir())
    assert loaded("bundle", "inspect", file, heavy=NETWORK | DATABASE | DRAWING) == "0"


def test_the_roll_is_listed_without_network_drawing_and_certificates(demo: Demo):
    town = cast.TOWNS[0]
    words = ("roll", "list", "--workspace", demo.out / town.folder, "--user", town.administrator)
    assert loaded(*words, heavy=NETWORK | DRAWING | {"cryptography.x509"}) == "0"


def test_a_result_is_judged_without_database_drawing_and_workspace():
    words = [
        "hazard",
        "judge",
        "--hazard",
        "甲苯",
        "--kind",
        "PC-TWA",
        "--value",
        "1",
        "--unit",
        "mg/m3",
        "--on",
        "2026-03-01",
    ]
    assert loaded(*words, heavy=NETWORK | DATABASE | DRAWING) == "0"


def test_the_help_of_all_commands_loads_no_hazards():
    program = "import sys; from ohdesk.cli.main import parser; parser(); print(*sys.modules, file=sys.stderr)"
    loaded_modules = set(said_by(program).split())
    assert "ohdesk.cli.hazard" in loaded_modules
    assert not {"ohdesk.forms.hazards", "ohdesk.domain.hazard"} & loaded_modules


def test_a_short_command_never_looks_for_garbage_among_all_that_it_loaded(demo: Demo):
    town = cast.TOWNS[0]
    listing = ("roll", "list", "--workspace", demo.out / town.folder, "--user", town.administrator)
    record = min((demo.out / "records").iterdir())
    assert said_by(LOOKS, *listing) == "0 0"
    assert said_by(LOOKS, "verify", record, "--root", demo.root) == "0 0"
