"""A town, and commands run in it as its administrator."""

import json
from pathlib import Path

import pytest

from ohdesk.cli.main import main
from tests.conftest import PASSWORD, town_workspace


@pytest.fixture
def town(tmp_path) -> Path:
    return town_workspace(tmp_path / "town")


@pytest.fixture
def run(town, tmp_path, capsys):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, "utf-8")

    def run(*words, status=0, as_json=True):
        options = ["--workspace", str(town), "--password-file", str(secret), *(["--json"] if as_json else [])]
        assert main([*map(str, words), *options]) == status
        said = capsys.readouterr()
        return json.loads(said.out) if status == 0 and as_json else said.err or said.out

    return run
