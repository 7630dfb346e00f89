"""What the command line says before a command runs: usage, help, passwords, folders, and where no window can open."""

import argparse
import getpass
import re
import sys
from collections.abc import Iterator

import pytest

from ohdesk import __main__ as program
from ohdesk.cli.main import main, parser
from tests.conftest import PASSWORD, town_workspace

# Names of commands and options, and what stands for a value, are not sentences.
NO_SENTENCE = re.compile(r"--?[a-z][a-z-]*|\b[A-Z][A-Za-z./]*\b|[{\[(][^ ]*|\w+\.(json|txt|pem|ohb|xlsx)|\S*/\S*")
ENGLISH = re.compile(
    r"\b(usage|options?|positional|arguments?|show this|error|invalid|choose|required|expected|unrecognized)\b"
)


def parsers(root: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield root
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def test_no_page_of_help_speaks_english():
    pages = [page.format_help() for page in parsers(parser())]
    assert [page for page in pages if ENGLISH.search(NO_SENTENCE.sub("", page))] == []
    assert all("用法：ohdesk" in page and "显示这份说明" in page for page in pages)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["roll"], "还缺：COMMAND"),
        (["nothing"], "没有 'nothing' 这一项"),
        (["roll", "list", "--colour"], "不认识：--colour"),
        (["draw", "run", "x", "--number"], "--number：后面要有一个值"),
        (["draw", "run", "x", "--number", "two"], "“two”不是 0 到 999999999 的整数"),
        (["draw", "freeze", "--stratum", "a"], "--stratum：后面要有 3 个值"),
        (["visit", "findings", "x", "--set"], "后面至少要有一个值"),
        (["roll", "list", "--json=yes"], "后面不带值，却写了 'yes'"),
        (["draw", "seed", "x", "--see", "1"], "--see 不够明确"),
        (["init", "--role", "village"], "没有 'village' 这一项，可用：'town', 'county'"),
    ],
)
def test_wrong_usage_is_told_in_chinese(capsys, words, sentence):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert not ENGLISH.search(said.rpartition("ohdesk")[2])


@pytest.mark.parametrize("words", [["roll", "list"], ["doctor"], ["record", "list"]])
def test_a_folder_that_is_no_workspace_is_named_before_a_password_is_asked_for(tmp_path, capsys, monkeypatch, words):
    monkeypatch.delenv("OHDESK_PASSWORD", raising=False)
    assert main([*words, "--workspace", str(tmp_path / "elsewhere")]) == 1
    said = capsys.readouterr().err
    assert "这里没有工作区" in said
    assert "密码" not in said


def test_end_of_input_at_the_prompt_ends_with_1_and_a_sentence(tmp_path, capsys, monkeypatch):
    def closed(_prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv("OHDESK_PASSWORD", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", closed)
    assert main(["roll", "list", "--workspace", str(town_workspace(tmp_path / "town"))]) == 1
    assert "没有给出密码" in capsys.readouterr().err


def test_options_stand_before_or_after_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)
    folder = str(town_workspace(tmp_path / "town"))
    assert main(["--json", "roll", "list", "--workspace", folder]) == 0
    assert main(["--workspace", folder, "roll", "list", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n[]\n"


@pytest.mark.parametrize("platform", [None, "xcb", "wayland;xcb"])
def test_without_a_display_the_window_is_refused_in_a_sentence(monkeypatch, capsys, platform):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "argv", ["ohdesk"])
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if platform is not None:
        monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert program.main() == 1
    assert program.window() == 1
    assert capsys.readouterr().err.count("没有图形界面") == 2
