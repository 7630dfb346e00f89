"""Layouts that read as they look: `column(title, row(search, chips, grow()), grow(table))`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from PySide6 import QtCore
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.ui import theme
from ohdesk.ui.kit.label import Label
from ohdesk.ui.theme.icons import icon


class Grown(NamedTuple):
    """What takes the room the others leave; empty room without a thing."""

    thing: QWidget | QLayout | None
    share: int


Item = QWidget | QLayout | Grown
# Names of sizes: at both sides, above and below; or left, above, right, below.
Edges = tuple[str, str] | tuple[str, str, str, str]
Box = TypeVar("Box", bound=QBoxLayout)


def column(*items: Item, of: QWidget | None = None, gap: str = "gap_small", edges: Edges | None = None) -> QVBoxLayout:
    """Return things below each other.

    of: the widget they fill · gap: name of the size between them, "" for none
    edges: free room around them, "" for none at that side; none anywhere without
    """
    return _filled(QVBoxLayout(of) if of else QVBoxLayout(), items, gap, edges)


def row(*items: Item, of: QWidget | None = None, gap: str = "gap_small", edges: Edges | None = None) -> QHBoxLayout:
    """Return things beside each other; as `column`."""
    return _filled(QHBoxLayout(of) if of else QHBoxLayout(), items, gap, edges)


def grid(
    items: Iterable[QWidget], shares: Sequence[int], gaps: tuple[str, str] = ("gap", "gap_small"), *, even: bool = False
) -> QGridLayout:
    """Return things line by line in columns.

    shares: of the width, one for each column · gaps: names of the sizes between columns and between lines
    even: each is as high as the highest of its line, else as high as it needs to be
    """
    made = QGridLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(theme.size(gaps[0]))
    made.setVerticalSpacing(theme.size(gaps[1]))
    for place, item in enumerate(items):
        top = QtCore.Qt.AlignmentFlag(0) if even else QtCore.Qt.AlignmentFlag.AlignTop
        made.addWidget(item, place // len(shares), place % len(shares), top)
    for place, share in enumerate(shares):
        made.setColumnStretch(place, share)
    return made


def grow(thing: QWidget | QLayout | None = None, share: int = 1) -> Grown:
    """Let a thing take the room that is left, or leave that room empty."""
    return Grown(thing, share)


def box(layout: QLayout) -> QWidget:
    """Return a widget that holds a layout, to be shown and hidden as one."""
    whole = QWidget()
    whole.setLayout(layout)
    return whole


def stack(*pages: QWidget) -> QStackedWidget:
    """Return pages of which one is in front, at first the first."""
    made = QStackedWidget()
    for page in pages:
        made.addWidget(page)
    return made


def text(words: str = "", look: str = "", *, selectable: bool = False) -> Label:
    """Return running text that wraps; look: "muted", "heading", "question", "title", "fieldError" or ""."""
    label = Label(words, look)
    label.setWordWrap(True)
    if selectable:
        label.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def muted(words: str = "") -> Label:
    """Return a line of secondary text."""
    return text(words, "muted")


def picture(role: str, tint: str) -> Label:
    """Return the icon of a role in a colour."""
    label = Label()
    label.setPixmap(icon(role, tint).pixmap(theme.size("icon"), theme.size("icon")))
    return label


def facts(lines: Iterable[tuple[str, str | QWidget]], width: str = "fact_name") -> QWidget:
    """Return one line for each fact: its name at the left, `width` wide, at the right what is said of it."""
    cells: list[QWidget] = []
    for name, said in lines:
        heading = muted(name)
        heading.setFixedWidth(theme.layout(width))
        told = text(said, selectable=True) if isinstance(said, str) else said
        told.setAccessibleName(name)
        cells += heading, told
    return box(grid(cells, (0, 1), ("gap_small", "gap_tiny")))


def say(label: Label | QPushButton, words: str) -> None:
    """Show a text, or nothing at all when it is empty."""
    label.setText(words)
    label.setVisible(bool(words))


def repaint_state(widget: QWidget, name: str, value: object) -> None:
    """Give a widget another state by which the style sheet draws it."""
    if (widget.property(name) or False) == value:
        return  # polishing is slow, and nothing would look different
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; the widgets are gone."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            clear(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _filled(layout: Box, items: tuple[Item, ...], gap: str, edges: Edges | None) -> Box:
    layout.setSpacing(theme.size(gap) if gap else 0)
    names = edges or ("", "")
    # Two names are read twice: as left, so right; as above, so below. Four are read once.
    left, top, right, bottom = (theme.size(each) if each else 0 for each in (*names, *names)[:4])
    layout.setContentsMargins(left, top, right, bottom)
    for item in items:
        thing, share = item if isinstance(item, Grown) else (item, 0)
        if isinstance(thing, QWidget):
            layout.addWidget(thing, share)
        elif thing is not None:
            layout.addLayout(thing, share)
        else:
            layout.addStretch(share)
    return layout
