"""What every command shares: its options, the unlocked workspace, and how results are printed."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohdesk.domain.canonical import plain
from ohdesk.errors import UserError
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Commands:
    """A group of commands under construction."""

    _actions: Any
    _shared: argparse.ArgumentParser

    def group(self, name: str, summary: str) -> "Commands":
        """Add a sub-group, as in `ohdesk NAME …`."""
        parser = self._actions.add_parser(name, help=summary, description=summary, parents=[self._shared])
        return Commands(parser.add_subparsers(required=True, metavar="COMMAND"), self._shared)

    def command(self, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
        """Add a command; `run` gets its arguments and returns the exit status."""
        parser: argparse.ArgumentParser = self._actions.add_parser(
            name, help=summary, description=summary, parents=[self._shared]
        )
        parser.set_defaults(run=run)
        return parser


def shared_options() -> argparse.ArgumentParser:
    """Return the options that stand before or after any command; absent ones leave no trace."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--workspace", type=Path, metavar="DIR", help=tr("工作区文件夹"))
    shared.add_argument("--user", metavar="NAME", help=tr("账户名"))
    shared.add_argument("--password-file", type=Path, metavar="FILE", help=tr("密码所在的文件（只读第一行）"))
    shared.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    return shared


@contextmanager
def open_context(args: argparse.Namespace) -> Iterator["Context"]:
    """Unlock the workspace named by the options until the block ends."""
    from ohdesk.services.office.workspace import account_names, is_workspace, open_workspace

    folder = workspace_folder(args)
    user = getattr(args, "user", None)
    if user is None and is_workspace(folder):
        names = account_names(folder)
        if len(names) != 1:
            raise UserError(tr("工作区有多个账户：{names}。", names="、".join(names)), tr("请用 --user 指明账户。"))
        user = names[0]
    with open_workspace(folder, user or "", password(args)) as ctx:
        yield ctx


def workspace_folder(args: argparse.Namespace) -> Path:
    """Return the folder given by --workspace. Raises UserError without one."""
    folder: Path | None = getattr(args, "workspace", None)
    if folder is None:
        raise UserError(tr("没有指明工作区。"), tr("请加上 --workspace 文件夹。"))
    return folder


def password(args: argparse.Namespace) -> str:
    """Return the password from --password-file, OHDESK_PASSWORD or the prompt."""
    file: Path | None = getattr(args, "password_file", None)
    if file is not None:
        return read_password(file)
    if "OHDESK_PASSWORD" in os.environ:
        return os.environ["OHDESK_PASSWORD"]
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError(tr("没有给出密码。"), tr("请用 --password-file 或环境变量 OHDESK_PASSWORD。"))
    return getpass.getpass(tr("密码："))


def read_password(file: Path) -> str:
    """Return the first line of a password file. Raises UserError when it cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(tr("读不到密码文件：{file}", file=file), tr("请检查路径和编码（UTF-8）。")) from error
    return lines[0] if lines else ""


def wants_json(args: argparse.Namespace) -> bool:
    """True when --json was given."""
    return bool(getattr(args, "json", False))


def emit(args: argparse.Namespace, data: object, text: str) -> None:
    """Print the result: JSON, ASCII-escaped, with --json; else the text for people."""
    print(json.dumps(plain(data), ensure_ascii=True, indent=2) if wants_json(args) else text)
