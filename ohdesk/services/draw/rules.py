"""The words, codes and limits of a draw, as `resources/draw/rules.toml` states them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from ohdesk.domain.calendar import Period
from ohdesk.domain.people import OfficeRole
from ohdesk.paths import resources


@dataclass(frozen=True, slots=True)
class DrawRules:
    """Codes stand in the sheet, words in pool.csv and on paper; periods and counts as in the file."""

    result_within: Period
    plan_length: int
    team_least: int
    witness_may_throw: bool
    team: int
    slack: int
    cap: int
    total_percent: int
    ban_tag: str
    drawn_by: Mapping[OfficeRole, str]
    seed_sources: Mapping[str, str]
    exclusion_reasons: Mapping[str, str]
    absence_reasons: Mapping[str, str]
    recusal_reasons: Mapping[str, str]


@cache
def draw_rules() -> DrawRules:
    """Return the rules shipped with the program."""
    rules = tomllib.loads((resources() / "draw" / "rules.toml").read_text(encoding="utf-8"))
    # The file groups for whoever edits it, the program reads by one name each; strict types find a slip at once.
    return msgspec.convert(
        rules["limits"] | rules["defaults"] | rules | {"ban_tag": rules["publication_ban"]["tag"]}, DrawRules
    )
