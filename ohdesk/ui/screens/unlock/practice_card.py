"""The card that makes a practice world, with its progress."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal

from ohdesk.i18n import tr
from ohdesk.services.start.practice import make_world
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.job_bar import progress_bar
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.screens.unlock.cards import Card, MakePractice


class PracticeCard(Card):
    """Asks where the practice world is to be put, then shows how far it is."""

    made = Signal(object)  # Path

    def __init__(self, jobs: Jobs, make: MakePractice | None) -> None:
        """make: without it there is no practice world to be had"""
        super().__init__(
            jobs,
            "help",
            tr("建立练习库"),
            tr("一个县、三个镇街的练习数据，都是虚构的：名单、抽取、检查、签名、上报、汇总，每一步都可以看、可以改。"),
            tr("建立练习库(&M)"),
            gap="gap_small",
        )
        self._make = make
        self._job: Job | None = None
        self._place = PathRow(tr("选择…(&B)"), lambda: choose_folder(self, tr("选择空文件夹")))
        self.folder = self._place.line
        self.folder.returnPressed.connect(self.go_on)
        self.field = Field(
            tr("放在哪里（新的或空的文件夹）"),
            self._place,
            tr("大约 40 MB，需要半分钟左右；已经有练习库的文件夹会直接打开。"),
        )
        self.bar = progress_bar(tr("进度"))
        self.progress = muted()
        self._back = self.way_back()
        self.cancel = button(tr("取消(&Z)"), act=self._cancel)
        self.fill(self.field, self.bar, self.progress, self.foot(self._back, right=(self.cancel,)))
        self._making(on=False)

    def start(self) -> None:
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
        self.set_busy("")
        super().show_error(error)
        self.folder.setFocus()

    def set_busy(self, words: str) -> None:
        self._making(on=bool(words))

    def _making(self, *, on: bool) -> None:
        for widget in (self.bar, self.progress, self.cancel):
            widget.setVisible(on)
        for part in (self.submit, self.field, self._back):
            part.setEnabled(not on)
        self.submit.setVisible(not on)
        if on:
            self.cancel.setEnabled(True)
            self.hide_notice()

    def go_on(self) -> None:
        folder, make = self._place.path, self._make
        if make is None:
            return
        if folder is None:
            self.field.set_error(tr("请选择文件夹。"))
            self.folder.setFocus()
            return
        self.field.clear_error()
        self.show_progress(0, 1)
        self.progress.setText(tr("正在建立练习库…"))
        self.cancel.setFocus()
        job = ReportingJob(lambda report: make_world(folder, lambda place: make(place, report)))
        job.progressed.connect(self.show_progress)
        job.cancelled.connect(self._show_cancelled)
        self._job = job
        self.work(job, self._show_made)

    def stop(self) -> None:
        """Ask the making to end, and to leave nothing behind."""
        if self._job is not None:
            self._job.cancel()

    def _show_made(self, world: Path) -> None:
        self.set_busy("")
        self.made.emit(world)

    def _show_cancelled(self) -> None:
        self.set_busy("")
        self.start()

    def _cancel(self) -> None:
        self.progress.setText(tr("正在取消，已经写好的部分会删除…"))
        self.cancel.setEnabled(False)
        self.stop()
