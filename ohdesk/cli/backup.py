"""`ohdesk backup …`: make one, list them, open one, make a workspace from one; `ohdesk salvage` without one."""

import argparse
from pathlib import Path

from ohdesk.cli.common import Answer, Commands, password, read_code, workspace_folder
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.backup import by_hand, checking, making
from ohdesk.services.backup.checking import Unlock
from ohdesk.services.backup.making import Backup
from ohdesk.services.context import Context
from ohdesk.services.office import restoring, salvage

UNSOUND = 1


def register(commands: Commands) -> None:
    """Add the commands."""
    backup = commands.group("backup", tr("备份：写出、列出、打开检查、恢复"))
    write = backup.unlocked("make", tr("把整个工作区写成一个加密的备份文件"), make)
    write.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("备份文件，最好在另一个磁盘或优盘上"))
    listed = backup.command("list", tr("列出一个文件夹里的备份，不需要密码"), show_all)
    listed.add_argument("--from", dest="folder", type=Path, required=True, metavar="DIR")
    check = backup.command("check", tr("真正打开一个备份，逐项检查"), look)
    restore = backup.command("restore", tr("用备份恢复出一个工作区（--workspace 是空文件夹）"), make_again)
    for command in (check, restore):
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument("--code-file", type=Path, metavar="FILE", help=tr("恢复码所在的文件，代替账户和密码"))
    restore.add_argument(
        "--over", action="store_true", help=tr("替换这里已有的工作区（原来的移到旁边），只能由管理员做")
    )
    save = commands.command("salvage", tr("从损坏的工作区或一个上报包里抢救资料，写成表格和文件"), save_what_is_left)
    save.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("空文件夹"))
    save.add_argument("--bundle", type=Path, metavar="FILE", help=tr("上报包，用恢复码打开，代替工作区"))
    save.add_argument("--code-file", type=Path, metavar="FILE", help=tr("恢复码所在的文件，代替账户和密码"))


def make(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write a backup; when this returns, the stick may be pulled."""
    made = by_hand.make(ctx, args.out)
    said = tr("备份有问题：{file}") if made.problems else tr("已写好并打开检查：{file}，可以拔出。")
    return _checked(made, said)


def show_all(args: argparse.Namespace) -> Answer:
    """List what lies in a folder."""
    found = making.list_in(args.folder)
    lines = [
        tr("{made}  {file}  单位 {employers}  检查 {visits}  附件 {blobs}  {state}", **_words(backup))
        for backup in found
    ]
    return Answer([_data(backup) for backup in found], "\n".join(lines) or tr("这个文件夹里没有备份。"))


def look(args: argparse.Namespace) -> Answer:
    """Open a backup; exit 1 when anything is wrong with it."""
    found = checking.check(args.file, _unlock(args))
    said = tr("备份有问题：{file}") if found.problems else tr("备份能打开，逐项检查都成立：{file}")
    return _checked(found, said)


def make_again(args: argparse.Namespace) -> Answer:
    """Make a workspace from a backup."""
    folder = workspace_folder(args)
    lines = [tr("已恢复到：{folder}", folder=folder)]
    if args.over:
        if args.user is None:
            raise UserError(tr("替换已有的工作区只能由管理员做。"), tr("请用 --user 指明管理员的账户。"))
        restored, aside = restoring.restore_over(args.file, folder, _unlock(args))
        lines.append(tr("原来的工作区原样留在：{folder}", folder=aside))
    else:
        restored = restoring.restore(args.file, folder, _unlock(args))
    return Answer(_data(restored), "\n".join([*lines, *_lines(restored)]))


def save_what_is_left(args: argparse.Namespace) -> Answer:
    """Write what can still be read, and name what is lost."""
    if args.bundle is None:
        found = salvage.salvage(workspace_folder(args), args.out, _unlock(args))
    elif args.code_file is None:
        raise UserError(tr("打开上报包需要恢复码。"), tr("请用 --code-file 给出恢复码。"))
    else:
        found = salvage.salvage_bundle(args.bundle, args.out, read_code(args.code_file))
    counts = {table: len(rows) for table, rows in found.rows.items()}
    text = tr(
        "已写到：{folder}\n单位 {entries}，文书 {records}，附件 {blobs}。",
        folder=args.out,
        entries=counts["establishment"],
        records=counts["record"],
        blobs=found.attachments,
    )
    lines = [text, *(tr("有缺失：{table}", table=table) for table in found.damaged), *found.lost, *found.ways]
    data = {"read": counts, "damaged": found.damaged, "attachments": found.attachments, "lost": found.lost}
    return Answer(data, "\n".join(lines))


def _unlock(args: argparse.Namespace) -> Unlock:
    if args.code_file is not None:
        return checking.by_code(read_code(args.code_file))
    if args.user is None:
        raise UserError(tr("没有指明账户。"), tr("请用 --user 指明账户（备份用当天的），或用 --code-file 给出恢复码。"))
    return checking.by_password(args.user, password(args))


def _checked(backup: Backup, said: str) -> Answer:
    lines = [said.format(file=backup.file), *_lines(backup)]
    return Answer(_data(backup), "\n".join(lines), UNSOUND if backup.problems else 0)


def _data(backup: Backup) -> dict[str, object]:
    return {
        "file": str(backup.file),
        "sha256": backup.sha256,
        "made": backup.made,
        "replica": backup.replica,
        "employers": backup.employers,
        "visits": backup.visits,
        "blobs": backup.blobs,
        "problems": list(backup.problems),
    }


def _words(backup: Backup) -> dict[str, object]:
    state = "；".join(backup.problems) or tr("文件完整，打开检查：ohdesk backup check")
    return {**_data(backup), "file": backup.file.name, "state": state}


def _lines(backup: Backup) -> list[str]:
    told = {name: value for name, value in _data(backup).items() if name not in {"file", "problems"}}
    return [
        tr("备份时间 {made}，电脑 {replica}；单位 {employers}，检查 {visits}，附件 {blobs}。", **told),
        tr("SHA-256：{sha256}", sha256=backup.sha256),
        *(tr("问题：{problem}", problem=problem) for problem in backup.problems),
    ]
