"""What is found of files that somebody hands to the window: whatever they are, a child reads them, for seconds only.

Nothing is changed by that, neither the files nor the workspace.
"""

import stat
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import reading_told
from ohdesk.i18n import tr
from ohdesk.services.child import pool
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.context import Context
from ohdesk.services.record.verification import Verification, verify_file
from ohdesk.services.record.verifier import KIND, Asked, Found, Question

SECONDS = 3.0  # by the clock, for a file of ordinary size
_ORDINARY = 8 << 20  # bytes
_BYTES_A_SECOND = 4 << 20  # of what is beyond that: photos are drawn again


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What was found of one file. found: None where it was not looked at, and refused then says why."""

    path: Path
    found: Verification | None
    refused: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether it holds as a whole; UNCHECKED where nothing speaks against it and not all could be checked."""
        if self.found is None:
            return Verdict.FAILS
        if self.found.is_good:
            return Verdict.HOLDS
        if self.found.kind == "unsigned":  # which says nothing against a paper that is sealed or signed in ink
            return Verdict.UNCHECKED
        fails = any(fact.verdict is Verdict.FAILS for fact in self.found.facts)
        return Verdict.FAILS if fails else Verdict.UNCHECKED


class FileVerdicts:
    """Looks at files one by one; the child that does it lives until `close`."""

    def __init__(self, ctx: Context) -> None:
        ctx.require(Right.READ)
        self._ctx = ctx
        self._pool = Pool(KIND, 1)
        self._is_ready = False
        self._seconds = SECONDS

    def close(self) -> None:
        """End the child; from any thread."""
        self._pool.close()

    def of(self, path: Path) -> FileVerdict:
        """Return what is found of a file. Raises MachineError where this computer is at fault."""
        try:
            with reading_told(path):
                told = path.stat()
            if not stat.S_ISREG(told.st_mode):
                return FileVerdict(path, None, _not_a_file(path))
            self._seconds = SECONDS + max(0, told.st_size - _ORDINARY) / _BYTES_A_SECOND
            found = verify_file(path, (), self._ctx, self._look)
        except UserError as error:
            return FileVerdict(path, None, error.whole)
        return FileVerdict(path, replace(found, facts=tuple(map(_with_reason, found.facts))))

    def _look(self, question: Question) -> Found:
        if not self._is_ready:  # the child starts and loads what it needs: that is no fault of the file
            self._pool.answer(msgspec.msgpack.encode(Asked(roots=())), pool.SECONDS)
        answer = self._pool.answer(msgspec.msgpack.encode(question), self._seconds)
        self._is_ready = not isinstance(answer, Broken)
        try:
            if not isinstance(answer, Broken):
                return msgspec.msgpack.decode(answer, type=Found)
        except msgspec.MsgspecError:  # whatever took the child over
            return Found(broke=Broken(slow=False).said)
        if answer.slow:
            return Found(broke=tr("{seconds} 秒内没有查完，已停止", seconds=round(self._seconds)))
        return Found(broke=answer.said)


def _with_reason(fact: Fact) -> Fact:
    """Return a fact that says why, where it could not be checked for what was found before it."""
    if fact.verdict is Verdict.UNCHECKED and not fact.detail:
        return replace(fact, detail=tr("前面有一项不成立，这一项没有再查"))
    return fact


def _not_a_file(path: Path) -> str:
    found = tr("这是一个文件夹") if path.is_dir() else tr("这不是普通的文件")
    return tr("{found}，没有查：{file}。请把里面的文件拖进来，或用“选择文件…”。", found=found, file=path.name)
