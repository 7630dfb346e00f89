"""The command line: find the command, run it, turn failures into a sentence and an exit status.

0 done · 1 refused or not valid, or a file handed in cannot be used · 2 usage · 3 the machine
"""

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from ohdesk import __version__
from ohdesk.cli import account, bundle, county, demo, doctor, draw, enrol, record, roll, verify, visit, workspace
from ohdesk.cli.common import Commands, shared_options
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.i18n import tr

DONE, REFUSED, MACHINE = 0, 1, 3
INTERRUPTED = 130  # as shells report Ctrl-C
_NO_SUCH_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
_GROUPS = (demo, workspace, account, roll, draw, visit, record, bundle, county, enrol, verify, doctor)


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    shared = shared_options()
    root = argparse.ArgumentParser(prog="ohdesk", description=tr("镇街职业卫生监督检查"), parents=[shared])
    root.add_argument("--version", action="version", version=f"ohdesk {__version__}")
    commands = Commands(root.add_subparsers(required=True, metavar="COMMAND"), shared)
    for group in _GROUPS:
        group.register(commands)
    return root


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    args = parser().parse_args(argv)
    try:
        status: int = args.run(args)
    except MachineError as error:
        return _say(error, MACHINE)
    except UserError as error:
        return _say(error, REFUSED)
    except KeyboardInterrupt:
        print(tr("已中断；已经保存的内容都在。"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        told = _told(error)
        return _say(told, MACHINE if isinstance(told, MachineError) else REFUSED)
    return status


def _told(error: OSError) -> UserError:
    """Return what the system said of a file, in plain words; a path that was mistyped is not the machine's fault."""
    place = error.filename or ""
    if error.errno in _NO_SUCH_PLACE:
        return UserError(tr("这个路径不能用：{place}", place=place), tr("请检查文件夹是否存在、名称是否过长。"))
    if error.errno == errno.ENOSPC:
        return MachineError(tr("磁盘已满：{place}", place=place), tr("请清理磁盘空间后重试。"))
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return MachineError(tr("没有权限：{place}", place=place), tr("请检查权限或换一个位置。"))
    return MachineError(tr("读写文件出错：{error}", error=error), tr("请检查路径和磁盘后重试。"))


def _say(error: UserError, status: int) -> int:
    print(error.message, error.remedy, sep="\n", end="\n" if error.remedy else "", file=sys.stderr)
    if isinstance(error, ProblemsError):
        for problem in error.problems:
            line = tr("· {place}：应为{expected}，现为{found}。{remedy}")
            print(
                line.format(place=problem.place, expected=problem.expected, found=problem.found, remedy=problem.remedy),
                file=sys.stderr,
            )
    return status
