"""Who signs with a certificate: whoever is logged in by being so, every other inspector with their own password."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ohdesk.i18n import tr
from ohdesk.services.record.signing import Seat, SecondSigner, SignerError
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import clear, column, muted
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.kit.status_chip import StatusChip


class SeatsBox(QWidget):
    """One card for each inspector."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._seats: tuple[Seat, ...] = ()
        self.passwords: dict[str, PasswordEdit] = {}
        self._fields: dict[str, Field] = {}
        self._column = column(of=self)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of those who cannot sign or have not given their password."""
        return tuple(
            seat.name
            for seat in self._seats
            if seat.hindrance or not (seat.is_actor or self.passwords[seat.account].text())
        )

    @property
    def signers(self) -> tuple[SecondSigner, ...]:
        """The accounts and passwords given."""
        return tuple(SecondSigner(account, edit.text()) for account, edit in self.passwords.items())

    def errors(self) -> dict[str, str]:
        """What is said beside each password, by account."""
        return {account: field.error for account, field in self._fields.items() if field.error}

    def show_seats(self, seats: Sequence[Seat]) -> None:
        """Show other people; what was typed for those before is gone."""
        clear(self._column)
        self._seats = tuple(seats)
        self.passwords, self._fields = {}, {}
        for seat in seats:
            self._column.addWidget(self._card(seat))
        self.changed.emit()

    def show_error(self, error: SignerError) -> None:
        """Say beside whose password it was refused."""
        field, edit = self._fields.get(error.account), self.passwords.get(error.account)
        if field is not None and edit is not None:
            field.set_error(error.whole)
            edit.selectAll()
            edit.setFocus()

    def clear(self) -> None:
        """Forget the passwords."""
        for account, edit in self.passwords.items():
            edit.clear()
            self._fields[account].clear_error()

    def focus_first(self) -> bool:
        """Put the cursor into the first empty password; False when there is none."""
        for edit in self.passwords.values():
            if not edit.text():
                edit.setFocus()
                return True
        return False

    def _card(self, seat: Seat) -> QWidget:
        card = Card(seat.name)
        card.column.addWidget(muted(tr("执法证号 {number}", number=seat.certificate_no or "—")))
        if seat.hindrance:
            card.column.addWidget(_said(card, tr("✗ 不能签名：{reason}", reason=seat.hindrance), "bad"))
        elif seat.is_actor:
            card.column.addWidget(_said(card, tr("✔ 已登录，用本人证书签名"), "ok"))
        else:
            card.column.addWidget(self._field(seat))
        return card

    def _field(self, seat: Seat) -> Field:
        edit = PasswordEdit()
        field = Field(tr("账户“{account}”的密码", account=seat.account), edit)
        edit.textChanged.connect(self.changed)
        edit.textEdited.connect(field.clear_error)
        self.passwords[seat.account], self._fields[seat.account] = edit, field
        return field


def _said(card: QWidget, words: str, kind: str) -> StatusChip:
    chip = StatusChip()
    chip.setParent(card)  # before it is shown: alone it would be a window of its own
    chip.setWordWrap(True)
    chip.show_state(words, kind)
    chip.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return chip
