"""The wordings by which headings of a list are understood, from the resources."""

import tomllib
from functools import cache

from ohdesk.domain.roll.words import RollWords, words_from
from ohdesk.paths import resources


@cache
def roll_words() -> RollWords:
    """Return the wordings by which headings are understood."""
    return words_from(tomllib.loads((resources() / "roll" / "columns.toml").read_text(encoding="utf-8")))
