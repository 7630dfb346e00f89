"""`ohdesk account …`: who may unlock this workspace, and lost passwords."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Commands, emit, open_context, password, read_password, workspace_folder
from ohdesk.i18n import tr


def register(commands: Commands) -> None:
    """Add the commands."""
    account = commands.group("account", tr("账户和密码"))
    account.command("list", tr("列出账户"), list_accounts)
    change = account.command("password", tr("修改自己的密码"), change_password)
    reset = account.command("reset", tr("管理员为他人设新密码（其签名密钥作废重建）"), reset_account)
    reset.add_argument("account", metavar="ACCOUNT")
    recover = account.command("recover", tr("用恢复码为账户设新密码"), recover_account)
    recover.add_argument("account", metavar="ACCOUNT")
    recover.add_argument("--code-file", type=Path, required=True, metavar="FILE", help=tr("恢复码所在的文件"))
    for command in (change, reset, recover):
        command.add_argument(
            "--new-password-file", type=Path, required=True, metavar="FILE", help=tr("新密码所在的文件（只读第一行）")
        )


def list_accounts(args: argparse.Namespace) -> int:
    """List the accounts."""
    from ohdesk.services.office import accounts  # late: heavy

    with open_context(args) as ctx:
        rows = accounts.list_accounts(ctx)
    keys = {"": tr("没有签名密钥"), "own": tr("未经县级确认"), "county": tr("经县级确认")}
    lines = [f"{row.name}  {row.person_name}  {'、'.join(row.roles)}  {keys[row.certified]}" for row in rows]
    emit(args, rows, "\n".join(lines))
    return 0


def change_password(args: argparse.Namespace) -> int:
    """Change the password of one's own account."""
    from ohdesk.services.office import accounts  # late: heavy

    with open_context(args) as ctx:
        accounts.change_password(ctx, password(args), read_password(args.new_password_file))
        name = ctx.actor.account
    emit(args, {"changed": name}, tr("密码已修改。"))
    return 0


def reset_account(args: argparse.Namespace) -> int:
    """Give a colleague a new password."""
    from ohdesk.services.office import accounts  # late: heavy

    with open_context(args) as ctx:
        accounts.reset(ctx, args.account, read_password(args.new_password_file))
    return _said(args)


def recover_account(args: argparse.Namespace) -> int:
    """Give an account a new password with the recovery code."""
    from ohdesk.services.office import accounts, workspace  # late: heavy

    code = read_password(args.code_file)
    with workspace.open_for_recovery(workspace_folder(args), code) as ctx:
        accounts.reset(ctx, args.account, read_password(args.new_password_file))
    return _said(args)


def _said(args: argparse.Namespace) -> int:
    text = tr("账户“{account}”已设新密码。其签名密钥（如有）已重建，请重新向县级申请证书：ohdesk enrol request。")
    emit(args, {"reset": args.account}, text.format(account=args.account))
    return 0
