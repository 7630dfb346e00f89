"""`ohdesk init`: create a workspace; `ohdesk person` and `ohdesk account`: who works in it."""

import argparse

from ohdesk.cli.common import Commands, emit, open_context, password, read_password, workspace_folder
from ohdesk.errors import UserError
from ohdesk.i18n import tr


def register(commands: Commands) -> None:
    """Add the commands."""
    init = commands.command("init", tr("建立工作区"), create)
    init.add_argument("--role", choices=["town", "county"], required=True)
    init.add_argument("--division", required=True, metavar="CODE", help=tr("区划代码：县区 6 位，镇街 9 位"))
    init.add_argument("--name", required=True, help=tr("单位名称"))
    person = commands.group("person", tr("执法人员和协管员"))
    add = person.command("add", tr("登记一名人员"), add_person)
    add.add_argument("--name", required=True)
    add.add_argument(
        "--role", dest="person_role", choices=["inspector", "assistant", "technical_person"], required=True
    )
    add.add_argument("--certificate", default="", metavar="NUMBER", help=tr("执法证号"))
    add.add_argument("--until", default="", metavar="DAY", help=tr("证件有效期至"))
    add.add_argument("--leads", action="store_true", help=tr("可担任主检"))
    add.add_argument("--account", metavar="NAME", help=tr("同时为其建立账户"))
    add.add_argument("--account-password-file", metavar="FILE")
    person.command("list", tr("列出人员"), list_people)


def create(args: argparse.Namespace) -> int:
    """Create a workspace and show its recovery code once."""
    from ohdesk.services.office.workspace import NewWorkspace, create_workspace

    folder = workspace_folder(args)
    new = NewWorkspace(args.role, args.division, args.name, getattr(args, "user", None) or tr("管理员"), password(args))
    code = create_workspace(folder, new)
    text = tr(
        "工作区已建立：{folder}\n恢复码（只显示这一次，请打印后与电脑分开保存）：\n{code}\n"
        "忘记全部密码时，只有它能打开工作区。"
    )
    emit(args, {"workspace": str(folder), "recovery_code": code}, text.format(folder=folder, code=code))
    return 0


def add_person(args: argparse.Namespace) -> int:
    """Register a person, with an account of their own if asked."""
    from pathlib import Path

    from ohdesk.services.office import accounts, people

    if args.account and not args.account_password_file:
        raise UserError(tr("建立账户需要密码。"), tr("请加上 --account-password-file。"))
    secret = read_password(Path(args.account_password_file)) if args.account else ""
    with open_context(args) as ctx:
        if args.account:
            accounts.check_new(ctx, args.account, secret)  # before the person is there: all of it or nothing
        person = people.add_person(
            ctx, args.name, args.person_role, args.certificate, args.until, "是" if args.leads else "否"
        )
        if args.account:
            roles = {"inspector"} if args.person_role == "inspector" else set()
            accounts.add(ctx, args.account, secret, roles, person)
    emit(args, {"person": person}, tr("已登记：{name}", name=args.name))
    return 0


def list_people(args: argparse.Namespace) -> int:
    """List the people of this office."""
    from ohdesk.services.office import people

    with open_context(args) as ctx:
        rows = people.list_people(ctx)
    lines = [
        f"{row.name}  {people.ROLE_WORDS[row.role]}  {row.certificate_no}  {row.certificate_until}" for row in rows
    ]
    emit(args, rows, "\n".join(lines) or tr("还没有登记人员。"))
    return 0
