"""Profiles of cities: targets of their plans, their lists of key industries, and who may issue papers there."""

from datetime import date
from functools import cache
from typing import Literal

import msgspec

from ohdesk.domain.key_industry import HazardNames, KeyList, industries_of
from ohdesk.paths import resources


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in Chinese and in English."""

    zh: str
    en: str


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure as printed, and its number where it is one. same_measure: of the same thing as the target."""

    printed: str
    value: str = ""
    same_measure: bool = True


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target as a plan prints it, and as it is computed with; see `resources/cities/SOURCE.md`."""

    id: str
    name: Words
    comparator: Literal[">=", "trend_up", "done"]
    kind: Literal["rate", "trend", "milestone"]
    deadline: date
    source: str
    computable: Literal["yes", "partly", "county", "report-only", "no"]
    printed: str = ""
    target: int | None = None
    unit: str = ""
    name_verbatim: bool = True
    baseline_2020: Figure | None = None
    province_2020: Figure | None = None
    level: str = ""
    nature: str = ""
    remark: str = ""
    group: str = ""
    scope: str = ""
    stage: str = ""


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a plan is looked at again, as printed."""

    name: str
    due: str


class City(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"stages": "stage", "indicators": "indicator"}
):
    """A city of Guangdong. code: GB/T 2260 · bodies: who may issue papers, with {county} and {town} as names."""

    code: str
    name: Words
    plan: str
    text: Literal["issued", "found", "draft"]
    valid_from: date
    valid_to: date
    status: str
    bodies: tuple[str, ...]
    stages: tuple[Stage, ...]
    indicators: tuple[Indicator, ...]
    issued: date | None = None
    issuer: str = ""
    number: str = ""


class _KeyLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lists": "list"}):
    unconfirmed: bool
    valid_from: date
    lists: tuple[KeyList, ...]


class _HighToxic(HazardNames, frozen=True, kw_only=True):
    unconfirmed: bool
    valid_from: date


@cache
def cities() -> dict[str, City]:
    """Return the cities by code."""
    files = sorted((resources() / "cities").glob("*.toml"))
    read = [msgspec.toml.decode(file.read_bytes(), type=City) for file in files]
    return {city.code: city for city in sorted(read, key=lambda city: city.code)}


def city_of(division: str) -> str:
    """Return the code of the city in which a county or town lies, "" where there is no profile of it."""
    code = f"{division[:4]}00"
    return code if code in cities() else ""


@cache
def key_lists(city: str) -> tuple[KeyList, ...]:
    """Return the lists of key industries of a city's plan."""
    text = (resources() / "codes" / "key_industries.toml").read_bytes()
    return tuple(each for each in msgspec.toml.decode(text, type=_KeyLists).lists if city in each.cities)


@cache
def hazard_tests() -> dict[str, HazardNames]:
    """Return the tests of hazards that lists of key industries name."""
    text = (resources() / "codes" / "high_toxic.toml").read_bytes()
    return {"high_toxic": msgspec.toml.decode(text, type=_HighToxic)}


def lists_with(city: str, code: str, hazards: str) -> tuple[tuple[KeyList, tuple[str, ...]], ...]:
    """Return the lists of a city that an employer with this industry and these hazards is on, and as what."""
    found = list(industries_of(key_lists(city), code, hazards, hazard_tests()))
    lists = {each.id: each for each, _ in found}
    return tuple((each, tuple(line.name for of, line in found if of is each)) for each in lists.values())
