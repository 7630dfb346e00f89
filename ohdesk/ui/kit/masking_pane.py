"""Faces and names on one photo, covered by hand: shown as it came, saved as what is to be covered on its copy."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.visit.masking import Uncovered
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.lay import column, grow, muted, row, text
from ohdesk.ui.kit.mask_editor import MaskEditor
from ohdesk.ui.kit.thumbnails import jpeg_image


class MaskingPane(QWidget):
    """Hidden until a photo is shown; `saved` when all is covered, `closed` when it goes."""

    saved = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.number = 0  # of the photo
        self.editor = MaskEditor()
        self.editor.changed.connect(self._say)
        self._name, self._count = text("", "question"), muted()
        keys = muted(
            tr("鼠标拖出要盖的地方；或用方向键移动虚线框，Shift 改大小，Ctrl 微调，Enter 盖上，Backspace 撤回")
        )
        self.save = button(tr("存遮盖(&S)"), "Ctrl+Enter", act=self.saved.emit, primary=True)
        cover = button(tr("盖上虚线框(&D)"), act=self.editor.cover)
        self._back = action("undo", tr("撤回一处(&B)"), self.editor.take_back)
        give_up = button(tr("不改(&Q)"), act=self.put_away)
        head = row(self._name, self._count, grow())
        column(head, keys, grow(self.editor), row(cover, self._back, grow(), give_up, self.save), of=self)
        self.hide()

    def show_photo(self, photo: Uncovered) -> None:
        """Show a photo of which nothing is covered, and what is to be."""
        self.number = photo.number
        self._name.setText(tr("照片 {number}", number=photo.number))
        self.editor.show_picture(jpeg_image(photo.copy, None), photo.masks)
        self.show()
        self.editor.setFocus()

    def put_away(self) -> None:
        """Show nothing any more."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _say(self) -> None:
        count = len(self.editor.masks())
        self._count.setText(tr("已盖 {count} 处", count=count) if count else tr("没有遮盖"))
        self._back.setEnabled(count > 0)
