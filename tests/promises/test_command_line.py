"""Promise: the whole main job can be typed, command by command, with the exit status and output that are promised."""

import json
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from ohdesk.domain.establishment import uscc_check_character
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, county_workspace, town_workspace
from tests.promises.typed import Desk, ohdesk, ohdesk_here
from tests.unit.services.record.record_world import PEN
from tests.visiting import CHECKLIST_LENGTH, picture

FIRMS = 6
INSPECTORS = {"周䶮": "own-password-one", "吴𠅤": "own-password-two"}


def code(number: int) -> str:
    first_17 = f"91000000MA{number:07d}"
    return first_17 + uscc_check_character(first_17)


@pytest.fixture
def roll_file(tmp_path: Path) -> Path:
    """A list with a title above its headings, a firm twice, one without a code, one closed, and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet.append(["石桥镇用人单位名单"])
    sheet.append(["单位名称", "统一社会信用代码", "单位地址", "状态"])
    for number in range(1, FIRMS + 1):
        sheet.append([f"青沐{number}竹器厂", code(number), f"工业路{number}号", "在业"])
    sheet.append(["青沐1竹器厂", code(1), "工业路1号", "在业"])
    sheet.append(["无码纸品厂", None, "工业路9号", "在业"])
    sheet.append(["错码木器厂", code(9)[:-1] + ("0" if code(9)[-1] != "0" else "1"), "工业路10号", "注销"])
    hidden = book.create_sheet("旧表")
    hidden.append(["单位名称"])
    hidden.append(["隐藏厂"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "名单.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Desk, dict[str, str]]:
    """A workspace made by `ohdesk init`, at the true cost of a password, and what the command printed."""
    folder = tmp_path_factory.mktemp("made") / "town"
    words = ("init", "--role", "town", "--division", "000000101", "--name", "石桥镇人民政府")
    said = ohdesk(*words, "--workspace", folder, "--user", "梁堃", "--json")
    return Desk(folder, "梁堃"), said.json


def test_init_makes_a_workspace_and_shows_the_recovery_code_once(made):
    desk, printed = made
    assert set(printed) == {"workspace", "recovery_code"}
    assert printed["recovery_code"].startswith("AGE-SECRET-KEY-1")
    assert {path.name for path in desk.folder.iterdir()} >= {"workspace.db", "keys.json", "blobs", "backups"}
    again = ohdesk("init", "--role", "town", "--division", "000000101", "--name", "x", "--workspace", desk.folder)
    assert "不是空的" in again.refusal


def test_init_refuses_a_division_that_does_not_fit_the_role(tmp_path):
    words = ("init", "--role", "town", "--division", "000000", "--name", "x", "--workspace", tmp_path / "w")
    assert "9" in ohdesk(*words).refusal
    assert not (tmp_path / "w").exists()


def test_the_password_comes_from_a_file_or_the_environment_and_a_second_opener_is_turned_away(made, tmp_path):
    desk, _ = made
    secret = tmp_path / "secret.txt"
    secret.write_text(PASSWORD + "\nsomething else\n", encoding="utf-8")
    listing = ("roll", "list", "--json")
    assert ohdesk(*listing, "--workspace", desk.folder, "--password-file", secret, password=None).json == []
    assert ohdesk_here("--workspace", desk.folder, "--password-file", secret, *listing, password="wrong").json == []
    assert "密码" in ohdesk("--workspace", desk.folder, *listing, password=None).refusal
    before = desk.state()
    assert "密码" in ohdesk_here("--workspace", desk.folder, *listing, password="wrong").refusal
    assert "nobody" in Desk(desk.folder, "nobody")(*listing).refusal
    with open_workspace(desk.folder, "梁堃", PASSWORD):
        assert "已经在另一个窗口或命令中打开" in desk.apart(*listing).refusal
    assert desk.state() == before


@pytest.mark.parametrize("words", [["roll"], ["roll", "list", "--colour"], ["nothing"], ["visit", "start", "x"]])
def test_wrong_usage_ends_with_2(words):
    said = ohdesk(*words)
    assert (said.status, said.out) == (2, b"")
    assert "用法：ohdesk" in said.err


def test_a_preview_needs_no_workspace_and_prints_what_is_promised(roll_file):
    printed = ohdesk("roll", "preview", roll_file, "--json", password=None).json
    assert set(printed) == {"rows", "accepted", "refused", "duplicates", "warnings", "mapping", "not_taken"}
    flags = {entry["row"]: (entry["name"], entry["flags"]) for entry in printed["accepted"]}
    assert printed["rows"] == FIRMS + 3
    assert flags[3] == ("青沐1竹器厂", [])
    assert flags[9] == ("青沐1竹器厂", ["duplicate_of:3"])
    assert flags[10] == ("无码纸品厂", ["uscc_missing"])
    assert flags[11] == ("错码木器厂", ["uscc_check", "closed"])
    assert all(set(entry) == {"row", "sheet", "name", "uscc", "flags", "fields"} for entry in printed["accepted"])
    assert printed["duplicates"] == [[3, 9]]
    assert printed["refused"] == []
    assert any("旧表" in warning for warning in printed["warnings"])
    assert printed["mapping"]


def test_options_stand_before_or_after_the_command(tmp_path):
    desk = Desk(town_workspace(tmp_path / "town"), "李旸")
    options = ("--workspace", desk.folder, "--user", desk.user, "--json")
    assert ohdesk(*options, "person", "list").json == ohdesk_here("person", "list", *options).json == []
    assert ohdesk_here("person", *options, "list").json == []


def test_the_main_job_from_the_list_to_the_county(tmp_path, roll_file):
    town = Desk(town_workspace(tmp_path / "town", "000000101", "石桥镇人民政府"), "李旸")
    county = Desk(county_workspace(tmp_path / "county"), "陶镕")
    _enter_people(town, tmp_path)
    _import_and_search(town, roll_file)
    drawn = _draw(town, Desk(town.folder, "周䶮", INSPECTORS["周䶮"]), tmp_path)
    visit = _visit(town, drawn, tmp_path)
    _record_is_listed_and_verifies_on_the_own_keys(town, visit, tmp_path)
    _join(town, county, tmp_path)
    _exchange(town, county, tmp_path)
    for desk in (town, county):
        assert desk("doctor", "--json").json["sound"]


def _enter_people(town: Desk, folder: Path) -> None:
    for number, (name, password) in enumerate(INSPECTORS.items()):
        secret = folder / f"secret-{number}"
        secret.write_text(password + "\n", encoding="utf-8")
        account = ("--account", name, "--account-password-file", secret, "--leads")
        words = ("--role", "inspector", "--certificate", f"T000{number}", "--until", "2099-12-31", *account)
        assert town("person", "add", "--name", name, *words, "--json").json["person"]
    listed = {row["name"]: row["certificate_no"] for row in town("person", "list", "--json").json}
    assert listed == {"周䶮": "T0000", "吴𠅤": "T0001"}


def _import_and_search(town: Desk, roll_file: Path) -> None:
    done = town("roll", "import", roll_file, "--json").json
    assert (done["new"], done["changed"], done["refused"]) == (FIRMS + 2, 0, [])
    assert [row["uscc"] for row in town.apart("roll", "list", "--search", "青沐3", "--json").json] == [code(3)]
    assert len(town("roll", "list", "--json").json) == FIRMS + 2


def _draw(town: Desk, inspector: Desk, folder: Path) -> str:
    assert "签名密钥" in town("draw", "freeze", "--plan", "2026-1", "--min", 1).refusal
    frozen = inspector("draw", "freeze", "--plan", "2026-1", "--min", 1, "--json").json
    assert frozen["firms"] == FIRMS + 1
    witnessed = ("--source", "十面骰", "--witness", "上官", "--witness", "诸葛")
    assert "两遍不同" in town("draw", "seed", "2026-1", "--seed", "1234567890", "--seed-again", "1", *witnessed).refusal
    seed = "20260303031107202531"
    assert town("draw", "seed", "2026-1", "--seed", seed, "--seed-again", seed, *witnessed, "--json").json["draw"]
    (firm,) = inspector("draw", "run", "2026-1", "--json").json["firms"]
    package = Path(town("draw", "publish", "2026-1", "--out", folder / "out", "--json").json["package"])
    with ZipFile(package) as archive:
        archive.extractall(folder / "package")
    said = ohdesk("draw", "verify", folder / "package" / "sheet.json", folder / "package" / "seed.txt", password=None)
    assert said.out == (folder / "package" / "result.csv").read_bytes()
    return firm["id"]


def _visit(town: Desk, drawn: str, folder: Path) -> str:
    first = Desk(town.folder, "周䶮", INSPECTORS["周䶮"])
    power = ("--mode", "own", "--authority", "石桥镇人民政府", "--from", "2020-01-01", "--basis", "公布的事项目录")
    assert town("visit", "power", *power).status == 0
    (visit,) = town("visit", "plan", "--draw", "2026-1", "--json").json["visits"]
    assert first("visit", "start", visit, "--mode", "own").refusal
    paper = ("--paper", "--approver", "苏映", "--on", "2026-03-01", "--number", "2026-0001")
    assert town("visit", "approve", visit, *paper, "--json").json["approved"]
    told = ("--code-way", "亮码", "--notice", "当场送达", "--certificates", "已出示", "--rights", "已告知")
    start = ("--mode", "own", *told, "--recusal", "不申请回避", "--accompanied-by", "陈𠅤（厂长）")
    assert first.apart("visit", "start", visit, *start, "--json").json["gaps"] == []
    photo = folder / "fan.jpg"
    photo.write_bytes(picture())
    answers = {
        "A01": {"value": "合格"},
        "C01": {"value": "合理缺项", "reason": "没有建设项目。"},
        "F03": {"value": "不合格", "fact": "打磨岗位除尘风机停用。", "photos": ["fan.jpg"]},
        "*": {"value": "未检查", "reason": "当日停产。"},
    }
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    filled = first.apart("visit", "fill", visit, "--answers", folder / "answers.json", "--json").json
    assert (filled["answers"], filled["photos"], filled["missing"]) == (CHECKLIST_LENGTH, 1, [])
    (finding,) = first("visit", "findings", visit, "--accept", "--json").json
    assert finding["fact"] == "打磨岗位除尘风机停用。"
    return _finalize(first, visit, folder)


def _finalize(first: Desk, visit: str, folder: Path) -> str:
    statement = {"way": "signed", "name": "陈𠅤", "position": "厂长", "strokes": [{"name": "陈𠅤", "strokes": PEN}]}
    (folder / "party.json").write_text(json.dumps(statement), encoding="utf-8")
    party = ("visit", "finalize", visit, "--party", folder / "party.json")
    shown = first(*party, "--preview", "--json").json
    assert (shown["finalized"], shown["problems"]) == (False, [])
    second = ("--second", "吴𠅤", "--second-password-file", folder / "secret-0")
    assert first(*party, *second).refusal  # the colleague's place, but not the colleague's password
    second = ("--second", "吴𠅤", "--second-password-file", folder / "secret-1")
    final = first.apart(*party, *second, "--fingerprint", shown["record_sha256"], "--json").json
    assert final["record_sha256"] == shown["record_sha256"]
    assert first(*party, *second).refusal
    return visit


def _record_is_listed_and_verifies_on_the_own_keys(town: Desk, visit: str, folder: Path) -> None:
    (row,) = town("record", "list", "--json").json
    (folder / "records").mkdir()
    path, *beside = map(Path, town("record", "export", visit, "--out", folder / "records", "--json").json)
    assert row["visit"] == visit
    assert sha256(path.read_bytes()).hexdigest() == row["pdf_sha256"]
    assert len(beside) == 2  # the checklist and the photos
    assert all(town("verify", each, "--json").json["good"] for each in (path, *beside))
    assert town("bundle", "export", "--out", folder).refusal  # has not joined a county


def _join(town: Desk, county: Desk, folder: Path) -> None:
    card = county("county", "card", "--out", folder / "card", "--json").json
    request = town("enrol", "request", "--card", folder / "card", "--out", folder / "request", "--json").json
    assert request["card_fingerprint"] == card["fingerprint"]
    assert len(card["fingerprint"].split()) == 8
    issued = county("county", "issue", folder / "request", "--out", folder / "answer", "--json").json
    assert issued["fingerprint"] == request["fingerprint"]
    assert {person.split()[0] for person in issued["people"]} == set(INSPECTORS)
    assert town("enrol", "accept", folder / "answer", "--json").json["card_fingerprint"] == card["fingerprint"]
    assert county("county", "root", "--out", folder / "root.pem").status == 0


def _exchange(town: Desk, county: Desk, folder: Path) -> None:
    stick = folder / "stick"
    stick.mkdir()
    sent = Path(town("bundle", "export", "--out", stick, "--json").json["path"])
    outline = ohdesk("bundle", "inspect", sent, "--json", password=None).json
    assert (outline["signature_fits"], outline["payload"]) == (True, "not decrypted")
    assert ohdesk("verify", sent, "--root", folder / "root.pem", "--json", password=None).json["good"]
    assert county.apart("bundle", "import", sent, "--json").json["outcome"] == "applied"
    digest = county("county", "digest", "--json").json
    assert county("bundle", "import", sent, "--json").json["outcome"] == "already"
    assert county("county", "digest", "--json").json == digest
    assert [check["problem"] for check in county("county", "draws", "--json").json] == [""]
    back = Path(county("bundle", "export", "--out", stick, "--json").json["path"])
    assert town("bundle", "import", back, "--json").json["acked"] > 0
    # The certificates that came down are acknowledged; of ours nothing is left to say.
    assert town("bundle", "export", "--out", stick, "--json").json["last"] == 0
