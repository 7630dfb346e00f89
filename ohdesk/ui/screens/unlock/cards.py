"""What the pages of the unlock screen share: their frame, what can be said on them, and what they hand over.

The first page is painted before anything that takes long is imported: of the kit only what it shows is imported here,
and what it is made of names no enumeration of `QtCore.Qt` before a key is pressed (see `lay.text`).
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import Item, column, grow, muted, picture, row, text
from ohdesk.ui.kit.line_row import LineRow

if TYPE_CHECKING:
    from ohdesk.ui.kit.chips import StatusChip
    from ohdesk.ui.kit.job_bar import JobBar
    from ohdesk.ui.kit.notice import NoticeBar

MakePractice = Callable[[Path, Progress], object]


class Credentials(NamedTuple):
    """What is typed to open a workspace; older_ok: also one that this computer has seen newer."""

    folder: Path
    account: str
    password: str
    older_ok: bool = False


class Front(QFrame):
    """One of the pages of the unlock screen."""

    @cached_property
    def notice(self) -> "NoticeBar":
        """What is said of something just done, or gone wrong."""
        from ohdesk.ui.kit.notice import NoticeBar  # late: seldom needed, never at once

        return NoticeBar()

    def start(self) -> None:
        """Put the cursor where typing starts."""

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, in its place."""
        self.notice.error(error)

    def set_busy(self, words: str) -> None:
        """Say that work is going on; an empty text ends it."""


class Card(Front):
    """A card with a title, a sentence under it, and a row of buttons at its foot; Esc goes back.

    submit: the button that does what the card is for (`go_on`), named `go`
    """

    back_chosen = Signal()

    def __init__(
        self, jobs: Jobs, role: str, title: str, sentence: str, go: str, width: str = "dialog_width", gap: str = "gap"
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self.setObjectName("card")
        self.setFixedWidth(theme.layout(width))
        self.fields: dict[str, Field] = {}
        self._heading = text(title, "title")
        self.heading_row = row(picture(role, "accent"), grow(self._heading))
        self.sentence = muted(sentence)
        self._busy = muted()
        self._busy.setProperty("alignment", "AlignRight|AlignVCenter")
        self.submit = button(go, act=self.go_on, primary=True)
        self.column = column(self.heading_row, self.sentence, gap=gap, edges=("gap_small", ""))
        column(self.column, of=self, edges=("page_side", "page_side"))

    @property
    def title(self) -> str:
        """What stands at the head of the card."""
        return self._heading.text()

    @cached_property
    def notice(self) -> "NoticeBar":
        """What is said of something just done, or gone wrong, under the sentence unless it is put elsewhere."""
        made = super().notice
        self.column.insertWidget(2, made)
        return made

    def fill(self, *parts: Item) -> QVBoxLayout:
        """Put parts below each other under the sentence; returns the column they stand in."""
        made = column(*parts)
        self.column.addLayout(made)
        return made

    def go_on(self) -> None:
        """Do what the card is for."""

    @cached_property
    def running(self) -> "JobBar":
        """How far long work is, with a way to stop it; stands where the notice does."""
        from ohdesk.ui.kit.job_bar import JobBar  # late: seldom needed, never at once

        made = JobBar(self._jobs)
        self.column.insertWidget(2, made)
        return made

    def work(self, job: Job, then: Callable[..., object], busy: str = "", title: str = "") -> None:
        """Have something done on the worker; `busy` stands on the card meanwhile, and what goes wrong is said there.

        title: of long work, whose progress is shown and which can be stopped
        """
        if busy:
            self.set_busy(busy)
            for over in (job.succeeded, job.failed):  # before what comes then: it may ask for the next try
                over.connect(lambda _: self.set_busy(""))
            job.cancelled.connect(lambda: self.set_busy(""))
        if title:
            self.running.setAccessibleName(title)
        job.succeeded.connect(then)
        job.failed.connect(self.show_error)
        self._jobs.start(job, title)

    def set_busy(self, words: str) -> None:
        self._busy.setText(words)
        self.submit.setEnabled(not words)
        if words:
            self.hide_notice()

    def hide_notice(self) -> None:
        """Nothing is said any more."""
        if "notice" in vars(self):  # asking for it would make one
            self.notice.hide()

    def foot(self, *ways_out: QPushButton, right: tuple[QPushButton, ...] = ()) -> QHBoxLayout:
        """Return the row of buttons: ways out on the left; on the right the next step, and what stands before it."""
        return row(*ways_out, grow(self._busy), *right, self.submit)

    def way_back(self) -> QPushButton:
        """Return the button that does what Esc does."""
        return button(tr("返回(&R)"), act=self.back_chosen.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key.Key_Escape:
            self.back_chosen.emit()
        else:
            super().keyPressEvent(event)


class _Line(PasswordEdit):
    """Tells of each key before it is typed."""

    pressed = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.pressed.emit(event)
        super().keyPressEvent(event)


class PasswordRow(LineRow):
    """The editor, its reveal button beside it, the warning under it."""

    def __init__(self) -> None:
        line = _Line()
        super().__init__(line)
        line.pressed.connect(self._look_at)
        self._lines: tuple[QLineEdit, ...] = (self.line,)
        self.reveal = button(tr("显示(&V)"), quiet=True)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self._column = column(row(grow(self.line), self.reveal), of=self, gap="gap_tiny")

    @cached_property
    def caps(self) -> "StatusChip":
        from ohdesk.ui.kit.chips import StatusChip  # late: seldom needed, never at once

        chip = StatusChip()
        self._column.addWidget(chip)
        return chip

    def _look_at(self, event: QKeyEvent) -> None:
        """Qt does not tell the caps lock; a letter tells it, when Shift does not agree with its case."""
        text = event.text()
        if event.key() == QtCore.Qt.Key.Key_CapsLock:
            self._warn(on=False)
        elif len(text) == 1 and text.isascii() and text.isalpha():
            self._warn(on=text.isupper() != bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier))

    def _warn(self, *, on: bool) -> None:
        if on or "caps" in vars(self):  # asking for the chip would make it
            self.caps.show_state(tr("大写锁定（Caps Lock）已打开") if on else "", "warn")

    def reveals(self, again: QLineEdit) -> None:
        """Show the repetition together with the password."""
        self._lines += (again,)

    def _reveal(self, shown: bool) -> None:
        for line in self._lines:
            line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setFocus()


class NewPassword:
    """The fields of a password that is being set: nobody sees what is typed, so it is typed twice."""

    def __init__(self, label: str, again: str) -> None:
        from ohdesk.forms.passwords import password_help  # late: not painted first

        secret = PasswordRow()
        self.line, self.again = secret.line, PasswordEdit()
        secret.reveals(self.again)
        self.fields = {"password": Field(label, secret, password_help()), "again": Field(again, self.again)}

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by the key of its field."""
        if not self.line.text():
            return {"password": tr("请填写。")}
        return {} if self.line.text() == self.again.text() else {"again": tr("两次输入的密码不同。")}
