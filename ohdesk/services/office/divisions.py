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
    above = [code[:_CITY_CODE_LENGTH] + "00", *([code[:COUNTY_CODE_LENGTH]] if len(code) == TOWN_CODE_LENGTH else [])]
    name, kind = rows[code]
    place = "".join([*(rows[each][0] for each in above if each in rows), name])
    return Division(code, place, _OFFICE_NAMES.get(kind, "").format(name=name))


def knows_towns_of(county: str) -> bool:
    """True when the list has the towns of this county, so that a town it lacks is probably a slip."""
    return any(len(code) == TOWN_CODE_LENGTH and code.startswith(county) for code in _rows())


@cache
def _rows() -> dict[str, tuple[str, str]]:
    with (resources() / "codes" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["kind"]) for row in csv.DictReader(file)}
