"""The words, codes and limits of a draw, as `resources/draw/rules.toml` states them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from ohdesk.domain.calendar import Period
from ohdesk.paths import resources


@dataclass(frozen=True, slots=True)
class DrawRules:
    """Codes stand in the sheet, words in pool.csv and on paper; periods and counts as in the file."""

    result_within: Period
    void_flag_per_year: int
    plan_length: int
    team_least: int
    team: int
    slack: int
    cap: int
    total_percent: int
    ban_tag: str
    drawn_by: Mapping[str, str]
    seed_sources: Mapping[str, str]
    exclusion_reasons: Mapping[str, str]
    absence_reasons: Mapping[str, str]
    recusal_reasons: Mapping[str, str]


@cache
def draw_rules() -> DrawRules:
    """Return the rules shipped with the program."""
    rules = tomllib.loads((resources() / "draw" / "rules.toml").read_text(encoding="utf-8"))
    limits, defaults = rules["limits"], rules["defaults"]
    return DrawRules(
        result_within=msgspec.convert(limits["result_within"], Period),
        void_flag_per_year=limits["void_flag_per_year"],
        plan_length=limits["plan_length"],
        team_least=limits["team_least"],
        team=defaults["team"],
        slack=defaults["slack"],
        cap=defaults["cap"],
        total_percent=defaults["total_percent"],
        ban_tag=rules["publication_ban"]["tag"],
        drawn_by=rules["drawn_by"],
        seed_sources=rules["seed_sources"],
        exclusion_reasons=rules["exclusion_reasons"],
        absence_reasons=rules["absence_reasons"],
        recusal_reasons=rules["recusal_reasons"],
    )
