"""Asking the child process that looks at PDFs: started when first needed, and anew after one that did not answer."""

import time
from collections.abc import Callable
from subprocess import Popen
from threading import Event, Thread

import msgspec

from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.services.child import starting
from ohdesk.services.record.verifier import MODULE, OPTION, Asked, Found, receive, send

MEMORY_BYTES = 1536 * 1024**2
SECONDS = 30  # by the clock, for one PDF
_CHILD_SECONDS = 3600  # of the processor, for all that one child looks at: it ends by itself when nobody ends it
_LOOK_EVERY = 0.1  # seconds between two looks at whether the answer is still wanted


class Verifier:
    """The child, until `close`. `watch` is called now and then; what it raises ends the asking."""

    def __init__(self, watch: Callable[[], object]) -> None:
        self._watch = watch
        self._child: Popen[bytes] | None = None

    def ask(self, asked: Asked) -> Found:
        """Return what was found of a PDF, or that it broke the child. Raises MachineError when none can be started."""
        self._watch()
        if self._child is None:
            self._child = _started()
        child, message = self._child, msgspec.msgpack.encode(asked)
        waiting = _Waiting(child, self._watch)
        try:
            send(child.stdin, message)  # type: ignore[arg-type]
            answer = receive(child.stdout)  # type: ignore[arg-type]
            found = None if answer is None else msgspec.msgpack.decode(answer, type=Found)
        except (OSError, msgspec.MsgspecError):  # it ended while it was written to, or what it said is no answer
            found = None
        finally:
            waiting.end()
        if found is None:
            self.close()
            return Found(broke=tr("核对超时，已停止") if waiting.too_slow else tr("文件内容异常，核对的程序已中止"))
        return found

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


class _Waiting:
    """Looks on beside the reading, which waits without listening: killing the child is how it comes to its end."""

    def __init__(self, child: "Popen[bytes]", watch: Callable[[], object]) -> None:
        self.too_slow = False
        self._child, self._watch, self._ended = child, watch, Event()
        self._stopped: list[BaseException] = []
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no longer, and raise what `watch` raised."""
        self._ended.set()
        self._thread.join()
        if self._stopped:
            raise self._stopped[0]

    def _look(self) -> None:
        deadline = time.monotonic() + SECONDS
        while not self._ended.wait(_LOOK_EVERY):
            try:
                self._watch()
            except BaseException as reason:  # noqa: BLE001 - raised again by the one who waits
                self._stopped.append(reason)
            self.too_slow = time.monotonic() > deadline
            if self._stopped or self.too_slow:
                self._child.kill()
                return


def _started() -> "Popen[bytes]":
    try:
        return starting.start(OPTION, MODULE, MEMORY_BYTES, _CHILD_SECONDS)
    except OSError as error:
        raise MachineError(tr("无法启动核对文书的程序。"), tr("请重新启动电脑后再试；仍不行请重新安装。")) from error
