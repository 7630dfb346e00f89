"""What every command shares: its options, the unlocked workspace, passwords, and the form of what it has to say."""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohdesk.domain.progress import Progress
from ohdesk.errors import UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.services.written_out import WrittenOut

_LARGEST_SECRET = 1 << 16  # bytes of a file with a password or a code


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: `data` with --json, else `text` for people (bytes go out as they are), and how it ends.

    data: a function where there may be so much of it that it is only put together when asked for
    """

    data: object
    text: str | bytes
    status: int = 0


def written_out(written: "WrittenOut", file: Path, said: str) -> Answer:
    """Return the answer of a command that wrote rows into a file; said: the sentence, with {count} and {file}."""
    data = {"file": str(file), **asdict(written)}
    return Answer(data, "\n".join((said.format(count=written.count, file=file), *written.notes)))


Run = Callable[[argparse.Namespace], Answer]
RunUnlocked = Callable[["Context", argparse.Namespace], Answer]


@dataclass(frozen=True, slots=True)
class Commands:
    """A group of commands under construction."""

    _actions: Any
    _shared: argparse.ArgumentParser

    def group(self, name: str, summary: str) -> "Commands":
        """Add a sub-group, as in `ohdesk NAME …`."""
        return Commands(self._add(name, summary).add_subparsers(required=True, metavar="COMMAND"), self._shared)

    def command(self, name: str, summary: str, run: Run) -> argparse.ArgumentParser:
        """Add a command that unlocks a workspace itself, if it needs one."""
        parser = self._add(name, summary)
        parser.set_defaults(run=run)
        return parser

    def unlocked(self, name: str, summary: str, run: RunUnlocked) -> argparse.ArgumentParser:
        """Add a command that works in the workspace named by the options."""

        def in_workspace(args: argparse.Namespace) -> Answer:
            with open_context(args) as ctx:
                return run(ctx, args)

        return self.command(name, summary, in_workspace)

    def _add(self, name: str, summary: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self._actions.add_parser(
            name, help=summary, description=summary, parents=[self._shared]
        )
        return parser


def shared_options() -> argparse.ArgumentParser:
    """Return the options that stand before or after any command."""
    # A command is parsed after the options before it; a default of its own would overwrite what stood there.
    # So absent options leave no trace here, and `main.parse` sets the defaults.
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--workspace", type=Path, metavar="DIR", help=tr("工作区文件夹"))
    shared.add_argument("--user", metavar="NAME", help=tr("账户名"))
    shared.add_argument("--password-file", type=Path, metavar="FILE", help=tr("密码所在的文件（只读第一行）"))
    shared.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    return shared


@contextmanager
def open_context(args: argparse.Namespace) -> Iterator["Context"]:
    """Unlock the workspace named by the options until the block ends."""
    # Late: a command that needs no workspace does without the database, 0.3 s.
    import ohdesk.services.start.without_asyncio  # noqa: F401 - before whatever imports SQLAlchemy
    from ohdesk.services.office.workspace import (
        account_names,
        open_workspace,
        refuse_other_folders,
        seconds_before_next_try,
    )

    folder = workspace_folder(args)
    refuse_other_folders(folder)  # before anybody is asked for a password
    user = args.user
    if user is None:
        names = account_names(folder)
        if len(names) != 1:
            raise UserError(tr("工作区有多个账户：{names}。", names="、".join(names)), tr("请用 --user 指明账户。"))
        user = names[0]
    secret = password(args)
    if seconds := seconds_before_next_try(folder, user):
        # Waited for here, where nobody is kept from anything: a script with the right password gets in all the same.
        print(tr("密码连续输错，等 {seconds} 秒后再试。", seconds=seconds), file=sys.stderr)
        time.sleep(seconds)
    # Said and not asked: a command runs where nobody may be there to decide.
    with open_workspace(folder, user, secret, older_ok=True) as ctx:
        for each in ctx.noticed:
            print(each.message, each.remedy, sep="\n", file=sys.stderr)
        yield ctx


@contextmanager
def open_if_named(args: argparse.Namespace) -> Iterator["Context | None"]:
    """Unlock the workspace if the options name one."""
    if args.workspace is None:
        yield None
        return
    with open_context(args) as ctx:
        yield ctx


def workspace_folder(args: argparse.Namespace) -> Path:
    """Return the folder given by --workspace. Raises UserError without one."""
    folder: Path | None = args.workspace
    if folder is None:
        raise UserError(tr("没有指明工作区。"), tr("请加上 --workspace 文件夹。"))
    return folder


def password(args: argparse.Namespace) -> str:
    """Return the password from --password-file, OHDESK_PASSWORD or the prompt."""
    if args.password_file is None and "OHDESK_PASSWORD" in os.environ:
        return os.environ["OHDESK_PASSWORD"]
    return ask_password(
        args.password_file,
        tr("密码："),
        UserError(tr("没有给出密码。"), tr("请用 --password-file 或环境变量 OHDESK_PASSWORD。")),
    )


def ask_password(file: Path | None, prompt: str, missing: UserError) -> str:
    """Return the first line of a file, or what is typed at the prompt; raises `missing` where nobody can type."""
    if file is not None:
        return read_password(file)
    if sys.stdin is None or not sys.stdin.isatty():
        raise missing
    try:
        return getpass.getpass(prompt)
    except EOFError as error:  # Ctrl+D
        print(file=sys.stderr)  # the prompt has no end of line yet
        raise missing from error


def read_password(file: Path) -> str:
    """Return the first line of a password file. Raises UserError when it cannot be read."""
    lines = read_code(file).splitlines()
    # The first line alone: editors end a file with a line feed that belongs to no password.
    return lines[0] if lines else ""


def read_code(file: Path) -> str:
    """Return what stands in a file with a recovery code. Raises UserError when it cannot be read."""
    unreadable = UserError(tr("读不到密码文件：{file}", file=file), tr("请检查路径和编码（UTF-8）。"))
    try:
        # Never more than a password may be: somebody may name a disk image, or what has no end, by mistake.
        data = handed_in(file, _LARGEST_SECRET + 1)
        text = data.decode("utf-8-sig")
    except (UserError, UnicodeDecodeError) as error:
        raise unreadable from error
    if len(data) > _LARGEST_SECRET:
        raise unreadable
    return text


def colleague_password(name: str, file: Path | None, option: str) -> str:
    """Return another person's password from the file that `option` named, or as typed at the prompt."""
    missing = UserError(tr("没有给出 {name} 的密码。", name=name), tr("请用 {option}。", option=option))
    return ask_password(file, tr("{name} 的密码：", name=name), missing)


def named(source: object, *names: str) -> dict[str, Any]:
    """Return by name what these options were given, or what these fields of a result hold."""
    return {name: getattr(source, name) for name in names}


def on_a_visit(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Have a command ask for a visit."""
    command.add_argument("visit", metavar="VISIT", help=tr("检查的编号，或只有一次未结束检查的单位名称"))
    return command


def assigned(assignments: Sequence[str]) -> dict[str, str]:
    """Return what `--set FIELD=VALUE …` says, by field. Raises UserError for one without a sign of equality."""
    fields: dict[str, str] = {}
    for assignment in assignments:
        key, sign, value = assignment.replace("＝", "=", 1).partition("=")
        if not sign:
            raise UserError(tr("看不懂“{text}”。", text=assignment), tr("写成“字段=值”，例如：--set 地址=东路1号。"))
        fields[key.strip()] = value
    return fields


def progress(what: str) -> Progress:
    """Return what shows how far a piece of long work is, on one line of a terminal and nowhere else."""
    shown = sys.stderr.isatty()

    def report(done: int, total: int) -> None:
        if shown:
            print(f"\r{what} {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return report
