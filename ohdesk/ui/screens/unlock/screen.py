"""Unlock a workspace, or create one: the first thing on screen, painted before anything heavy is imported."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ohdesk.ui.screens.unlock.cards import CodeCard, CreateCard, Credentials, NewTown, OpenCard


class UnlockScreen(QWidget):
    """One card in the middle: open, create, or show the recovery code once."""

    accounts_wanted = Signal(object)  # Path: whose accounts are to be listed
    accounts_shown = Signal()
    unlock_wanted = Signal(object)  # Credentials
    create_wanted = Signal(object)  # NewTown
    finished = Signal(object)  # Credentials, once the recovery code was seen

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._created: NewTown | None = None
        self._pages = QStackedWidget()
        self.open_card = OpenCard(folder)
        self.create_card = CreateCard()
        self.code_card = CodeCard()
        cards = (self.open_card, self.create_card, self.code_card)
        self._page_of: dict[QWidget, QWidget] = {card: _centred(card) for card in cards}
        for page in self._page_of.values():
            self._pages.addWidget(page)
        self.open_card.submitted.connect(self.unlock_wanted)
        self.open_card.folder_chosen.connect(self.accounts_wanted)
        self.open_card.create_chosen.connect(self.show_create)
        self.create_card.submitted.connect(self._create)
        self.create_card.back_chosen.connect(self._show_open)
        self.code_card.confirmed.connect(self._finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.open_card.start()

    def show_accounts(self, names: tuple[str, ...]) -> None:
        """Offer the accounts of the folder shown."""
        self.open_card.show_accounts(names)
        self.accounts_shown.emit()

    def show_create(self) -> None:
        """Turn to the card that creates a workspace."""
        self._pages.setCurrentWidget(self._page_of[self.create_card])
        self.create_card.start()

    def show_error(self, text: str) -> None:
        """Say what went wrong, on the card it concerns."""
        creating = self.create_card.isVisibleTo(self)
        (self.create_card if creating else self.open_card).show_error(text)

    def show_code(self, code: str) -> None:
        """Show the recovery code of the workspace just created."""
        self.code_card.show_code(code)
        self._pages.setCurrentWidget(self._page_of[self.code_card])
        self.code_card.start()

    def set_busy(self, text: str) -> None:
        """Say that work is going on; an empty text ends it."""
        self.open_card.set_busy(text)
        self.create_card.set_busy(text)

    def _show_open(self) -> None:
        self._pages.setCurrentWidget(self._page_of[self.open_card])
        self.open_card.start()

    def _create(self, new: NewTown) -> None:
        self._created = new
        self.create_wanted.emit(new)

    def _finish(self) -> None:
        if self._created is not None:
            self.finished.emit(Credentials(self._created.folder, self._created.account, self._created.password))


def _centred(card: QWidget) -> QWidget:
    page = QWidget()
    row = QHBoxLayout()  # an alignment would take the card's height away from its width
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    column = QVBoxLayout(page)
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
    return page
