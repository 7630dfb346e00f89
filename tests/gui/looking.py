"""What can be seen to be wrong with a window by looking at it: a list of complaints, empty when nothing is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from ohdesk.ui.kit.job_bar import JobBar
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.routes import keys
from ohdesk.ui.screens.unlock.practice_card import PracticeCard

NOTICE, JOB = "X", "Z"  # letters kept for closing the notice and stopping a job
LEADING = 1  # pixel of room above a text that nobody misses
FRAME = 2  # pixels around a button whose loss takes nothing from it
NAMED_KEY = re.compile(r"\b(Enter|Esc|Del|Tab|PgUp|PgDn|PgDown|Home|End|F\d|Ctrl|Alt|Shift)\b|方向键|[←→↑↓]|\b[1-9]\b")
FIELDS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)
EVERYWHERE = {"Esc", "Return", "Enter"}  # what look.md gives every form, card and list
SAME_AS_LISTED = {"Ctrl+="}  # Ctrl++ without Shift


def visible(root: QWidget, *kinds: type) -> Iterator:
    """Every widget of these kinds that can be seen under `root`."""
    for kind in kinds:
        yield from (each for each in root.findChildren(kind) if each.isVisibleTo(root))


def nameless(root: QWidget) -> list[str]:
    """Fields that a reader of screens has no name for."""
    fields = (each for each in visible(root, *FIELDS) if not isinstance(each, QHeaderView))
    silent = [repr(each) for each in fields if not (each.accessibleName() or _belongs_to_a_field(each))]
    return silent + [repr(each) for each in visible(root, QPushButton) if not (each.text() or each.accessibleName())]


def _belongs_to_a_field(widget: QWidget) -> bool:
    """True for the line of a combination or spin box, its list, and the editor of a cell."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox)):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def keyless(root: QWidget) -> list[str]:
    """Buttons that no key presses: no letter or shortcut, no key in words or tip, no group in which arrows move."""
    return [each.text() or each.accessibleName() for each in visible(root, QPushButton) if not _has_key(each)]


def _has_key(button: QAbstractButton) -> bool:
    return bool(
        _letter(button.text())
        or not button.shortcut().isEmpty()
        or button.group() is not None
        or NAMED_KEY.search(f"{button.text()} {button.toolTip()}")
    )


def unreachable(root: QWidget) -> list[str]:
    """Buttons and boxes that neither Tab comes to nor a key of their own presses, outside groups, where arrows move."""
    found = visible(root, QPushButton, QCheckBox, QRadioButton)
    return [
        each.text() or each.accessibleName()
        for each in found
        if not each.focusPolicy() & Qt.FocusPolicy.TabFocus and not _has_key(each)
    ]


def letters_twice(root: QWidget) -> list[str]:
    """Letters that stand for two things at once, or for something else than they are kept for."""
    marked = [each for each in visible(root, QAbstractButton) if _letter(each.text())]
    marked += [each for each in visible(root, QLabel) if each.buddy() is not None and _letter(each.text())]
    found = Counter(_letter(each.text()) for each in marked)
    found.update({NOTICE: 0, JOB: 0})
    twice = [f"{letter} ×{count}" for letter, count in found.items() if count > 1]
    for letter, owner in ((NOTICE, NoticeBar), (JOB, (JobBar, PracticeCard))):
        twice += [each.text() for each in marked if _letter(each.text()) == letter and not _inside(each, owner)]
    return twice


def _letter(text: str) -> str:
    return QKeySequence.mnemonic(text).toString().removeprefix("Alt+")


def _inside(widget: QWidget | None, kind: type | tuple[type, ...]) -> bool:
    while widget is not None and not isinstance(widget, kind):
        widget = widget.parentWidget()
    return widget is not None


def unlisted(root: QWidget) -> list[str]:
    """Shortcuts that neither the table of keys nor a tip on the screen names."""
    table = (*keys("town"), *keys("county"))
    listed = {part.strip() for key in table for part in re.split(r"\s*(?:/|或|、)\s*|\s+", key.key)}
    tips = " ".join(each.toolTip() for each in root.findChildren(QWidget)).replace("Enter", "Return")
    found = (each.key().toString(QKeySequence.SequenceFormat.PortableText) for each in _in_reach(root))
    return sorted({key for key in found if key not in listed | EVERYWHERE | SAME_AS_LISTED and key not in tips})


def _in_reach(root: QWidget) -> Iterable[QShortcut]:
    return (each for each in root.findChildren(QShortcut) if each.parent().isVisibleTo(root))


def cut_off(root: QWidget) -> list[str]:
    """Texts of the labels and buttons that have less room than they need, and fields narrower than a word."""
    short = []
    for widget in visible(root, QAbstractButton, QLabel):
        if not widget.text() or isinstance(widget.parentWidget(), QAbstractItemView):
            continue
        wanted = _room_for(widget)
        if widget.width() < wanted.width() or widget.height() < wanted.height() - LEADING:
            short.append(f"{widget.text()[:40]} {widget.size().toTuple()} < {wanted.toTuple()}")
    return short


def _room_for(widget: QAbstractButton | QLabel) -> QSize:
    """The least in which a text can be read: a button may give up the room around its own."""
    if isinstance(widget, QLabel):
        wraps = widget.wordWrap()
        return QSize(0, widget.heightForWidth(widget.width())) if wraps else widget.minimumSizeHint()
    words = widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, widget.text())
    return words if widget.icon().isNull() else words + QSize(widget.iconSize().width(), 0)


def too_wide(root: QWidget) -> list[str]:
    """Scrolled areas whose inside is wider than they are."""
    return [
        f"{area.widget().layout()} {area.widget().width()} > {area.viewport().width()}"
        for area in visible(root, QScrollArea)
        if area.widget() is not None and area.widget().width() > area.viewport().width()
    ]


def outside(root: QWidget) -> list[str]:
    """Buttons and fields that lie outside what can be seen and cannot be scrolled to."""
    return [
        f"{each.accessibleName()} {each.geometry().getRect()} in {each.parentWidget().size().toTuple()}"
        for each in visible(root, QAbstractButton, *FIELDS)
        if not isinstance(each, QHeaderView) and not _belongs_to_a_field(each) and _is_outside(each, root)
    ]


def _is_outside(widget: QWidget, root: QWidget) -> bool:
    inner, outer = widget, widget.parentWidget()
    while inner is not root and outer is not None:
        if isinstance(outer.parentWidget(), QAbstractScrollArea) and outer.parentWidget().viewport() is outer:
            return _is_outside(outer.parentWidget(), root)
        seen = QRect(widget.mapTo(outer, QPoint(0, 0)), widget.size()).adjusted(FRAME, FRAME, -FRAME, -FRAME)
        if not outer.rect().contains(seen):
            return True
        inner, outer = outer, outer.parentWidget()
    return False


def empty_lists(root: QWidget) -> list[str]:
    """Lists with nothing in them where words should say why."""
    lists = (each for each in visible(root, QAbstractItemView) if not isinstance(each, QHeaderView))
    return [
        each.accessibleName() or repr(each)
        for each in lists
        if each.model() is not None and each.model().rowCount() == 0 and not _belongs_to_a_field(each)
    ]


class Flashes(QObject):
    """Notes every window that comes up beside the one: for a moment it takes the keys."""

    def __init__(self, usual: type) -> None:
        super().__init__()
        self._usual = usual
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            passing = watched.windowType() in {Qt.WindowType.Popup, Qt.WindowType.ToolTip}
            if not passing and not isinstance(watched, self._usual):
                self.seen.append(repr(watched))
        return False
