"""The command line: find the command, run it, print what it says, turn failures into a sentence and an exit status.

0 done · 1 refused or not valid, or a file handed in cannot be used · 2 usage · 3 the machine
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from ohdesk import __version__, collector
from ohdesk.cli import usage
from ohdesk.cli.common import Answer, Commands, shared_options
from ohdesk.domain.canonical import plain
from ohdesk.domain.problems import in_list
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.files import medium_error
from ohdesk.i18n import tr

DONE, REFUSED, MACHINE = 0, 1, 3
_SHOWN = 20  # characters of what was typed
INTERRUPTED = 130  # as shells report Ctrl-C
_MODULES = {  # first word of a command → its module; only the one that is typed is loaded, with the services it calls
    "demo": "demo",
    "init": "office",
    "person": "office",
    "account": "office",
    "roll": "roll",
    "register": "register",
    "draw": "draw",
    "visit": "visit",
    "record": "record",
    "paper": "paper",
    "casefile": "together",
    "booklet": "together",
    "bundle": "bundle",
    "backup": "backup",
    "county": "county",
    "enrol": "county",
    "verify": "verify",
    "hazard": "hazard",
    "forms": "forms",
    "office": "office",
    "salvage": "backup",
    "doctor": "office",
}


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the command line, of the groups that `words` may mean; the whole of it where they name none."""
    usage.speak()
    shared = shared_options()
    root = argparse.ArgumentParser(prog="ohdesk", description=tr("镇街职业卫生监督检查"), parents=[shared])
    version = tr("显示版本")
    root.add_argument("--version", action="version", version=f"ohdesk {__version__}", help=version)
    commands = Commands(root.add_subparsers(required=True, metavar="COMMAND"), shared)
    named = [_MODULES[word] for word in words if word in _MODULES]
    wanted = () if list(words) == ["--version"] else named or _MODULES.values()
    for module in dict.fromkeys(wanted):
        import_module(f"ohdesk.cli.{module}").register(commands)
    return root


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return what was typed; the options that all commands share are None or False where absent."""
    defaults = argparse.Namespace(workspace=None, user=None, password_file=None, json=False)
    return parser(argv).parse_args(argv, defaults)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    collector.collect_seldom()
    args = parse(argv)
    # What a person is to know is printed, in the person's language; left alone Python prints the log beside it.
    logging.getLogger("ohdesk").addHandler(logging.NullHandler())
    try:
        _refuse_no_text(vars(args))
        return _print(args.run(args), as_json=args.json)
    except MachineError as error:
        return _refuse(error, MACHINE)
    except UserError as error:
        return _refuse(error, REFUSED)
    except KeyboardInterrupt:
        print(tr("已中断；已经保存的内容都在。"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        told = medium_error(error, error.filename or "")
        return _refuse(told, MACHINE if isinstance(told, MachineError) else REFUSED)


def _refuse_no_text(typed: Mapping[str, object]) -> None:
    """Refuse an option whose bytes are no text here; a path may be of any bytes."""
    for option, value in typed.items():
        try:
            # Python keeps such bytes as lone surrogates, which no database and no hash takes.
            json.dumps(value, ensure_ascii=False, default=lambda _path: None).encode()
        except UnicodeEncodeError as error:
            found = repr(error.object[error.start : error.start + _SHOWN])
            raise UserError(
                tr("{option} 里有不是文字的字节：{found}", option=option, found=found),
                tr("请把终端或脚本文件的编码设为 UTF-8，再输入一次。"),
            ) from error


def _print(answer: Answer, *, as_json: bool) -> int:
    if as_json:
        data = answer.data() if callable(answer.data) else answer.data
        print(json.dumps(plain(data), ensure_ascii=True, indent=2))  # ASCII survives every console and pipe
    elif isinstance(answer.text, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.text)
        sys.stdout.buffer.flush()
    elif answer.text:
        print(answer.text)
    return answer.status


def _refuse(error: UserError, status: int) -> int:
    print(error.message, error.remedy, sep="\n", end="\n" if error.remedy else "", file=sys.stderr)
    if isinstance(error, ProblemsError):
        for problem in error.problems:
            print(tr("· {problem}", problem=in_list(problem)), file=sys.stderr)
    return status
