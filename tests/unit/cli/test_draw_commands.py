"""`ohdesk draw`: the whole draw from the command line, and the check of one without a workspace."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ohdesk.cli.main import main
from ohdesk.db import journal
from ohdesk.db.models import Account
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from ohdesk.domain.people import Role
from ohdesk.paths import resources
from ohdesk.services.draw.package import unpack
from ohdesk.services.office import accounts
from ohdesk.services.office.person_keys import give_key
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace

PASSWORD = "ohdesk-test"
SEED = "2023733112"


def noon() -> datetime:
    return datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    new = NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD)
    create_workspace(folder, new, practice=True)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx, ctx.transaction() as session:
        own = PersonWritten(
            record=ctx.new_id(), fields={"name": "李旸", "role": "technical_person", "certificate_no": "T-1"}
        )
        journal.record(session, own, ctx.stamp())
        session.get_one(Account, "李旸").person = own.record
        give_key(ctx, session, own.record, ctx.keys.personal)
        for number in range(8):
            fields = {"name": f"琥珀{number}厂", "local_id": f"L-{number}", "risk_class": "甲乙"[number % 2]}
            operation = EstablishmentWritten(record=ctx.new_id(), fields=fields | {"status": "在业"})
            journal.record(session, operation, ctx.stamp())
        for name, number in (("闻人甲", "Z-1"), ("闻人乙", "Z-2"), ("闻人丙", "Z-3")):
            fields = {"name": name, "role": "inspector", "certificate_no": number, "certificate_until": "2999-12-31"}
            operation = PersonWritten(record=ctx.new_id(), fields=fields | {"leads": True, "unit": ""})
            journal.record(session, operation, ctx.stamp())
    return folder


class Typed:
    """Commands of the draw as they are typed in one workspace."""

    def __init__(self, town: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self._town = town
        self._capture = capture

    def __call__(self, *words: object) -> str:
        """Return what a command printed."""
        assert main(self._line(words)) == 0
        return self._capture.readouterr().out.decode("utf-8")

    def refusal(self, *words: object) -> str:
        """Return why a command refused."""
        assert main(self._line(words)) == 1
        return self._capture.readouterr().err.decode("utf-8")

    def _line(self, words: tuple[object, ...]) -> list[str]:
        return ["--workspace", str(self._town), "--user", "李旸", "draw", *map(str, words)]


@pytest.fixture
def ohdesk(town: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Typed:
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    return Typed(town, capfdbinary)


def seed(ohdesk: Typed) -> str:
    witnesses = ("--witness", "上官", "--witness", "诸葛")
    return ohdesk("seed", "2026-1", "--seed", SEED, "--seed-again", SEED, "--source", "十面骰", *witnesses)


def frozen(ohdesk: Typed) -> dict[str, object]:
    strata = ("--stratum", "甲", "50/100", "1", "--stratum", "乙", "1/4", "0")
    return json.loads(ohdesk("freeze", "--plan", "2026-1", *strata, "--json"))


def test_a_draw_goes_from_freeze_to_publication(ohdesk, tmp_path):
    announced = frozen(ohdesk)
    assert announced["quotas"] == {"甲": [2, 4], "乙": [1, 4]}
    assert announced["fingerprint"].replace(" ", "") == announced["commit"]
    ohdesk("commitment", "2026-1", "--out", tmp_path / "commitment.pdf")
    assert (tmp_path / "commitment.pdf").read_bytes().startswith(b"%PDF")
    seed(ohdesk)
    firms = json.loads(ohdesk("run", "2026-1", "--json"))["firms"]
    assert len(firms) == 3
    package = Path(json.loads(ohdesk("publish", "2026-1", "--out", tmp_path / "out", "--json"))["package"])
    members = unpack(package.read_bytes())
    (tmp_path / "sheet.json").write_bytes(members["sheet.json"])
    (tmp_path / "seed.txt").write_bytes(members["seed.txt"])
    assert ohdesk("verify", tmp_path / "sheet.json", tmp_path / "seed.txt").encode() == members["result.csv"]
    ohdesk("record", "2026-1", "--out", tmp_path / "papers" / "record.pdf")
    assert (tmp_path / "papers" / "record.pdf").read_bytes().startswith(b"%PDF")
    assert "2026-1\t1\t已抽取" in ohdesk("list")


def test_the_freeze_shows_the_fingerprint_in_eight_groups(ohdesk):
    text = ohdesk("freeze", "--plan", "2026-1", "--quota", "1/4", "--min", "1")
    assert "参加 8 家" in text
    assert len(text.strip().rsplit("：", 1)[1].split()) == 8


def test_verify_prints_what_the_stand_alone_script_prints_and_needs_no_workspace(ohdesk, tmp_path):
    ids = [f"A{number:03d}" for number in range(20)]
    sheet = {
        "v": "ohdesk-draw/1",
        "plan": "x",
        "draw": 1,
        "nonce": "0" * 64,
        "team": 1,
        "cap": 9,
        "slack": 1,
        "strata": [{"code": "甲", "den": 1, "ids": ids, "min": 5, "num": 0}],
        "inspectors": [{"id": "I1", "lead": True}],
        "recusals": [],
    }
    content = json.dumps(sheet, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    (tmp_path / "sheet.json").write_bytes(content)
    (tmp_path / "seed.txt").write_bytes(SEED.encode())
    script = resources() / "draw" / "verify_draw.py"
    done = subprocess.run(
        [sys.executable, "-I", script, "sheet.json", "seed.txt"], cwd=tmp_path, capture_output=True, check=True
    )
    assert ohdesk("verify", tmp_path / "sheet.json", tmp_path / "seed.txt").encode() == done.stdout
    (tmp_path / "sheet.json").write_bytes(content + b"\n")
    assert "sheet.json" in ohdesk.refusal("verify", tmp_path / "sheet.json", tmp_path / "seed.txt")
    assert "读不到文件" in ohdesk.refusal("verify", tmp_path / "none.json", tmp_path / "seed.txt")


def test_a_plan_file_names_firms_and_persons_as_people_do(ohdesk, tmp_path):
    plan = {
        "plan": "2026〔1〕",
        "seed_source": "lottery",
        "strata": [{"code": "全部", "num": 1, "den": 1}],
        "exclusions": [{"establishment": "琥珀0厂", "code": "special"}],
        "absences": [{"person": "Z-3", "code": "leave"}],
        "recusals": [{"person": "闻人甲", "establishment": "L-1", "code": "kin", "note": "姻亲"}],
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    announced = json.loads(ohdesk("freeze", tmp_path / "plan.json", "--json"))
    assert (announced["firms"], announced["excluded"], announced["inspectors"]) == (7, 1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "plan.json"),
        ("[]", "plan.json"),
        ("{", "plan.json"),
        ("\ud800", "plan.json"),
        ('{"plan":"x"}', "读不懂"),
        ('{"plan":"x","seed_source":"d","strata":[],"colour":1}', "colour"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(ohdesk, tmp_path, text, said):
    (tmp_path / "plan.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert said in ohdesk.refusal("freeze", tmp_path / "plan.json")


@pytest.mark.parametrize("wrong", [{"establishment": "无此厂", "code": "other"}])
def test_a_firm_that_is_not_in_the_roll_is_named(ohdesk, tmp_path, wrong):
    plan = {"plan": "x", "seed_source": "dice", "strata": [{"code": "全部", "min": 1}], "exclusions": [wrong]}
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert "无此厂" in ohdesk.refusal("freeze", tmp_path / "plan.json")


def test_a_void_draw_gives_way_to_the_next_number(ohdesk):
    frozen(ohdesk)
    ohdesk("void", "2026-1", "--reason", "名录有误")
    assert frozen(ohdesk)["number"] == 2
    assert "先冻结" in ohdesk.refusal("run", "2026-1")
    assert "没有计划" in ohdesk.refusal("run", "2026-9")


@pytest.mark.parametrize("ratio", ["x", "1/2/3", "-1/2", "１/2", "9999999999/1"])
def test_a_ratio_that_is_not_made_of_whole_numbers_is_refused(ohdesk, ratio):
    assert "不是非负整数" in ohdesk.refusal("freeze", "--plan", "2026-1", "--quota=" + ratio)


def test_the_seed_is_typed_again_with_a_second_account(ohdesk, town, tmp_path):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "吴翙", "quiet-lantern-42", {Role.SUPERVISOR})
    (tmp_path / "secret").write_text("quiet-lantern-42\n", encoding="utf-8")
    frozen(ohdesk)
    about = ("--source", "十面骰", "--witness", "上官", "--witness", "诸葛")
    second = ("--second", "吴翙", "--second-password-file", tmp_path / "secret")
    said = json.loads(ohdesk("seed", "2026-1", "--seed", SEED, "--seed-again", SEED, *second, *about, "--json"))
    assert said["receipt"] == ""
    ohdesk("run", "2026-1")
    assert json.loads(ohdesk("list", "--json"))[0]["receipt"] == ""


def test_a_receipt_that_is_not_the_countys_is_refused(ohdesk):
    frozen(ohdesk)
    assert "回执码" in ohdesk.refusal("receipt", "2026-1", "AAAAAAAA")
