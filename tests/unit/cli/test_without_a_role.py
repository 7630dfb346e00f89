"""An account without a role gets nothing out of any command but a new password of its own."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from ohdesk.cli.main import main, parser
from ohdesk.services.office import accounts
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, county_workspace, noon, town_workspace

OWN = {"account password"}
NEED_NO_WORKSPACE = {
    *("demo", "init", "account recover", "backup list", "backup check", "backup restore", "draw verify"),
    *("bundle inspect", "verify", "salvage", "hazard show", "hazard limits", "hazard judge"),
    *("forms list", "forms check", "forms coverage", "forms export", "forms import"),
}


def leaves(root: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    groups = [action for action in root._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(words), root
    for group in groups:
        for name, child in group.choices.items():
            yield from leaves(child, (*words, name))


def filled(command: argparse.ArgumentParser, file: Path) -> list[str]:
    """Return something for everything a command cannot do without."""
    typed: list[str] = []
    one_of = [group._group_actions[0] for group in command._mutually_exclusive_groups if group.required]
    for action in (*one_of, *command._actions):
        is_wanted = action.required or not action.option_strings or action in one_of
        if isinstance(action, argparse._HelpAction) or not is_wanted or (action.option_strings or [""])[0] in typed:
            continue
        value = str(next(iter(action.choices))) if action.choices else str(file) if action.type is Path else "1"
        typed += [*action.option_strings[:1], value]
    return typed


@pytest.fixture(params=[town_workspace, county_workspace], ids=["town", "county"])
def folder(request, tmp_path) -> Path:
    """A workspace with an account that nobody gave a role."""
    folder = request.param(tmp_path / "office")
    account = "李旸" if request.param is town_workspace else "陶镕"
    with open_workspace(folder, account, PASSWORD, noon) as ctx:
        accounts.add(ctx, "无职", PASSWORD, ())
    return folder


def test_no_command_shows_or_changes_anything_for_an_account_without_a_role(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    file = tmp_path / "file"
    file.write_text("{}\n", encoding="utf-8")
    left = {name: command for name, command in leaves(parser()) if name not in OWN | NEED_NO_WORKSPACE}
    assert len(left) > 50
    let_through, refused = [], 0
    for name, command in sorted(left.items()):
        status = main([*name.split(), *filled(command, file), "--workspace", str(folder), "--user", "无职"])
        shown = capsys.readouterr()
        refused += "没有做这一步的权限" in shown.err
        if status == 0 or shown.out or "Traceback" in shown.err:
            let_through.append((name, status, shown.out[:80], shown.err[:200]))
    assert let_through == []
    assert refused > 40  # the others stumble over what was typed before anything is read
    assert file.read_text(encoding="utf-8") == "{}\n"


def test_it_changes_its_own_password(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    (tmp_path / "new").write_text("ein neues wort\n", encoding="utf-8")
    words = ("account", "password", "--new-password-file", str(tmp_path / "new"))
    assert main([*words, "--workspace", str(folder), "--user", "无职"]) == 0
    with open_workspace(folder, "无职", "ein neues wort", noon) as ctx:
        assert ctx.actor.roles == frozenset()
