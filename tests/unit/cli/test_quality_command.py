"""`ohdesk roll quality`: faults of all or of some, and the score of the town."""

import json

import pytest

from ohdesk.cli.main import main
from tests.conftest import PASSWORD, town_workspace


@pytest.fixture
def run(tmp_path, capsys):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, "utf-8")
    town = town_workspace(tmp_path / "town")

    def run(*words):
        assert main([*words, "--workspace", str(town), "--password-file", str(secret), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_faults_and_scores_are_told(run):
    sound = (
        "地址=某处",
        "联系电话=1",
        "行业代码=C3311",
        "从业人数=40",
        "接害人数=41",
        "职业病危害因素=噪声",
        "已申报=否",
    )
    texts = [word for text in ("单位名称=石桥五金厂", *sound) for word in ("--set", text)]
    entry = run("roll", "add", *texts)["id"]
    run("roll", "add", "--set", "单位名称=安平家具厂")
    told = run("roll", "quality", "石桥五金厂")
    assert [(each["id"], each["kind"], each["field"], each["value"]) for each in told["faults"]] == [
        (entry, "missing", "uscc", ""),
        (entry, "contradictory", "exposed_workers", "41"),
    ]
    assert (told["entries"], told["faulty"], told["score"]) == (2, 2, 0)
    assert [(town["town"], town["score"]) for town in told["towns"]] == [("000000001", 0)]
    only = run("roll", "quality", "--kind", "contradictory", "--town", "000000001")
    assert [each["field"] for each in only["faults"]] == ["exposed_workers"]
    assert run("roll", "quality", "--town", "000000002")["faults"] == []
