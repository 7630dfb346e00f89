"""`ohdesk roll close` and `ohdesk roll transfer`: whether an employer is in business, and on whose roll it is."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ohdesk.cli.common import Answer, Commands, named
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change

if TYPE_CHECKING:
    from ohdesk.services.context import Context


def register(group: Commands) -> None:
    """Add the commands to those of the roll."""
    closing = group.unlocked("close", tr("登记一家单位的状态：停业、注销、搬迁、失联、转出，或者恢复在业"), close)
    closing.add_argument("establishment", nargs="?", default="", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    closing.add_argument("--state", default="", metavar="STATE", help=tr("状态；不写时采用上次检查提出的状态"))
    closing.add_argument("--on", default="", metavar="DAY", help=tr("从哪一天起，如 2026-03-02"))
    closing.add_argument("--proof", default="", metavar="TEXT", help=tr("依据，如注销通知、门牌照片、村委会说明"))
    closing.add_argument("--file", type=Path, metavar="FILE", help=tr("依据的照片或 PDF"))
    closing.add_argument("--reason", default="", help=tr("理由"))
    closing.add_argument(
        "--save-file", type=Path, metavar="OUT", help=tr("只把状态的依据附件写到这里；写出的文件不再加密")
    )
    closing.add_argument("--offered", action="store_true", help=tr("只列出检查提出、还没有登记的状态"))
    moving = group.unlocked("transfer", tr("把一家单位转到本县另一个镇街：经县级，对方同意后才移交"), transfer)
    moving.add_argument("establishment", nargs="?", default="", metavar="ENTRY", help=tr("名称、信用代码或编号"))
    step = moving.add_mutually_exclusive_group(required=True)
    step.add_argument("--to", metavar="DIVISION", help=tr("转出：接收镇街的名称或 9 位代码"))
    step.add_argument("--pass", action="store_true", dest="passes", help=tr("县级：转下去给接收的镇街"))
    step.add_argument("--accept", action="store_true", help=tr("接收的镇街：同意接收"))
    step.add_argument("--return", action="store_true", dest="returns", help=tr("退回，或者收回自己的转出"))
    step.add_argument("--list", action="store_true", dest="only_list", help=tr("只列出正在转出的单位"))
    moving.add_argument("--reason", default="", help=tr("理由"))


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
    if args.save_file is not None:
        return _save_file(ctx, entry, args.save_file)
    if args.state or args.on or args.proof or args.file is not None:
        change = life_cycle.close(ctx, entry, args.state, args.on, args.proof, args.reason, args.file)
    else:
        change = life_cycle.accept(ctx, entry)
    proposed = Change.PROPOSALS in change
    said = proposals.proposed_text() if proposed else tr("已登记。") if change else tr("与原值相同，没有改动。")
    return Answer({"id": entry, "changed": bool(change), "proposed": proposed}, said)


def _save_file(ctx: "Context", entry: str, target: Path) -> Answer:
    from ohdesk.services.register import attachments
    from ohdesk.services.roll import life_cycle

    file = life_cycle.proof_file(ctx, entry)
    attachments.write_out(ctx, file, target)
    return Answer({"file": str(target), **named(file, "sha256", "name", "size")}, tr("已写出：{file}", file=target))


def transfer(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Take one step of a transfer, or list those under way."""
    from ohdesk.services.office.towns import town_code, towns_of_county
    from ohdesk.services.roll import entries
    from ohdesk.services.roll import transfer as steps

    if args.only_list:
        found, towns = steps.transfers(ctx), towns_of_county(ctx)
        lines = [
            "\t".join(
                (one.name, one.code, f"{towns.get(one.town, one.town)} → {towns.get(one.to, one.to)}", one.stage.word)
            )
            for one in found
        ]
        return Answer(msgspec.to_builtins(found), "\n".join(lines) or tr("没有正在转出的单位。"))
    if args.to:
        entry = entries.find(ctx, args.establishment)
        to = town_code(ctx, args.to)
        change, said = steps.offer(ctx, entry, to, args.reason), tr("已提出转出；县级收到对方同意以前，仍在原名录。")
    else:
        entry = steps.find(ctx, args.establishment)
        if args.passes:
            change, said = steps.pass_on(ctx, entry, args.reason), tr("已转下去，随下一个下发包交给接收的镇街。")
        elif args.accept:
            change, said = steps.accept(ctx, entry, args.reason), tr("已同意接收；县级收到后移入本镇街名录。")
        else:
            change, said = steps.give_back(ctx, entry, args.reason), tr("已退回或者收回，仍在原名录。")
    proposed = Change.PROPOSALS in change
    return Answer({"id": entry, "proposed": proposed}, said)
