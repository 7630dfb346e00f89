"""How a question is looked at: in papers, on the walk, in talk. By that one goes through a checklist on the spot."""

import tomllib
from functools import cache

import msgspec

from ohdesk.domain.worded import Worded
from ohdesk.forms.definition import InspectionMode, Question
from ohdesk.i18n import mark
from ohdesk.paths import resources


class Way(Worded):
    """In the order they are gone through."""

    PAPER = "paper", mark("看资料")
    WALK = "walk", mark("看现场")
    TALK = "talk", mark("问人")


class WaysFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions by their ids, where their mode does not say it already."""

    ways: dict[Way, tuple[str, ...]]


def way_of(question: Question) -> Way:
    """Return how a question is looked at: as the file says, else on the walk what can be answered on site only."""
    named = _named().get(question.id)
    if named is not None:
        return named
    return Way.WALK if question.mode is InspectionMode.ONSITE else Way.PAPER


def read_ways(text: str) -> WaysFile:
    """Return the file of ways in a TOML text. Raises msgspec.ValidationError for what is none."""
    return msgspec.convert(tomllib.loads(text), WaysFile)


@cache
def _named() -> dict[str, Way]:
    held = read_ways((resources() / "visits" / "ways.toml").read_text(encoding="utf-8"))
    return {question: way for way, questions in held.ways.items() for question in questions}
