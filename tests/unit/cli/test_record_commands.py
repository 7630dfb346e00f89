"""`ohdesk visit finalize`, `ohdesk record …` and `ohdesk verify`: exit status, words and JSON as promised."""

import json

import pytest

from ohdesk.cli.main import main
from ohdesk.security import certificates
from ohdesk.services.record import leave_check
from tests.conftest import numbered
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, PEN, SECOND, World, picture


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> World:
    return record_world.filled(tmp_path_factory.mktemp("template") / "town", "喷漆房")


@pytest.fixture
def world(template, tmp_path) -> World:
    return record_world.copied(template, tmp_path / "town")


@pytest.fixture
def run(world, monkeypatch, capsys):
    monkeypatch.setenv("OHDESK_PASSWORD", OWN[FIRST])

    def ohdesk(*argv, workspace=True):
        place = ("--workspace", str(world.folder), "--user", FIRST) if workspace else ()
        status = main([*place, *map(str, argv)])
        out, err = capsys.readouterr()
        return status, out, err

    return ohdesk


@pytest.fixture
def files(tmp_path):
    """The party's statement and the colleague's password, as files."""
    party, secret = tmp_path / "party.json", tmp_path / "second.txt"
    value = {"way": "signed", "name": "陈某", "position": "主管", "strokes": [{"name": "陈某", "strokes": PEN}]}
    party.write_text(json.dumps(value), "utf-8")
    secret.write_text(OWN[SECOND] + "\n", "utf-8")
    return "--party", party, "--second", SECOND, "--second-password-file", secret


def test_the_fingerprint_shown_first_is_the_one_that_is_signed(run, files, world, tmp_path):
    draft = tmp_path / "draft.pdf"
    status, out, _ = run("visit", "finalize", world.visit, *files[:2], "--preview", "--draft", draft, "--json")
    shown = json.loads(out)
    assert (status, shown["finalized"], shown["problems"]) == (0, False, [])
    assert draft.read_bytes().startswith(b"%PDF-")
    status, out, _ = run("visit", "finalize", world.visit, *files, "--fingerprint", shown["record_sha256"], "--json")
    final = json.loads(out)
    with world.opened() as ctx:
        assert (status, final["finalized"], final["number"]) == (0, True, numbered(ctx, 1))
    assert final["record_sha256"] == shown["record_sha256"]


def test_what_stays_open_without_a_reason_is_told_when_it_is_signed(run, files, world):
    with world.opened() as ctx:
        left = [gap.sentence for gap in leave_check.leave_check(ctx, world.visit).unexplained]
    assert left
    status, out, _ = run("visit", "finalize", world.visit, *files)
    assert status == 0
    assert all(sentence in out for sentence in left)


def test_without_a_colleague_nothing_is_signed(run, files, world):
    status, out, err = run("visit", "finalize", world.visit, *files[:2])
    assert (status, out) == (1, "")
    assert "--second" in err


def test_another_fingerprint_is_refused(run, files, world):
    status, _, err = run("visit", "finalize", world.visit, *files, "--fingerprint", "0" * 64)
    assert status == 1
    assert "有了变化" in err


def test_records_are_listed_exported_amended_and_get_their_photo_page(run, files, world, tmp_path):
    assert run("record", "list")[1] == "还没有定稿的笔录。\n"
    run("visit", "finalize", world.visit, *files)
    (row,) = json.loads(run("record", "list", "--json")[1])
    with world.opened() as ctx:
        number = numbered(ctx, 1)
    assert (row["number"], row["visit"], row["held"]) == (number, world.visit, True)
    assert run("record", "amend", number, "--statement", "补充", "--reason", "笔误")[0] == 0
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    assert run("visit", "photo", world.visit, "--number", "1", "--file", photo)[0] == 0
    status, out, _ = run("record", "photo-page", world.visit, *files[2:], "--json")
    assert (status, json.loads(out)["photos"]) == (0, [1])
    status, out, _ = run("record", "export", number, "--out", tmp_path, "--json")
    written = json.loads(out)
    assert (status, len(written)) == (0, 3)  # the record, its checklist, and the photos that came later
    status, out, err = run("verify", *written, "--json")
    assert (status, err) == (0, "")
    assert [file["good"] for file in json.loads(out)["files"]] == [True, True, True]


def test_verify_says_of_each_fact_what_it_is(run, files, world, tmp_path):
    run("visit", "finalize", world.visit, *files)
    path, _checklist = json.loads(run("record", "export", "--out", tmp_path, "--json")[1])
    status, out, _ = run("verify", path)
    assert status == 0
    assert "成立\t" in out
    assert "结论：可以核对的都成立" in out
    changed = tmp_path / "changed.pdf"
    data = bytearray((tmp_path / path.rpartition("/")[2]).read_bytes())
    data[2000] ^= 1
    changed.write_bytes(data)
    status, out, err = run("verify", changed)
    assert status == 1
    assert "不成立\t" in out
    assert "changed.pdf" in err


def test_verify_without_root_and_workspace_names_the_option(run, tmp_path):
    status, out, err = run("verify", tmp_path / "any.pdf", workspace=False)
    assert (status, out) == (1, "")
    assert "--root" in err


def test_verify_goes_on_after_a_file_that_cannot_be_used(run, files, world, tmp_path):
    run("visit", "finalize", world.visit, *files)
    path, _checklist = json.loads(run("record", "export", "--out", tmp_path, "--json")[1])
    (tmp_path / "x.txt").write_text("x")
    status, out, err = run("verify", tmp_path / "x.txt", path, tmp_path / "none.pdf", "--json")
    assert status == 1
    assert [file["good"] for file in json.loads(out)["files"]] == [False, True, False]
    assert "x.txt" in err


def test_verify_needs_no_workspace_when_given_the_root(run, files, world, tmp_path, other_root):
    run("visit", "finalize", world.visit, *files)
    path, _checklist = json.loads(run("record", "export", "--out", tmp_path, "--json")[1])
    status, out, _ = run("verify", path, "--root", other_root, "--json", workspace=False)
    facts = {fact["key"]: fact["verdict"] for fact in json.loads(out)["files"][0]["facts"]}
    assert status == 1
    assert facts["chain.1"] == "does not hold"
    assert facts["journal"] == "unchecked"


@pytest.fixture
def other_root(tmp_path):
    """The root of a county that has nothing to do with the record."""
    from ohdesk.security.signing_keys import PersonKey
    from tests.conftest import NOON

    path = tmp_path / "root.pem"
    path.write_bytes(certificates.pem(certificates.make_root(PersonKey.create(), "别的县", "000000", NOON)))
    return path


def test_the_papers_of_some_days_are_written_signed_or_as_drafts(run, files, world, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    status, out, _ = run("record", "papers", "--out", folder, "--json")
    drafts = json.loads(out)["written"]
    assert (status, json.loads(out)["left_out"]) == (0, [])
    assert ["草稿_现场检查笔录" in drafts[0], "草稿_现场检查表" in drafts[1], len(drafts)] == [True, True, 2]
    run("visit", "finalize", world.visit, *files)
    assert "草稿" not in run("record", "papers", "--from", "2026-03-02", "--to", "2026-03-02", "--out", folder)[1]
    assert run("record", "papers", "--from", "2026-03-03", "--out", folder)[1] == "没有可以写出的文书。\n"
    with pytest.raises(SystemExit):
        run("record", "papers", "--from", "3 月", "--out", folder)
