"""A draw as planned (抽取方案): what is settled before the freeze, and the JSON file that says it."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import asdict, replace

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import Value, value_text
from ohdesk.domain.industry import one_code
from ohdesk.errors import UserError
from ohdesk.files import read_json
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.office.people import find_person
from ohdesk.services.roll import entries

LARGEST_FILE = 4_000_000  # bytes
_TEXTS = ("plan", "seed_source", "title", "matter", "basis", "place")


class StratumPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"least": "min"}):
    """A stratum (层): the firms whose roll fields have one of the values, and how many of them are drawn.

    where: key of `establishment.FIELDS` → allowed values, as people write them; empty takes everybody not taken by an
    earlier stratum
    num/den of the firms are drawn, rounded up, and at least `least` ("min" in a file) of them; whole numbers
    """

    code: str
    where: Mapping[str, tuple[str, ...]] = {}
    num: int = 0
    den: int = 1
    least: int = 0

    def takes(self, fields: Mapping[str, Value | date]) -> bool:
        """True when a roll entry with these fields belongs to the stratum."""
        return all(_has_one(key, value_text(fields.get(key)), values) for key, values in self.where.items())


def _has_one(key: str, held: str, values: Collection[str]) -> bool:
    if key == "industry_code" and held not in values:  # 3071 is C3071
        return one_code(held) in map(one_code, values)
    return held in values


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A firm left out by hand: roll entry, reason code, and a note that stays internal."""

    establishment: str
    code: str
    note: str = ""


class Absence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An inspector left out by hand: person, reason code, and a note that stays internal."""

    person: str
    code: str
    note: str = ""


class Recusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An inspector and a firm that may not meet (回避): person, roll entry, reason code, internal note."""

    person: str
    establishment: str
    code: str
    note: str = ""


class DrawPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is settled before the freeze.

    plan: plan number (抽查计划编号) · title, matter, basis, place: as printed on the record
    seed_source: named in advance: which dice and who throws, or which lottery and issue, or the county's seed
    day: the day on which certificates must be valid · inspected_since: firms inspected from then on are left out
    total: a fixed number shared out over the strata by largest remainder, instead of their own ratios
    """

    plan: str
    seed_source: str
    strata: tuple[StratumPlan, ...]
    team: int
    cap: int
    slack: int
    title: str = ""
    matter: str = ""
    basis: str = ""
    place: str = ""
    day: date | None = None
    inspected_since: date | None = None
    total: int | None = None
    exclusions: tuple[Exclusion, ...] = ()
    absences: tuple[Absence, ...] = ()
    recusals: tuple[Recusal, ...] = ()


Named = TypeVar("Named", Exclusion, Absence, Recusal)


def plan_with_defaults(**said: Any) -> DrawPlan:
    """Return a plan with the usual team, cap and slack where none is given, and words for a seed source's code.

    Raises msgspec.ValidationError, naming the place, for what is no part of a plan.
    """
    rules = draw_rules()
    usual = {"team": rules.team, "cap": rules.cap, "slack": rules.slack}
    plan = msgspec.convert(usual | {key: value for key, value in said.items() if value is not None}, DrawPlan)
    return replace(plan, seed_source=rules.seed_sources.get(plan.seed_source, plan.seed_source))


def read_plan(ctx: Context, path: Path) -> DrawPlan:
    """Return the plan in a JSON file. `seed_source` may be a code of the rules ("dice"); team, cap, slack default.

    Firms are named by name, code, local number or id; persons by name, certificate number or id.
    Raises UserError, naming the place, for a file that is no plan, and for firms or persons not known here.
    """
    return plan_of(ctx, read_json(path, LARGEST_FILE))


def plan_of(ctx: Context, said: Mapping[str, Any]) -> DrawPlan:
    """Return the plan that a file says or that was kept; as `read_plan`."""
    try:
        plan = plan_with_defaults(**said)
    except msgspec.ValidationError as error:
        raise UserError(tr("抽取方案读不懂：{error}", error=error), tr("请对照手册里的方案样例修改。")) from error
    return replace(
        plan,
        exclusions=tuple(_known(ctx, each) for each in plan.exclusions),
        absences=tuple(_known(ctx, each) for each in plan.absences),
        recusals=tuple(_known(ctx, each) for each in plan.recusals),
    )


def tidied(plan: DrawPlan) -> DrawPlan:
    """Return the plan with its texts as they may stand in canonical JSON: NFC, no control characters, trimmed."""
    strata = tuple(
        replace(
            each,
            code=_tidy(each.code),
            where={key: tuple(map(_tidy, values)) for key, values in each.where.items()},
        )
        for each in plan.strata
    )
    return replace(plan, strata=strata, **{key: _tidy(getattr(plan, key)) for key in _TEXTS})


def _known(ctx: Context, entry: Named) -> Named:
    """Return an entry with ids for whoever it names."""
    find = {"establishment": entries.find, "person": find_person}
    return replace(entry, **{key: find[key](ctx, said) for key, said in asdict(entry).items() if key in find})


def _tidy(text: str) -> str:
    return " ".join(clean_text(text).split())
