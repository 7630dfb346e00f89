"""Framed groups: a card with its title, a fingerprint to read out, checks line by line."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import Item, clear, column, grid, grow, muted, picture, row, text

_MARKS = {Verdict.HOLDS: ("ok", "ok"), Verdict.FAILS: ("bad", "bad"), Verdict.UNCHECKED: ("blank", "outline")}


class Card(QFrame):
    """A title, with the icon of a role where one is given, and what belongs under it in `column`."""

    def __init__(self, title: str, role: str = "", *inside: Item) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title = text(title, "question")
        head = row(*((picture(role, "accent"),) if role else ()), grow(self._title))
        self.column = column(head, *inside, of=self, edges=("gap", "gap"))

    def entitle(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)


class Fingerprint(Label):
    """Eight groups to be read out, large; can be selected and copied."""

    def __init__(self, label: str) -> None:
        super().__init__("", "code")
        self.setAccessibleName(label)
        self.setWordWrap(True)
        font = self.font()
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)  # else "ff" is drawn as one letter
        self.setFont(font)
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
        self._grid = grid((), (0, 0, 1), ("gap_small", "gap_tiny"))
        self.setLayout(self._grid)
        self._words: list[str] = []
        self.hide()

    @property
    def words(self) -> tuple[str, ...]:
        """What is shown, one text for each fact."""
        return tuple(self._words)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show facts in their order; none hides the lines."""
        clear(self._grid)
        self._words = []
        for number, fact in enumerate(facts):
            said, holds = fact.verdict.word, fact.verdict is Verdict.HOLDS
            mark = picture(*_MARKS[fact.verdict])
            mark.setAccessibleName(said)
            sentence = Label(fact.sentence if holds else f"{fact.sentence}　{said}")
            line = 2 * number  # what is wrong has a line of its own
            self._grid.addWidget(mark, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(sentence, line, 1, Qt.AlignmentFlag.AlignTop)
            if holds:
                self._grid.addWidget(muted(fact.detail), line, 2)
            elif fact.detail:
                self._grid.addWidget(muted(fact.detail), line + 1, 1, 1, 2)
            self._words.append(f"{fact.sentence} {said} {fact.detail}".strip())
        self.setVisible(bool(facts))


def framed(inside: QLayout) -> QFrame:
    """Return a card without a title around what is laid out."""
    frame = QFrame()
    frame.setObjectName("card")
    frame.setLayout(inside)
    return frame


def figure(name: str, count: int, kind: str) -> QFrame:
    """Return how many there are of something, large, over its name; kind: "plain", "bad", "warn" or "nothing"."""
    number = text(str(count), "figure")
    number.setProperty("kind", kind)
    return framed(column(number, muted(name), gap="", edges=("gap", "gap_small")))
