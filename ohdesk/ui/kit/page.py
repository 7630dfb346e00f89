"""A part of a screen that reads and writes, and says to the screen what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.services.context import Context, refusal
from ohdesk.services.written_out import WrittenOut
from ohdesk.ui.kit.jobs import Job, Jobs, Worker
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.latest import Latest

Made = TypeVar("Made", bound="Page")


class Page(Worker):
    """What every part of a screen can say to it."""

    done = Signal(str)
    saved = Signal(str, object)  # a sentence, Path of the file
    changed = Signal(object)  # Change
    wanted = Signal(str, str)  # a screen, the id of a thing on it

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(jobs)
        self.ctx = ctx

    @cached_property
    def latest(self) -> Latest:
        """Asks what is shown here; a part that shows two things makes one more."""
        return Latest(self)

    def reload(self) -> None:
        """Read again what is shown."""

    def focus_first(self) -> None:
        """Put the focus where one begins."""

    def draft(self) -> object | None:
        """Return what is typed and not saved, to be kept while the program is locked; None for nothing."""
        return None

    def take_draft(self, draft: object) -> None:
        """Put back what `draft` of this part returned."""

    def allow(self, right: Right, *buttons: QWidget, when: bool = True, binding: bool = False) -> None:
        """Offer buttons to whoever has a right, `when` there is something to do; to others they say who has it.

        binding: what they lead to carries the person's own signature
        """
        refused = refusal(self.ctx, right, binding=binding)
        for each in buttons:
            each.setEnabled(when and refused is None)
            if refused is not None:
                each.setToolTip(plain_tip(refused.whole))
                each.setAccessibleDescription(refused.whole)

    def on_key(self, key: str, act: Callable[[], object]) -> None:
        """Let a key do something while the focus is in this part."""
        QShortcut(key, self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def write_rows(self, write: Callable[[], WrittenOut], path: Path, title: str, said: str) -> Job:
        """Write rows into a file on the worker, and tell how many are where, and what is not there.

        said: the sentence for it, with {count} and {path}
        """

        def tell(written: WrittenOut) -> None:
            self.saved.emit("\n".join((said.format(count=written.count, path=path), *written.notes)), path)

        return self.work(write, tell, title)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let the notice bar say what is refused inside, and go on after it."""
        try:
            yield
        except UserError as error:
            self.failed.emit(error)

    def add_page(self, pages: QStackedWidget, page: Made) -> Made:
        """Put a page, made when it was first wanted, among others; what it has to say is passed on."""
        self.hand_on(page)
        pages.addWidget(page)
        return page

    def hand_on(self, *others: "Page") -> None:
        """Pass on what parts of this part have to say."""
        for other in others:
            other.failed.connect(self.failed)
            other.done.connect(self.done)
            other.saved.connect(self.saved)
            other.changed.connect(self.changed)
            other.wanted.connect(self.wanted)
