"""Children that answer many messages side by side, each started when there is work for it.

One that dies, babbles or takes too long costs its own message and nothing else: the next is asked of a new one.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from subprocess import Popen
from threading import Lock

from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.services.child import starting
from ohdesk.services.child.answering import receive, send
from ohdesk.services.child.starting import Kind

log = logging.getLogger(__name__)

SECONDS = 30  # by the clock, for one message
_CHILD_SECONDS = 3600  # of the processor, for all that one child does: it ends by itself when nobody ends it
_LOOK_EVERY = 0.1  # seconds between two looks at whether the answers are still wanted
_MOST = 4  # children: each takes some 70 MB
_WORTH = 4  # messages: about so many are answered in the time that starting another child takes
_AHEAD = 2  # messages for each child, asked and not answered yet
_AHEAD_OF_US = 8  # in all, where this process takes back what no child has begun
_HELD = 16  # messages of which some are answered here: asked and not taken yet, which is what is held in memory


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer: the child died, said something else, or (slow) was ended because it took too long."""

    slow: bool

    @property
    def said(self) -> str:
        """What became of it, in words."""
        return tr("超时，已停止") if self.slow else tr("内容异常，处理的程序已中止")


class Pool:
    """Children of one kind, until `close`.

    expected: how many messages there will be; for few, one child does them sooner than several would start
    watch:    called now and then while an answer is waited for; what it raises ends the waiting
    here:     gives the answer of a child in this process, which helps, without a child's limits, while all children are
              busy; then there is one child less, and for few messages none
    """

    def __init__(
        self,
        kind: Kind,
        expected: int,
        watch: Callable[[], object] = lambda: None,
        here: Callable[[bytes], bytes] | None = None,
    ) -> None:
        helpers, fewest = (0, 1) if here is None else (1, 0)
        size = max(fewest, min(_processors() - helpers, _MOST, expected // _WORTH))
        self._watch, self._here = watch, here
        self._ahead, self._most = (size * _AHEAD,) * 2 if here is None else (_AHEAD_OF_US, _HELD)
        self._children = [_Child(kind) for _ in range(size)]
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(max(1, size), "child")
        self._closed = False

    def close(self) -> None:
        """End the children; from any thread. No more answers come."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.kill(for_good=True)
        self._threads.shutdown()
        for child in self._children:
            child.end()

    def answers(self, messages: Iterable[bytes]) -> Iterator[bytes | Broken]:
        """Yield the answer to each message, in their order; few messages are taken before their turn.

        Raises MachineError when no child can be started, and whatever `watch` raises.
        """
        ahead = iter(messages)
        asked: deque[_Asked] = deque()
        while not self._closed and self._ask_more(ahead, asked):
            try:
                answer = self._waited_for(asked.popleft().answer)
            except CancelledError:
                return
            if self._closed:  # what was killed by us is not broken
                return
            # Before it is handed on: whoever takes it keeps what was found, and the children work meanwhile.
            self._ask_children(ahead, asked)
            yield answer

    def answer(self, message: bytes, seconds: float) -> bytes | Broken:
        """Return a child's answer to one message, that it took more than so many seconds, or that the child died.

        Raises as `answers`, and CancelledError after `close`.
        """
        return self._waited_for(self._threads.submit(self._ask, message, seconds))

    def _ask_more(self, ahead: Iterator[bytes], asked: "deque[_Asked]") -> bool:
        """Give every child something to do, and answer the newest here until the oldest answer is there."""
        self._ask_children(ahead, asked)
        while self._here and asked and not asked[0].answer.done():
            # The newest, which a child would come to last; with no child there is nobody to leave the oldest to.
            in_turn = reversed(asked) if self._children else asked
            taken = next((each for each in in_turn if each.take_back()), None)
            if taken is None:
                break
            taken.answer = _answered(self._answer_here(self._here, taken.message))
            taken.message = b""
            self._watch()
            if self._closed:
                return False
            self._ask_children(ahead, asked)
        return bool(asked)

    @staticmethod
    def _answer_here(here: Callable[[bytes], bytes], message: bytes) -> bytes | Broken:
        try:
            return here(message)
        except Exception:  # as of a child: it costs its own message, whatever went wrong
            log.exception("a message could not be answered in this process")
            return Broken(slow=False)

    def _ask_children(self, ahead: Iterator[bytes], asked: "deque[_Asked]") -> None:
        unasked = self._ahead - sum(not each.answer.done() for each in asked)
        room = max(0, min(unasked, self._most - len(asked)))
        asked.extend(_Asked(message, self._begun(message)) for message in islice(ahead, room))

    def _begun(self, message: bytes) -> "Future[bytes | Broken]":
        return self._threads.submit(self._ask, message) if self._children else Future()

    def _ask(self, message: bytes, seconds: float | None = None) -> bytes | Broken:
        child = self._idle.get()
        try:
            return child.ask(message, SECONDS if seconds is None else seconds)
        finally:
            self._idle.put(child)

    def _waited_for(self, answer: "Future[bytes | Broken]") -> bytes | Broken:
        self._watch()
        while not wait([answer], _LOOK_EVERY).done:
            self._watch()
            for child in self._children:
                child.kill_if_too_slow()
        return answer.result()


@dataclass(slots=True)
class _Asked:
    message: bytes
    answer: "Future[bytes | Broken]"

    def take_back(self) -> bool:
        """Have no child answer it; False when one has begun."""
        return not self.answer.done() and self.answer.cancel()


class _Child:
    """One child: started when it is first asked, and anew after one that did not answer."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._process: Popen[bytes] | None = None
        self._deadline, self._slow, self._closed = float("inf"), False, False
        self._lock = Lock()  # between starting and killing

    def ask(self, message: bytes, seconds: float) -> bytes | Broken:
        process = self._process or self._started()
        self._slow, self._deadline = False, time.monotonic() + seconds
        try:
            send(process.stdin, message)  # type: ignore[arg-type]
            answer = receive(process.stdout)  # type: ignore[arg-type]
        except OSError:  # it ended while it was written to
            answer = None
        self._deadline = float("inf")
        if answer is None:
            self.end()
            return Broken(self._slow)
        return answer

    def kill_if_too_slow(self) -> None:
        if time.monotonic() > self._deadline:
            self._slow = True
            self.kill()

    def kill(self, *, for_good: bool = False) -> None:
        """Let whoever waits for its answer come to an end, which reading alone never does; none is started after."""
        with self._lock:
            self._closed = self._closed or for_good
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """Take away what is left of it; by nobody while its answer is waited for."""
        self.kill()
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _started(self) -> "Popen[bytes]":
        with self._lock:
            if self._closed:
                raise CancelledError
            try:
                self._process = starting.start(self._kind.option, self._kind.module, self._kind.memory, _CHILD_SECONDS)
            except OSError as error:
                raise MachineError(
                    tr("无法启动另一个进程。"), tr("请重新启动电脑后再试；仍不行请重新安装。")
                ) from error
            return self._process


def _answered(answer: bytes | Broken) -> "Future[bytes | Broken]":
    done: Future[bytes | Broken] = Future()
    done.set_result(answer)
    return done


def _processors() -> int:
    """Return how many processors this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # where there is one: a container may have fewer
    return len(affinity(0)) if affinity else os.cpu_count() or 1
