"""`ohdesk paper numbers`: what was given of a series, what was withdrawn, and why the rest was not given."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands
from ohdesk.cli.usage import whole
from ohdesk.domain.register.number_blocks import Gap, Why
from ohdesk.i18n import mark, tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context

_BODIES = ("town", "entrusting")
_WORDS = {
    Why.NOT_USED_YET: mark("本机号段中还没有用"),
    Why.OTHER_DEVICE: mark("在另一台电脑的号段中：{device}"),
    Why.NOT_HANDED_OUT: mark("没有分到号段"),
    Why.MISSING: mark("已经用过，本机没有登记，请查纸质文书后补登"),
}


def number_commands(group: Commands) -> None:
    """Add the command."""
    about = tr("一种文书的编号：已给出的、已作废的、空号和原因")
    command = group.unlocked("numbers", about, show_numbers)
    command.add_argument("paper", metavar="PAPER", help=tr("文书的代号，例如 order"))
    command.add_argument(
        "--body", choices=_BODIES, default=_BODIES[0], help=tr("本镇街（town）或委托机关（entrusting）")
    )
    command.add_argument("--year", type=whole, default=0, metavar="YEAR", help=tr("年份（默认今年）"))


def show_numbers(ctx: "Context", args: argparse.Namespace) -> Answer:
    """Show the numbers of a kind of paper."""
    from ohdesk.services.paper.numbering import numbers_of

    found = numbers_of(ctx, args.paper, args.body, args.year)
    lines = [f"{each}  {tr('已作废')}" if each in found.withdrawn else each for each in found.given]
    lines += [f"{each.first}–{each.last}  {_said(each, found.devices)}" for each in found.gaps]
    gaps = [{"first": each.first, "last": each.last, "why": each.why, "device": each.replica} for each in found.gaps]
    told = {"paper": args.paper, "body": args.body, "given": found.given, "withdrawn": found.withdrawn, "gaps": gaps}
    return Answer(told, "\n".join(lines) or tr("还没有给出编号。"))


def _said(gap: Gap, devices: Mapping[str, str]) -> str:
    return tr(_WORDS[gap.why]).format(device=devices.get(gap.replica) or gap.replica)
