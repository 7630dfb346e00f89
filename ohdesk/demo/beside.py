"""A second process that does the pieces of some towns, while the first does those of another.

Nothing that it needs is loaded with this module, so that both can load it at the same time.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import set_language, spoken_language, tr
from ohdesk.services.child import starting
from ohdesk.services.child.answering import receive, send, serve
from ohdesk.services.child.starting import Kind

if TYPE_CHECKING:
    from ohdesk.demo.towns import Piece, Report

KIND = Kind("--do-towns", "ohdesk.demo.beside", memory=2 * 1024**3)
_SECONDS = 3600  # of the processor: it ends by itself when nobody ends it


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a piece; else why it was refused, in words, and whether that was the machine."""

    result: Any = None
    message: str = ""
    remedy: str = ""
    machine: bool = False


class Beside:
    """The other process, until `close`."""

    def __init__(self) -> None:
        self._process = starting.start(KIND.option, KIND.module, KIND.memory, _SECONDS)

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.communicate()

    def all_of(
        self, pieces: "Sequence[Piece]", report: "Report", before: Callable[[], object] = lambda: None
    ) -> list[Any]:
        """Do the first of the pieces here and the others there; return what comes of each, as plain values.

        before: done here before the first, while the others are under way
        Raises UserError or MachineError as the piece does.
        """
        for each in pieces[1:]:
            self._ask(each)
        before()
        own = msgspec.to_builtins(pieces[0].do(report))
        return [own, *(self._answer(each.started, report) for each in pieces[1:])]

    def _ask(self, piece: "Piece") -> None:
        try:
            send(self._process.stdin, msgspec.msgpack.encode((piece, spoken_language())))  # type: ignore[arg-type]
        except OSError as error:
            raise _ended() from error

    def _answer(self, lines: Iterable[str], report: "Report") -> Any:
        for line in lines:
            report(line)
        answer = receive(self._process.stdout)  # type: ignore[arg-type]
        if answer is None:
            raise _ended()
        done = msgspec.msgpack.decode(answer, type=_Done)
        if done.message:
            raise (MachineError if done.machine else UserError)(done.message, done.remedy)
        return done.result


def _ended() -> MachineError:
    return MachineError(tr("建立练习库的另一个进程意外中止。"), tr("请重新启动电脑后再试；仍不行请重新安装。"))


def main(arguments: list[str]) -> NoReturn:
    """Do pieces until the input ends; `arguments` are the limits."""
    from ohdesk.demo.towns import Piece  # late: see above

    def do(asked: bytes) -> bytes:
        return msgspec.msgpack.encode(_done(*msgspec.msgpack.decode(asked, type=tuple[Piece, str])))

    serve(arguments, do)


def _done(piece: "Piece", language: str) -> _Done:
    set_language(language)
    try:
        return _Done(result=msgspec.to_builtins(piece.do()))
    except UserError as error:
        machine = isinstance(error, MachineError)
        return _Done(message=error.message, remedy=error.remedy, machine=machine)


if __name__ == "__main__":
    main(sys.argv[1:])
