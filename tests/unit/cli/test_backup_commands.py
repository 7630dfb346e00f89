"""`ohdesk backup`: exit status, words and JSON as promised."""

import json

import pytest

from ohdesk.cli.main import main
from tests.conftest import PASSWORD, town_workspace
from tests.promises.disks import write_protected

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


@pytest.mark.parametrize(
    ("left", "said"),
    [(0, "空文件"), (10, "不是备份文件"), (3000, "不完整：应有"), (-1, "不完整：应有"), (None, "没有这个文件")],
)
def test_a_file_that_is_cut_short_names_itself_and_what_was_expected(run, tmp_path, left, said):
    file = tmp_path / "town.ohbak"
    run("--workspace", tmp_path / "town", "backup", "make", "--out", file)
    data = file.read_bytes()
    if left is None:
        file.unlink()
    else:
        file.write_bytes(data[:left])
        status, out, _ = run("backup", "list", "--from", tmp_path, "--json")
        assert (status, [said in each["problems"][0] for each in json.loads(out)]) == (0, [True])
    for command in (("check", file), ("restore", file, "--workspace", tmp_path / "new")):
        status, out, err = run("backup", *command, "--user", "李旸")
        told = out + err
        assert (status, str(file) in told, said in told) == (1, True, True)
    assert not (tmp_path / "new").exists()


def test_a_password_of_another_day_is_told_as_that(run, tmp_path, monkeypatch):
    file = tmp_path / "town.ohbak"
    run("--workspace", tmp_path / "town", "backup", "make", "--out", file)
    monkeypatch.setenv("OHDESK_PASSWORD", "of-another-day")
    status, _, err = run("backup", "check", file, "--user", "李旸")
    assert (status, str(file) in err, "当天的账户（李旸）" in err, "管理员重置" in err) == (1, True, True, False)


def test_a_file_where_a_folder_belongs_and_the_other_way_round_are_told(run, tmp_path):
    file = tmp_path / "town.ohbak"
    run("--workspace", tmp_path / "town", "backup", "make", "--out", file)
    told = {
        "不是文件夹": (
            ("list", "--from", file),
            ("restore", file, "--workspace", file, "--user", "李旸"),
            ("restore", file, "--workspace", file / "new", "--user", "李旸"),
        ),
        "这是一个文件夹": (("check", tmp_path, "--user", "李旸"),),
    }
    for said, commands in told.items():
        for command in commands:
            status, _, err = run("backup", *command)
            assert (status, said in err) == (1, True), command


def test_a_folder_that_may_not_be_read_or_written_is_told(run, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    with write_protected(closed):
        status, _, err = run("--workspace", tmp_path / "town", "backup", "make", "--out", closed / "town.ohbak")
        assert (status, str(closed) in err, "权限" in err) == (3, True, True)
    assert list(closed.iterdir()) == []


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
