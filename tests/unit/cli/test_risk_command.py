"""`ohdesk roll risk`: told for some or for all, written to the roll only when asked and for a reason."""

import json

import pytest

from ohdesk.cli.main import main
from tests.conftest import PASSWORD, town_workspace

ASSESSED = ("assessed_on=2026-03-02", "severe_level=符合", "severe_exposed=12", "points=89.5")


@pytest.fixture
def run(tmp_path, capsys):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, "utf-8")
    town = town_workspace(tmp_path / "town")

    def run(*words, status=0):
        assert main([*words, "--workspace", str(town), "--password-file", str(secret), "--json"]) == status
        said = capsys.readouterr()
        return json.loads(said.out) if status == 0 else said.err or said.out

    run("roll", "add", "--set", "单位名称=石桥化工厂")
    run("roll", "add", "--set", "单位名称=安平家具厂")
    texts = [word for text in ASSESSED for word in ("--set", text)]
    run("register", "add", "risk_assessments", "--about", "石桥化工厂", *texts)
    return run


def test_the_class_is_told_and_the_roll_stays_as_it_is(run):
    (found,) = run("roll", "risk", "石桥化工厂")
    assert (found["grade"], found["management"], found["class"], found["scheme"]) == ("Ⅱ", "B", "乙", "pilot2022")
    assert (found["score"], found["next_on"], found["written"]) == ("89.5", "2029-03-02", False)
    assert found["inputs"]["severe_exposed"] == 12
    assert "待县级确认" in found["basis"]
    assert found["on_roll"] == {"class": "", "scheme": ""}


def test_all_at_once_and_written_when_asked(run):
    assert {each["name"]: each["class"] for each in run("roll", "risk", "--all")} == {
        "石桥化工厂": "乙",
        "安平家具厂": "",
    }
    assert "理由" in run("roll", "risk", "--all", "--write", status=1)
    written = {each["name"]: each for each in run("roll", "risk", "--all", "--write", "--reason", "核实")}
    assert [written[name]["written"] for name in ("石桥化工厂", "安平家具厂")] == [True, False]
    assert written["石桥化工厂"]["on_roll"] == {"class": "乙", "scheme": "pilot2022"}


def test_nobody_named_is_refused(run):
    assert "--all" in run("roll", "risk", status=1)
