"""`ohdesk visit plan`, `change` and `cancel`: a visit until it starts."""

import argparse
from dataclasses import asdict, replace

from ohdesk.cli.common import Answer, Commands, named, on_a_visit
from ohdesk.cli.usage import whole
from ohdesk.domain.problems import in_list
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import PartnerOfficer, TakenTask, Task
from ohdesk.errors import UserError
from ohdesk.forms.going import partners_in, technician
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.views import find_draw
from ohdesk.services.finding import open_tasks
from ohdesk.services.office import people
from ohdesk.services.register.books import books
from ohdesk.services.register.due import count_due
from ohdesk.services.roll import entries
from ohdesk.services.visit import lookup, planning, views


def planning_commands(group: Commands) -> None:
    """Add the commands."""
    opened = group.unlocked("open-tasks", tr("一家单位未办的事项：问题、登记、已安排的检查"), show_open_tasks)
    opened.add_argument("establishment", metavar="ESTABLISHMENT", help=tr("单位名称或统一社会信用代码"))
    plan = group.unlocked("plan", tr("安排检查：一次抽取的全部单位，或一家单位"), plan_visits)
    plan.add_argument("--draw", metavar="PLAN", help=tr("抽取的计划编号"))
    plan.add_argument("--establishment", metavar="NAME", help=tr("单位名称或统一社会信用代码"))
    plan.add_argument("--after", metavar="VISIT", help=tr("发现问题的非现场检查：到现场核实"))
    _plan_arguments(plan, [], kind="daily", source="plan")
    change = on_a_visit(group.unlocked("change", tr("改动还没有开始的检查；不写的不变"), change_visit))
    _plan_arguments(change, None, kind="", source="")
    cancel = on_a_visit(group.unlocked("cancel", tr("取消还没有开始的检查"), cancel_visit))
    cancel.add_argument("--reason", default="", metavar="TEXT", help=tr("取消的理由（只留内部）"))


def _plan_arguments(
    command: argparse.ArgumentParser, unsaid: list[list[str]] | None, *, kind: str, source: str
) -> None:
    """Add what a plan says; unsaid: what a list is that was not given, None where it stays as it was."""
    command.add_argument("--inspector", action="append", default=[], metavar="NAME", help=tr("姓名或执法证号，两名"))
    command.add_argument("--assistant", action="append", default=[], metavar="NAME", help=tr("协管员姓名"))
    lists = {
        "--technician": (
            "technician",
            "TEXT",
            tr("技术人员的姓名、单位、身份；可重复，改动时单写 --technician 表示不再有"),
        ),
        "--partner": (
            "partner",
            "TEXT",
            tr("联合检查的其他部门，后面写各人“姓名=执法证号”，至少两名；可重复，改动时单写 --partner 表示不再有"),
        ),
        "--with": (
            "taken",
            "TASK",
            tr("这次一并办理的事项，写 visit open-tasks 中的编号；可重复，改动时单写 --with 表示都不带"),
        ),
    }
    for option, (kept_as, word, said) in lists.items():
        command.add_argument(option, dest=kept_as, action="append", nargs="*", default=unsaid, metavar=word, help=said)
    command.add_argument("--kind", default=kind, help=tr("daily 日常、campaign 专项、case 个案"))
    command.add_argument("--source", default=source, help=tr("任务来源，如 plan、complaint、re_inspection"))
    command.add_argument("--reason", default="", metavar="TEXT", help=tr("个案检查的线索（只留内部）"))
    command.add_argument("--on", default="", metavar="DAY", help=tr("计划日期"))
    fullest = tr("检查表编号；缺省为该类单位最全的一份")
    command.add_argument("--form", default="", metavar="ID", help=fullest if kind else tr("检查表编号"))
    command.add_argument("--form-reason", default="", metavar="TEXT", help=tr("选用其他类单位检查表的理由"))
    command.add_argument("--entry", default="", metavar="NUMBER", help=tr("个案来自哪条登记（投诉、来文……的编号）"))
    command.add_argument("--task-number", dest="number", default="", metavar="TEXT", help=tr("上级任务编号"))
    command.add_argument("--platform", type=whole, default=0, metavar="N", help=tr("平台显示的本年检查次数"))


def plan_visits(ctx: Context, args: argparse.Namespace) -> Answer:
    """Plan the visits of a draw, or one visit."""
    if args.draw:
        ids = planning.plan_drawn(ctx, find_draw(ctx, args.draw), args.on, args.kind)
    elif args.after:
        ids = (planning.plan_after(ctx, lookup.find(ctx, args.after), args.on),)
    elif args.establishment:
        establishment = entries.find(ctx, args.establishment)
        given = named(args, "reason", "entry", "number", "platform")
        task = Task(args.kind, args.source, args.on, **given, taken=_taken(ctx, establishment, args.taken))
        new = planning.NewVisit(
            establishment=establishment,
            inspectors=_people(ctx, args.inspector),
            assistants=_people(ctx, args.assistant),
            task=task,
            form=args.form,
            form_reason=args.form_reason,
            technicians=_technicians(args.technician),
            partners=_partners(args.partner),
        )
        ids = (planning.plan(ctx, new),)
    else:
        raise UserError(tr("没有写明检查谁。"), tr("请用 --draw 指明抽取，或用 --establishment 指明单位。"))
    told = {visit: views.visit_view(ctx, visit).counted for visit in ids}
    warnings = [f"{visit}  {check.sentence}" for visit, check in told.items() if check.is_last or check.is_full]
    warnings += [f"{visit}  {each}" for visit in ids for each in _team_gaps(ctx, visit)]
    return Answer({"visits": ids, "warnings": warnings}, "\n".join((*ids, *warnings)) or tr("没有新的检查要安排。"))


def _team_gaps(ctx: Context, visit: str) -> list[str]:
    """Return what the visit cannot start with as it is planned, people being still to be named."""
    view = views.visit_view(ctx, visit)
    alone = view.assistants and not view.team  # a round of assistants
    return [] if alone else list(map(in_list, views.team_gaps(ctx, view.team, view.task.planned_on)))


def change_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """Change people, day or reason of a visit before its start."""
    visit = lookup.find(ctx, args.visit)
    view = views.visit_view(ctx, visit)
    given = {"planned_on": args.on} | named(args, "kind", "source", "reason", "entry", "number", "platform")
    task = view.task
    if args.taken is not None:
        task = replace(task, taken=_taken(ctx, view.establishment, args.taken, visit))
    new = planning.NewVisit(
        establishment=view.establishment,
        inspectors=_people(ctx, args.inspector) or view.team,
        assistants=_people(ctx, args.assistant) or view.assistants,
        task=replace(task, **{key: text for key, text in given.items() if text}),
        form=args.form,
        form_reason=args.form_reason,
        technicians=view.technicians if args.technician is None else _technicians(args.technician),
        partners=view.partners if args.partner is None else _partners(args.partner),
    )
    changed = planning.replan(ctx, visit, new)
    said = tr("安排已改动，需要重新批准。") if changed else tr("安排没有改动。")
    return Answer({"visit": visit, "changed": bool(changed)}, said)


def _people(ctx: Context, names: list[str] | None) -> tuple[str, ...]:
    return tuple(people.find_person(ctx, name) for name in names or ())


def _technicians(given: list[list[str]]) -> tuple[Technician, ...]:
    for words in given:
        if len(words) not in {0, 3}:
            raise UserError(
                tr("--technician 要写姓名、单位、身份。"), tr("例如：--technician 贺禾 清源检测有限公司 检测采样。")
            )
    return tuple(technician(dict(zip(("name", "unit", "role"), words, strict=True))) for words in given if words)


def _partners(given: list[list[str]]) -> tuple[PartnerOfficer, ...]:
    rows = []
    for department, *officers in filter(None, given):
        for officer in officers:
            name, equals, number = officer.partition("=")
            if not (name and equals and number):
                raise UserError(
                    tr("--partner 要写部门，后面写各人的姓名和执法证号。"),
                    tr("例如：--partner 人社局 何苒=R0001 苏映=R0002。"),
                )
            rows.append({"department": department, "name": name, "certificate_no": number})
        if not officers:
            rows.append({"department": department})
    return partners_in(rows)


def _taken(ctx: Context, establishment: str, given: list[list[str]], visit: str = "") -> tuple[TakenTask, ...]:
    names = [name for words in given for name in words]
    return tuple(open_tasks.find_open(ctx, establishment, name, visit).taken for name in names)


def show_open_tasks(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show all that is open at an establishment."""
    establishment = entries.find(ctx, args.establishment)
    count_due(ctx, books(ctx).by_id.values())
    found = open_tasks.open_tasks(ctx, establishment)
    data = [asdict(each) | {"may_be_taken": each.may_be_taken} for each in found]
    lines = [
        tr("此单位还有 {count} 件未办。", count=len(found)),
        *(f"{each.number or each.id}\t{each.sentence}" for each in found),
    ]
    return Answer({"establishment": establishment, "tasks": data}, "\n".join(lines))


def cancel_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """Cancel a visit before its start."""
    visit = lookup.find(ctx, args.visit)
    planning.cancel(ctx, visit, args.reason)
    return Answer({"visit": visit, "cancelled": True}, tr("检查已取消。"))
