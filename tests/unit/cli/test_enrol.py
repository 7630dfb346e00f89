"""A town joins its county from the command line."""

import json
from pathlib import Path

import pytest

from ohdesk.cli.main import main
from ohdesk.domain.people import Role
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, county_workspace, town_workspace


@pytest.fixture
def offices(tmp_path, monkeypatch) -> tuple[str, str]:
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    return str(county_workspace(tmp_path / "county")), str(town_workspace(tmp_path / "town"))


def printed(capsys, *command: str) -> dict:
    assert main([*command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_card_request_issue_accept(offices, capsys):
    county, town = offices
    card = printed(capsys, "county", "card", "--out", "card", "--workspace", county)
    request = printed(capsys, "enrol", "request", "--card", "card", "--out", "request", "--workspace", town)
    asked = printed(capsys, "county", "request", "request", "--workspace", county)
    issued = printed(capsys, "county", "issue", "request", "--out", "answer", "--workspace", county)
    joined = printed(capsys, "enrol", "accept", "answer", "--workspace", town)
    assert card["fingerprint"] == request["card_fingerprint"] == joined["card_fingerprint"]
    assert request["fingerprint"] == issued["fingerprint"]
    assert issued["town"] == "石桥镇"
    assert {key: asked[key] for key in issued} == issued
    assert set(asked) - set(issued) == {"replica", "place", "device", "laptops", "persons"}
    assert (asked["device"], asked["laptops"], asked["persons"]) == ("new", [], [])
    assert set(card) == {"fingerprint", "county", "division"}
    assert set(request) == {"fingerprint", "card_fingerprint", "county", "people"}
    assert set(issued) == {"fingerprint", "town", "division", "people"}
    assert set(joined) == {"card_fingerprint", "county", "people"}


def test_a_changed_answer_ends_with_1_and_one_that_cannot_be_written_too(offices, capsys, tmp_path):
    county, town = offices
    printed(capsys, "county", "card", "--out", "card", "--workspace", county)
    printed(capsys, "enrol", "request", "--card", "card", "--out", "request", "--workspace", town)
    printed(capsys, "county", "issue", "request", "--out", "answer", "--workspace", county)
    answer = tmp_path / "answer"
    answer.write_bytes(answer.read_bytes().replace(b"A", b"B", 1))
    assert main(["enrol", "accept", "answer", "--workspace", town]) == 1
    assert "县级答复不能使用" in capsys.readouterr().err
    assert main(["county", "card", "--out", "missing/card", "--workspace", county]) == 1
    assert "没有这个文件夹" in capsys.readouterr().err


def test_a_password_is_changed_and_the_old_one_opens_nothing_more(offices, capsys, tmp_path, monkeypatch):
    (tmp_path / "new").write_text("neues-kennwort\n", encoding="utf-8")
    printed(capsys, "account", "password", "--new-password-file", "new", "--workspace", offices[1])
    assert main(["account", "list", "--workspace", offices[1]]) == 1
    monkeypatch.setenv("OHDESK_PASSWORD", "neues-kennwort")
    assert main(["account", "list", "--workspace", offices[1]]) == 0
    assert "李旸" in capsys.readouterr().out


def test_the_county_certifies_its_own_people(offices, capsys):
    county, _ = offices
    with open_workspace(Path(county), "陶镕", PASSWORD) as ctx:
        person = people.add_person(ctx, "苏映", "inspector", "X-1", "2099-12-31")
        accounts.add(ctx, "苏映", "zweites-wort", {Role.INSPECTOR}, person)
    (certified,) = printed(capsys, "county", "certify", "--workspace", county, "--user", "陶镕")["people"]
    assert (certified["name"], certified["asking"]) == ("苏映", "new")
    assert printed(capsys, "county", "certify", "--workspace", county, "--user", "陶镕") == {"people": []}
