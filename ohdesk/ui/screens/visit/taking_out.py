"""Originals that are taken out: for what, for whom and why is asked before; then the password is shown, once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.visit import extraction
from ohdesk.services.visit.extraction import Extraction
from ohdesk.services.visit.originals import WrittenOriginals
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.lay import box, column, grow, muted, row, text


class TakingOut(QWidget):
    """Hidden until it asks; `form` says when all is said, `closed` when it goes."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = Form(extraction.asked())
        self.form.closed.connect(self._close)
        self.password = text("", "question", selectable=True)
        self._file = muted()
        self.noted = button(tr("已记下(&J)"), act=self._close)
        told = muted(
            tr("用 7-Zip、WinRAR 等打开。密码只显示这一次，程序不保存：请当面或打电话告知，不要和文件放在一起。")
        )
        parts = (text(tr("开启密码")), self.password, self._file, told, row(grow(), self.noted), grow())
        self._shown = box(column(*parts, edges=("gap", "gap")))
        self._shown.setObjectName("card")
        column(grow(self.form), grow(self._shown), of=self)
        self.hide()

    @property
    def said(self) -> Extraction:
        """What was said in the form."""
        return Extraction(**self.form.values())

    def ask(self) -> None:
        """Ask for what, for whom and why."""
        self._shown.hide()
        self.show()
        about = tr("原件只随案卷或移送交给机关，加密成一个文件；提取记入登记簿。")
        self.form.ask(tr("提取照片原件"), tr("选文件夹写出…(&W)"), {}, about)

    def show_password(self, written: WrittenOriginals) -> None:
        """Show what opens the file, until somebody has it."""
        self.form.hide()
        self.password.setText(written.password)
        self._file.setText(str(written.file))
        self._shown.show()
        self.show()
        self.noted.setFocus()

    def put_away(self) -> None:
        """Show nothing any more."""
        self.password.clear()
        self.form.hide()
        self.hide()

    def _close(self) -> None:
        self.put_away()
        self.closed.emit()
