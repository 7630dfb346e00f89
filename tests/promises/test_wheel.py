"""A wheel built from the checkout holds everything the program needs where it is installed."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return ZipFile(next(folder.glob("ohdesk-*.whl")))


def names(wheel: ZipFile) -> set[str]:
    return set(wheel.namelist())


def test_it_holds_every_resource(wheel):
    files = {path for path in (ROOT / "resources").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    missing = {f"ohdesk/{path.relative_to(ROOT).as_posix()}" for path in files} - names(wheel)
    assert missing == set()


@pytest.mark.parametrize(
    "part",
    [
        "ohdesk/resources/fonts/NotoSansSC-Regular.ttf",
        "ohdesk/resources/fonts/NotoSansSC-Bold.ttf",
        "ohdesk/resources/fonts/NotoSerifSC-Regular.ttf",
        "ohdesk/resources/fonts/OhdeskExtra.ttf",
        "ohdesk/resources/fonts/OFL.txt",
        "ohdesk/resources/locale/en/LC_MESSAGES/ohdesk.mo",
        "ohdesk/resources/checklists/employer-general/form.toml",
        "ohdesk/resources/draw/verify_draw.py",
        "ohdesk/db/migrations/env.py",
    ],
)
def test_it_holds(wheel, part):
    assert part in names(wheel)


def test_it_holds_every_module_and_migration(wheel):
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ohdesk").rglob("*.py")}
    assert modules <= names(wheel)


def test_it_holds_every_licence(wheel):
    licences = {path.name for path in (ROOT / "licences").glob("*.txt")} | {"LICENSE"}
    held = {Path(name).name for name in names(wheel) if ".dist-info/licenses/" in name}
    assert licences <= held


def test_it_holds_no_tests_and_nothing_of_this_machine(wheel):
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.startswith("ohdesk-")} == {"ohdesk"}
    assert not [name for name in names(wheel) if "__pycache__" in name]


def test_both_entry_points_are_there(wheel):
    text = wheel.read(next(name for name in names(wheel) if name.endswith("entry_points.txt"))).decode("utf-8")
    assert "[console_scripts]\nohdesk = ohdesk.__main__:main" in text
    assert "[gui_scripts]\nohdesk-window = ohdesk.__main__:window" in text


def test_the_wheel_asks_for_what_the_project_file_asks_for(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = wheel.read(next(name for name in names(wheel) if name.endswith("METADATA"))).decode("utf-8")
    asked = [line for line in text.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert len(asked) == len(project["dependencies"])
