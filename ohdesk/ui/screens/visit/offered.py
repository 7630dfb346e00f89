"""Low lists under a field: ready sentences (F2), and people who can be ticked."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ohdesk.i18n import tr
from ohdesk.services.visit.views import Colleague
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.low_list import LowList, TickLine, TickList

_MOST_PHRASES, _MOST_PEOPLE = 4, 6


class PhraseList(LowList):
    """Ready sentences for a text, hidden until offered: Enter takes one, or its digit; Esc goes back to the text."""

    def __init__(self, text: QPlainTextEdit | QLineEdit) -> None:
        super().__init__(_MOST_PHRASES)
        self._text = text
        self.setAccessibleName(tr("常用语"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(lambda _item: self._take())
        self.hide()

    def offer(self, phrases: Sequence[str]) -> None:
        """Show phrases and put the focus on the first; without any nothing is shown."""
        self.clear()
        for phrase in phrases:
            self.offer_line(phrase)
        self.fit()
        self.setVisible(bool(phrases))
        if phrases:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {*ENTERS, Qt.Key.Key_Space}:
            self._take()
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_F2}:
            self._close()
        elif event.text().isascii() and event.text().isdigit() and 0 < int(event.text()) <= self.count():
            self.setCurrentRow(int(event.text()) - 1)
            self._take()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        text, phrase = self._text, self.currentItem().text()
        held = text.text() if isinstance(text, QLineEdit) else text.toPlainText()
        if held.strip() in (self.item(row).text() for row in range(self.count())):
            text.selectAll()  # another ready sentence takes the place of the one before
        if isinstance(text, QLineEdit):
            text.insert(phrase)
        else:
            text.insertPlainText(phrase)
        self._close()

    def _close(self) -> None:
        self.hide()
        self._text.setFocus()


def phrases_for_line(line: QLineEdit, phrases: Callable[[], Sequence[str]]) -> PhraseList:
    """Return the list that F2 in a line shows, to be put below it."""
    made = PhraseList(line)
    QShortcut("F2", line, lambda: made.offer(phrases()), context=Qt.ShortcutContext.WidgetShortcut)
    return made


class PeopleList(TickList):
    """Who goes along; who may not says why."""

    def __init__(self, needed: int = 0) -> None:
        """needed: where only as many may go, all of them have to, and are ticked"""
        super().__init__(_MOST_PEOPLE)
        self._needed = needed

    def choose(self, value: str) -> None:
        """Tick people by their ids, of those who may go."""
        super().choose(value or (" ".join(self._may) if len(self._may) == self._needed else ""))

    def show_people(self, people: Sequence[Colleague], *, fixed: bool = False) -> None:
        """Show people; those who may not go are neither ticked nor to be ticked. fixed: nobody can be changed."""
        lines = [TickLine(person.id, _line(person), not person.why_not) for person in people]
        self.show_lines(lines, fixed=fixed)


def _line(person: Colleague) -> str:
    parts = [person.name, person.certificate_no]
    if person.why_not:
        parts.append(person.why_not)
    elif person.certificate_until:
        parts.append(tr("有效期至 {day}", day=person.certificate_until))
    if person.leads:
        parts.append(tr("可带队"))
    return "　".join(filter(None, parts))
