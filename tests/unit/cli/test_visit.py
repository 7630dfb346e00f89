"""`ohdesk visit` from planning to the findings, as typed."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from ohdesk.cli.main import main
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import entries as books
from ohdesk.services.roll import entries
from tests.conftest import PASSWORD, noon, town_workspace
from tests.encrypted_zips import opened
from tests.unit.services.finding.test_preparation import COMPLAINT
from tests.visiting import CHECKLIST_LENGTH, add_firm, add_inspectors, picture

ANSWERS = {
    "A01": {"value": "合格"},
    "F03": {"value": "不合格", "fact": "打磨岗位除尘风机停用"},
    "*": {"value": "未检查", "reason": "当日停产"},
}


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command in a workspace with a firm and two inspectors; return status, output and errors."""
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        add_firm(ctx)
        add_inspectors(ctx, until="2099-12-31")
    monkeypatch.setitem(os.environ, "OHDESK_PASSWORD", PASSWORD)

    def typed(*words):
        status = main(["--workspace", str(folder), "visit", *map(str, words)])
        out, err = capsys.readouterr()
        return status, out, err

    return typed


def started(run):
    status, out, _ = run(
        "plan", "--establishment", "青溪竹器厂", "--inspector", "周沄", "--inspector", "T0002", "--json"
    )
    assert status == 0
    visit = json.loads(out)["visits"][0]
    assert (
        run("power", "--mode", "own", "--authority", "石桥镇人民政府", "--from", "2020-01-01", "--basis", "目录")[0]
        == 0
    )
    status, _, err = run(
        "approve", visit, "--paper", "--approver", "苏映", "--on", "2026-03-01", "--number", "2026-0001"
    )
    assert status == 0, err
    return visit


def test_who_and_what_goes_along_is_named_when_a_visit_is_planned_and_changed(run, tmp_path):
    with open_workspace(tmp_path / "town", "李旸", PASSWORD, noon) as ctx:
        books.add(ctx, "complaints", COMPLAINT, about=entries.find(ctx, "青溪竹器厂"))
    _, out, _ = run("open-tasks", "青溪竹器厂", "--json")
    (task,) = json.loads(out)["tasks"]
    going = ("--technician", "贺禾", "清源检测有限公司", "检测采样", "--with", task["number"])
    going += ("--partner", "县总工会", "何苒=G1", "郑沂=G2")
    team = ("--inspector", "周沄", "--inspector", "T0002")
    status, out, err = run("plan", "--establishment", "青溪竹器厂", *team, *going, "--json")
    assert status == 0, err
    visit = json.loads(out)["visits"][0]
    told = json.loads(run("approval-form", visit, "--json")[1])
    assert (told["taken"], told["technicians"][0]["role"]) == ([task["said"]], "检测采样")
    assert told["partners"] == ["县总工会：何苒（执法证号 G1）、郑沂（执法证号 G2）"]
    assert "县总工会" in run("joint-result", visit)[1]
    assert run("joint-sheet", visit, "--out", tmp_path / "sheet.pdf")[0] == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads(run("change", visit, "--on", "2099-03-05", "--json")[1])["changed"]
    assert json.loads(run("approval-form", visit, "--json")[1])["taken"] == [task["said"]]
    assert run("change", visit, "--technician", "--with", "--partner")[0] == 0
    told = json.loads(run("approval-form", visit, "--json")[1])
    assert (told["taken"], told["technicians"], told["partners"]) == ([], [], [])
    assert "姓名、单位、身份" in run("change", visit, "--technician", "贺禾")[2]


def test_a_visit_is_planned_started_filled_and_its_findings_settled(run, tmp_path):
    visit = started(run)
    status, out, err = run("start", visit, "--mode", "own", "--code-way", "亮码", "--notice", "当场送达")
    assert status == 1
    assert "没有出示执法证件" in err
    rest = ("--certificates", "已出示", "--rights", "已告知", "--recusal", "不申请回避")
    assert run("start", visit, "--mode", "own", "--code-way", "亮码", "--notice", "当场送达", *rest)[0] == 0

    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(ANSWERS, ensure_ascii=False), encoding="utf-8")
    status, out, _ = run("fill", "青溪竹器厂", "--answers", answers, "--json")
    assert (status, json.loads(out)["answers"]) == (0, CHECKLIST_LENGTH)

    photo = tmp_path / "fan.jpg"
    photo.write_bytes(picture())
    assert json.loads(run("photo", visit, "--file", photo, "--question", "F03", "--json")[1])["number"] == 1
    assert json.loads(run("photo", visit, "--question", "F03", "--json")[1]) == {
        "number": 2,
        "question": "F03",
        "sha256": "",
    }
    assert run("photo", visit, "--number", "2", "--file", photo)[0] == 0

    found = json.loads(run("leave-check", visit, "--json")[1])
    assert {gap["kind"] for gap in found["gaps"] if gap["blocks"]} == {"unsettled"}
    assert {"no_caption", "arrival"} <= {gap["kind"] for gap in found["gaps"]}

    status, out, _ = run("findings", visit, "--set", "F03", "rectify", "2098-03-16", "--json")
    assert json.loads(out)[0]["due_on"] == "2098-03-16"
    assert "责令限期改正 2098-03-16（假日未定）" in run("findings", visit)[1]
    status, out, _ = run("show", visit, "--json")
    shown = json.loads(out)
    assert shown["problems"] == []
    assert shown["counts"] == {
        "met": 1,
        "not_met": 1,
        "not_applicable": 0,
        "not_inspected": CHECKLIST_LENGTH - 2,
        "unanswered": 0,
    }
    assert "修改第 36 项的处置" in run("undo", visit)[1]
    assert json.loads(run("list", "--json")[1])[0]["state"] == "open"


def test_a_folder_of_photos_is_taken_in_put_in_order_and_its_originals_come_out(run, tmp_path):
    visit = started(run)
    assert run("start", visit, "--mode", "own", "--reason", "没有信号")[0] == 0
    folder = tmp_path / "phone"
    folder.mkdir()
    given = {"a.jpg": picture("red"), "b.jpg": picture("blue", shot_at="2026:03:02 12:05:00")}
    for name, content in given.items():
        (folder / name).write_bytes(content)
    (folder / "c.jpg").write_bytes(b"no picture")
    status, out, _ = run("photos", visit, "--folder", folder, "--json")
    taken = json.loads(out)
    assert status == 0
    assert taken["taken"] == [
        {"file": name, "sha256": sha256(content).hexdigest(), "item": ""} for name, content in given.items()
    ]
    assert [(each["file"], bool(each["reason"])) for each in taken["refused"]] == [("c.jpg", True)]
    assert run("photos", visit, "--clock", "b.jpg")[0] == 1  # without what it shows
    assert run("photos", visit, "--clock", "b.jpg", "--shows", "2026-03-02 12:00:00")[0] == 0
    status, out, _ = run("arrange", visit, "2", "--caption", "风机", "--question", "F03", "--to", "1", "--json")
    first = json.loads(out)[0]
    assert (first["file"], first["caption"], first["taken_at"]) == ("b.jpg", "风机", "2026-03-02T04:00:00Z")
    assert len(json.loads(run("arrange", visit, "2", "--remove", "--json")[1])) == 1
    assert len(json.loads(run("arrange", visit, "--restore", "--json")[1])) == 2
    why = ("--purpose", "hand_over", "--to", "青原县卫生健康局", "--reason", "移〔2026〕001")
    with pytest.raises(SystemExit):  # for whom, and why
        run("originals", visit, "--out", tmp_path / "originals")
    status, out, _ = run("originals", visit, "--out", tmp_path / "originals", *why, "--json")
    said = json.loads(out)
    inside = opened(Path(said["file"]), said["password"])
    assert [inside[each["file"]] for each in said["files"]] == [given["b.jpg"], given["a.jpg"]]
    assert run("originals", visit, "--out", tmp_path / "originals", *why)[0] == 1  # nothing is written over


def test_evidence_is_added_registered_marked_and_written_as_a_schedule(run, tmp_path):
    visit = started(run)
    assert run("start", visit, "--mode", "own", "--reason", "没有信号")[0] == 0
    (tmp_path / "名册.csv").write_bytes("岗位,人数".encode())
    (tmp_path / "1.mp4").write_bytes(b"film")
    assert run("evidence", visit, "--add", tmp_path / "名册.csv", "--mark", "privacy")[0] == 0
    camera = ("--recording", tmp_path / "1.mp4", "--device", "记录仪 07", "--length", "25:07", "--kept-at", "采集站")
    listed = json.loads(run("evidence", visit, *camera, "--json")[1])
    assert [(each["kind"], each["sensitive"], each["seconds"]) for each in listed] == [
        ("sheet", "privacy", 0),
        ("recording", "no", 1507),
    ]
    assert listed[1]["sha256"] == sha256(b"film").hexdigest()
    assert run("evidence", visit, "--remove")[0] == 1  # which one?
    assert len(json.loads(run("evidence", visit, "--number", "1", "--remove", "--json")[1])) == 1
    assert run("evidence", visit, "--out", tmp_path / "清单.xlsx")[0] == 0


def test_a_refused_file_says_everything_and_ends_with_one(run, tmp_path):
    visit = started(run)
    gaps = ("--reason", "没有信号")
    assert run("start", visit, "--mode", "own", *gaps)[0] == 0
    answers = tmp_path / "answers.json"
    answers.write_text('{"A01": {"value": "好"}, "Z99": {"value": "合格"}}', encoding="utf-8")
    status, out, err = run("fill", visit, "--answers", answers)
    assert (status, out) == (1, "")
    assert "A01" in err
    assert "Z99" in err


def test_a_visit_ends_at_a_closed_gate(run):
    visit = started(run)
    assert run("start", visit, "--mode", "own", "--reason", "大门关闭")[0] == 0
    assert run("end", visit, "--outcome", "closed", "--proof", "听说", "--account", "大门上锁")[0] == 1
    assert run("end", visit, "--outcome", "closed", "--proof", "门牌或厂区照片", "--account", "大门上锁")[0] == 0
    assert json.loads(run("list", "--json")[1])[0]["outcome"] == "单位关闭（注销、停产）"


def test_what_is_not_there_is_refused_in_a_sentence(run):
    for words in (("show", "没有的厂"), ("plan",), ("approve", "x", "--account", "y"), ("plan", "--draw", "none")):
        status, out, err = run(*words)
        assert (status, out) == (1, "")
        assert err.strip()


def test_a_team_that_could_not_start_is_warned_of_when_the_visit_is_planned(run):
    status, out, _ = run("plan", "--establishment", "青溪竹器厂", "--inspector", "周沄", "--json")
    assert status == 0
    assert "至少两名" in json.loads(out)["warnings"][0]
