"""`ohdesk hazard`: a hazard with its limits, whether a result kept to them, and, in a workspace, who has it."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands
from ohdesk.cli.usage import day
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.domain.hazard.limits import Hazard, Limit
    from ohdesk.services.context import Context
    from ohdesk.services.register.listing import EntryRow

_SHOWN = 40  # characters of what was typed


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("hazard", tr("职业病危害因素和接触限值"))
    showing = group.command("show", tr("说明一种危害因素；不写名称则列出全部"), show)
    showing.add_argument("name", nargs="?", metavar="NAME", help=tr("名称、别名或 CAS 号"))
    listing = group.command("limits", tr("列出一种危害因素的限值"), limits)
    listing.add_argument("name", metavar="NAME", help=tr("名称、别名或 CAS 号"))
    listing.add_argument("--on", type=day, metavar="DATE", help=tr("只列这一天有效的限值"))
    finding = group.unlocked("where", tr("谁有一种危害因素：登记簿里的岗位和检测结果，名录里的单位"), where)
    finding.add_argument("name", metavar="NAME", help=tr("名称、别名或 CAS 号"))
    judging = group.command("judge", tr("按采样那天的限值判定一个检测结果"), judge)
    judging.add_argument("--hazard", required=True, metavar="NAME", help=tr("名称、别名或 CAS 号"))
    judging.add_argument("--kind", required=True, metavar="KIND", help="PC-TWA, PC-STEL, MAC, LEX,8h, WBGT …")
    judging.add_argument("--value", required=True, metavar="NUMBER", help=tr("结果，只写数字，如 1.5"))
    judging.add_argument("--unit", required=True, metavar="UNIT", help=tr("单位，如 mg/m3"))
    judging.add_argument("--on", type=day, required=True, metavar="DATE", help=tr("采样日期"))
    condition = judging.add_argument("--condition", default="", metavar="TEXT")
    condition.help = tr("条件，如“SiO2 30%，总尘”“接触时间率75%，Ⅱ级”").replace("%", "%%")


def show(args: argparse.Namespace) -> Answer:
    """Tell all that is known of one hazard, or list them all, with how many of their limits are confirmed."""
    if args.name is not None:
        return _shown(_called(args.name))
    from ohdesk.forms.hazards import hazards

    known = hazards()
    confirmed, unconfirmed = known.count()
    rows = [_row(hazard) for hazard in known.all]
    lines = [
        "\t".join([hazard.hazard_class.word, hazard.name, *hazard.cas[:1], _counted(hazard)]) for hazard in known.all
    ]
    total = tr(
        "共 {count} 种；限值已核实 {confirmed} 条，未核实 {unconfirmed} 条（只供参考，不用来判定）。",
        count=len(rows),
        confirmed=confirmed,
        unconfirmed=unconfirmed,
    )
    data = {"confirmed": confirmed, "unconfirmed": unconfirmed, "hazards": rows}
    return Answer(data, "\n".join([*lines, total]))


def limits(args: argparse.Namespace) -> Answer:
    """List the limits of one hazard, all or those in force on a day."""
    from ohdesk.domain.hazard.judging import dated

    named = _called(args.name)
    found = [
        (hazard, limit)
        for hazard in named
        for limit in hazard.printed_limits
        if args.on is None or limit.in_force(args.on)
    ]
    rows = [_limit(limit) for _hazard, limit in found]
    if len(named) > 1:  # as 铅: the limits say of which they are, and may be judged by with just those words
        for row, (hazard, limit) in zip(rows, found, strict=True):
            row["condition"] = "，".join(filter(None, (hazard.name, limit.condition)))
    name = "、".join(hazard.name for hazard in named)
    told = [dated(limit) if len(named) == 1 else f"{hazard.name}\t{dated(limit)}" for hazard, limit in found]
    lines = [name, *told, _count_line([limit for _hazard, limit in found])]
    return Answer({"name": name, "cas": _cas(named[0]), "limits": rows}, "\n".join(lines))


def where(ctx: "Context", args: argparse.Namespace) -> Answer:
    """List the posts, results and employers that have a hazard."""
    from ohdesk.services.roll.hazards import having

    data, lines = [], []
    for hazard in _called(args.name):
        found = having(ctx, hazard)
        data.append(
            {
                "name": hazard.name,
                "posts": [_held(row, "title", "exposed") for row in found.posts],
                "results": [_held(row, "sampled_on", "kind", "value", "unit", "verdict") for row in found.results],
                "over": found.over,
                "employers": [each._asdict() for each in found.employers],
            }
        )
        lines.append(
            tr(
                "{name}：岗位 {posts} 个，检测结果 {results} 条（超标 {over} 条），名录里 {employers} 家",
                name=hazard.name,
                posts=found.posts_in_all,
                results=found.results_in_all,
                over=found.over,
                employers=found.employers_in_all,
            )
        )
        lines += [f"{row.about}\t{row.texts.get('title', '')}\t{row.texts.get('exposed', '')}" for row in found.posts]
        lines += [each.name for each in found.employers]
    return Answer(data, "\n".join(lines))


def _held(row: "EntryRow", *keys: str) -> dict[str, object]:
    return {"id": row.id, "about": row.about, **{key: row.values.get(key) for key in keys}}


def judge(args: argparse.Namespace) -> Answer:
    """Judge one result. Every verdict is a success; only what says nothing is refused."""
    from ohdesk.domain.hazard import judging
    from ohdesk.forms.hazards import hazards

    measured = judging.Measurement(args.hazard, args.kind, args.value, args.unit, args.on, args.condition)
    found = judging.judge(hazards(), measured)
    data = {
        "verdict": found.verdict,
        "limit": None if found.limit is None else _limit(found.limit),
        "why": found.why,
    }
    return Answer(data, tr("{verdict}：{why}", verdict=found.verdict.word, why=found.why))


def _called(name: str) -> "tuple[Hazard, ...]":
    from ohdesk.forms.hazards import hazards

    found = hazards().find(name)
    if not found:
        message = tr("危害因素库里没有“{name}”。", name=name[:_SHOWN])
        raise UserError(message, tr("ohdesk hazard show 列出全部名称。"))
    return found


def _shown(named: "Sequence[Hazard]") -> Answer:
    described = [_description(hazard) for hazard in named]
    text = "\n\n".join("\n".join(_lines(hazard)) for hazard in named)
    return Answer(described[0] if len(described) == 1 else {"hazards": described}, text)


def _description(hazard: "Hazard") -> dict[str, object]:
    limits = [
        _limit(limit) | {"valid_to": _day(limit.valid_to), "source": limit.source} for limit in hazard.printed_limits
    ]
    return _row(hazard) | {
        "synonyms": hazard.synonyms,
        "other_cas": hazard.cas[1:],
        "marks": hazard.marks,
        "note": hazard.note,
        "limits": limits,
    }


def _lines(hazard: "Hazard") -> Iterator[str]:
    from ohdesk.domain.hazard.judging import dated

    yield tr("{name}（{hazard_class}）", name=hazard.name, hazard_class=hazard.hazard_class.word)
    if hazard.synonyms:
        yield tr("别名：{names}", names=tr("、").join(hazard.synonyms))
    if hazard.cas:
        yield f"CAS {' '.join(hazard.cas)}"
    yield from filter(None, (" ".join(hazard.marks), hazard.note))
    for limit in hazard.printed_limits:
        yield f"{dated(limit)}\n\t{limit.source}"
    yield _count_line(hazard.printed_limits)


def _row(hazard: "Hazard") -> dict[str, object]:
    confirmed = sum(limit.confirmed for limit in hazard.printed_limits)
    return {
        "name": hazard.name,
        "class": hazard.hazard_class,
        "cas": _cas(hazard),
        "confirmed": confirmed,
        "unconfirmed": len(hazard.printed_limits) - confirmed,
    }


def _cas(hazard: "Hazard") -> str:
    return hazard.cas[0] if hazard.cas else ""


def _limit(limit: "Limit") -> dict[str, object]:
    return {
        "kind": limit.kind,
        "value": str(limit.value),
        "unit": limit.unit,
        "condition": limit.condition,
        "standard": limit.standard,
        "valid_from": _day(limit.valid_from),
        "confirmed": limit.confirmed,
    }


def _day(found: date | None) -> str:
    return "" if found is None else found.isoformat()


def _counted(hazard: "Hazard") -> str:
    return _count_line(hazard.printed_limits) if hazard.limits else tr("没有限值")


def _count_line(limits: Sequence["Limit"]) -> str:
    confirmed = sum(limit.confirmed for limit in limits)
    return tr(
        "限值已核实 {confirmed} 条，未核实 {unconfirmed} 条", confirmed=confirmed, unconfirmed=len(limits) - confirmed
    )
