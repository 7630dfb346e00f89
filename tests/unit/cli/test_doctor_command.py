"""`ohdesk doctor`, as it is called."""

import json

import pytest

from ohdesk.cli.main import main
from ohdesk.services.office.workspace import open_workspace
from tests import behind_its_back
from tests.conftest import PASSWORD, noon, town_workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    return town_workspace(tmp_path / "town")


def test_without_a_workspace_it_looks_at_the_installation(capsys):
    assert main(["doctor", "--json"]) == 0
    printed = capsys.readouterr().out
    assert printed.isascii()
    report = json.loads(printed)
    assert report["sound"]
    assert not [fact for fact in report["facts"] if fact["key"].startswith("workspace.")]


def test_with_a_workspace_it_looks_at_that_too(workspace, capsys):
    assert main(["--workspace", str(workspace), "doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    keys = {fact["key"] for fact in report["facts"]}
    assert {"workspace.database", "workspace.journal", "workspace.blobs", "workspace.schema"} <= keys
    assert {"workspace.local", "workspace.tables", "workspace.log"} <= keys
    assert (report["operations"], report["operations_per_second"]) == (0, 0)


def test_an_administrator_takes_the_rows_of_this_laptop_as_they_stand(workspace, capsys):
    with open_workspace(workspace, "李旸", PASSWORD, noon) as ctx:
        behind_its_back.write(ctx, "UPDATE own_office SET name = '青禾镇'")
    assert main(["--workspace", str(workspace), "doctor"]) == 3
    assert "own_office" in capsys.readouterr().out
    assert main(["--workspace", str(workspace), "doctor", "--accept"]) == 0
    assert main(["--workspace", str(workspace), "doctor"]) == 0


def test_a_damaged_database_ends_with_3_and_a_sentence(workspace, capsys):
    database = workspace / "workspace.db"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    for leftover in workspace.glob("workspace.db-*"):
        leftover.unlink()
    assert main(["doctor", "--workspace", str(workspace)]) == 3
    shown = capsys.readouterr()
    assert "有问题" in shown.out or "损坏" in shown.err
