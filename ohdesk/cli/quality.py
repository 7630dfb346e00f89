"""`ohdesk roll quality`: what is wrong in the data of the roll, and the score of each town."""

import argparse
from typing import TYPE_CHECKING

import msgspec

from ohdesk.cli.common import Answer, Commands
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.roll.quality import TownQuality

_KINDS = ("missing", "contradictory", "overdue", "doubtful")


def register(group: Commands) -> None:
    """Add the command to those of the roll."""
    showing = group.unlocked("quality", tr("资料质量：缺项、矛盾、过期、存疑，逐家逐项，并给各镇街打分"), quality)
    showing.add_argument("establishments", nargs="*", metavar="ENTRY", help=tr("名称、信用代码或编号；不写则为全部"))
    showing.add_argument("--kind", choices=_KINDS, default="", help=tr("只列这一类"))
    showing.add_argument("--town", default="", metavar="CODE", help=tr("只列这个镇街（九位代码）"))


def quality(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Tell what is wrong with entries of the roll, and how the data of each town stand."""
    from ohdesk.services.list_query import ListQuery
    from ohdesk.services.roll import entries
    from ohdesk.services.roll.quality import ALL, faults, rows_of, total, towns

    wanted = [entries.find(ctx, each) for each in args.establishments] or None
    found = faults(ctx, ListQuery(args.kind or ALL), args.town, wanted)
    rows = rows_of(ctx, found.ids)
    by_town = towns(ctx)
    data = {
        **_scored(total(by_town)),
        "towns": [msgspec.to_builtins(each) | {"score": each.score} for each in by_town],
        "faults": [_row(msgspec.to_builtins(each)) for each in rows],
    }
    lines = [f"{each.name}\t{each.kind.word}\t{each.heading}\t{each.says}\t{each.value}" for each in rows]
    return Answer(data, "\n".join([*lines, *map(_line, by_town)]))


def _row(row: dict[str, object]) -> dict[str, object]:
    return {**row, "id": row.pop("establishment")}


def _scored(found: "TownQuality") -> dict[str, object]:
    row: dict[str, object] = msgspec.to_builtins(found)
    return {key: value for key, value in row.items() if key not in {"town", "name"}} | {"score": found.score}


def _line(town: "TownQuality") -> str:
    return tr(
        "{name}：{score} 分，{entries} 家中 {faulty} 家有问题；缺项 {missing}，矛盾 {contradictory}，过期 {overdue}，"
        "存疑 {doubtful}",
        **msgspec.to_builtins(town),
        score=town.score,
    )
