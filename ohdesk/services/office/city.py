"""The profile of a city that an office works by: chosen at set-up or in the settings, else that of its division."""

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.forms.cities import City, cities, city_of
from ohdesk.i18n import tr
from ohdesk.search import folded
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office.divisions import COUNTY_CODE_LENGTH, find_division

_CHOSEN = "city"  # of the settings
NONE = ""  # chosen: no city's


def city_code(text: str) -> str:
    """Return the code of a city named by code, Chinese or English name. Raises UserError for one without a profile."""
    named = folded(text)
    for city in cities().values():
        if named in map(folded, (city.code, city.name.zh, city.name.zh.removesuffix("市"), city.name.en)):
            return city.code
    known = "、".join(city.name.zh for city in cities().values())
    raise UserError(tr("没有“{text}”的资料。", text=text), tr("可选：{known}。", known=known))


def profile(ctx: Context) -> City | None:
    """Return the profile this office works by; None where none was chosen and its city has none."""
    with ctx.reading() as session:
        return cities().get(_code(session, ctx.office.division))


def choose(ctx: Context, code: str) -> Change:
    """Work by another city's profile from now on, by none with `NONE`. Raises UserError for a city without one."""
    ctx.require(Right.OFFICE)
    with ctx.transaction() as session:
        if _code(session, ctx.office.division) == code:
            return Change.NOTHING
        keep(session, code)
    return Change.SETTINGS


def keep(session: Session, code: str) -> None:
    """Set down which city's profile counts. Raises UserError for a city without one."""
    session.merge(Setting(key=_CHOSEN, value=city_code(code) if code else NONE))


def bodies(city: City, division: str) -> tuple[str, ...]:
    """Return in whose name papers may be issued in a division, as far as the list of divisions knows the names."""
    town, county = find_division(division), find_division(division[:COUNTY_CODE_LENGTH])
    names = {"county": county.name if county else "", "town": town.office if town else ""}
    made = [
        each.format(**names) for each in city.bodies if all(f"{{{key}}}" not in each or names[key] for key in names)
    ]
    return tuple(dict.fromkeys(made))


def _code(session: Session, division: str) -> str:
    chosen = session.get(Setting, _CHOSEN)
    return city_of(division) if chosen is None else str(chosen.value)
