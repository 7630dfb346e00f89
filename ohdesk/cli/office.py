"""`ohdesk init`, `person`, `account` and `doctor`: a workspace, who works in it, who unlocks it, and its health."""

import argparse
from pathlib import Path

import msgspec

from ohdesk.cli.common import (
    Answer,
    Commands,
    colleague_password,
    named,
    open_if_named,
    password,
    progress,
    read_code,
    read_password,
    workspace_folder,
)
from ohdesk.domain import secrecy
from ohdesk.domain.facts import Verdict
from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.domain.register.definition import word
from ohdesk.errors import UserError
from ohdesk.forms.cities import key_lists
from ohdesk.i18n import tr
from ohdesk.services import local_rows
from ohdesk.services.context import Context
from ohdesk.services.exchange import kept
from ohdesk.services.office import (
    accounts,
    certificate_file,
    city,
    closing,
    doctor,
    issuing_bodies,
    people,
    renewal,
    workspace,
)
from ohdesk.services.office.divisions import COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH, code_of
from ohdesk.services.start import first_run

UNSOUND = 3  # as for every fault of the machine


def register(commands: Commands) -> None:
    """Add the commands."""
    init = commands.command("init", tr("建立工作区"), create)
    init.add_argument("--role", choices=[role.value for role in OfficeRole], required=True)
    init.add_argument(
        "--division", required=True, metavar="CODE|NAME", help=tr("县区或镇街的名称，或区划代码：县区 6 位，镇街 9 位")
    )
    init.add_argument("--name", required=True, help=tr("单位名称"))
    init.add_argument("--city", metavar="CITY", help=tr("按哪个城市的规划（默认区划所在的城市；none 为不采用）"))
    person = commands.group("person", tr("执法人员和协管员"))
    add = person.unlocked("add", tr("登记一名人员"), add_person)
    add.add_argument("--name", required=True)
    add.add_argument("--role", dest="person_role", choices=[role.value for role in people.WORKING], required=True)
    add.add_argument("--certificate", default="", metavar="NUMBER", help=tr("执法证号"))
    add.add_argument("--until", default="", metavar="DAY", help=tr("证件有效期至"))
    add.add_argument("--leads", action="store_true", help=tr("可担任主检"))
    add.add_argument("--account", metavar="NAME", help=tr("同时为其建立账户"))
    add.add_argument("--account-password-file", type=Path, metavar="FILE")
    person.unlocked("list", tr("列出人员"), list_people)
    account = commands.group("account", tr("账户和密码"))
    account.unlocked("list", tr("列出账户"), list_accounts)
    change = account.unlocked("password", tr("修改自己的密码"), change_password)
    about = tr("改用自己证书文件（PKCS#12）里的密钥签名，原来的密钥作废")
    taken = account.unlocked("key", about, take_key)
    taken.add_argument("file", type=Path, metavar="FILE", help=tr(".p12 或 .pfx 文件"))
    taken.add_argument("--key-password-file", type=Path, metavar="FILE", help=tr("证书文件的密码所在的文件"))
    reset = account.unlocked("reset", tr("管理员为他人设新密码（其密钥作废，由本人登录后重建）"), reset_account)
    recover = account.command("recover", tr("用恢复码为账户设新密码"), recover_account)
    recover.add_argument("--code-file", type=Path, required=True, metavar="FILE", help=tr("恢复码所在的文件"))
    close = account.unlocked("close", tr("关闭离职人员的账户，并更换工作区密钥"), close_account)
    code = account.unlocked("recovery-code", tr("换一个恢复码，旧的随即作废"), renew_code)
    code.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("新恢复码写到哪里（.pdf 或 .txt）"))
    for command in (reset, recover, close):
        command.add_argument("account", metavar="ACCOUNT")
    for command in (change, reset, recover):
        command.add_argument(
            "--new-password-file", type=Path, required=True, metavar="FILE", help=tr("新密码所在的文件（只读第一行）")
        )
    office = commands.group("office", tr("本机的工作区"))
    chosen = office.unlocked("city", tr("按哪个城市的规划：指标、重点行业、发文机关；给出城市时改用它"), city_profile)
    chosen.add_argument("city", nargs="?", metavar="CITY", help=tr("城市名称或代码；none 为不采用"))
    about = tr("文书上制发机关的地区简称、复议机关、法院、地址、电话；给出 --set 时改动")
    body = office.unlocked("body", about, issuing_body)
    body.add_argument("body", choices=sorted(issuing_bodies.BODIES), help=tr("本镇街（town）或委托机关（entrusting）"))
    body.add_argument("--set", action="append", default=[], metavar="KEY=TEXT", help=tr("改动一项；可重复"))
    office.unlocked("renew", tr("作为新电脑继续：被复制或手工恢复过的工作区换新的编号和密钥"), go_on_as_new)
    look = commands.command("doctor", tr("检查程序是否安装完整；给出 --workspace 时一并检查工作区"), look_over)
    look.add_argument("--accept", action="store_true", help=tr("管理员核对后认可本机数据的现状"))


def create(args: argparse.Namespace) -> Answer:
    """Create a workspace and show its recovery code once."""
    folder = workspace_folder(args)
    role = OfficeRole(args.role)
    division = code_of(args.division, TOWN_CODE_LENGTH if role == OfficeRole.TOWN else COUNTY_CODE_LENGTH)
    account, chosen = args.user or tr("管理员"), None if args.city is None else _city_code(args.city)
    new = workspace.NewWorkspace(role, division, args.name, account, password(args), chosen)
    code = workspace.create_workspace(folder, new)
    text = tr(
        "工作区已建立：{folder}\n恢复码（只显示这一次，请打印后与电脑分开保存）：\n{code}\n"
        "忘记全部密码时，只有它能打开工作区。",
        folder=folder,
        code=code,
    )
    return Answer({"workspace": str(folder), "recovery_code": code}, f"{text}\n{secrecy.notice()}")


def city_profile(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show the profile of the city this office works by, after choosing another one where one is named."""
    if args.city is not None:
        city.choose(ctx, _city_code(args.city))
    found = city.profile(ctx)
    if found is None:
        return Answer({"city": ""}, tr("没有采用任何城市的规划。"))
    lists = key_lists(found.code)
    bodies = city.bodies(found, ctx.office.division)
    value = {
        "city": found.code,
        "name": found.name.zh,
        "plan": found.plan,
        "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to.isoformat(),
        "bodies": list(bodies),
        "lists": msgspec.to_builtins(lists),
        "indicators": msgspec.to_builtins(found.indicators),
    }
    lines = [f"{found.name.zh}  {found.plan}  {found.valid_from} – {found.valid_to}", *bodies]
    lines += [
        tr("{title}：{names}", title=each.title, names="、".join(one.name for one in each.industries)) for each in lists
    ]
    lines += [f"{each.id}  {each.name.zh}  {each.printed}" for each in found.indicators]
    return Answer(value, "\n".join(lines))


def issuing_body(ctx: Context, args: argparse.Namespace) -> Answer:
    """Show what papers say of a body in whose name they go out, after changing what is given."""
    said = dict(part.partition("=")[::2] for part in args.set)
    if said:
        issuing_bodies.change(ctx, args.body, said)
    found = msgspec.to_builtins(issuing_bodies.issuing_body(ctx, args.body))
    lines = [f"{word(field.label)}  {found[field.key] or tr('（没有填写）')}" for field in issuing_bodies.FIELDS]
    return Answer({"body": args.body} | found, "\n".join(lines))


def _city_code(text: str) -> str:
    return city.NONE if text == "none" else city.city_code(text)


def add_person(ctx: Context, args: argparse.Namespace) -> Answer:
    """Register a person, with an account of their own if asked."""
    secret, role = "", PersonRole(args.person_role)
    if args.account:
        if args.account_password_file is None:
            raise UserError(tr("建立账户需要密码。"), tr("请加上 --account-password-file。"))
        secret = read_password(args.account_password_file)
        accounts.check_new(ctx, args.account, secret)  # before the person is there: all of it or nothing
    person = people.add_person(ctx, args.name, role, args.certificate, args.until, leads=args.leads)
    if args.account:
        roles = {Role.INSPECTOR} if role == PersonRole.INSPECTOR else set()
        accounts.add(ctx, args.account, secret, roles, person)
    return Answer({"person": person}, tr("已登记：{name}", name=args.name))


def list_people(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List the people of this office."""
    rows = people.list_people(ctx)
    lines = [f"{row.name}  {row.role.word}  {row.certificate_no}  {row.certificate_until}" for row in rows]
    return Answer(rows, "\n".join(lines) or tr("还没有登记人员。"))


def list_accounts(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List the accounts."""
    rows = accounts.list_accounts(ctx)
    lines = []
    for row in rows:
        roles = "、".join(role.word for role in row.roles)
        lines.append(f"{row.name}  {row.person_name}  {roles}  {row.certified.word}  {row.reset}".rstrip())
    return Answer(rows, "\n".join(lines))


def change_password(ctx: Context, args: argparse.Namespace) -> Answer:
    """Change the password of one's own account."""
    accounts.change_password(ctx, password(args), read_password(args.new_password_file))
    return Answer({"changed": ctx.actor.account}, tr("密码已修改。"))


def take_key(ctx: Context, args: argparse.Namespace) -> Answer:
    """Sign with the key of one's own certificate file from now on."""
    secret = colleague_password(args.file.name, args.key_password_file, "--key-password-file")
    certificate_file.take_key(ctx, args.file, secret)
    text = tr("已改用证书文件里的密钥签名。县级确认以前，文书上写明“未经县级确认”；申请证书：ohdesk enrol request。")
    return Answer({"taken": ctx.actor.account}, text)


def reset_account(ctx: Context, args: argparse.Namespace) -> Answer:
    """Give a colleague a new password."""
    accounts.reset(ctx, args.account, read_password(args.new_password_file))
    text = tr(
        "账户“{account}”已设新密码，原来的密钥作废。请本人登录后换成自己的密码（ohdesk account password），"
        "那时才生成新的签名密钥，再向县级申请证书：ohdesk enrol request。",
        account=args.account,
    )
    return Answer({"reset": args.account}, text)


def recover_account(args: argparse.Namespace) -> Answer:
    """Give an account a new password with the recovery code."""
    first_run.recover(
        workspace_folder(args), read_code(args.code_file), args.account, read_password(args.new_password_file)
    )
    text = tr(
        "账户“{account}”已设新密码。其签名密钥（如有）已重建，请重新向县级申请证书：ohdesk enrol request。",
        account=args.account,
    )
    return Answer({"reset": args.account}, text)


def close_account(ctx: Context, args: argparse.Namespace) -> Answer:
    """Close an account, whose owner opens nothing any more."""
    closing.close(ctx, args.account)
    text = tr("账户“{account}”已关闭，工作区已更换密钥；其他人的密码不变。", account=args.account)
    return Answer({"closed": args.account}, text)


def renew_code(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write a new recovery code and let it take the place of the old one."""
    first_run.renew_code(ctx, args.out)
    text = tr("新恢复码已写到 {file}，请与电脑分开保管；旧恢复码已作废。", file=args.out)
    return Answer({"file": str(args.out)}, text)


def go_on_as_new(ctx: Context, _args: argparse.Namespace) -> Answer:
    """Let the workspace go on as a new replica."""
    renewed = renewal.renew(ctx)
    text = tr(
        "已作为新电脑继续：{replica}，接替 {before}；没有送达的 {again} 条内容会用新编号再送一次。\n"
        "下一步：用县级名片重新写出申请（ohdesk enrol request），请县级答复。",
        replica=renewed.replica,
        before=renewed.before,
        again=renewed.again,
    )
    return Answer(renewed, text)


def look_over(args: argparse.Namespace) -> Answer:
    """Report every fact; 0 when all hold, 3 when the installation or the workspace is not sound."""
    facts, figures = list(doctor.installation_facts()), dict[str, object]()
    with open_if_named(args) as ctx:
        if ctx is not None:
            if args.accept:
                local_rows.accept(ctx)
            facts += [*doctor.workspace_facts(ctx), kept.fact(ctx)]
            recomputed = doctor.recompute(ctx, progress(tr("重算操作日志")))
            facts.append(recomputed.fact)
            figures = named(recomputed, "operations", "operations_per_second")
    versions, sound = doctor.versions(), all(fact.verdict is Verdict.HOLDS for fact in facts)
    words = {Verdict.HOLDS: tr("正常"), Verdict.FAILS: tr("有问题"), Verdict.UNCHECKED: tr("未核")}
    lines = [f"{name} {version}" for name, version in versions.items()]
    lines += [f"{words[fact.verdict]}  {fact.sentence}{fact.detail and '：'}{fact.detail}" for fact in facts]
    lines.append(tr("一切正常。") if sound else tr("有问题的项目请按说明处理，或重新安装程序、恢复备份。"))
    data = {"sound": sound, "versions": versions, "facts": facts} | figures
    return Answer(data, "\n".join(lines), 0 if sound else UNSOUND)
