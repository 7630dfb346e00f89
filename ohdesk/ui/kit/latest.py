"""Only the newest question counts: what was asked before and is not answered yet need not be said any more."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from ohdesk.ui.kit.jobs import Worker

Result = TypeVar("Result")
Failed = Callable[[Exception], object]
Question = tuple[Callable[[], object], Callable[[object], object], str, Failed]


class Latest(QObject):
    """Asks one question at a time on the worker; the answer to one that was overtaken is dropped.

    However often something is asked meanwhile, as by a key that is held down, one question waits: the newest.
    aside: what is asked only reads, and waits for no long work
    """

    def __init__(self, page: Worker, *, aside: bool = False) -> None:
        super().__init__(page)
        self._page, self._aside = page, aside
        self._asked: Question | None = None
        self._next: Question | None = None
        self._forgotten = False

    @property
    def is_busy(self) -> bool:
        """True while an answer is awaited."""
        return self._asked is not None

    def ask(
        self,
        function: Callable[[], Result],
        then: Callable[[Result], object],
        title: str = "",
        otherwise: Failed | None = None,
    ) -> None:
        """Ask; unless something newer is asked first, `then` hears the answer, or `otherwise` the failure.

        Without `otherwise` failures go to the page's `failed`.
        """
        self._next = (function, then, title, otherwise or self._page.failed.emit)  # type: ignore[assignment] # each question goes with its own answer
        if self._asked is None:
            self._ask_next()

    def forget(self) -> None:
        """Drop the answer that is awaited, too: nobody wants to know any more."""
        self._next, self._forgotten = None, self._asked is not None

    def _ask_next(self) -> None:
        self._asked, self._next = self._next, None
        if self._asked is not None:
            function, then, title, otherwise = self._asked
            heard, failed = partial(self._tell, then), partial(self._tell, otherwise)
            if self._aside:
                job = self._page.read_aside(function, heard, failed)
            else:
                job = self._page.work(function, heard, title, failed)
            job.cancelled.connect(self._ask_next)

    def _tell(self, hears: Callable[[Any], object], outcome: object) -> None:
        overtaken, self._forgotten = self._forgotten or self._next is not None, False
        self._ask_next()  # before the outcome is told: whoever hears it may ask again
        if not overtaken:
            hears(outcome)
