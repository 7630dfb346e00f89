"""Who signs with a certificate: whoever is logged in by being so, every other inspector with their own password."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.signing import Seat, SecondSigner, SignerError
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, muted
from ohdesk.ui.kit.step_page import StepPage


class SeatsBox(QWidget):
    """One card for each inspector."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._seats: tuple[Seat, ...] = ()
        self.passwords: dict[str, PasswordEdit] = {}
        self.fields: dict[str, Field] = {}
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

    def show_seats(self, seats: Sequence[Seat]) -> None:
        """Show other people; what was typed for those before is gone."""
        clear(self._column)
        self._seats = tuple(seats)
        self.passwords, self.fields = {}, {}
        for seat in seats:
            self._column.addWidget(self._card(seat))
        self.changed.emit()

    def show_error(self, error: SignerError) -> None:
        """Say beside whose password it was refused."""
        field, edit = self.fields.get(error.account), self.passwords.get(error.account)
        if field is not None and edit is not None:
            field.set_error(error.whole)
            edit.selectAll()
            edit.setFocus()

    def clear(self) -> None:
        """Forget the passwords."""
        for account, edit in self.passwords.items():
            edit.clear()
            self.fields[account].clear_error()

    def focus_first(self) -> bool:
        """Put the cursor into the first empty password; False when there is none."""
        for edit in self.passwords.values():
            if not edit.text():
                edit.setFocus()
                return True
        return False

    def _card(self, seat: Seat) -> QWidget:
        about, chip = muted(tr("执法证号 {number}", number=seat.certificate_no or "—")), StatusChip(wraps=True)
        if not (seat.hindrance or seat.is_actor):
            return Card(seat.name, "", about, self._field(seat))
        card = Card(seat.name, "", about, chip)
        if seat.hindrance:
            chip.show_state(tr("✗ 不能签名：{reason}", reason=seat.hindrance), "bad")
        else:
            chip.show_state(tr("✔ 已登录，用本人证书签名"), "ok")
        return card

    def _field(self, seat: Seat) -> Field:
        edit = PasswordEdit()
        field = Field(tr("账户“{account}”的密码", account=seat.account), edit)
        edit.textChanged.connect(self.changed)
        edit.textEdited.connect(field.clear_error)
        self.passwords[seat.account], self.fields[seat.account] = edit, field
        return field


class SeatsStep(StepPage):
    """A step that ends with the inspectors' certificates; whose password is refused is told beside it."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.seats = SeatsBox()
        self.seats.changed.connect(self.show_state)

    def refuse(self, error: Exception) -> None:
        if isinstance(error, SignerError):
            self.seats.show_error(error)
        else:
            super().refuse(error)
