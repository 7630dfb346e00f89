"""`ohdesk visit sheet`, `prepare`, `approval-form`, `notice`, `joint-sheet`, `selfcheck`: papers beside the screen."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, named, on_a_visit
from ohdesk.domain.calendar import instant_text
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import before, lookup, partners
from ohdesk.services.visit.self_check_views import difference_sentence, grade_sentence, self_check_of


def paper_commands(group: Commands) -> None:
    """Add the commands to the group of visit commands."""
    _paper(group.unlocked("sheet", tr("写出现场核查用表（PDF，A4 两面）"), write_sheet))
    _paper(group.unlocked("prepare", tr("写出检查准备单（PDF，一页）"), write_preparation))
    _issued(group.unlocked("approval-form", tr("行政检查审批表：内容，或者写出 PDF"), show_approval_form))
    about = tr("行政检查通知书：内容，或者写出 PDF；县级文字没有登记的不给出")
    _issued(group.unlocked("notice", about, show_notice))
    _paper(group.unlocked("joint-sheet", tr("写出联合检查结果汇总表（PDF）"), write_joint_sheet))
    joint = on_a_visit(group.unlocked("joint-result", tr("联合部门的检查结果；不带参数时列出"), joint_result))
    joint.add_argument("--department", default="", metavar="NAME", help=tr("联合部门，照安排时写的"))
    joint.add_argument("--result", default="", metavar="TEXT", help=tr("该部门的检查结果；空着表示还没有"))
    about = tr("单位自查表：发出、读入、与检查结果对照；不带参数时看对照")
    check = on_a_visit(group.unlocked("selfcheck", about, self_check))
    way = check.add_mutually_exclusive_group()
    way.add_argument("--out", type=Path, metavar="FILE", help=tr("写出给单位填写的表格（xlsx）"))
    way.add_argument("--in", dest="taken", type=Path, metavar="FILE", help=tr("读入单位交回的表格（xlsx）"))
    way.add_argument("--compare", type=Path, metavar="FILE", help=tr("把对照写成表格（xlsx）"))


def _paper(command: argparse.ArgumentParser) -> None:
    on_a_visit(command).add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("PDF 文件"))


def _issued(command: argparse.ArgumentParser) -> None:
    on_a_visit(command).add_argument("--out", type=Path, metavar="FILE", help=tr("PDF 文件"))
    command.add_argument("--authority", default="", metavar="NAME", help=tr("有权机关不止一个时，以哪个的名义"))


def show_approval_form(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what stands on the form by which a visit is approved, or write it."""
    from ohdesk.services.visit import before_papers

    if args.out is not None:
        return _written(ctx, args, partial(before_papers.write_approval, authority=args.authority))
    form = before.approval_form(ctx, lookup.find(ctx, args.visit), args.authority)
    going = "、".join(f"{each.name} {each.certificate_no}".strip() for each in (*form.inspectors, *form.assistants))
    why = " · ".join(filter(None, (form.kind, form.source, form.reason, form.task_number)))
    return Answer(form, "\n".join(filter(None, (form.name, form.matter, why, form.planned_on, going, form.approval))))


def show_notice(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what stands on the notice that the party is given, or write it."""
    from ohdesk.services.visit import before_papers

    if args.out is not None:
        return _written(ctx, args, partial(before_papers.write_notice, authority=args.authority))
    told = before.notice(ctx, lookup.find(ctx, args.visit), args.authority)
    going = "、".join(f"{each.name} {each.certificate_no}" for each in told.inspectors)
    lines = (told.authority, told.name, told.matter, told.planned_on, told.place, going, *told.papers)
    return Answer(told, "\n".join(filter(None, (*lines, told.rights, told.prohibitions))))


def write_sheet(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the sheet that is carried through the workshop."""
    from ohdesk.services.visit.walk_sheet import write_walk_sheet  # late: it brings the typesetting along

    return _written(ctx, args, write_walk_sheet)


def write_preparation(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the page to prepare a visit with."""
    from ohdesk.services.finding import preparation

    return _written(ctx, args, preparation.write_preparation)


def write_joint_sheet(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the sheet of a joint check."""
    from ohdesk.services.record import joint_sheet

    return _written(ctx, args, joint_sheet.write_joint_sheet)


def joint_result(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what the departments of a joint check found; keep what one of them says first."""
    from ohdesk.services.record import joint_sheet

    visit = lookup.find(ctx, args.visit)
    if args.department:
        partners.set_result(ctx, visit, args.department, args.result)
    found = joint_sheet.joint_results(ctx, visit)
    lines = [f"{each.department}\t{each.result or tr('还没有结果')}" for each in found]
    return Answer({"visit": visit, "departments": found}, "\n".join(lines))


def _written(ctx: Context, args: argparse.Namespace, write: Callable[[Context, str, Path], None]) -> Answer:
    visit = lookup.find(ctx, args.visit)
    write(ctx, visit, args.out)
    return Answer({"visit": visit, "file": str(args.out)}, tr("已保存：{file}", file=args.out))


def self_check(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the workbook for the employer, take it back, or show it beside the inspectors' answers."""
    from ohdesk.services.visit import self_check as checks  # late: it brings the workbooks along

    if args.out is not None:
        return _written(ctx, args, checks.write_self_check)
    if args.compare is not None:
        visit = lookup.find(ctx, args.visit)
        differ = checks.write_comparison(ctx, visit, args.compare)
        said = tr("已写出对照：{file}，{count} 项不一致。", file=args.compare, count=differ)
        return Answer({"visit": visit, "file": str(args.compare), "differ": differ}, said)
    visit = lookup.find(ctx, args.visit)
    if args.taken is not None:
        checks.take_self_check(ctx, visit, args.taken)
    view = self_check_of(ctx, visit)
    if view is None:
        return Answer({"visit": visit, "taken_at": ""}, tr("这次检查还没有读入单位的自查表。"))
    lines = [grade_sentence(view)]
    lines += [f"{line.item}. {difference_sentence(line)}" for line in view.differences]
    names = ("visit", "taken_by", "filled_by", "filled_on", "sha256", "points", "full", "grade", "unconfirmed")
    told = ("number", "item", "question", "value", "note", "found", "fact", "differs")
    data = {
        **named(view, *names),
        "taken_at": instant_text(view.taken_at),
        "answers": [named(line, *told) for line in view.lines],
    }
    return Answer(data, "\n".join(lines))
