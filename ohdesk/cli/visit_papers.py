"""`ohdesk visit sheet`: the papers that go beside the screen."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import lookup


def paper_commands(group: Commands) -> None:
    """Add the commands to the group of visit commands."""
    _paper(group.unlocked("sheet", tr("写出现场核查用表（PDF，A4 两面）"), write_sheet))


def _paper(command: argparse.ArgumentParser) -> None:
    command.add_argument("visit", metavar="VISIT", help=tr("检查的编号，或只有一次未结束检查的单位名称"))
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("PDF 文件"))


def write_sheet(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the sheet that is carried through the workshop."""
    from ohdesk.services.visit.walk_sheet import write_walk_sheet  # late: it brings the typesetting along

    visit = lookup.find(ctx, args.visit)
    write_walk_sheet(ctx, visit, args.out)
    return Answer({"visit": visit, "file": str(args.out)}, tr("已保存：{file}", file=args.out))
