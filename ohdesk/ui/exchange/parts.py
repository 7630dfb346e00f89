"""Building blocks: a card with its title, running words, a fingerprint to read out, checks line by line."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Job, Jobs, Report
from ohdesk.ui.theme.icons import icon

_MARKS = {Verdict.HOLDS: ("ok", "ok"), Verdict.FAILS: ("bad", "bad"), Verdict.UNCHECKED: ("blank", "outline")}


class Page(QWidget):
    """A part of a screen that reads and writes by jobs."""

    failed = Signal(Exception)
    done = Signal(str)
    saved = Signal(str, object)  # a sentence, Path of the file
    changed = Signal(object)  # Change

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self.ctx = ctx
        self.jobs = jobs

    def reload(self) -> None:
        """Read again what is shown."""

    def focus_first(self) -> None:
        """Put the focus where one begins."""

    def work(
        self,
        work: Callable[[Report], Any],
        then: Callable[[Any], None],
        title: str = "",
        otherwise: Callable[[Exception], None] | None = None,
    ) -> Job:
        """Do something on the worker; `then` hears the result, `otherwise` the failure (the notice bar by default)."""
        job = Job(work)
        job.succeeded.connect(then)
        job.failed.connect(otherwise or self.failed)
        return self.jobs.start(job, title)

    def hand_on(self, *others: "Page") -> None:
        """Pass on what parts of this part have to say."""
        for other in others:
            other.failed.connect(self.failed)
            other.done.connect(self.done)
            other.saved.connect(self.saved)
            other.changed.connect(self.changed)


class Card(QFrame):
    """A framed group with an icon and a title; what belongs in it goes into `column`."""

    def __init__(self, role: str, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        gap = theme.size("gap")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(gap, gap, gap, gap)
        self.column.setSpacing(theme.size("gap_small"))
        first = QHBoxLayout()
        first.setSpacing(theme.size("gap_small"))
        mark = QLabel()
        mark.setPixmap(icon(role, "accent").pixmap(theme.size("icon"), theme.size("icon")))
        self._title = QLabel(title)
        self._title.setObjectName("question")
        first.addWidget(mark)
        first.addWidget(self._title, 1)
        self.column.addLayout(first)


class Fingerprint(QLabel):
    """Eight groups to be read out, large; can be selected and copied."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setObjectName("code")
        self.setAccessibleName(label)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_groups(self, groups: str) -> None:
        """Show a fingerprint in groups: two lines of four, as it is read out."""
        parts = groups.split(" ")
        half = len(parts) // 2
        self.setText("\n".join("　".join(line) for line in (parts[:half], parts[half:]) if line))


class CheckLines(QWidget):
    """Facts, one a line: a mark, what was looked at, and what was found."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.size("gap_small"))
        self._grid.setVerticalSpacing(theme.size("gap_tiny"))
        self._grid.setColumnStretch(2, 1)
        self._words: list[str] = []

    @property
    def words(self) -> tuple[str, ...]:
        """What is shown, one text for each fact."""
        return tuple(self._words)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show facts in their order; none hides the lines."""
        clear(self._grid)
        self._words = []
        for number, fact in enumerate(facts):
            said, holds = _said(fact.verdict), fact.verdict is Verdict.HOLDS
            mark = QLabel()
            mark.setPixmap(icon(*_MARKS[fact.verdict]).pixmap(theme.size("icon"), theme.size("icon")))
            mark.setAccessibleName(said)
            sentence = QLabel(fact.sentence if holds else f"{fact.sentence}　{said}")
            row = 2 * number  # what is wrong has a line of its own
            self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(sentence, row, 1, Qt.AlignmentFlag.AlignTop)
            if holds:
                self._grid.addWidget(words(fact.detail), row, 2)
            elif fact.detail:
                self._grid.addWidget(words(fact.detail), row + 1, 1, 1, 2)
            self._words.append(f"{fact.sentence} {said} {fact.detail}".strip())
        self.setVisible(bool(facts))


def words(text: str = "", name: str = "muted") -> QLabel:
    """Return running text that wraps; name: "muted", "fieldError", "title", "question" or ""."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


def say(label: QLabel, text: str) -> None:
    """Show a text, or nothing at all when it is empty."""
    label.setText(text)
    label.setVisible(bool(text))


def repaint_state(widget: QWidget, name: str, value: object) -> None:
    """Give a widget another state by which the style sheet draws it."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button_row(*widgets: QWidget, primary: QPushButton | None = None) -> QHBoxLayout:
    """Return buttons in a row, the primary one at its right end."""
    row = QHBoxLayout()
    row.setSpacing(theme.size("gap_small"))
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    if primary is not None:
        row.addWidget(primary)
    return row


def clear(grid: QGridLayout) -> None:
    """Take every widget out of a grid."""
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _said(verdict: Verdict) -> str:
    return {Verdict.HOLDS: tr("成立"), Verdict.FAILS: tr("不成立"), Verdict.UNCHECKED: tr("未核")}[verdict]
