"""`ohdesk visit leave-check` and `ohdesk visit gaps`: what a reviewer would miss, of one visit and of a period."""

import argparse
from dataclasses import asdict
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, named, on_a_visit
from ohdesk.domain.leaving import LeavingGap
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record import leave_check, leave_gaps
from ohdesk.services.visit import lookup, taken


def leaving_commands(group: Commands) -> None:
    """Add the commands."""
    check = on_a_visit(group.unlocked("leave-check", tr("离场前核对：审阅时会缺什么"), check_visit))
    check.add_argument("--leave", action="store_true", help=tr("核对后离场；没有补齐的，理由一并留存"))
    check.add_argument("--reason", default="", metavar="TEXT", help=tr("没有补齐的理由（只留内部）"))
    done = on_a_visit(group.unlocked("done", tr("记下带上的事项已办"), settle_task))
    done.add_argument("task", metavar="TASK", help=tr("带上的事项，写离场前核对中的编号"))
    done.add_argument("--undo", action="store_true", help=tr("改回未办"))
    gaps = group.unlocked("gaps", tr("一段时间内各次检查的核对缺口"), gaps_of_period)
    gaps.add_argument("--from", dest="first", required=True, metavar="DAY", help=tr("第一日"))
    gaps.add_argument("--to", dest="last", required=True, metavar="DAY", help=tr("最后一日"))
    gaps.add_argument("--out", type=Path, metavar="FILE", help=tr("写入的 xlsx 文件"))


def check_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """Say what a visit lacks; with --leave keep what stays open and its reason."""
    visit = lookup.find(ctx, args.visit)
    if args.leave:
        leave_check.leave(ctx, visit, args.reason)
    found = leave_check.leave_check(ctx, visit)
    data = {
        "visit": visit,
        "gaps": [_said(gap) for gap in found.gaps],
        "blocking": len(found.blocking),
        "unexplained": len(found.unexplained),
        "tasks": [{**asdict(each.task), **named(each, "done", "answered", "reason")} for each in found.tasks],
        "score": asdict(found.score) if found.score else None,
    }
    done = [f"✓ {each.sentence}" for each in found.tasks if each.done]
    lines = [_line(gap) for gap in found.gaps] or [tr("没有缺什么。")]
    return Answer(data, "\n".join(filter(None, (found.score.sentence if found.score else "", *lines, *done))))


def settle_task(ctx: Context, args: argparse.Namespace) -> Answer:
    """Say that a task taken along has been seen to."""
    visit = lookup.find(ctx, args.visit)
    taken.set_done(ctx, visit, args.task, done=not args.undo)
    said = tr("已改回未办。") if args.undo else tr("已记为办理。")
    return Answer({"visit": visit, "task": args.task, "done": not args.undo}, said)


def gaps_of_period(ctx: Context, args: argparse.Namespace) -> Answer:
    """Count the gaps of a period by kind; with --out write them into a workbook."""
    asked = (ctx, args.first, args.last)
    found = leave_gaps.write_gaps(*asked, args.out) if args.out else leave_gaps.gaps_between(*asked)
    data = {
        "visits": found.visits,
        "kinds": found.kinds,
        "gaps": [{**asdict(line), "gap": _said(line.gap)} for line in found.lines],
        "guarded": found.guarded,
        "file": str(args.out) if args.out else "",
    }
    lines = [tr("检查 {visits} 次，缺口 {count} 处。", visits=found.visits, count=len(found.lines))]
    lines += [f"{kind.word}\t{count}" for kind, count in found.kinds.items() if count]
    if found.guarded:
        lines.append(tr("另有涉密单位的 {count} 处不导出。", count=found.guarded))
    return Answer(data, "\n".join(lines))


def _said(gap: LeavingGap) -> dict[str, object]:
    return {**asdict(gap), "word": gap.kind.word, "blocks": gap.kind.blocks}


def _line(gap: LeavingGap) -> str:
    mark = "✗" if gap.kind.blocks else "!" if gap.needs_reason else "·"
    reason = tr("（{reason}）", reason=gap.reason) if gap.reason else ""
    return f"{mark} {gap.kind.word}\t{gap.sentence}{reason}"
