"""What all sections of the settings share: their signals, and the rows they are made of."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Job, Jobs


class Section(QWidget):
    """One section: a heading, what it is about, and its items; items can be found by the search."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    wanted = Signal(str, str)
    display_changed = Signal()
    left = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, title: str, about: str = "") -> None:
        super().__init__()
        self.ctx = ctx
        self.jobs = jobs
        self.items: dict[str, QWidget] = {}
        heading = QLabel(title)
        heading.setObjectName("question")
        self.column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        self.column.setContentsMargins(0, top, side, top)
        self.column.setSpacing(theme.size("gap"))
        self.column.addWidget(heading)
        if about:
            self.column.addWidget(muted(about))

    def reload(self) -> None:
        """Read again what is shown."""

    def show_item(self, key: str) -> None:
        """Put the focus on an item, or on the first thing of the section."""
        item = self.items.get(key) or next(iter(self.items.values()), None)
        if item is not None:
            item.setFocus(Qt.FocusReason.TabFocusReason)

    def typed(self) -> dict[str, str]:
        """Return what was typed and is not saved; passwords never."""
        return {}

    def type_again(self, typed: dict[str, str]) -> None:
        """Put back what was typed before the program was locked."""

    def start(self, job: Job, title: str = "") -> None:
        """Run a job; what goes wrong is said above the page."""
        job.failed.connect(self.failed)
        self.jobs.start(job, title)

    def add_row(self, key: str, title: str, about: str, control: QWidget) -> QLabel:
        """Add an item: its title and what it means at the left, its control at the right; return what it means."""
        control.setAccessibleName(control.accessibleName() or title)
        self.items[key] = control
        meaning = muted(about)
        self.column.addWidget(_row(title, meaning, control))
        return meaning


def _row(title: str, meaning: QLabel, control: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    texts = QVBoxLayout()
    texts.setSpacing(theme.size("gap_tiny"))
    name = QLabel(title)
    name.setWordWrap(True)
    texts.addWidget(name)
    texts.addWidget(meaning)
    row = QHBoxLayout(card)
    gap = theme.size("gap")
    row.setContentsMargins(gap, theme.size("gap_small"), gap, theme.size("gap_small"))
    row.setSpacing(gap)
    row.addLayout(texts, 1)
    row.addWidget(control)
    return card


def text_card(title: str, text: str) -> QFrame:
    """Return a card with something to know and nothing to do."""
    card = QFrame()
    card.setObjectName("card")
    column = QVBoxLayout(card)
    gap = theme.size("gap")
    column.setContentsMargins(gap, theme.size("gap_small"), gap, theme.size("gap_small"))
    column.setSpacing(theme.size("gap_tiny"))
    column.addWidget(QLabel(title))
    column.addWidget(muted(text))
    return card


def facts_card(facts: Sequence[tuple[str, str]]) -> QFrame:
    """Return a card with one line for each fact, its name at the left."""
    card = QFrame()
    card.setObjectName("card")
    column = QVBoxLayout(card)
    gap = theme.size("gap")
    column.setContentsMargins(gap, theme.size("gap_small"), gap, theme.size("gap_small"))
    column.setSpacing(theme.size("gap_small"))
    for name, value in facts:
        line = QHBoxLayout()
        heading = muted(name)
        heading.setFixedWidth(theme.layout("setting_name"))
        text = QLabel(value)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAccessibleName(name)
        line.addWidget(heading)
        line.addWidget(text, 1)
        column.addLayout(line)
    return card


def muted(text: str) -> QLabel:
    """Return a quiet text."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label
