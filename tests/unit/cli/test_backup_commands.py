"""`ohdesk backup`: exit status, words and JSON as promised."""

import json

import pytest

from ohdesk.cli.main import main
from tests.conftest import PASSWORD, town_workspace

KEYS = {"file", "sha256", "made", "replica", "employers", "visits", "blobs", "problems"}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    town_workspace(tmp_path / "town")

    def ohdesk(*argv):
        status = main(list(map(str, argv)))
        out, err = capsys.readouterr()
        return status, out, err

    return ohdesk


def test_made_listed_checked_and_restored(run, tmp_path):
    file = tmp_path / "stick" / "town.ohbak"
    file.parent.mkdir()
    status, out, err = run("--workspace", tmp_path / "town", "backup", "make", "--out", file, "--json")
    made = json.loads(out)
    assert (status, err, set(made), made["problems"], made["file"]) == (0, "", KEYS, [], str(file))
    status, out, _ = run("backup", "list", "--from", file.parent, "--json")
    assert (status, json.loads(out)) == (0, [made])
    status, out, _ = run("backup", "check", file, "--user", "李旸", "--json")
    assert (status, json.loads(out)) == (0, made)
    status, out, _ = run("backup", "restore", file, "--workspace", tmp_path / "new", "--user", "李旸")
    assert (status, str(tmp_path / "new") in out) == (0, True)
    assert run("--workspace", tmp_path / "new", "roll", "list")[0] == 0


def test_a_damaged_backup_ends_with_1_and_names_what_is_wrong(run, tmp_path):
    file = tmp_path / "town.ohbak"
    run("--workspace", tmp_path / "town", "backup", "make", "--out", file)
    data = bytearray(file.read_bytes())
    data[-5000] ^= 1
    file.write_bytes(data)
    status, out, _ = run("backup", "check", file, "--user", "李旸", "--json")
    assert (status, len(json.loads(out)["problems"])) == (1, 1)
    status, _, err = run("backup", "restore", file, "--workspace", tmp_path / "new", "--user", "李旸")
    assert (status, "已损坏" in err, (tmp_path / "new").exists()) == (1, True, False)


def test_another_file_a_wrong_password_and_a_used_folder_end_with_1(run, tmp_path, monkeypatch):
    other, file = tmp_path / "other.txt", tmp_path / "town.ohbak"
    other.write_text("x", encoding="utf-8")
    run("--workspace", tmp_path / "town", "backup", "make", "--out", file)
    assert run("backup", "check", other, "--user", "李旸")[0] == 1
    assert run("backup", "check", tmp_path / "absent", "--user", "李旸")[0] == 1
    assert run("backup", "check", file)[0] == 1
    assert run("backup", "check", file, "--user", "王𠅤")[0] == 1
    assert run("backup", "restore", file, "--workspace", tmp_path / "town", "--user", "李旸")[0] == 1
    monkeypatch.setenv("OHDESK_PASSWORD", "wrong")
    assert run("backup", "check", file, "--user", "李旸")[0] == 1
