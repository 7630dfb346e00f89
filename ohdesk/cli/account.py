"""`ohdesk account …`: who may unlock this workspace, and lost passwords."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, password, read_password, workspace_folder
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, workspace


def register(commands: Commands) -> None:
    """Add the commands."""
    account = commands.group("account", tr("账户和密码"))
    account.unlocked("list", tr("列出账户"), list_accounts)
    change = account.unlocked("password", tr("修改自己的密码"), change_password)
    reset = account.unlocked("reset", tr("管理员为他人设新密码（其签名密钥作废重建）"), reset_account)
    recover = account.command("recover", tr("用恢复码为账户设新密码"), recover_account)
    recover.add_argument("--code-file", type=Path, required=True, metavar="FILE", help=tr("恢复码所在的文件"))
    for command in (reset, recover):
        command.add_argument("account", metavar="ACCOUNT")
    for command in (change, reset, recover):
        command.add_argument(
            "--new-password-file", type=Path, required=True, metavar="FILE", help=tr("新密码所在的文件（只读第一行）")
        )


def list_accounts(ctx: Context, _args: argparse.Namespace) -> Answer:
    """List the accounts."""
    rows = accounts.list_accounts(ctx)
    keys = {None: tr("没有签名密钥"), False: tr("未经县级确认"), True: tr("经县级确认")}
    lines = [f"{row.name}  {row.person_name}  {'、'.join(row.roles)}  {keys[row.certified]}" for row in rows]
    return Answer(rows, "\n".join(lines))


def change_password(ctx: Context, args: argparse.Namespace) -> Answer:
    """Change the password of one's own account."""
    accounts.change_password(ctx, password(args), read_password(args.new_password_file))
    return Answer({"changed": ctx.actor.account}, tr("密码已修改。"))


def reset_account(ctx: Context, args: argparse.Namespace) -> Answer:
    """Give a colleague a new password."""
    accounts.reset(ctx, args.account, read_password(args.new_password_file))
    text = tr(
        "账户“{account}”已设新密码。其签名密钥（如有）已重建，请重新向县级申请证书：ohdesk enrol request。",
        account=args.account,
    )
    return Answer({"reset": args.account}, text)


def recover_account(args: argparse.Namespace) -> Answer:
    """Give an account a new password with the recovery code."""
    code = read_password(args.code_file)
    with workspace.open_for_recovery(workspace_folder(args), code) as ctx:
        return reset_account(ctx, args)
