"""Who signs with a certificate: whoever is logged in by being so, others by password, anybody by certificate file."""

from collections.abc import Sequence
from functools import partial
from itertools import cycle
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.signing import Seat, SecondSigner, SignerError
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import FilterChips, StatusChip
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, muted
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.kit.step_page import StepPage

_LETTERS = "JKMPQUWXYZ"  # those that no page with seats uses
_ACCOUNT, _FILE = "account", "file"


class SeatCard(Card):
    """One inspector: signs with the account of this laptop, or with a certificate file."""

    changed = Signal()

    def __init__(self, seat: Seat, letter: str) -> None:
        """letter: the key of its button"""
        super().__init__(seat.name, "", muted(tr("执法证号 {number}", number=seat.certificate_no or "—")))
        self.seat = seat
        self.state = StatusChip(wraps=True)
        self.ways = FilterChips(tr("{name}怎样签名", name=seat.name))
        self.file = PathRow(tr("选择…(&{letter})", letter=letter), partial(_choose, self), "document")
        self.file_field = Field(tr("证书文件（.p12 或 .pfx）"), self.file)
        self.password = PasswordEdit()
        self.field = Field("", self.password)
        for each in (self.state, self.ways, self.file_field, self.field):
            self.column.addWidget(each)
        by_account = () if seat.by_account else ((_ACCOUNT, self._account_word(), None),)
        self.ways.show_chips((*by_account, (_FILE, tr("证书文件"), None)))
        self.ways.setVisible(bool(by_account) and not seat.hindrance)
        self.ways.chosen.connect(self._choose_way)
        self.file.chosen.connect(self._edited)
        self.file.line.textEdited.connect(self._edited)
        self.password.textChanged.connect(self.changed)
        self.password.textEdited.connect(self.field.clear_error)
        self._show_way()

    @property
    def by_file(self) -> bool:
        """True when the key lies in a file."""
        return self.ways.current == _FILE

    @property
    def is_missing(self) -> bool:
        """True when this inspector cannot sign yet."""
        if self.seat.hindrance:
            return True
        if self.by_file:
            return self.file.path is None
        return not (self.seat.is_actor or self.password.text())

    @property
    def signer(self) -> SecondSigner | None:
        """What was given; None for whoever signs by being logged in."""
        if self.by_file:
            return SecondSigner("", self.password.text(), self.file.path, self.seat.person)
        return None if self.seat.is_actor else SecondSigner(self.seat.account, self.password.text())

    def show_error(self, error: SignerError) -> None:
        """Say what was refused beside what is to be given anew."""
        if error.field == _FILE:
            self.file_field.set_error(error.whole)
            self.file.setFocus()
        else:
            self.field.set_error(error.whole)
            self.password.selectAll()
            self.password.setFocus()

    def forget(self) -> None:
        """Forget the password."""
        self.password.clear()
        self._clear_errors()

    def _account_word(self) -> str:
        return tr("已登录的账户") if self.seat.is_actor else tr("账户的密码")

    def _choose_way(self, _way: str) -> None:
        self.forget()
        self._show_way()
        (self.file if self.by_file else self.password).setFocus()
        self.changed.emit()

    def _show_way(self) -> None:
        seat, by_file = self.seat, self.by_file
        self.file_field.setVisible(by_file and not seat.hindrance)
        self.field.setVisible((by_file or not seat.is_actor) and not seat.hindrance)
        account = tr("账户“{account}”的密码", account=seat.account)
        self.field.rename(tr("证书文件的密码") if by_file else account)
        if seat.hindrance:
            self.state.show_state(tr("✗ 不能签名：{reason}", reason=seat.hindrance), "bad")
        elif seat.by_account:
            self.state.show_state(tr("账户不能签名：{reason}", reason=seat.by_account), "warn")
        else:
            self.state.show_state(tr("✔ 已登录，用本人证书签名"), "ok")
        self.state.setVisible(bool(seat.hindrance or seat.by_account) or (seat.is_actor and not by_file))

    def _edited(self) -> None:
        self._clear_errors()
        self.changed.emit()

    def _clear_errors(self) -> None:
        self.file_field.clear_error()
        self.field.clear_error()


class SeatsBox(QWidget):
    """One card for each inspector."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: tuple[SeatCard, ...] = ()
        self._column = column(of=self)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of those who cannot sign or have not given what they sign with."""
        return tuple(card.seat.name for card in self.cards if card.is_missing)

    @property
    def signers(self) -> tuple[SecondSigner, ...]:
        """What was given by all who do not sign by being logged in."""
        return tuple(card.signer for card in self.cards if card.signer is not None)

    def show_seats(self, seats: Sequence[Seat]) -> None:
        """Show other people; what was typed for those before is gone."""
        clear(self._column)
        self.cards = tuple(SeatCard(seat, letter) for seat, letter in zip(seats, cycle(_LETTERS), strict=False))
        for card in self.cards:
            card.changed.connect(self.changed)
            self._column.addWidget(card)
        self.changed.emit()

    def show_error(self, error: SignerError) -> None:
        """Say in whose card something was refused."""
        for card in self.cards:
            if card.signer == error.signer:
                card.show_error(error)

    def clear(self) -> None:
        """Forget the passwords."""
        for card in self.cards:
            card.forget()

    def focus_first(self) -> bool:
        """Put the cursor where the first is to give something; False when there is nobody."""
        card = next((each for each in self.cards if each.is_missing and not each.seat.hindrance), None)
        if card is not None:
            (card.file if card.by_file else card.password).setFocus()
        return card is not None


class SeatsStep(StepPage):
    """A step that ends with the inspectors' certificates; what is refused of one is told in their card."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.seats = SeatsBox()
        self.seats.changed.connect(self.show_state)

    def refuse(self, error: Exception) -> None:
        if isinstance(error, SignerError):
            self.seats.show_error(error)
        else:
            super().refuse(error)


def _choose(parent: QWidget) -> Path | None:
    return choose_file(parent, tr("选择证书文件"), tr("证书文件 (*.p12 *.pfx);;所有文件 (*)"))
