"""docs/commands.md and the command line speak of the same commands."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ohdesk.cli.main import parser
from ohdesk.i18n import NAMES, SOURCE_LANGUAGE, set_language

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "commands.md"


def commands(root: argparse.ArgumentParser, words: tuple[str, ...] = ("ohdesk",)) -> Iterator[str]:
    groups = [action for action in root._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(words)
    for group in groups:
        for name, child in group.choices.items():
            yield from commands(child, (*words, name))


def paragraphs() -> dict[str, str]:
    parts = re.split(r"(?m)^### `(ohdesk[^`]*)`\n", DOCUMENT.read_text("utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_command_has_a_paragraph_and_every_paragraph_a_command():
    assert set(paragraphs()) == set(commands(parser()))


@pytest.mark.parametrize("language", NAMES)
def test_the_help_of_every_command_can_be_printed(language):
    def print_all(root: argparse.ArgumentParser) -> None:
        assert root.format_help()
        for action in root._actions:
            if isinstance(action, argparse._SubParsersAction):
                for child in action.choices.values():
                    print_all(child)

    set_language(language)
    try:
        print_all(parser())
    finally:
        set_language(SOURCE_LANGUAGE)


def test_no_paragraph_is_empty():
    assert [name for name, text in paragraphs().items() if len(text.strip()) < 20] == []


def test_every_option_named_exists():
    known = {"--bench-exit-after-first-paint", "--bench-exit-after-first-page"}  # the window's, not a command's

    def gather(root: argparse.ArgumentParser) -> None:
        for action in root._actions:
            known.update(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                for child in action.choices.values():
                    gather(child)

    gather(parser())
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", DOCUMENT.read_text("utf-8"))) <= known
