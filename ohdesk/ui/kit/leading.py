"""A few lines in a pane, each of which leads somewhere."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ohdesk.ui import theme
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import Item, text

_ThingRole = Qt.ItemDataRole.UserRole


def leading(
    title: str, said: Sequence[str], things: Sequence[object], open_: Callable[[object], object]
) -> Iterator[Item]:
    """Yield a heading and under it lines that Enter opens."""
    lines = leading_lines(title, said, things, open_)
    heading = text(title, "heading")
    heading.setBuddy(lines)
    yield heading
    yield lines


def leading_lines(
    name: str, said: Sequence[str], things: Sequence[object], open_: Callable[[object], object]
) -> QListWidget:
    """Return lines that Enter opens; the list is as high as they are. name: for those who cannot see it"""
    made = QListWidget()
    made.setAccessibleName(name)
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setTextElideMode(Qt.TextElideMode.ElideRight)
    for words, thing in zip(said, things, strict=True):
        item = QListWidgetItem(words, made)
        item.setToolTip(plain_tip(words))
        item.setData(_ThingRole, thing)
        item.setSizeHint(QSize(0, theme.size("row")))
    made.setFixedHeight(len(said) * theme.size("row") + 2 * made.frameWidth())
    made.itemActivated.connect(lambda item: open_(item.data(_ThingRole)))
    made.setCurrentRow(0)  # where arrows begin
    made.clearSelection()
    return made
