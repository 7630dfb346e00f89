#!/usr/bin/env python3
"""Set ohdesk up from a fresh checkout and do one job; needs only Python 3.11 with pip.

    python3 dev.py demo [--fresh]   make the demonstration and open its window where there is a screen
    python3 dev.py test             run the whole test suite, and the checks beside it
    python3 dev.py test -k WORD     only these tests: every argument is handed to pytest, and nothing else is checked
    python3 dev.py check            lint, format, types, import contracts, catalogue, picture
    python3 dev.py fmt              mend lint and format as far as they can by themselves, draw the picture anew
    python3 dev.py hook             have git run the checks before every commit
    python3 dev.py run [...]        the program itself; without arguments, its window

On Windows: `py dev.py demo`.  Everything is installed into `.venv`; packages are those of the lock files.
"""

import argparse
import ctypes
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
DEMO = ROOT / "demo"
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - in it a folder of our own is made
LEAST_ROOM = 4 << 30  # bytes: all that the tests write is 1.6 GB, and what passed is taken away at once
WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
MINIMUM = (3, 11)
RUN_LOCK, DEV_LOCK = "requirements.lock", "requirements-dev.lock"

# Debian's package for each shared library that Qt opens; the second table only where a window is shown.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
# Programs with which the tests look at our files as others would, and git for what it runs before a commit.
TEST_PROGRAMS = {
    "pdfsig": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "strings": "binutils",
    "git": "git",
}


class SetUp(NamedTuple):
    """What one job needs installed.

    locks:      lock files that will do; the first is the one installed when none is
    libraries:  shared libraries, each with its Debian package
    programs:   programs on the search path, likewise
    """

    locks: tuple[str, ...]
    libraries: Mapping[str, str]
    programs: Mapping[str, str]


class Step(NamedTuple):
    """One command of a job, as told to the reader and as run."""

    title: str
    command: tuple[str, ...]


def say(text: str) -> None:
    """Tell what is being done, before the output of the commands that do it."""
    print(f"dev.py: {text}", flush=True)


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    """True where a window can be shown: on Linux with a display server, on Windows and macOS always."""
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal"):
        return False
    if platform.startswith(("win", "darwin")):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def program_set_up() -> SetUp:
    """Return what the program itself needs on this machine."""
    screen = SCREEN_LIBRARIES if has_screen(os.environ, sys.platform) else {}
    return SetUp((RUN_LOCK, DEV_LOCK), LIBRARIES | screen, {})


def development_set_up() -> SetUp:
    """Return what the checks and the tests need, which is all the program needs and more."""
    return program_set_up()._replace(locks=(DEV_LOCK,), programs=TEST_PROGRAMS)


# --- system packages -------------------------------------------------------------------------------------------------


def can_load(library: str) -> bool:
    """True when the dynamic linker finds the shared library and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(set_up: SetUp) -> list[str]:
    """Return the Debian packages whose libraries or programs are not there, in order, each once."""
    packages = [package for library, package in set_up.libraries.items() if not can_load(library)]
    packages += [package for program, package in set_up.programs.items() if not shutil.which(program)]
    return list(dict.fromkeys(packages))


def missing_pip() -> list[str]:
    """Return the package of pip when the Python that runs this file has none."""
    found = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    return ["python3-pip"] if found.returncode else []


def apt_line(packages: Sequence[str]) -> str:
    """Return the one line that installs these packages, to be typed by someone who may."""
    return "sudo apt-get install -y --no-install-recommends " + " ".join(packages)


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages as root; without the right or the tool, name the line and end with status 1."""
    if not packages:
        return
    say("missing on this system: " + " ".join(packages))
    if not shutil.which("apt-get"):
        sys.exit("dev.py: install what these Debian packages hold, by this system's own means, then run this again.")
    if os.geteuid() != 0:
        sys.exit(f"dev.py: run this line, then this command again:\n  {apt_line(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
    say(" ".join(install))
    if subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        say("apt-get update, then once more")
        subprocess.run([install[0], "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=False)
        if subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit("dev.py: apt-get could not install them; its own words are above.")


# --- the virtual environment -----------------------------------------------------------------------------------------


def fingerprint(lock: str) -> str:
    """Return a digest of all that decides what is installed: lock, project file, interpreter, place."""
    digest = hashlib.sha256(f"{sys.version}\n{sysconfig.get_platform()}\n{ROOT}\n".encode())
    for name in (lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp(lock: str) -> Path:
    """Return the file that holds the fingerprint under which this lock was last installed."""
    return VENV / f"{lock}.stamp"


def is_installed(lock: str) -> bool:
    """True when the environment holds what this lock says and nothing has moved since."""
    marked = stamp(lock)
    return PYTHON.exists() and marked.is_file() and marked.read_text("utf-8") == fingerprint(lock)


def make_environment() -> None:
    """Make `.venv` without pip of its own, as a Debian without ensurepip must; anew when its folder has moved."""
    place = VENV / "place.stamp"
    moved = place.is_file() and place.read_text("utf-8") != str(ROOT)
    if not PYTHON.exists() or moved:
        try:
            venv = importlib.import_module("venv")
        except ImportError:
            install_packages(["python3-venv"])
            venv = importlib.import_module("venv")
        say(f"making {VENV.name}")
        venv.EnvBuilder(with_pip=False, clear=True, symlinks=not WINDOWS).create(VENV)
    place.write_text(str(ROOT), "utf-8")


def pip(*arguments: str) -> tuple[str, ...]:
    """Return a command of the pip that comes with the Python that runs this file, at work on `.venv`."""
    return (sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check", *arguments)


def install_steps(lock: str) -> list[Step]:
    """Return what fills `.venv` from a lock file.

    A lock is complete, so nothing is left to resolve, and `--no-deps` keeps pip from trying: pip 23 looks anew for
    what another package asks for with an extra (`coverage[toml]`), finds a later version than the lock's, and stops
    because that one has no hash.  Whether the lock was complete indeed is what the last step asks.
    """
    quiet = ("install", "-qq", "--no-deps", "--no-compile")  # half of the modules are never imported
    return [
        Step(f"installing the packages of {lock}", pip(*quiet, "--require-hashes", "-r", lock)),
        Step("installing ohdesk from this folder", pip(*quiet, "--no-build-isolation", "--editable", str(ROOT))),
        Step("asking whether every package has what it needs", pip("check")),
    ]


def install(set_up: SetUp) -> None:
    """Make the machine ready for a job; quick and silent when it is."""
    on_linux = sys.platform.startswith("linux")
    if on_linux:
        install_packages(missing_packages(set_up))
    if any(is_installed(lock) for lock in set_up.locks):
        return
    if on_linux:
        install_packages(missing_pip())
    make_environment()
    lock = set_up.locks[0]
    say(f"filling {VENV.name} (a few minutes the first time)")
    for step in install_steps(lock):
        say(step.title)
        if subprocess.run(step.command, cwd=ROOT, check=False).returncode:
            sys.exit(
                "dev.py: pip did not come to the end; its own words are above. Run this again to go on; "
                f"if that ends the same, remove {VENV.name} first."
            )
    stamp(lock).write_text(fingerprint(lock), "utf-8")


# --- jobs ------------------------------------------------------------------------------------------------------------


def tool(name: str) -> str:
    """Return the path of a program installed in `.venv`."""
    return str(SCRIPTS / (f"{name}.exe" if WINDOWS else name))


def job_environment(**settings: str) -> dict[str, str]:
    """Return the environment of a command: this one with UTF-8 output and these settings."""
    return os.environ | {"PYTHONUTF8": "1"} | settings


def run_all(steps: Sequence[Step], environment: Mapping[str, str], beside: Sequence[Step] = ()) -> int:
    """Run every step whatever the others say; 0 when all of them ended well.

    Those of `beside` run meanwhile, one after the other; what they say is told when the steps have ended.
    """
    failed = []
    with ThreadPoolExecutor(max_workers=1) as other:
        meanwhile = [other.submit(run_step, step, environment, subprocess.PIPE) for step in beside]
        for step in steps:
            say(step.title)
            if run_step(step, environment).returncode:
                failed.append(step.title)
        for step, ended in zip(beside, meanwhile, strict=True):
            say(step.title)
            sys.stdout.buffer.write(ended.result().stdout)  # as it is, whatever the terminal can show
            sys.stdout.flush()
            if ended.result().returncode:
                failed.append(step.title)
    say("failed: " + ", ".join(failed) if failed else "all well")
    return 1 if failed else 0


def run_step(step: Step, environment: Mapping[str, str], said: int | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run one step; said: where its output goes, None for ours."""
    errors = None if said is None else subprocess.STDOUT
    return subprocess.run(step.command, cwd=ROOT, env=dict(environment), check=False, stdout=said, stderr=errors)


def check_steps() -> list[Step]:
    """Return the checks that need no test run."""
    return [
        Step("lint", (tool("ruff"), "check", ".")),
        Step("format", (tool("ruff"), "format", "--check", ".")),
        Step("types", (tool("mypy"),)),
        Step("import contracts", (tool("lint-imports"),)),
        Step("catalogue", (str(PYTHON), "tools/catalogue.py", "check")),
        Step("picture", (str(PYTHON), "tools/picture.py", "check")),
    ]


def check(_: argparse.Namespace) -> int:
    """Lint, format, types, import contracts, catalogue, picture."""
    install(development_set_up())
    return run_all(check_steps(), job_environment())


def fmt(_: argparse.Namespace) -> int:
    """Mend what can be mended without thinking; lint first, since what it takes out changes the format."""
    install(development_set_up())
    mending = [
        Step("lint", (tool("ruff"), "check", "--fix", ".")),
        Step("format", (tool("ruff"), "format", ".")),
        Step("picture", (str(PYTHON), "tools/picture.py", "draw")),
    ]
    return run_all(mending, job_environment())


def test_steps(arguments: Sequence[str]) -> list[Step]:
    """Return the checks and the whole suite; with arguments for pytest, the tests they choose and nothing else.

    A few tests end before other processes have started, and only one process can be looked at with `--pdb`.
    """
    pytest = (str(PYTHON), "-m", "pytest")
    if arguments:
        return [Step("tests", (*pytest, *arguments))]
    # One more than there are processors: the tests of the window wait a quarter of their time.
    workers = str(min((os.cpu_count() or 1) + 1, 4))
    # In the order that `tests/conftest.py` says: by number of tests, the whole job would begin when all else ends.
    spread = ("-n", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    return [*check_steps(), Step("tests", (*pytest, *spread))]


@contextmanager
def quick_to_write() -> Iterator[dict[str, str]]:
    """Yield the setting that has temporary files lie in memory while the block runs; none where that cannot be.

    The tests commit some hundred thousand times, and a fifth of their time goes by waiting until a disk has flushed.
    """
    if not has_room(MEMORY_DISK):
        yield {}
        return
    with TemporaryDirectory(prefix="ohdesk-tests-", dir=MEMORY_DISK, ignore_cleanup_errors=True) as folder:
        yield {"TMPDIR": folder}


def has_room(folder: Path) -> bool:
    """True of a folder to which the tests may write, and from which they may start what they wrote."""
    if WINDOWS or not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    return shutil.disk_usage(folder).free >= LEAST_ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC


def test(args: argparse.Namespace) -> int:
    """Check beside the whole test suite, or run the tests asked for; without a screen."""
    install(development_set_up())
    settings = {"QT_QPA_PLATFORM": "offscreen"}
    # The tests start the program some hundred times, which else reads its own source anew each time.
    settings["PYTHONDONTWRITEBYTECODE"] = ""
    if args.arguments:  # whoever looks at a few wants to look at their files as well
        return run_all(test_steps(args.arguments), job_environment(**settings))
    *checks, tests = test_steps(())
    with quick_to_write() as where:
        # Beside the tests: alone, the checks leave all processors but one idle.
        return run_all([tests], job_environment(**settings, **where), beside=checks)


def hook_path() -> Path:
    """Return where git looks for what it runs before a commit here, in a worktree too; else end with status 1.

    Not where other repositories have their hooks as well: `core.hooksPath`, or a repository around this folder.
    """
    git = shutil.which("git")
    if not git:
        sys.exit("dev.py: git is not on the search path, so nothing would run the hook.")
    question = [git, "rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "hooks/pre-commit"]
    asked = subprocess.run(question, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    top, common, path = (ROOT / line for line in asked.stdout.splitlines() or ["", "", ""])
    if asked.returncode or not top.samefile(ROOT):
        sys.exit(f"dev.py: {ROOT} is not under git itself, so nothing would run the hook.")
    if not path.is_relative_to(common):
        sys.exit(
            f"dev.py: core.hooksPath leads to {path.parent}, which other repositories may share; nothing is written; "
            f"to have the checks run here, add there:\n  {hook_line()}"
        )
    return path


def hook_line() -> str:
    """Return what the hook does; git runs it with a shell of its own, on Windows too, from the top of the checkout."""
    return f'exec "{Path(sys.executable).as_posix()}" dev.py check'


def hook(_: argparse.Namespace) -> int:
    """Write the hook that runs the checks before every commit; one that somebody else wrote is left alone."""
    path, mark = hook_path(), "# written by dev.py hook; git commit --no-verify goes past it once"
    if path.exists() and mark not in path.read_text("utf-8", errors="replace"):
        say(f"{path} is somebody else's hook and stays; to have the checks run, end it with the line:\n  {hook_line()}")
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{mark}\n{hook_line()}\n", "utf-8", newline="\n")
    path.chmod(0o755)
    say(f"wrote {path}")
    return 0


def is_whole(demo: Path) -> bool:
    """True when the demonstration was made to its end: its summary is written last."""
    return (demo / "summary.json").is_file()


def make_demo(demo: Path) -> int:
    """Make the demonstration world anew; what a broken run left is removed first."""
    if demo.exists():
        say(f"removing the old {demo.name}/")
        shutil.rmtree(demo)
    say(f"ohdesk demo --out {demo.name}")
    return subprocess.run([tool("ohdesk"), "demo", "--out", demo.name], cwd=ROOT, env=job_environment()).returncode


def demo(args: argparse.Namespace) -> int:
    """Make the demonstration unless a whole one is there, then open its window where there is a screen."""
    install(program_set_up())
    if args.fresh or not is_whole(DEMO):
        status = make_demo(DEMO)
        if status:
            return status
    else:
        say("demo/ is there already; --fresh makes it anew")
    if not has_screen(os.environ, sys.platform):
        say("no screen here, so no window; look into demo/")
        return 0
    say("opening the window on demo/town; every account's password is ohdesk-demo")
    return subprocess.run([tool("ohdesk"), "--workspace", "demo/town"], cwd=ROOT, env=job_environment()).returncode


def run(args: argparse.Namespace) -> int:
    """Run the program with the arguments given; without any, its window."""
    install(program_set_up())
    return subprocess.run([tool("ohdesk"), *args.arguments], env=job_environment(), check=False).returncode


def parser() -> argparse.ArgumentParser:
    """Return the command line: one sub-command per job."""
    root = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    jobs = root.add_subparsers(required=True, metavar="demo|test|check|fmt|hook|run")
    making = jobs.add_parser("demo", help="make the demonstration and open its window")
    making.add_argument("--fresh", action="store_true", help="make it anew even if a whole one is there")
    making.set_defaults(job=demo)
    testing = jobs.add_parser("test", help="check, then run the whole test suite; or what pytest's own arguments name")
    testing.set_defaults(job=test)
    jobs.add_parser("check", help="lint, format, types, import contracts, catalogue, picture").set_defaults(job=check)
    jobs.add_parser("fmt", help="mend lint and format, draw the picture anew").set_defaults(job=fmt)
    jobs.add_parser("hook", help="have git run the checks before every commit").set_defaults(job=hook)
    running = jobs.add_parser("run", help="the program itself, with its own arguments", add_help=False)
    running.set_defaults(job=run)
    return root


def main() -> int:
    """Do one job and return its exit status."""
    if sys.version_info < MINIMUM:
        sys.exit(f"dev.py: Python {MINIMUM[0]}.{MINIMUM[1]} or later is needed; this is {sys.version.split()[0]}.")
    root = parser()
    args, args.arguments = root.parse_known_args()
    if args.arguments and args.job not in (run, test):
        root.error("not understood: " + " ".join(args.arguments))
    status: int = args.job(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
