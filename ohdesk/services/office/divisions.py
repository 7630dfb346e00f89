"""Names of administrative divisions by code, as far as the list in resources knows them."""

import csv
from dataclasses import dataclass
from functools import cache

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.search import folded

COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH = 6, 9
_CITY_CODE_LENGTH = 4
_CITY = "city"
_SHOWN = 8  # divisions of one name
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
    name: str
    place: str
    office: str


def find_division(code: str) -> Division | None:
    """Return the county (6 digits) or town (9 digits) of this code; None when the list does not have it."""
    rows = _rows()
    if code not in rows:
        return None
    name, kind = rows[code]
    return Division(code, name, "".join(_chain(code)), _OFFICE_NAMES.get(kind, "").format(name=name))


def divisions(digits: int) -> tuple[Division, ...]:
    """Return every county (6 digits) or town (9 digits) of the list, cities left out."""
    codes = (code for code, (_, kind) in _rows().items() if len(code) == digits and kind != _CITY)
    return tuple(found for found in map(find_division, codes) if found)


def code_of(text: str, digits: int) -> str:
    """Return the code that a text is, or that the only division so named has; with city and county in front or without.

    What is of digits alone is taken as it is.  Raises UserError, naming those that fit, when none or several do.
    """
    text = text.strip()
    if not text or (text.isascii() and text.isdecimal()):
        return text
    named = folded(text)
    fitting = [each for each in divisions(digits) if folded(each.place).endswith(named)]
    exact = [each for each in fitting if named in (folded(each.place), folded(each.name))]
    found = exact or fitting
    if len(found) == 1:
        return found[0].code
    if not found:
        raise UserError(
            tr("区划表里没有“{text}”。", text=text), tr("请写全称，或用 {digits} 位区划代码。", digits=digits)
        )
    listed = "\n".join(f"{each.code}  {each.place}" for each in found[:_SHOWN])
    message = tr("区划表里有 {count} 个“{text}”：\n{listed}", count=len(found), text=text, listed=listed)
    raise UserError(message, tr("请在前面加上县区，或用代码。"))


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
