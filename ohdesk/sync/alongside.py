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
        self.close()
        if raised[0] is None:
            self.wait()

    def do(self, work: Callable[..., Any], *given: Any) -> None:
        """Begin with something. Raises what the thing before raised; leaving the block, what the last one did."""
        self.wait()
        self._doing = self._thread.submit(work, *given)

    def wait(self) -> None:
        """Wait for what was handed over. Raises what it raised."""
        if self._doing is not None:
            self._doing.result()

    def close(self) -> None:
        """Wait for it, whatever it raised, and take nothing more."""
        self._thread.shutdown()
