"""`ohdesk visit sheet` and `prepare`: the papers that go beside the screen."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, on_a_visit
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import lookup


def paper_commands(group: Commands) -> None:
    """Add the commands to the group of visit commands."""
    _paper(group.unlocked("sheet", tr("写出现场核查用表（PDF，A4 两面）"), write_sheet))
    _paper(group.unlocked("prepare", tr("写出检查准备单（PDF，一页）"), write_preparation))


def _paper(command: argparse.ArgumentParser) -> None:
    on_a_visit(command).add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("PDF 文件"))


def write_sheet(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the sheet that is carried through the workshop."""
    from ohdesk.services.visit.walk_sheet import write_walk_sheet  # late: it brings the typesetting along

    return _written(ctx, args, write_walk_sheet)


def write_preparation(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the page to prepare a visit with."""
    from ohdesk.services.finding import preparation

    return _written(ctx, args, preparation.write_preparation)


def _written(ctx: Context, args: argparse.Namespace, write: Callable[[Context, str, Path], None]) -> Answer:
    visit = lookup.find(ctx, args.visit)
    write(ctx, visit, args.out)
    return Answer({"visit": visit, "file": str(args.out)}, tr("已保存：{file}", file=args.out))
