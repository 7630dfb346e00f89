"""`ohdesk visit`: plan, approve, start, fill, look at findings, end; the record itself is made by `visit finalize`."""

import argparse
from dataclasses import fields
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, colleague_password, named, on_a_visit
from ohdesk.cli.evidence import evidence_command
from ohdesk.cli.leaving import leaving_commands
from ohdesk.cli.photos import photo_commands
from ohdesk.cli.planning import planning_commands
from ohdesk.cli.record import finalize_command
from ohdesk.cli.visit_papers import paper_commands
from ohdesk.domain.calendar import beijing, instant_text, parse_instant
from ohdesk.domain.problems import in_list
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Ending, Gap, Power, StartData
from ohdesk.errors import UserError
from ohdesk.forms.work_calendar import due_shown
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.office import powers
from ohdesk.services.record import composing
from ohdesk.services.visit import answer_file, conduct, editions, filling, lookup, views
from ohdesk.services.visit.start_check import check_start

_TOLD = ("code_way", "code_serial", "notice_given", "certificates_shown", "rights_told", "recusal_answer")
_STARTED = ("authority", "means", "place", "accompanied_by", "gap_reason")


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("visit", tr("现场检查"))
    _register_powers(group)
    planning_commands(group)
    _register_start(group)
    _register_filling(group)
    paper_commands(group)
    leaving_commands(group)
    finalize_command(group)
    group.unlocked("list", tr("列出检查"), list_all)
    on_a_visit(group.unlocked("show", tr("看一次检查的内容"), show))


def _register_powers(group: Commands) -> None:
    power = group.unlocked("power", tr("登记检查权限；不带参数时列出"), enter_power)
    power.add_argument("--mode", choices=("own", "entrusted"), help=tr("own 以镇街名义，entrusted 受委托"))
    power.add_argument("--authority", default="", metavar="NAME", help=tr("有权机关全称"))
    power.add_argument("--from", dest="valid_from", default="", metavar="DAY", help=tr("生效日期"))
    power.add_argument("--to", dest="valid_to", default="", metavar="DAY", help=tr("失效日期"))
    power.add_argument("--basis", default="", help=tr("公布的事项目录或委托书"))
    power.add_argument("--number", default="", help=tr("委托书编号"))
    power.add_argument("--scope", default="", metavar="TEXT", help=tr("委托书写明的事项"))
    power.add_argument("--inspects", action="store_true", help=tr("委托事项写明了行政检查"))
    power.add_argument("--published", dest="published_on", default="", metavar="DAY", help=tr("委托书的公布日期"))
    power.add_argument(
        "--matter", action="append", default=[], metavar="ID", help=tr("其中列有的县级事项，写检查表编号；可重复")
    )


def _register_start(group: Commands) -> None:
    approve = on_a_visit(group.unlocked("approve", tr("批准检查（行政检查审批表）"), approve_visit))
    approve.add_argument("--account", metavar="NAME", help=tr("批准人的账户；密码另行输入"))
    approve.add_argument("--approver-password-file", type=Path, metavar="FILE", help=tr("批准人密码所在的文件"))
    approve.add_argument("--paper", action="store_true", help=tr("纸质已批"))
    approve.add_argument("--approver", default="", metavar="NAME", help=tr("纸质审批的批准人"))
    approve.add_argument("--on", default="", metavar="DAY", help=tr("纸质审批的日期"))
    approve.add_argument("--number", default="", help=tr("审批表编号"))

    start = on_a_visit(group.unlocked("start", tr("到场，开始检查"), start_visit))
    start.add_argument("--mode", required=True, choices=("own", "entrusted", "off-site", "patrol"), help=tr("检查方式"))
    _arrival_arguments(start)
    correct = on_a_visit(group.unlocked("correct", tr("更正到场登记，直到笔录定稿；不写的不变"), correct_start))
    _arrival_arguments(correct)


def _arrival_arguments(start: argparse.ArgumentParser) -> None:
    start.add_argument("--authority", default="", metavar="NAME", help=tr("以哪个机关的名义"))
    start.add_argument("--means", default="", metavar="WAY", help=tr("非现场检查的方式：书面、视频或在线数据"))
    start.add_argument("--place", default="", help=tr("检查地点；缺省为单位地址"))
    start.add_argument("--accompanied-by", default="", metavar="NAME", help=tr("陪同人姓名、职务"))
    start.add_argument("--code-way", default="", metavar="WAY", help=tr("亮码或扫码"))
    start.add_argument("--code-serial", default="", metavar="TEXT", help=tr("亮码（扫码）的流水号"))
    start.add_argument("--code-at", default="", metavar="HH:MM", help=tr("亮码时间（北京时间）；缺省为现在"))
    start.add_argument(
        "--notice", dest="notice_given", default="", metavar="TEXT", help=tr("行政检查通知书的送达，如“当场送达”")
    )
    start.add_argument(
        "--certificates", dest="certificates_shown", default="", metavar="TEXT", help=tr("执法证件的出示，如“已出示”")
    )
    start.add_argument("--rights", dest="rights_told", default="", metavar="TEXT", help=tr("权利的告知，如“已告知”"))
    start.add_argument(
        "--recusal", dest="recusal_answer", default="", metavar="TEXT", help=tr("对申请回避的回答，如“不申请回避”")
    )
    start.add_argument(
        "--reason", dest="gap_reason", default="", metavar="REASON", help=tr("有缺项仍要继续的理由（只留内部）")
    )


def _register_filling(group: Commands) -> None:
    fill = on_a_visit(group.unlocked("fill", tr("按文件填写检查表"), fill_form))
    fill.add_argument("--answers", type=Path, required=True, metavar="FILE", help=tr("答案文件（JSON）"))

    photo_commands(group)
    evidence_command(group)

    findings = on_a_visit(group.unlocked("findings", tr("问题清单、处置和期限"), show_findings))
    findings.add_argument("--accept", action="store_true", help=tr("未确定处置的，都按建议确定"))
    findings.add_argument(
        "--set",
        action="append",
        nargs="+",
        default=[],
        metavar="QUESTION",
        help=tr("检查项编号、处置（on_spot、rectify、refer、educate）、期限；可重复"),
    )

    end = on_a_visit(group.unlocked("end", tr("不填检查表而结束检查"), end_visit))
    end.add_argument(
        "--outcome",
        metavar="ID",
        help=tr("closed、moved、no_contact、no_activity、refused 或 refused_severe（情节严重）"),
    )
    end.add_argument("--proof", default="", help=tr("证明的种类"))
    end.add_argument("--account", default="", metavar="TEXT", help=tr("看到的情形"))
    end.add_argument("--note", default="", metavar="TEXT", help=tr("协管巡查看到的情况"))
    on_a_visit(group.unlocked("undo", tr("撤销上一步填写"), undo_step))
    edition = on_a_visit(group.unlocked("edition", tr("这次检查用的检查表版本；换到最新的一版"), change_edition))
    edition.add_argument("--move", action="store_true", help=tr("换到最新的一版"))
    edition.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help=tr("原检查项在新检查表中是哪一项；“OLD=”表示不带过去；可重复"),
    )


def enter_power(ctx: Context, args: argparse.Namespace) -> Answer:
    """List the powers of this office, or enter one."""
    if args.mode is not None:
        given = named(args, *(each.name for each in fields(Power) if each.name != "matters"))
        powers.add_power(ctx, Power(**given, matters=tuple(args.matter)))
    held = powers.list_powers(ctx)
    lines = [f"{power.mode}\t{power.authority}\t{power.valid_from}–{power.valid_to}\t{power.basis}" for power in held]
    return Answer(held, "\n".join(lines) or tr("还没有登记检查权限。"))


def approve_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """Approve with the approver's password, or set down the paper approval."""
    visit = lookup.find(ctx, args.visit)
    if args.paper:
        conduct.approve_on_paper(ctx, visit, args.approver, args.on, args.number)
    elif args.account:
        password = colleague_password(args.account, args.approver_password_file, "--approver-password-file")
        conduct.approve(ctx, visit, args.account, password, args.number)
    else:
        raise UserError(tr("没有写明由谁批准。"), tr("请用 --account，或用 --paper 登记纸质审批。"))
    return Answer({"visit": visit, "approved": True}, tr("已批准。"))


def start_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """Start a visit; gaps need --reason."""
    visit = lookup.find(ctx, args.visit)
    # No time of showing without a showing: the default would put one into the record.
    code_at = conduct.code_shown(ctx, args.code_at) if args.code_way else ""
    arrival = Arrival(code_at=code_at, **named(args, *_TOLD))
    data = StartData(mode=args.mode, arrival=arrival, **named(args, *_STARTED))
    another = check_start(ctx, visit, data).form
    gaps = conduct.start(ctx, visit, data)
    changed = tr("改用《{form}》，不用安排时的检查表。", form=another) if another else ""
    return _started(visit, gaps, tr("检查已开始。") + changed)


def correct_start(ctx: Context, args: argparse.Namespace) -> Answer:
    """Correct what was set down on arrival; what is not named stays."""
    visit = lookup.find(ctx, args.visit)
    view = views.visit_view(ctx, visit)
    before = view.start
    arrival = {key: getattr(args, key) or getattr(before.arrival, key) for key in _TOLD}
    code_at = conduct.code_shown(ctx, args.code_at, view.started_at) if args.code_at else before.arrival.code_at
    start = {key: getattr(args, key) or getattr(before, key) for key in _STARTED}
    data = StartData(mode=before.mode, arrival=Arrival(code_at=code_at, **arrival), **start)
    return _started(visit, conduct.correct_start(ctx, visit, data), tr("到场登记已更正。"))


def _started(visit: str, gaps: tuple[Gap, ...], said: str) -> Answer:
    lines = [said, *(tr("· 缺：{gap}", gap=gap.sentence) for gap in gaps)]
    return Answer({"visit": visit, "gaps": gaps}, "\n".join(lines))


def fill_form(ctx: Context, args: argparse.Namespace) -> Answer:
    """Fill the checklist from a file."""
    filled = answer_file.fill_from_file(ctx, lookup.find(ctx, args.visit), args.answers)
    lines = [tr("已保存 {answers} 项回答，{photos} 张照片。", answers=filled.answers, photos=filled.photos)]
    lines += [f"· {said}" for said in (*map(in_list, filled.missing), *filled.expired)]
    return Answer(filled, "\n".join(lines))


def show_findings(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show the findings; settle some or all of them first."""
    visit = lookup.find(ctx, args.visit)
    for chosen in args.set:
        question, disposal, due = _chosen(chosen)
        drafts.set_disposal(ctx, visit, question, disposal, due)
    if args.accept:
        drafts.accept_proposals(ctx, visit)
    found = drafts.draft_findings(ctx, visit)
    lines = []
    for each in found:
        suffix = "" if each.settled else tr("（建议，未确定）")
        handling = f"{each.disposal_name} {due_shown(each.due_on)}{suffix}"
        lines.append(f"{each.number}. [{each.question}] {each.fact}\t{handling}")
    return Answer(found, "\n".join(lines) or tr("没有问题。"))


def end_visit(ctx: Context, args: argparse.Namespace) -> Answer:
    """End a visit without a checklist, or a round of helpers."""
    visit = lookup.find(ctx, args.visit)
    if args.outcome:
        conduct.end_without_checklist(ctx, visit, Ending(args.outcome, args.proof, args.account))
    elif args.note:
        conduct.end_patrol(ctx, visit, args.note)
    else:
        raise UserError(tr("没有写明怎样结束。"), tr("请用 --outcome，协管巡查用 --note。"))
    return Answer({"visit": visit, "ended": True}, tr("检查已结束。"))


def undo_step(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take back the last step of filling."""
    undone = filling.undo(ctx, lookup.find(ctx, args.visit))
    return Answer(undone, tr("已撤销：{label}", label=undone.label))


def change_edition(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show the edition of a visit's checklist, or move it to the newest."""
    visit = lookup.find(ctx, args.visit)
    if args.move:
        editions.move(ctx, visit, dict(_mapped(text) for text in args.map))
    found = editions.editions(ctx, visit)
    data = {
        "form": found.current.id,
        "edition": found.current.version,
        "sha256": found.current.sha256,
        "newest": found.newest.version,
        "is_newest": found.is_newest,
        **named(found, "reworded", "added", "gone"),
    }
    lines = [tr("{title} {version} 版", title=found.current.title, version=found.current.version)]
    if not found.is_newest:
        lines.append(tr("程序现有 {version} 版：", version=found.newest.version))
        for label, ids in (
            (tr("文字有改动"), found.reworded),
            (tr("新增"), found.added),
            (tr("已答而新版没有"), found.gone),
        ):
            lines.append(tr("{label}：{text}", label=label, text="、".join(ids) or "—"))
    return Answer(data, "\n".join(lines))


def _mapped(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals):
        raise UserError(tr("--map 要写原检查项和新检查项。"), tr("例如：--map A05=A06；不带过去的写 --map A05=。"))
    return old, new


def list_all(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List the visits."""
    rows = views.list_visits(ctx)
    data = [
        {
            **named(row, "id", "name", "uscc", "state", "kind", "source", "planned_on", "inspectors", "outcome"),
            "started_at": instant_text(row.started_at) if row.started_at else "",
            "ended_at": instant_text(row.ended_at) if row.ended_at else "",
        }
        for row in rows
    ]
    lines = [f"{row.id}  {row.state.word}  {row.name}  {'、'.join(row.inspectors)}" for row in rows]
    return Answer(data, "\n".join(lines) or tr("还没有安排检查。"))


def show(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what a started visit holds, internal gaps included."""
    facts = composing.visit_facts(ctx, lookup.find(ctx, args.visit))
    record = facts.record
    counts = named(facts.counts, "met", "not_met", "not_applicable", "not_inspected", "unanswered")
    lines = [
        f"{record.body.name}  {beijing(parse_instant(record.started_at)):%Y-%m-%d %H:%M}",
        tr(
            "合格 {met}，不合格 {not_met}，合理缺项 {not_applicable}，未检查 {not_inspected}，未作答 {unanswered}",
            **counts,
        ),
        *(f"· {in_list(each)}" for each in facts.problems),
        *(tr("· 内部：{gap}（{reason}）", gap=gap, reason=facts.gap_reason) for gap in facts.gaps),
    ]
    data = {
        "visit": record.visit,
        "name": record.body.name,
        "state": facts.state,
        "started_at": record.started_at,
        "outcome": record.outcome_name,
        "counts": counts,
        **named(record, "answers", "findings", "photos"),
        **named(facts, "bulk", "problems", "gaps", "gap_reason"),
    }
    return Answer(data, "\n".join(lines))


def _chosen(words: list[str]) -> tuple[str, str, str]:
    if len(words) not in {2, 3}:
        raise UserError(tr("--set 要写检查项编号、处置和（需要时）期限。"), tr("例如：--set F03 rectify 2026-03-31。"))
    return words[0], words[1], words[2] if len(words) == 3 else ""
