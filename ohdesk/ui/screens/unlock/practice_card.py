"""The card that makes a practice world, with its progress."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.screens.unlock.cards import Card, PathRow, muted, primary


class PracticeCard(Card):
    """Asks where the practice world is to be put, then shows how far it is."""

    submitted = Signal(object)  # Path
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__(
            "help",
            tr("建立练习库"),
            tr("一个县、三个镇街的练习数据，都是虚构的：名单、抽取、检查、签名、上报、汇总，每一步都可以看、可以改。"),
        )
        self.notice = NoticeBar()
        row = PathRow(QLineEdit(), tr("选择…(&B)"), lambda: choose_folder(self, tr("选择空文件夹")))
        self.folder = row.line
        self.folder.returnPressed.connect(self._submit)
        self.field = Field(
            tr("放在哪里（新的或空的文件夹）"), row, tr("大约 40 MB，需要半分钟左右；已经有练习库的文件夹会直接打开。")
        )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("进度"))
        self.progress = muted("")
        self.submit = primary(tr("建立练习库(&M)"), self._submit)
        self.back = QPushButton(tr("返回(&R)"))
        self.back.clicked.connect(self.back_chosen)
        self.cancel = QPushButton(tr("取消(&Z)"))
        self.cancel.clicked.connect(self._cancel)
        self.column.setSpacing(theme.size("gap_small"))
        for widget in (self.notice, self.field, self.bar, self.progress):
            self.column.addWidget(widget)
        self.column.addLayout(self.foot((self.back,), (self.cancel, self.submit)))
        self._making(on=False)

    def start(self) -> None:
        """Put the cursor into the folder; one that is not taken is suggested."""
        if not self.folder.text():
            home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
            self.folder.setText(str(Path(home) / tr("职业健康练习库")))
        self.submit.setFocus()

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._making(on=True)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.progress.setText(tr("正在建立练习库：第 {done} / {total} 步", done=done, total=total))

    def show_error(self, error: Exception) -> None:
        """Say why it could not be made."""
        self.set_busy("")
        self.notice.error(error)
        self.folder.setFocus()

    def set_busy(self, text: str) -> None:
        self._making(on=bool(text))

    def _making(self, *, on: bool) -> None:
        for widget in (self.bar, self.progress, self.cancel):
            widget.setVisible(on)
        for part in (self.submit, self.field, self.back):
            part.setEnabled(not on)
        self.submit.setVisible(not on)
        if on:
            self.cancel.setEnabled(True)
            self.notice.hide()

    def _submit(self) -> None:
        text = self.folder.text().strip()
        if not text:
            self.field.set_error(tr("请选择文件夹。"))
            self.folder.setFocus()
            return
        self.field.clear_error()
        self.show_progress(0, 1)
        self.progress.setText(tr("正在建立练习库…"))
        self.cancel.setFocus()
        self.submitted.emit(Path(text))

    def _cancel(self) -> None:
        self.progress.setText(tr("正在取消，已经写好的部分会删除…"))
        self.cancel.setEnabled(False)
        self.cancelled.emit()
