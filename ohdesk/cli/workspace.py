"""`ohdesk init`: create a workspace; `ohdesk person`: who works in it."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, password, read_password, workspace_folder
from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import NewWorkspace, create_workspace


def register(commands: Commands) -> None:
    """Add the commands."""
    init = commands.command("init", tr("建立工作区"), create)
    init.add_argument("--role", choices=[role.value for role in OfficeRole], required=True)
    init.add_argument("--division", required=True, metavar="CODE", help=tr("区划代码：县区 6 位，镇街 9 位"))
    init.add_argument("--name", required=True, help=tr("单位名称"))
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


def create(args: argparse.Namespace) -> Answer:
    """Create a workspace and show its recovery code once."""
    folder = workspace_folder(args)
    new = NewWorkspace(OfficeRole(args.role), args.division, args.name, args.user or tr("管理员"), password(args))
    code = create_workspace(folder, new)
    text = tr(
        "工作区已建立：{folder}\n恢复码（只显示这一次，请打印后与电脑分开保存）：\n{code}\n"
        "忘记全部密码时，只有它能打开工作区。",
        folder=folder,
        code=code,
    )
    return Answer({"workspace": str(folder), "recovery_code": code}, text)


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
