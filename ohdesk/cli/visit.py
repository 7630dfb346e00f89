"""`ohdesk visit`: plan, approve, start, fill, look at findings, end; the record itself is made by `visit finalize`."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Commands, emit, open_context, read_password
from ohdesk.cli.record import finalize_command
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import STATE_WORDS, Ending, Power, StartData, Task, VisitState
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.visit import lookup, views

if TYPE_CHECKING:
    from ohdesk.services.context import Context


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("visit", tr("现场检查"))
    _register_before(group)
    _register_filling(group)
    finalize_command(group)
    group.command("list", tr("列出检查"), list_all)
    _on_a_visit(group.command("show", tr("看一次检查的内容"), show))


def _register_before(group: Commands) -> None:
    power = group.command("power", tr("登记检查权限；不带参数时列出"), enter_power)
    power.add_argument("--mode", choices=("own", "entrusted"), help=tr("own 以镇街名义，entrusted 受委托"))
    power.add_argument("--authority", default="", metavar="NAME", help=tr("有权机关全称"))
    power.add_argument("--from", dest="valid_from", default="", metavar="DAY", help=tr("生效日期"))
    power.add_argument("--to", dest="valid_to", default="", metavar="DAY", help=tr("失效日期"))
    power.add_argument("--basis", default="", help=tr("公布的事项目录或委托书"))

    plan = group.command("plan", tr("安排检查：一次抽取的全部单位，或一家单位"), plan_visits)
    plan.add_argument("--draw", metavar="PLAN", help=tr("抽取的计划编号"))
    plan.add_argument("--establishment", metavar="NAME", help=tr("单位名称或统一社会信用代码"))
    plan.add_argument("--inspector", action="append", default=[], metavar="NAME", help=tr("姓名或执法证号，两名"))
    plan.add_argument("--assistant", action="append", default=[], metavar="NAME", help=tr("协管员姓名"))
    plan.add_argument("--kind", default="daily", help=tr("daily 日常、campaign 专项、case 个案"))
    plan.add_argument("--source", default="plan", help=tr("任务来源，如 plan、complaint、recheck"))
    plan.add_argument("--reason", default="", metavar="TEXT", help=tr("个案检查的线索（只留内部）"))
    plan.add_argument("--on", default="", metavar="DAY", help=tr("计划日期"))
    plan.add_argument("--form", default="", metavar="ID", help=tr("检查表编号；缺省为该类单位最全的一份"))

    approve = _on_a_visit(group.command("approve", tr("批准检查（行政检查审批表）"), approve_visit))
    approve.add_argument("--account", metavar="NAME", help=tr("批准人的账户；密码另行输入"))
    approve.add_argument("--approver-password-file", type=Path, metavar="FILE", help=tr("批准人密码所在的文件"))
    approve.add_argument("--paper", action="store_true", help=tr("纸质已批"))
    approve.add_argument("--approver", default="", metavar="NAME", help=tr("纸质审批的批准人"))
    approve.add_argument("--on", default="", metavar="DAY", help=tr("纸质审批的日期"))
    approve.add_argument("--number", default="", help=tr("审批表编号"))

    start = _on_a_visit(group.command("start", tr("到场，开始检查"), start_visit))
    start.add_argument("--mode", required=True, choices=("own", "entrusted", "patrol"), help=tr("检查方式"))
    start.add_argument("--authority", default="", metavar="NAME", help=tr("以哪个机关的名义"))
    start.add_argument("--place", default="", help=tr("检查地点；缺省为单位地址"))
    start.add_argument("--accompanied-by", default="", metavar="NAME", help=tr("陪同人姓名、职务"))
    start.add_argument("--code-way", default="", metavar="WAY", help=tr("亮码或扫码"))
    start.add_argument("--code-at", default="", metavar="HH:MM", help=tr("亮码时间（北京时间）；缺省为现在"))
    start.add_argument("--notice", default="", metavar="TEXT", help=tr("行政检查通知书的送达，如“当场送达”"))
    start.add_argument("--certificates", default="", metavar="TEXT", help=tr("执法证件的出示，如“已出示”"))
    start.add_argument("--rights", default="", metavar="TEXT", help=tr("权利的告知，如“已告知”"))
    start.add_argument("--recusal", default="", metavar="TEXT", help=tr("对申请回避的回答，如“不申请回避”"))
    start.add_argument("--reason", default="", help=tr("有缺项仍要继续的理由（只留内部）"))


def _register_filling(group: Commands) -> None:
    fill = _on_a_visit(group.command("fill", tr("按文件填写检查表"), fill_form))
    fill.add_argument("--answers", type=Path, required=True, metavar="FILE", help=tr("答案文件（JSON）"))

    photo = _on_a_visit(group.command("photo", tr("附照片、先登记编号，或补入已登记的照片"), add_photo))
    photo.add_argument("--file", type=Path, metavar="FILE", help=tr("照片文件；不给时只登记编号"))
    photo.add_argument("--number", type=int, metavar="N", help=tr("补入已登记的照片编号"))
    photo.add_argument("--question", default="", metavar="ID", help=tr("检查项编号"))
    photo.add_argument("--caption", default="", help=tr("照片说明"))
    photo.add_argument("--place", default="", help=tr("拍摄地点"))

    findings = _on_a_visit(group.command("findings", tr("问题清单、处置和期限"), show_findings))
    findings.add_argument("--accept", action="store_true", help=tr("未确定处置的，都按建议确定"))
    findings.add_argument(
        "--set",
        action="append",
        nargs="+",
        default=[],
        metavar="QUESTION",
        help=tr("检查项编号、处置（on_spot、rectify、refer、educate）、期限；可重复"),
    )

    end = _on_a_visit(group.command("end", tr("不填检查表而结束检查"), end_visit))
    end.add_argument("--outcome", metavar="ID", help=tr("closed、moved、no_contact、no_activity 或 refused"))
    end.add_argument("--proof", default="", help=tr("证明的种类"))
    end.add_argument("--account", default="", metavar="TEXT", help=tr("看到的情形"))
    end.add_argument("--note", default="", metavar="TEXT", help=tr("协管巡查看到的情况"))
    _on_a_visit(group.command("undo", tr("撤销上一步填写"), undo_step))


def _on_a_visit(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("visit", metavar="VISIT", help=tr("检查的编号，或只有一次未结束检查的单位名称"))
    return command


def enter_power(args: argparse.Namespace) -> int:
    """List the powers of this office, or enter one."""
    from ohdesk.services.office import powers

    with open_context(args) as ctx:
        if args.mode is not None:
            powers.add_power(ctx, Power(args.mode, args.authority, args.valid_from, args.valid_to, args.basis))
        held = powers.list_powers(ctx)
    lines = [f"{power.mode}\t{power.authority}\t{power.valid_from}–{power.valid_to}\t{power.basis}" for power in held]
    emit(args, held, "\n".join(lines) or tr("还没有登记检查权限。"))
    return 0


def plan_visits(args: argparse.Namespace) -> int:
    """Plan the visits of a draw, or one visit."""
    from ohdesk.services.draw import views
    from ohdesk.services.roll import entries
    from ohdesk.services.visit import conduct
    from ohdesk.services.visit.planning import NewVisit

    with open_context(args) as ctx:
        if args.draw:
            ids = conduct.plan_drawn(ctx, views.find_draw(ctx, args.draw), args.on, args.kind)
        elif args.establishment:
            new = NewVisit(
                establishment=entries.find(ctx, args.establishment),
                inspectors=_people(ctx, args.inspector),
                assistants=_people(ctx, args.assistant),
                task=Task(args.kind, args.source, args.on, args.reason),
                form=args.form,
            )
            ids = (conduct.plan(ctx, new),)
        else:
            raise UserError(tr("没有写明检查谁。"), tr("请用 --draw 指明抽取，或用 --establishment 指明单位。"))
    emit(args, {"visits": ids}, "\n".join(ids) or tr("没有新的检查要安排。"))
    return 0


def approve_visit(args: argparse.Namespace) -> int:
    """Approve with the approver's password, or set down the paper approval."""
    from ohdesk.services.visit import conduct

    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        if args.paper:
            conduct.approve_on_paper(ctx, visit, args.approver, args.on, args.number)
        elif args.account:
            conduct.approve(ctx, visit, args.account, _approver_password(args), args.number)
        else:
            raise UserError(tr("没有写明由谁批准。"), tr("请用 --account，或用 --paper 登记纸质审批。"))
    emit(args, {"visit": visit, "approved": True}, tr("已批准。"))
    return 0


def start_visit(args: argparse.Namespace) -> int:
    """Start a visit; gaps need --reason."""
    from ohdesk.services.visit import conduct

    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        code_at = conduct.code_shown(ctx, args.code_at) if args.code_way else ""
        data = StartData(
            mode=args.mode,
            authority=args.authority,
            place=args.place,
            accompanied_by=args.accompanied_by,
            arrival=Arrival(
                code_way=args.code_way,
                code_at=code_at,
                notice_given=args.notice,
                certificates_shown=args.certificates,
                rights_told=args.rights,
                recusal_answer=args.recusal,
            ),
            gap_reason=args.reason,
        )
        gaps = conduct.start(ctx, visit, data)
    named = "\n".join(tr("· 缺：{gap}", gap=gap.sentence) for gap in gaps)
    emit(args, {"visit": visit, "gaps": gaps}, tr("检查已开始。") + ("\n" + named if named else ""))
    return 0


def fill_form(args: argparse.Namespace) -> int:
    """Fill the checklist from a file."""
    from ohdesk.services.visit import answer_file

    with open_context(args) as ctx:
        filled = answer_file.fill_from_file(ctx, lookup.find(ctx, args.visit), args.answers)
    lines = [tr("已保存 {answers} 项回答，{photos} 张照片。", answers=filled.answers, photos=filled.photos)]
    lines += [tr("· {place}：还缺{expected}", place=each.place, expected=each.expected) for each in filled.missing]
    emit(args, filled, "\n".join(lines))
    return 0


def add_photo(args: argparse.Namespace) -> int:
    """Attach, announce or bring in a photo."""
    from ohdesk.services.visit import photos

    caption = photos.Caption(text=args.caption, place=args.place)
    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        if args.number is not None and args.file is not None:
            photo = photos.bring_in_photo(ctx, visit, args.number, args.file)
        elif args.file is not None:
            photo = photos.attach_photo(ctx, visit, args.question, args.file, caption)
        else:
            photo = photos.announce_photo(ctx, visit, args.question, caption)
    data = {"number": photo.number, "question": photo.question, "sha256": photo.sha256}
    done = tr("照片 {number} 已登记编号，文件以后补入。") if photo.announced else tr("照片 {number} 已保存。")
    emit(args, data, done.format(number=photo.number))
    return 0


def show_findings(args: argparse.Namespace) -> int:
    """Show the findings; settle some or all of them first."""
    from ohdesk.forms.work_calendar import due_shown
    from ohdesk.services.finding import drafts

    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        for chosen in args.set:
            question, disposal, due = _chosen(chosen)
            drafts.set_disposal(ctx, visit, question, disposal, due)
        if args.accept:
            drafts.accept_proposals(ctx, visit)
        found = drafts.draft_findings(ctx, visit)
    lines = [
        f"{each.number}. [{each.question}] {each.fact}\t{each.disposal_name} {due_shown(each.due_on)}"
        + ("" if each.settled else tr("（建议，未确定）"))
        for each in found
    ]
    emit(args, found, "\n".join(lines) or tr("没有问题。"))
    return 0


def end_visit(args: argparse.Namespace) -> int:
    """End a visit without a checklist, or a round of helpers."""
    from ohdesk.services.visit import conduct

    with open_context(args) as ctx:
        visit = lookup.find(ctx, args.visit)
        if args.outcome:
            conduct.end_without_checklist(ctx, visit, Ending(args.outcome, args.proof, args.account))
        elif args.note:
            conduct.end_patrol(ctx, visit, args.note)
        else:
            raise UserError(tr("没有写明怎样结束。"), tr("请用 --outcome，协管巡查用 --note。"))
    emit(args, {"visit": visit, "ended": True}, tr("检查已结束。"))
    return 0


def undo_step(args: argparse.Namespace) -> int:
    """Take back the last step of filling."""
    from ohdesk.services.visit import filling

    with open_context(args) as ctx:
        undone = filling.undo(ctx, lookup.find(ctx, args.visit))
    emit(args, undone, tr("已撤销：{label}", label=undone.label))
    return 0


def list_all(args: argparse.Namespace) -> int:
    """List the visits."""

    with open_context(args) as ctx:
        rows = views.list_visits(ctx)
    data = [
        {
            "id": row.id,
            "name": row.name,
            "uscc": row.uscc,
            "state": row.state,
            "kind": row.kind,
            "source": row.source,
            "planned_on": row.planned_on,
            "inspectors": row.inspectors,
            "outcome": row.outcome,
            "started_at": instant_text(row.started_at) if row.started_at else "",
            "ended_at": instant_text(row.ended_at) if row.ended_at else "",
        }
        for row in rows
    ]
    lines = [
        f"{row.id}  {tr(STATE_WORDS[VisitState(row.state)])}  {row.name}  {'、'.join(row.inspectors)}" for row in rows
    ]
    emit(args, data, "\n".join(lines) or tr("还没有安排检查。"))
    return 0


def show(args: argparse.Namespace) -> int:
    """Show what a started visit holds, internal gaps included."""
    from ohdesk.services.record import composing

    with open_context(args) as ctx:
        facts = composing.visit_facts(ctx, lookup.find(ctx, args.visit))
    counts = facts.counts
    lines = [
        f"{facts.body.name}  {facts.started_at}",
        tr(
            "合格 {met}，不合格 {not_met}，合理缺项 {na}，未检查 {ni}，未作答 {open}",
            met=counts.met,
            not_met=counts.not_met,
            na=counts.not_applicable,
            ni=counts.not_inspected,
            open=counts.unanswered,
        ),
        *(tr("· {place}：还缺{expected}", place=each.place, expected=each.expected) for each in facts.problems),
        *(tr("· 内部：{gap}（{reason}）", gap=gap, reason=facts.gap_reason) for gap in facts.gaps),
    ]
    data = {
        "visit": facts.visit,
        "state": facts.state,
        "name": facts.body.name,
        "started_at": facts.started_at,
        "outcome": facts.outcome_name,
        "counts": {
            "met": counts.met,
            "not_met": counts.not_met,
            "not_applicable": counts.not_applicable,
            "not_inspected": counts.not_inspected,
            "unanswered": counts.unanswered,
        },
        "answers": facts.answers,
        "findings": facts.findings,
        "photos": facts.photos,
        "problems": facts.problems,
        "gaps": facts.gaps,
        "gap_reason": facts.gap_reason,
    }
    emit(args, data, "\n".join(lines))
    return 0


def _people(ctx: "Context", names: list[str]) -> tuple[str, ...]:
    from ohdesk.services.office.people import list_people

    known = list_people(ctx)
    found = []
    for name in names:
        fitting = [person.id for person in known if name in {person.id, person.name, person.certificate_no}]
        if len(fitting) != 1:
            raise UserError(
                tr("“{name}”对应 {count} 名人员。", name=name, count=len(fitting)),
                tr("请写执法证号，或者先登记人员。"),
            )
        found += fitting
    return tuple(found)


def _approver_password(args: argparse.Namespace) -> str:
    if args.approver_password_file is not None:
        return read_password(args.approver_password_file)
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError(tr("没有给出批准人的密码。"), tr("请用 --approver-password-file。"))
    return getpass.getpass(tr("{name}的密码：", name=args.account))


def _chosen(words: list[str]) -> tuple[str, str, str]:
    if len(words) not in {2, 3}:
        raise UserError(tr("--set 要写检查项编号、处置和（需要时）期限。"))
    return words[0], words[1], words[2] if len(words) == 3 else ""
