"""`ohdesk roll close`: whether an employer is in business, since when, and by which proof."""

import argparse
from typing import TYPE_CHECKING

import msgspec

from ohdesk.cli.common import Answer, Commands
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change

if TYPE_CHECKING:
    from ohdesk.services.context import Context


def register(group: Commands) -> None:
    """Add the command to those of the roll."""
    closing = group.unlocked("close", tr("登记一家单位的状态：停业、注销、搬迁、失联、转出，或者恢复在业"), close)
    closing.add_argument("establishment", nargs="?", default="", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    closing.add_argument("--state", default="", metavar="STATE", help=tr("状态；不写时采用上次检查提出的状态"))
    closing.add_argument("--on", default="", metavar="DAY", help=tr("从哪一天起，如 2026-03-02"))
    closing.add_argument("--proof", default="", metavar="TEXT", help=tr("依据，如注销通知、门牌照片、村委会说明"))
    closing.add_argument("--reason", default="", help=tr("理由"))
    closing.add_argument("--offered", action="store_true", help=tr("只列出检查提出、还没有登记的状态"))


def close(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Set down the state of an employer, or list what visits suggest."""
    from ohdesk.services.roll import entries, life_cycle, proposals

    if args.offered:
        offers = life_cycle.all_offered(ctx)
        lines = [f"{each.name}\t{tr(each.offered.state)}\t{each.offered.on}\t{each.offered.proof}" for each in offers]
        return Answer(msgspec.to_builtins(offers), "\n".join(lines) or tr("没有检查提出的状态。"))
    if not args.establishment:
        raise UserError(tr("没有指明单位。"), tr("请写明名称、信用代码或编号；--offered 列出检查提出的状态。"))
    entry = entries.find(ctx, args.establishment)
    if args.state or args.on or args.proof:
        change = life_cycle.close(ctx, entry, args.state, args.on, args.proof, args.reason)
    else:
        change = life_cycle.accept(ctx, entry)
    proposed = Change.PROPOSALS in change
    said = proposals.proposed_text() if proposed else tr("已登记。") if change else tr("与原值相同，没有改动。")
    return Answer({"id": entry, "changed": bool(change), "proposed": proposed}, said)
