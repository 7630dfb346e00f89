"""The set-up program decides rightly what is there and what is missing."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, "linux", True),
        ({"QT_QPA_PLATFORM": "xcb"}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"QT_QPA_PLATFORM": "minimal"}, "win32", False),
        ({"QT_QPA_PLATFORM": "offscreen:fontdb=x"}, "darwin", False),
    ],
)
def test_a_screen_is_found_where_there_is_one(environment, platform, expected):
    assert dev.has_screen(environment, platform) is expected


def test_a_library_that_nobody_has_is_missed_and_its_package_named_once():
    needs = dev.SetUp((dev.RUN_LOCK,), {"libnobody-has-this.so.9": "libnobody9"}, {"no-such-program": "libnobody9"})
    assert dev.missing_packages(needs) == ["libnobody9"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names of Linux libraries")
def test_what_is_there_is_not_missed():
    assert dev.missing_packages(dev.SetUp((), {"libc.so.6": "libc6"}, {"sh": "dash"})) == []


def test_whoever_may_not_install_is_told_the_one_line(monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(SystemExit, match="sudo apt-get install -y --no-install-recommends libgl1 qpdf"):
        dev.install_packages(["libgl1", "qpdf"])


def test_a_set_up_is_current_only_for_the_lock_it_was_made_from(tmp_path, monkeypatch):
    for name in (dev.RUN_LOCK, "pyproject.toml", "python"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "python")
    assert not dev.is_installed(dev.RUN_LOCK)
    dev.stamp(dev.RUN_LOCK).write_text(dev.fingerprint(dev.RUN_LOCK))
    assert dev.is_installed(dev.RUN_LOCK)
    (tmp_path / dev.RUN_LOCK).write_text("two")
    assert not dev.is_installed(dev.RUN_LOCK)


def test_a_lock_is_installed_by_its_hashes_alone_and_asked_for_completeness_at_the_end():
    packages, program, question = (step.command for step in dev.install_steps(dev.DEV_LOCK))
    assert packages[:5] == (sys.executable, "-m", "pip", "--python", str(dev.PYTHON))
    assert {"install", "--no-deps", "--require-hashes"} <= set(packages)
    assert packages[-2:] == ("-r", dev.DEV_LOCK)
    assert {"--no-deps", "--no-build-isolation"} <= set(program)
    assert question[-1] == "check"


def test_a_demonstration_without_its_summary_is_not_whole(tmp_path):
    assert not dev.is_whole(tmp_path / "demo")
    (tmp_path / "summary.json").write_text("{}")
    assert dev.is_whole(tmp_path)


def test_a_disk_in_memory_is_used_where_it_has_room_and_left_empty(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "MEMORY_DISK", tmp_path)
    monkeypatch.setattr(dev, "LEAST_ROOM", 1)
    with dev.quick_to_write() as where:
        assert Path(where["TMPDIR"]).parent == tmp_path
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(dev, "LEAST_ROOM", 1 << 60)
    with dev.quick_to_write() as where:
        assert where == {}
    monkeypatch.setattr(dev, "MEMORY_DISK", tmp_path / "none")
    with dev.quick_to_write() as where:
        assert where == {}


def test_one_failing_step_fails_the_job_and_the_others_still_run(capfd):
    good, bad = (sys.executable, "-c", "print('ran')"), (sys.executable, "-c", "raise SystemExit(3)")
    assert dev.run_all([dev.Step("bad", bad), dev.Step("good", good)], dev.job_environment()) == 1
    shown = capfd.readouterr().out
    assert "ran" in shown
    assert "failed: bad" in shown
    assert dev.run_all([dev.Step("good", good)], dev.job_environment(), beside=[dev.Step("bad", bad)]) == 1
    assert dev.run_all([dev.Step("bad", bad)], dev.job_environment(), beside=[dev.Step("good", good)]) == 1


def test_arguments_of_pytest_choose_tests_and_leave_out_the_checks():
    assert [step.title for step in dev.test_steps([])][-1] == "tests"
    assert len(dev.test_steps([])) > 1
    (only,) = dev.test_steps(["-k", "a and b", "tests/unit"])
    assert only.command[-3:] == ("-k", "a and b", "tests/unit")
    assert "-n" not in only.command


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository whose dev.py only tells that it was run; nothing of the tester's own git is seen by it."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "dev.py").write_text("import sys\nprint('ran', *sys.argv[1:])\nsys.exit(3)\n")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    return tmp_path


def test_git_runs_the_checks_before_a_commit_and_heeds_them(checkout, capsys):
    for _ in range(2):
        assert dev.hook(None) == 0
    made = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--allow-empty", "-m", "x"],
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    assert made.returncode != 0
    assert "ran check" in made.stdout + made.stderr


def test_a_hook_that_somebody_else_wrote_is_left_alone(checkout, capsys):
    theirs = checkout / ".git/hooks/pre-commit"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("#!/bin/sh\necho theirs\n")
    assert dev.hook(None) == 1
    assert theirs.read_text() == "#!/bin/sh\necho theirs\n"
    assert "dev.py check" in capsys.readouterr().out


def test_hooks_that_other_repositories_share_are_left_alone(checkout, tmp_path):
    subprocess.run(["git", "config", "core.hooksPath", tmp_path / "everybody's"], cwd=checkout, check=True)
    with pytest.raises(SystemExit, match="dev.py check"):
        dev.hook(None)
    assert not (tmp_path / "everybody's").exists()


def test_a_folder_within_another_repository_and_one_without_git_get_no_hook(checkout, monkeypatch):
    (checkout / "unpacked").mkdir()
    monkeypatch.setattr(dev, "ROOT", checkout / "unpacked")
    for ceiling in ("", str(checkout)):
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", ceiling)
        with pytest.raises(SystemExit, match="not under git itself"):
            dev.hook(None)
    assert not (checkout / ".git/hooks/pre-commit").exists()


def test_a_worktree_gets_the_hook_of_its_repository(checkout, monkeypatch):
    commit = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]
    subprocess.run(commit, cwd=checkout, check=True)
    subprocess.run(["git", "worktree", "add", "-q", checkout / "beside"], cwd=checkout, check=True)
    monkeypatch.setattr(dev, "ROOT", checkout / "beside")
    assert dev.hook(None) == 0
    assert (checkout / ".git/hooks/pre-commit").is_file()


def test_help_is_there_before_anything_is_installed():
    shown = subprocess.run(
        [sys.executable, "-I", ROOT / "dev.py", "--help"], capture_output=True, text=True, check=True
    )
    assert "demo" in shown.stdout


def test_every_dependency_is_locked_with_one_version_and_a_hash():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {dev.RUN_LOCK: project["dependencies"]}
    asked[dev.DEV_LOCK] = asked[dev.RUN_LOCK] + project["optional-dependencies"]["dev"][1:]  # the first is ourselves
    for lock, lines in asked.items():
        names = [re.split(r"[<>=\[]", line)[0].lower().replace("_", "-") for line in lines]
        pins = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text("utf-8")))
        assert set(names) <= set(pins)
        blocks = re.split(r"(?m)^(?=[a-z0-9-]+==)", (ROOT / lock).read_text("utf-8"))[1:]
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_development_lock_holds_the_very_versions_of_the_program():
    def pins(name):
        return set(re.findall(r"(?m)^[a-z0-9-]+==\S+", (ROOT / name).read_text("utf-8")))

    assert pins(dev.RUN_LOCK) <= pins(dev.DEV_LOCK)


def test_locks_name_no_package_host_and_no_machine():
    for lock in (dev.RUN_LOCK, dev.DEV_LOCK):
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
        assert "find-links" not in text
