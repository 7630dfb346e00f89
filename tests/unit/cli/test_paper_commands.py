"""`ohdesk paper …`: exit status, words and JSON as promised."""

import json
from pathlib import Path

import pytest

from ohdesk.cli.main import main
from ohdesk.services.office import paper_forms
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, World

TYPED = ("--set", "demand=装设局部排风罩。", "--set", "correct_by=2026-04-01")


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return record_world.final(tmp_path_factory.mktemp("papers") / "town")


@pytest.fixture
def run(world, monkeypatch, capsys):
    monkeypatch.setenv("OHDESK_PASSWORD", OWN[FIRST])

    def ohdesk(*words, status=0):
        assert main(["--workspace", str(world.folder), "--user", FIRST, "paper", *map(str, words), "--json"]) == status
        out, err = capsys.readouterr()
        return err if status else json.loads(out)

    return ohdesk


def test_an_order_goes_from_making_to_served_and_each_step_says_where_it_stands(run, world, tmp_path):
    made = run("new", "order", "--visit", world.visit, *TYPED)
    assert set(made) == {"id", "paper", "state", "number"}
    assert (made["paper"], made["state"], made["number"]) == ("order", "draft", "")
    assert "批准" in run("number", made["id"], status=1)  # out of turn: what comes first is named
    run("approve", made["id"], status=1)  # an inspector approves only what somebody approved on paper
    assert run("approve", made["id"], "--by", "陶镕")["state"] == "approved"
    numbered = run("number", made["id"])
    assert numbered["number"].startswith("青石卫职责改〔2026〕")
    assert run("seal", numbered["number"], "--by", "周沄")["state"] == "sealed"
    wrong = run("serve", made["id"], "--way", "by owl", "--to", "陈某", status=1)
    assert "direct" in wrong
    assert run("serve", made["id"], "--way", "direct", "--to", "陈某")["state"] == "served"
    assert run("show", made["id"])["next"] == "close"
    assert [row["state"] for row in run("list", "--visit", world.visit)][-1] == "served"
    run("export", made["id"], "--out", tmp_path / "order.pdf")
    assert (tmp_path / "order.pdf").read_bytes().startswith(b"%PDF-")
    assert run("withdraw", made["id"], "--reason", "写错单位")["state"] == "withdrawn"


def test_what_cannot_be_made_is_refused_in_words_and_nothing_is_kept(run, world):
    before = run("list")
    assert "nonsense" in run("new", "nonsense", "--visit", world.visit, status=1)
    assert "受委托" in run("new", "patrol_note", "--visit", world.visit, status=1)
    wrong = run("new", "order", "--visit", world.visit, "--set", "nowhere=x", "--set", "correct_by=明天", status=1)
    assert "nowhere" in wrong
    assert "明天" in wrong
    assert run("list") == before
    hindrances = {each["paper"]: each["hindrance"] for each in run("offered", "--visit", world.visit)}
    assert not hindrances["order"]
    assert "受委托" in hindrances["patrol_note"]


def test_the_form_of_a_paper_is_checked_with_every_fault(run, tmp_path: Path):
    form = tmp_path / "slip.toml"
    form.write_text('title = "核对表"\nlife = "sideways"\n[[block]]\nkind = "paragraph"\ntext = "{nobody}"\n', "utf-8")
    said = run("check", form, status=1)
    assert "sideways" in said
    assert "nobody" in said
    assert run("install", form, status=1)  # by an inspector


def test_the_sets_say_what_they_are_and_an_administrator_chooses_one(run, world):
    sets = {each["id"]: each for each in run("sets")}
    assert [each for each in sets if sets[each]["chosen"]] == ["moj-2025"]
    assert sets["gd-town"]["off"] == sets["gd-town"]["papers"]
    assert "负责人" in run("sets", "moh-87", status=1)
    with world.opened("李旸") as ctx:
        paper_forms.choose_set(ctx, "moh-87")
    assert [each["id"] for each in run("sets") if each["chosen"]] == ["moh-87"]
    assert {row["paper"]: row["title"] for row in run("list")}["record"] == "现场检查笔录"  # made before
