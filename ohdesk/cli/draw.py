"""`ohdesk draw`: freeze a list, set the seed, draw, publish; and verify a published draw without a workspace."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, colleague_password, named
from ohdesk.cli.usage import LONGEST_NUMBER, whole
from ohdesk.domain.draw.checks import recompute
from ohdesk.domain.people import OfficeRole
from ohdesk.errors import UserError
from ohdesk.files import hand_out, handed_in, medium_told
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw import announcing, holding, papers, publication, views
from ohdesk.services.draw.package import LARGEST_PACKAGE
from ohdesk.services.draw.plan import DrawPlan, StratumPlan, plan_with_defaults, read_plan


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("draw", tr("双随机抽取"))
    _register_freeze(group)
    seed = group.unlocked("seed", tr("输入现场产生的种子（两人各输入一遍）"), set_seed)
    seed.add_argument("--seed", required=True, metavar="DIGITS", help=tr("10 到 64 位数字"))
    seed.add_argument("--seed-again", required=True, metavar="DIGITS", help=tr("由第二人再输入一遍"))
    seed.add_argument("--second", default="", metavar="NAME", help=tr("输入第二遍的人自己的账户"))
    seed.add_argument("--second-password-file", type=Path, metavar="FILE", help=tr("第二个账户的密码所在的文件"))
    seed.add_argument("--source", required=True, help=tr("种子来源"))
    seed.add_argument("--thrown-by", default="", metavar="NAMES", help=tr("掷骰或摇号的人"))
    seed.add_argument("--witness", action="append", default=[], metavar="NAME", help=tr("见证人，至少两名，可重复"))
    seed.add_argument("--place", default="", help=tr("地点"))
    seed.add_argument("--note", default="", help=tr("说明"))
    receipt = group.unlocked("receipt", tr("登记县级在电话里读出的、已收到名单指纹的回执码"), register_receipt)
    draw = group.unlocked("run", tr("按抽取单和种子抽取"), run)
    package = group.unlocked("publish", tr("生成公示包"), publish)
    package.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("放公示包的文件夹"))
    voiding = group.unlocked("void", tr("作废一次抽取"), void)
    voiding.add_argument("--reason", required=True, help=tr("原因，会随记录公开"))
    announcement = group.unlocked("commitment", tr("导出冻结确认单（PDF），两人签名"), commitment)
    minutes = group.unlocked("record", tr("导出抽取记录（PDF）"), record)
    for paper in (announcement, minutes):
        paper.add_argument("--out", type=Path, required=True, metavar="FILE")
    for command in (seed, receipt, draw, package, voiding, announcement, minutes):
        command.add_argument("plan", metavar="PLAN", help=tr("计划编号"))
        command.add_argument("--number", type=whole, metavar="N", help=tr("第几次抽取；缺省为最近一次"))
    receipt.add_argument("code", metavar="CODE", help=tr("八个字母或数字"))
    group.unlocked("list", tr("列出抽取"), list_all)
    check = group.command("verify", tr("复核一次公示的抽取，输出 result.csv；不需要工作区"), verify)
    check.add_argument("sheet", type=Path, metavar="SHEET", help="sheet.json")
    check.add_argument("seed", type=Path, metavar="SEED", help="seed.txt")


def _register_freeze(group: Commands) -> None:
    command = group.unlocked("freeze", tr("冻结名单并公布指纹"), freeze)
    command.add_argument("plan_file", nargs="?", type=Path, metavar="PLAN.json", help=tr("抽取方案文件"))
    command.add_argument("--plan", default="", metavar="NUMBER", help=tr("计划编号"))
    command.add_argument("--title", default="", help=tr("任务名称"))
    source = command.add_argument("--seed-source", default="dice", metavar="TEXT")
    source.help = tr("事先指定的种子来源：dice、lottery、county 或文字")
    command.add_argument("--by", default="risk_class", metavar="FIELD", help=tr("按名录的哪个字段分层"))
    stratum = command.add_argument("--stratum", action="append", nargs=3, default=[])
    stratum.metavar = ("VALUE", "NUM/DEN", "MIN")
    stratum.help = tr("一层：字段的值、比例、最少家数；可重复")
    command.add_argument("--quota", default="0/1", metavar="NUM/DEN", help=tr("不分层时的比例"))
    command.add_argument("--min", type=whole, default=0, metavar="N", help=tr("不分层时的最少家数"))
    command.add_argument("--total", type=whole, metavar="N", help=tr("总家数固定时按各层家数分配"))
    command.add_argument("--team", type=whole, metavar="N", help=tr("每组人数"))
    command.add_argument("--cap", type=whole, metavar="N", help=tr("每人最多几家"))
    command.add_argument(
        "--second", default="", metavar="NAME", help=tr("和您一起保管随机数的账户；缺省为另一个可以抽取的账户")
    )
    command.add_argument("--slack", type=whole, metavar="N", help=tr("均衡余量"))


def freeze(ctx: Context, args: argparse.Namespace) -> Answer:
    """Freeze the list of a plan and show the fingerprint to be announced."""
    frozen = views.frozen_view(ctx, holding.freeze(ctx, _plan(ctx, args), args.second))
    data = named(frozen.row, "id", "plan", "number", "commit", "fingerprint")
    data |= named(frozen, "pool_sha256", "firms", "excluded", "inspectors", "quotas", "keepers")
    text = tr(
        "已冻结：{plan} 第 {number} 次抽取\n参加 {firms} 家，剔除 {excluded} 家，执法人员 {inspectors} 人\n"
        "名单指纹（commit）：{commit}\n读报时分八组：{fingerprint}",
        **data,
    )
    keepers = tr("随机数由{keepers}的账户保管，由其中一人抽取。", keepers=tr("、").join(frozen.keepers))
    return Answer(data, f"{keepers}\n{text}")


def set_seed(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the seed and its minutes into the journal."""
    about = named(args, "source", "thrown_by", "place", "note")
    minutes = holding.SeedMinutes(witnesses=tuple(args.witness), **about)
    draw = _draw(ctx, args)
    second = None
    if args.second:
        secret = colleague_password(args.second, args.second_password_file, "--second-password-file")
        second = holding.SecondPerson(args.second, secret)
    holding.set_seed(ctx, draw, args.seed, args.seed_again, minutes, second)
    row = views.draw_detail(ctx, draw).row
    said = tr("种子已写入日志，可以抽取了。")
    if not row.receipt and ctx.office.role == OfficeRole.TOWN:
        said += tr("产生种子前没有县级的回执，记录和公示会写明“未预先报县”。")
    return Answer({"draw": draw, "receipt": row.receipt}, said)


def register_receipt(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take the county's receipt of a frozen draw, read out by telephone."""
    draw = _draw(ctx, args)
    announcing.register_receipt(ctx, draw, args.code)
    return Answer({"draw": draw}, tr("已登记：县级在产生种子前收到了这次抽取的名单指纹。"))


def run(ctx: Context, args: argparse.Namespace) -> Answer:
    """Draw, and show the firms with their teams."""
    draw = _draw(ctx, args)
    holding.compute(ctx, draw)
    firms = views.draw_detail(ctx, draw).firms
    lines = [tr("抽中 {count} 家：", count=len(firms))]
    for firm in firms:
        seats = (seat.name or seat.number for seat in firm.seats)
        lines.append("\t".join([firm.stratum, str(firm.rank), firm.id, firm.name, *seats]))
    return Answer({"draw": draw, "firms": firms}, "\n".join(lines))


def void(ctx: Context, args: argparse.Namespace) -> Answer:
    """Declare a draw void."""
    draw = _draw(ctx, args)
    holding.void(ctx, draw, args.reason)
    return Answer({"draw": draw}, tr("已作废；编号不再使用，原因随记录公开。"))


def publish(ctx: Context, args: argparse.Namespace) -> Answer:
    """Make the publication package."""
    package = publication.publish(ctx, _draw(ctx, args), args.out)
    return Answer({"package": str(package)}, tr("公示包：{package}", package=package))


def commitment(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the paper that announces a frozen draw as PDF."""
    _save(args.out, papers.commitment_pdf(ctx, _draw(ctx, args)))
    return Answer({"commitment": str(args.out)}, tr("冻结确认单：{file}", file=args.out))


def record(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the record of a draw as PDF."""
    _save(args.out, papers.record_pdf(ctx, _draw(ctx, args)))
    return Answer({"record": str(args.out)}, tr("抽取记录：{file}", file=args.out))


def _save(file: Path, content: bytes) -> None:
    with medium_told(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    hand_out(file, content)


def list_all(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List the draws held here."""
    rows = views.list_draws(ctx)
    lines = []
    for row in rows:
        state = tr("超期未完成，视为作废") if row.overdue else row.state.word
        lines.append(f"{row.plan}\t{row.number}\t{state}\t{row.commit}")
    return Answer(rows, "\n".join(lines) or tr("还没有抽取。"))


def verify(args: argparse.Namespace) -> Answer:
    """Compute a published draw again and print result.csv to the byte."""
    sheet, seed = (handed_in(file, LARGEST_PACKAGE) for file in (args.sheet, args.seed))
    result = recompute(sheet, seed.decode("ascii", "replace"))
    return Answer(result, result.csv())


def _draw(ctx: Context, args: argparse.Namespace) -> str:
    return views.find_draw(ctx, args.plan, args.number)


def _plan(ctx: Context, args: argparse.Namespace) -> DrawPlan:
    if args.plan_file is not None:
        return read_plan(ctx, args.plan_file)
    said = named(args, "plan", "title", "seed_source", "team", "cap", "slack", "total")
    return plan_with_defaults(strata=_strata(args), **said)


def _strata(args: argparse.Namespace) -> tuple[StratumPlan, ...]:
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
