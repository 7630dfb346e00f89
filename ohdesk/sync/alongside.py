"""Work in a second thread, one piece behind: hashing, sealing and writing let go of the interpreter while they run."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self


class Alongside:
    """Does one thing after the other beside whoever hands it over; at most one waits, so that memory stays flat."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._doing: Future[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._thread.shutdown()
        if raised[0] is None:
            self._wait()

    def do(self, work: Callable[..., Any], *given: Any) -> None:
        """Begin with something. Raises what the thing before raised; leaving the block, what the last one did."""
        self._wait()
        self._doing = self._thread.submit(work, *given)

    def _wait(self) -> None:
        if self._doing is not None:
            self._doing.result()
