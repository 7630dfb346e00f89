"""`ohdesk draw`: freeze a list, set the seed, draw, publish; and verify a published draw without a workspace."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Commands, emit, open_context, wants_json
from ohdesk.errors import UserError
from ohdesk.i18n import tr

LONGEST_NUMBER = 9  # digits

if TYPE_CHECKING:
    from ohdesk.domain.draw.plan import DrawPlan, StratumPlan
    from ohdesk.services.context import Context


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("draw", tr("双随机抽取"))
    _register_freeze(group)
    seed = _on_a_draw(group.command("seed", tr("输入现场产生的种子（两人各输入一遍）"), set_seed))
    seed.add_argument("--seed", required=True, metavar="DIGITS", help=tr("10 到 64 位数字"))
    seed.add_argument("--seed-again", required=True, metavar="DIGITS", help=tr("由第二人再输入一遍"))
    seed.add_argument("--source", required=True, help=tr("种子来源"))
    seed.add_argument("--thrown-by", default="", metavar="NAMES", help=tr("掷骰或摇号的人"))
    seed.add_argument("--witness", action="append", default=[], metavar="NAME", help=tr("见证人，至少两名，可重复"))
    seed.add_argument("--place", default="", help=tr("地点"))
    seed.add_argument("--note", default="", help=tr("说明"))
    _on_a_draw(group.command("run", tr("按抽取单和种子抽取"), run))
    publish_command = _on_a_draw(group.command("publish", tr("生成公示包"), publish))
    publish_command.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("放公示包的文件夹"))
    void_command = _on_a_draw(group.command("void", tr("作废一次抽取"), void))
    void_command.add_argument("--reason", required=True, help=tr("原因，会随记录公开"))
    commitment_command = _on_a_draw(group.command("commitment", tr("导出冻结确认单（PDF），两人签名"), commitment))
    commitment_command.add_argument("--out", type=Path, required=True, metavar="FILE")
    record_command = _on_a_draw(group.command("record", tr("导出抽取记录（PDF）"), record))
    record_command.add_argument("--out", type=Path, required=True, metavar="FILE")
    group.command("list", tr("列出抽取"), list_all)
    check = group.command("verify", tr("复核一次公示的抽取，输出 result.csv；不需要工作区"), verify)
    check.add_argument("sheet", type=Path, metavar="SHEET", help="sheet.json")
    check.add_argument("seed", type=Path, metavar="SEED", help="seed.txt")


def _register_freeze(group: Commands) -> None:
    freeze_command = group.command("freeze", tr("冻结名单并公布指纹"), freeze)
    freeze_command.add_argument("plan_file", nargs="?", type=Path, metavar="PLAN.json", help=tr("抽取方案文件"))
    freeze_command.add_argument("--plan", default="", metavar="NUMBER", help=tr("计划编号"))
    freeze_command.add_argument("--title", default="", help=tr("任务名称"))
    freeze_command.add_argument(
        "--seed-source", default="dice", metavar="TEXT", help=tr("事先指定的种子来源：dice、lottery、county 或文字")
    )
    freeze_command.add_argument("--by", default="risk_class", metavar="FIELD", help=tr("按名录的哪个字段分层"))
    freeze_command.add_argument(
        "--stratum",
        action="append",
        nargs=3,
        default=[],
        metavar=("VALUE", "NUM/DEN", "MIN"),
        help=tr("一层：字段的值、比例、最少家数；可重复"),
    )
    freeze_command.add_argument("--quota", default="0/1", metavar="NUM/DEN", help=tr("不分层时的比例"))
    freeze_command.add_argument("--min", type=int, default=0, metavar="N", help=tr("不分层时的最少家数"))
    freeze_command.add_argument("--total", type=int, metavar="N", help=tr("总家数固定时按各层家数分配"))
    freeze_command.add_argument("--team", type=int, metavar="N", help=tr("每组人数"))
    freeze_command.add_argument("--cap", type=int, metavar="N", help=tr("每人最多几家"))
    freeze_command.add_argument("--slack", type=int, metavar="N", help=tr("均衡余量"))


def _on_a_draw(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("plan", metavar="PLAN", help=tr("计划编号"))
    parser.add_argument("--number", type=int, metavar="N", help=tr("第几次抽取；缺省为最近一次"))
    return parser


def freeze(args: argparse.Namespace) -> int:
    """Freeze the list of a plan and show the fingerprint to be announced."""
    from ohdesk.services.draw import holding

    with open_context(args) as ctx:
        frozen = holding.freeze(ctx, _plan(ctx, args))
    text = tr(
        "已冻结：{plan} 第 {number} 次抽取\n参加 {firms} 家，剔除 {excluded} 家，执法人员 {inspectors} 人\n"
        "名单指纹（commit）：{commit}\n读报时分八组：{fingerprint}"
    )
    emit(
        args,
        frozen,
        text.format(
            plan=frozen.plan,
            number=frozen.number,
            firms=frozen.firms,
            excluded=frozen.excluded,
            inspectors=frozen.inspectors,
            commit=frozen.commit,
            fingerprint=frozen.fingerprint,
        ),
    )
    return 0


def set_seed(args: argparse.Namespace) -> int:
    """Write the seed and its minutes into the journal."""
    from ohdesk.services.draw import holding

    minutes = holding.SeedMinutes(
        source=args.source,
        thrown_by=args.thrown_by,
        witnesses=tuple(args.witness),
        place=args.place,
        note=args.note,
    )
    with open_context(args) as ctx:
        draw = _draw(ctx, args)
        holding.set_seed(ctx, draw, args.seed, args.seed_again, minutes)
    emit(args, {"draw": draw}, tr("种子已写入日志，可以抽取了。"))
    return 0


def run(args: argparse.Namespace) -> int:
    """Draw, and show the firms with their teams."""
    from ohdesk.services.draw import holding
    from ohdesk.services.draw.views import drawn_firms

    with open_context(args) as ctx:
        draw = _draw(ctx, args)
        holding.compute(ctx, draw)
        firms = drawn_firms(ctx, draw)
    lines = [
        "\t".join(
            [firm.stratum, str(firm.rank), firm.id, firm.name, *(seat.name or seat.number for seat in firm.seats)]
        )
        for firm in firms
    ]
    emit(args, {"draw": draw, "firms": firms}, "\n".join([tr("抽中 {count} 家：", count=len(firms)), *lines]))
    return 0


def void(args: argparse.Namespace) -> int:
    """Declare a draw void."""
    from ohdesk.services.draw import holding

    with open_context(args) as ctx:
        draw = _draw(ctx, args)
        holding.void(ctx, draw, args.reason)
    emit(args, {"draw": draw}, tr("已作废；编号不再使用，原因随记录公开。"))
    return 0


def publish(args: argparse.Namespace) -> int:
    """Make the publication package."""
    from ohdesk.services.draw.publication import publish as make_package

    with open_context(args) as ctx:
        package = make_package(ctx, _draw(ctx, args), args.out)
    emit(args, {"package": str(package)}, tr("公示包：{package}", package=package))
    return 0


def commitment(args: argparse.Namespace) -> int:
    """Write the paper that announces a frozen draw as PDF."""
    from ohdesk.services.draw.papers import commitment_pdf

    with open_context(args) as ctx:
        pdf = commitment_pdf(ctx, _draw(ctx, args))
    _save(args.out, pdf)
    emit(args, {"commitment": str(args.out)}, tr("冻结确认单：{file}", file=args.out))
    return 0


def record(args: argparse.Namespace) -> int:
    """Write the record of a draw as PDF."""
    from ohdesk.services.draw.papers import record_pdf

    with open_context(args) as ctx:
        pdf = record_pdf(ctx, _draw(ctx, args))
    _save(args.out, pdf)
    emit(args, {"record": str(args.out)}, tr("抽取记录：{file}", file=args.out))
    return 0


def _save(file: Path, content: bytes) -> None:
    from ohdesk.services.blobs import write_durably

    file.parent.mkdir(parents=True, exist_ok=True)
    write_durably(file, content)


def list_all(args: argparse.Namespace) -> int:
    """List the draws held here."""
    from ohdesk.services.draw.views import list_draws

    with open_context(args) as ctx:
        rows = list_draws(ctx)
    words = {"committed": tr("已冻结"), "seeded": tr("已有种子"), "computed": tr("已抽取"), "void": tr("已作废")}
    lines = [
        "\t".join(
            [row.plan, str(row.number), tr("超期未完成，视为作废") if row.overdue else words[row.state], row.commit]
        )
        for row in rows
    ]
    emit(args, rows, "\n".join(lines) if lines else tr("还没有抽取。"))
    return 0


def verify(args: argparse.Namespace) -> int:
    """Compute a published draw again and print result.csv to the byte."""
    from ohdesk.domain.draw.checks import recompute

    result = recompute(_bytes(args.sheet), _bytes(args.seed).decode("ascii", "replace"))
    if wants_json(args):
        emit(args, result, "")
        return 0
    sys.stdout.flush()
    sys.stdout.buffer.write(result.csv())
    sys.stdout.buffer.flush()
    return 0


def _draw(ctx: "Context", args: argparse.Namespace) -> str:
    from ohdesk.services.draw.views import find_draw

    return find_draw(ctx, args.plan, args.number)


def _plan(ctx: "Context", args: argparse.Namespace) -> "DrawPlan":
    from ohdesk.services.draw.plan_file import plan_with_defaults, read_plan

    if args.plan_file is not None:
        return read_plan(ctx, _bytes(args.plan_file))
    return plan_with_defaults(
        plan=args.plan,
        title=args.title,
        seed_source=args.seed_source,
        strata=_strata(args),
        team=args.team,
        cap=args.cap,
        slack=args.slack,
        total=args.total,
    )


def _strata(args: argparse.Namespace) -> tuple["StratumPlan", ...]:
    from ohdesk.domain.draw.plan import StratumPlan

    if not args.stratum:
        num, den = _ratio(args.quota)
        return (StratumPlan(code="ALL", num=num, den=den, least=args.min),)
    strata = []
    for value, quota, least in args.stratum:
        num, den = _ratio(quota)
        strata.append(StratumPlan(code=value, where={args.by: (value,)}, num=num, den=den, least=_number(least)))
    return tuple(strata)


def _ratio(text: str) -> tuple[int, int]:
    num, _, den = text.partition("/")
    return _number(num), _number(den or "1")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise UserError(tr("“{text}”不是非负整数。", text=text), tr("比例写成 20/100，家数写成 3。"))
    return int(text)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(tr("读不到文件：{file}", file=file), tr("请检查路径。")) from error
