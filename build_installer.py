#!/usr/bin/env python3
"""Freeze ohdesk into a folder that runs where there is no Python, try it, and write its checksums.

    .venv/bin/python build_installer.py --target portable

Needs the packages of `requirements-dev.lock` (`python3 dev.py check` installs them).  A folder frozen here runs on
systems as new as this one or newer: build on the oldest one meant.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "build"
DIST = ROOT / "dist"
CHECKSUMS = "SHA256SUMS"
SUFFIX = ".exe" if os.name == "nt" else ""

# One analysis, two programs: the console one, and one without a console for the start menu.
SPEC = """
import sys

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

root = {root!r}
sys.path.insert(0, root)
from ohdesk.services.office.doctor import LIBRARIES

data = [
    (root + "/resources", "ohdesk/resources"),
    (root + "/ohdesk/db/migrations", "ohdesk/db/migrations"),
    (root + "/ohdesk/ui/theme", "ohdesk/ui/theme"),
    (root + "/LICENSE", "."),
    (root + "/licences", "licences"),
]
for package in ("pypinyin", "reportlab", "pyhanko"):
    data += collect_data_files(package)
for package in LIBRARIES:
    data += copy_metadata(package)
found = Analysis(
    [root + "/ohdesk/__main__.py"],
    pathex=[root],
    datas=data,
    hiddenimports=collect_submodules("ohdesk") + list(LIBRARIES.values()) + ["logging.config"],
    excludes=["tkinter", "babel", "pytest", "hypothesis", "mypy", "setuptools", "pip"],
)
modules = PYZ(found.pure)
console = EXE(modules, found.scripts, exclude_binaries=True, name="ohdesk", console=True, upx=False)
window = EXE(modules, found.scripts, exclude_binaries=True, name="ohdesk-window", console=False, upx=False)
COLLECT(console, window, found.binaries, found.datas, name={name!r}, upx=False)
"""


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"build_installer.py: {text}", flush=True)


def folder_name(version: str) -> str:
    """Return the name of the frozen folder: program, version, system, machine."""
    return f"ohdesk-{version}-{platform.system().lower()}-{platform.machine().lower()}"


def freeze(name: str) -> Path:
    """Run PyInstaller and return the folder it made in `dist/`; an earlier one of that name is replaced."""
    BUILD.mkdir(exist_ok=True)
    spec = BUILD / "ohdesk.spec"
    spec.write_text(SPEC.format(root=ROOT.as_posix(), name=name), "utf-8")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(BUILD), str(spec)]
    subprocess.run(command, cwd=ROOT, check=True)
    return DIST / name


def run_frozen(folder: Path, arguments: Sequence[str], place: Path) -> str:
    """Run the frozen program in an empty place, without this checkout in reach, and return what it printed.

    Raises SystemExit, with the program's own words, when it ends badly.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    ended = subprocess.run(
        [str(folder / f"ohdesk{SUFFIX}"), *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ended.returncode:
        sys.exit(f"the frozen program ended with {ended.returncode} on {arguments}\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout


def smoke_run(folder: Path) -> None:
    """Let the frozen program look itself over, make the whole demonstration, and verify what it made."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        report = json.loads(run_frozen(folder, ["doctor", "--json"], place))
        say(f"doctor: {len(report['facts'])} facts, all sound")
        run_frozen(folder, ["demo", "--out", "demo"], place)
        records = sorted(str(path) for path in (place / "demo" / "records").glob("*.pdf"))
        run_frozen(folder, ["verify", *records, "--root", "demo/trust/county-root.pem"], place)
        say(f"the demonstration was made and its {len(records)} records verify")


def write_checksums(folder: Path) -> None:
    """Write `SHA256SUMS` over every file of the folder, in the form `sha256sum -c` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in files
    ]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def portable() -> int:
    """Make the portable folder."""
    sys.path.insert(0, str(ROOT))
    from ohdesk import __version__

    name = folder_name(__version__)
    say(f"freezing into dist/{name}")
    folder = freeze(name)
    for stray in folder.rglob("__pycache__"):
        shutil.rmtree(stray)
    smoke_run(folder)
    write_checksums(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    say(f"done: dist/{name}, {size / 2**20:.0f} MiB, checksums in {CHECKSUMS}")
    return 0


def main() -> int:
    """Build the target asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--target", choices=["portable"], default="portable", help="what to build")
    parser.parse_args()
    return portable()


if __name__ == "__main__":
    sys.exit(main())
