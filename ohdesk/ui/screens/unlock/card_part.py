"""The part of a new town's card that takes the county's card: chosen, compared by telephone, ticked."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Fingerprint
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.lay import box, column, grow, muted, row, text
from ohdesk.ui.screens.unlock.cards import PathRow

if TYPE_CHECKING:
    from ohdesk.security.trust_files import CountyCard

_REQUEST_NAME = "request.ohreq"


class CardPart(QWidget):
    """A field for the card; once it is read, its fingerprint and a tick.

    outcome: where to write the request, laid out by whoever has room for it
    """

    card_chosen = Signal(object)  # Path
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card: CountyCard | None = None
        self._asked_for: Path | None = None
        self._reading = False
        self._file = PathRow(
            tr("选择…(&K)"),
            lambda: choose_file(self, tr("选择县级名片"), tr("县级名片 (*.ohcard);;所有文件 (*)")),
            "import",
        )
        self._file.chosen.connect(self._choose)
        self.line = self._file.line
        self.field = Field(tr("县级名片（没有的可以空着，以后再加入）"), self._file)
        self.fingerprint = Fingerprint(tr("县级名片的指纹"))
        self.whose = muted()
        self.compared = QCheckBox(tr("已打电话逐组核对，八组都一致(&A)"))
        self.message = text(tr("请先打电话核对指纹，再打勾：名片可能在路上被换过。"), "fieldError")
        self._target = PathRow(
            tr("另存到…(&E)"),
            lambda: choose_target(self, tr("登记申请写到哪里"), _REQUEST_NAME, tr("登记申请 (*.ohreq)")),
            "save",
        )
        self.request_line = self._target.line
        self.request_field = Field(tr("登记申请写到（建好后交给县级）"), self._target)
        self.without = button(tr("不用名片(&U)"), act=self._clear, quiet=True)
        self._parts = (self.whose, self.fingerprint, self.compared, self.message)
        column(self.field, *self._parts, of=self)
        self.outcome = box(column(self.request_field, row(self.without, grow())))
        self.compared.toggled.connect(self.message.hide)
        self._show_parts()

    @property
    def path(self) -> Path | None:
        """The card's file."""
        return self._file.path

    @property
    def request(self) -> Path | None:
        """Where the request is to be written."""
        return self._target.path

    def show_card(self, card: "CountyCard") -> None:
        """Show whose card it is and the fingerprint to compare."""
        self._reading = False
        self.card = card
        self.fingerprint.show_groups(card.fingerprint)
        self.fingerprint.ensurePolished()  # only then does it know the height of its large type
        self.fingerprint.setMinimumHeight(self.fingerprint.sizeHint().height())
        self.whose.setText(
            tr(
                "{county}（{code}）的名片。请打电话给县级，请对方念出名片的指纹，逐组核对：",
                county=card.county,
                code=card.device.division,
            )
        )
        self.compared.setChecked(False)
        if self.path is not None and not self.request_line.text():
            self.request_line.setText(str(self.path.with_name(_REQUEST_NAME)))
        self._show_parts()
        self.compared.setFocus()

    def take_error(self, error: Exception) -> bool:
        """Say in its place why a card cannot be used; False when no card is being read."""
        if not self._reading:
            return False
        self._reading = False
        self.field.set_error(error.whole if isinstance(error, UserError) else str(error))
        self.line.setFocus()
        return True

    def check(self) -> bool:
        """True when there is no card, or one that was compared; else say what is missing."""
        if self.card is None:
            if self.path is not None:
                self._choose()  # Enter in another field comes before the card was read: read it now
            return self.path is None
        self.message.setVisible(not self.compared.isChecked())
        self._claim()
        if not self.compared.isChecked():
            self.compared.setFocus()
            return False
        if self.request is None:
            self.request_field.set_error(tr("请选择登记申请写到哪里，比如优盘。"))
            self.request_line.setFocus()
            return False
        self.request_field.clear_error()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._claim()

    def _claim(self) -> None:
        """Ask for the height the wrapped lines need at this width: beside another column they would get less."""
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def _show_parts(self) -> None:
        for widget in (*self._parts, self.request_field, self.without):
            widget.setVisible(self.card is not None)
        self.message.hide()
        self._claim()

    def _choose(self) -> None:
        if self.path == self._asked_for and self.card is not None:
            return  # only left again: a tick that is set stays
        self._asked_for = self.path
        self.card = None
        self._show_parts()
        self.field.clear_error()
        self._reading = self.path is not None
        if self.path is not None:
            self.card_chosen.emit(self.path)
        else:
            self.changed.emit()

    def _clear(self) -> None:
        self.line.clear()
        self._choose()
        self.line.setFocus()
