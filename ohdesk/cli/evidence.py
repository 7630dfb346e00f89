"""`ohdesk visit evidence`: what proves something in a visit: listed, added to, marked, written out as a schedule."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, on_a_visit, progress, written_out
from ohdesk.cli.usage import whole
from ohdesk.domain.evidence import Evidence, Sensitive
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import evidence, lookup
from ohdesk.services.visit.evidence import Recording


def evidence_command(group: Commands) -> None:
    """Add the command to those of a visit."""
    command = on_a_visit(group.unlocked("evidence", tr("证据清单：列出、加附件、登记录像、标记、导出"), see_evidence))
    command.add_argument("--add", type=Path, nargs="+", default=[], metavar="FILE", help=tr("附件：PDF、表格、录音等"))
    command.add_argument("--recording", type=Path, metavar="FILE", help=tr("执法记录仪的录像：读出 SHA-256，不复制"))
    command.add_argument("--device", default="", help=tr("录像的设备和编号"))
    command.add_argument("--length", default="", metavar="TIME", help=tr("录像时长，如 25:07"))
    command.add_argument("--kept-at", default="", metavar="TEXT", help=tr("录像的保存处"))
    command.add_argument("--number", type=whole, metavar="N", help=tr("清单上的序号，与 --mark 或 --remove 一起用"))
    command.add_argument("--mark", choices=[each.value for each in Sensitive], help=tr("涉商业秘密、涉个人隐私或都不"))
    command.add_argument("--remove", action="store_true", help=tr("从清单移除"))
    command.add_argument("--out", type=Path, metavar="FILE", help=tr("写出清单（xlsx）"))


def see_evidence(ctx: Context, args: argparse.Namespace) -> Answer:
    """Add to the evidence of a visit, mark it or take it off, and list or write it."""
    visit = lookup.find(ctx, args.visit)
    if args.add:
        evidence.attach(ctx, visit, args.add, Sensitive(args.mark or Sensitive.NO))
    if args.recording is not None:
        said = Recording(device=args.device, length=args.length, kept_at=args.kept_at)
        evidence.register_recording(ctx, visit, args.recording, said, progress(tr("计算指纹")))
    if args.number is not None:
        _change(ctx, visit, args)
    elif args.remove or (args.mark and not args.add):
        raise UserError(tr("没有写明是哪一件。"), tr("请用 --number 写明清单上的序号。"))
    if args.out is not None:
        return written_out(evidence.export(ctx, visit, args.out), args.out, tr("已写出 {count} 件证据的清单：{file}"))
    listed = evidence.schedule(ctx, visit)
    return Answer(listed, "\n".join(map(_line, listed)) or tr("还没有证据。"))


def _change(ctx: Context, visit: str, args: argparse.Namespace) -> None:
    meant = evidence.find(ctx, visit, args.number)
    if args.remove:
        evidence.remove(ctx, visit, meant)
    elif args.mark:
        evidence.mark(ctx, visit, meant, Sensitive(args.mark))


def _line(each: Evidence) -> str:
    parts = (each.kind.word, each.name, each.extent, each.sensitive.word, each.kept, each.sha256)
    return "\t".join((str(each.number), *parts))
