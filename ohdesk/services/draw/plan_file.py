"""A draw plan (抽取方案) as a JSON file: read it, find the firms and persons it names."""

import json
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import asdict

from ohdesk.domain.draw.plan import Absence, DrawPlan, Exclusion, Recusal, StratumPlan
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.office.people import find_person
from ohdesk.services.roll import entries


class _Stratum(msgspec.Struct, forbid_unknown_fields=True, rename={"least": "min"}):
    code: str
    where: dict[str, tuple[str, ...]] = {}
    num: int = 0
    den: int = 1
    least: int = 0


class _Exclusion(msgspec.Struct, forbid_unknown_fields=True):
    establishment: str
    code: str
    note: str = ""


class _Absence(msgspec.Struct, forbid_unknown_fields=True):
    person: str
    code: str
    note: str = ""


class _Recusal(msgspec.Struct, forbid_unknown_fields=True):
    person: str
    establishment: str
    code: str
    note: str = ""


class _Plan(msgspec.Struct, forbid_unknown_fields=True):
    """Firms are named by name, code, local number or id; persons by name, certificate number or id."""

    plan: str
    seed_source: str
    strata: list[_Stratum]
    team: int | None = None
    cap: int | None = None
    slack: int | None = None
    title: str = ""
    matter: str = ""
    basis: str = ""
    place: str = ""
    day: date | None = None
    inspected_since: date | None = None
    total: int | None = None
    exclusions: list[_Exclusion] = []
    absences: list[_Absence] = []
    recusals: list[_Recusal] = []


def read_plan(ctx: Context, data: bytes) -> DrawPlan:
    """Return the plan in a JSON file. `seed_source` may be a code of the rules ("dice"); team, cap, slack default.

    Raises UserError, naming the place, for a file that is no plan, and for firms or persons not known here.
    """
    try:
        raw = msgspec.convert(json.loads(data.decode("utf-8-sig")), _Plan)
    except (ValueError, RecursionError) as error:
        raise UserError(tr("抽取方案读不懂：{error}", error=error), tr("请对照手册里的方案样例修改。")) from error
    return plan_with_defaults(
        **asdict(raw)
        | {
            "strata": tuple(StratumPlan(**asdict(each)) for each in raw.strata),
            "exclusions": tuple(Exclusion(**_known(ctx, each)) for each in raw.exclusions),
            "absences": tuple(Absence(**_known(ctx, each)) for each in raw.absences),
            "recusals": tuple(Recusal(**_known(ctx, each)) for each in raw.recusals),
        }
    )


def _known(ctx: Context, entry: msgspec.Struct) -> dict[str, str]:
    """Return the fields of an entry, with ids for whoever it names."""
    find = {"establishment": entries.find, "person": find_person}
    return {name: find[name](ctx, text) if name in find else text for name, text in asdict(entry).items()}


def plan_file(plan: DrawPlan) -> bytes:
    """Return a plan as the JSON file that `read_plan` reads; firms and persons by their ids."""
    strata = [_Stratum(**{name: getattr(each, name) for name in _Stratum.__struct_fields__}) for each in plan.strata]
    return msgspec.json.encode({**{name: getattr(plan, name) for name in DrawPlan.__slots__}, "strata": strata})


def plan_with_defaults(
    *,
    seed_source: str,
    team: int | None = None,
    cap: int | None = None,
    slack: int | None = None,
    **particulars: Any,
) -> DrawPlan:
    """Return a plan with the usual team, cap and slack where none is given, and words for a seed source's code."""
    rules = draw_rules()
    return DrawPlan(
        seed_source=rules.seed_sources.get(seed_source, seed_source),
        team=rules.team if team is None else team,
        cap=rules.cap if cap is None else cap,
        slack=rules.slack if slack is None else slack,
        **particulars,
    )
