"""`ohdesk roll risk`: the class of an employer by its latest assessment, taken over into the roll when asked."""

import argparse
from typing import TYPE_CHECKING, Any

import msgspec

from ohdesk.cli.common import Answer, Commands
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.roll.risk import Assessed


def register(group: Commands) -> None:
    """Add the command to those of the roll."""
    showing = group.unlocked("risk", tr("风险类别：按最近一次评估，列出级别、等级、类别和下次评估日期"), risk)
    showing.add_argument("establishments", nargs="*", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    showing.add_argument("--all", action="store_true", help=tr("名录中的全部单位"))
    showing.add_argument("--write", action="store_true", help=tr("把类别和分类依据写入名录；要写 --reason"))
    showing.add_argument("--reason", default="", help=tr("写入的理由"))


def risk(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Tell the class of employers, and write it to the roll when asked."""
    from ohdesk.services.changes import Change
    from ohdesk.services.roll import entries
    from ohdesk.services.roll.risk import assessed, take_over

    if not args.establishments and not args.all:
        raise UserError(tr("没有指明单位。"), tr("请写明名称、信用代码或编号，或者用 --all。"))
    wanted = None if args.all else [entries.find(ctx, each) for each in args.establishments]
    found = assessed(ctx, wanted)
    written = {each.id for each in found if args.write and Change.NOTHING is not take_over(ctx, each, args.reason)}
    rows = [_row(each) | {"written": each.id in written} for each in (assessed(ctx, wanted) if written else found)]
    lines = [_line(each) for each in found]
    if args.write:
        lines.append(tr("写入名录 {count} 家。", count=len(written)))
    return Answer(rows, "\n".join(lines))


def _row(found: "Assessed") -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(found)
    return {**row, "class": row.pop("risk_class"), "on_roll": _as_class(row["on_roll"])}


def _as_class(on_roll: dict[str, str]) -> dict[str, str]:
    return {"class": on_roll["risk_class"], "scheme": on_roll["scheme"]}


def _line(found: "Assessed") -> str:
    if not found.risk_class:
        return f"{found.name}\t{found.why}"
    said = tr(
        "{grade}级，{management}等，{risk_class}类（{basis}），{day} 评估，下次 {next_on}",
        **{name: getattr(found, name) for name in ("grade", "management", "risk_class", "basis", "next_on")},
        day=found.assessed_on,
    )
    return f"{found.name}\t{said}"
