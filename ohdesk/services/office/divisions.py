"""Names of administrative divisions by code, as far as the list in resources knows them."""

import csv
from dataclasses import dataclass
from functools import cache

from ohdesk.paths import resources

COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH = 6, 9
_CITY_CODE_LENGTH = 4
# What an office in a division of this kind is called; others are named by whoever knows them.
_OFFICE_NAMES = {
    "county": "{name}卫生健康局",
    "town": "{name}人民政府",
    "township": "{name}人民政府",
    "subdistrict": "{name}办事处",
}


@dataclass(frozen=True, slots=True)
class Division:
    """A division. place: city, county and town in one; office: what its office is usually called, "" where unknown."""

    code: str
    place: str
    office: str


def find_division(code: str) -> Division | None:
    """Return the county (6 digits) or town (9 digits) of this code; None when the list does not have it."""
    rows = _rows()
    if code not in rows:
        return None
    name, kind = rows[code]
    return Division(code, "".join(_chain(code)), _OFFICE_NAMES.get(kind, "").format(name=name))


def name_parts(code: str, office: str) -> tuple[str, ...]:
    """Take the name of an office apart at the names of the divisions it begins with: there a line may be broken."""
    parts, rest = [], office
    for division in _chain(code):
        if rest.startswith(division):
            parts.append(division)
            rest = rest.removeprefix(division)
    return tuple(filter(None, (*parts, rest)))


def knows_towns_of(county: str) -> bool:
    """True when the list has the towns of this county, so that a town it lacks is probably a slip."""
    return any(len(code) == TOWN_CODE_LENGTH and code.startswith(county) for code in _rows())


def _chain(code: str) -> list[str]:
    """Return the names of city, county and town of a code, as far as the list has them."""
    rows = _rows()
    # Names of towns repeat from county to county; with city and county in front nobody takes the wrong one.
    above = [code[:_CITY_CODE_LENGTH] + "00", *([code[:COUNTY_CODE_LENGTH]] if len(code) == TOWN_CODE_LENGTH else [])]
    return [rows[each][0] for each in (*above, code) if each in rows]


@cache
def _rows() -> dict[str, tuple[str, str]]:
    with (resources() / "codes" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["kind"]) for row in csv.DictReader(file)}
