"""How long the addressee of a paper may object: `resources/offices/remedies.toml`."""

import tomllib
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from ohdesk.paths import resources


class Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way to object, as the law in force from `valid_from` on has it.

    kind: 行政复议 or 行政诉讼 · days, months: of which one is given, from service · source: law, edition and article
    unconfirmed: nobody compared it with the text
    """

    kind: Literal["review", "lawsuit"]
    valid_from: date
    source: str
    days: int = 0
    months: int = 0
    unconfirmed: bool = False


def remedies_on(day: date) -> tuple[Remedy, ...]:
    """Return the ways to object to what is served on a day, each as the law of that day has it."""
    in_force = {each.kind: each for each in _remedies() if each.valid_from <= day}
    return tuple(in_force.values())


def remedy_places(day: date) -> dict[str, str]:
    """Return the places of a paper that say how long one may object, "" where no law of that day is known."""
    periods = {each.kind: str(each.days or each.months) for each in remedies_on(day)}
    return {"review_days": periods.get("review", ""), "court_months": periods.get("lawsuit", "")}


@cache
def _remedies() -> tuple[Remedy, ...]:
    """Return all of them, the earliest first."""
    raw = tomllib.loads((resources() / "offices" / "remedies.toml").read_text(encoding="utf-8"))
    return tuple(sorted(msgspec.convert(raw["remedy"], list[Remedy]), key=lambda each: each.valid_from))
