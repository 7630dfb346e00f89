"""The card that makes a workspace from a backup: which file, into which folder, opened by whom."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.progress import Progress
from ohdesk.errors import WrongPasswordError
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Choice, Field, PasswordEdit, say_beside
from ohdesk.ui.kit.files import choose_file, choose_folder
from ohdesk.ui.kit.job_bar import progress_bar
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.screens.unlock.cards import Card, Credentials


class RestoreCard(Card):
    """Asks what is needed, then shows how far it is."""

    restored = Signal(object, object)  # Credentials, what was lost in sentences

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(
            jobs,
            "history",
            tr("从备份恢复"),
            tr("用备份恢复出一个工作区。恢复后这台电脑接替原来的电脑：没有送达的内容都在，用县级名片重新登记后再送。"),
            tr("恢复(&O)"),
            gap="gap_small",
        )
        self._job: Job | None = None
        kinds = tr("备份 (*.ohbak);;所有文件 (*)")
        self._file = PathRow(tr("选择…(&B)"), lambda: choose_file(self, tr("选择备份"), kinds), "document")
        self._file.chosen.connect(self._list_accounts)
        self._folder = PathRow(tr("选择…(&E)"), lambda: choose_folder(self, tr("选择空文件夹")))
        self.file, self.folder = self._file.line, self._folder.line
        self.account = Choice()
        self.account.setEditable(True)
        self.secret: QLineEdit = PasswordEdit()
        for line in (self.file, self.folder, self.secret):
            line.returnPressed.connect(self.go_on)
        self.fields = {
            "file": Field(tr("备份文件"), self._file, tr("自动备份在工作区的 backups 文件夹里，和另选的第二处。")),
            "folder": Field(tr("恢复到哪里（新的或空的文件夹）"), self._folder),
            "account": Field(tr("账户"), self.account),
            "secret": Field(tr("备份那天的密码，或恢复码"), self.secret),
        }
        self.bar = progress_bar(tr("进度"))
        self._back = self.way_back()
        self.cancel = button(tr("取消(&Z)"), act=self.stop)
        self.fill(*self.fields.values(), self.bar, self.foot(self._back, right=(self.cancel,)))
        self._restoring(on=False)

    def start(self) -> None:
        self.file.setFocus()

    def set_busy(self, words: str) -> None:
        super().set_busy(words)
        self._restoring(on=bool(words))

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, and put the cursor where it can be mended: the fields were grey meanwhile."""
        restoring, self._job = self._job is not None, None
        if isinstance(error, WrongPasswordError):
            self.fields["secret"].set_error(tr("密码不正确。请用备份那天的密码，或恢复码。"))
            self.secret.selectAll()
            self.secret.setFocus()
        else:
            super().show_error(error)
            if restoring:  # else only the accounts of the file were asked for, and one is typing elsewhere
                self.file.setFocus()

    def stop(self) -> None:
        """Ask the restoring to end, and to leave nothing behind."""
        if self._job is not None:
            self._job.cancel()

    def go_on(self) -> None:
        if not self.submit.isEnabled():
            return
        file, folder, secret = self._file.path, self._folder.path, self.secret.text()
        said = {"file": file, "folder": folder, "account": self.account.currentText().strip(), "secret": secret}
        if say_beside(self.fields, {key: tr("请填写。") for key, value in said.items() if not value}):
            return
        if file is None or folder is None:
            return
        new = Credentials(folder, self.account.currentText().strip(), secret)
        job = ReportingJob(lambda report: _restore(file, new, report))
        job.progressed.connect(self._show_progress)
        self._job = job
        self.work(job, lambda lost: self.restored.emit(new, lost), tr("正在恢复…"))
        job.cancelled.connect(self.submit.setFocus)  # once the fields are back
        self.cancel.setFocus()

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _restoring(self, *, on: bool) -> None:
        for widget in (self.bar, self.cancel):
            widget.setVisible(on)
        for field in self.fields.values():
            field.setEnabled(not on)
        self._back.setEnabled(not on)

    def _list_accounts(self) -> None:
        file = self._file.path
        if file is not None:
            self.work(Job(lambda: _accounts(file)), self._offer)

    def _offer(self, names: tuple[str, ...]) -> None:
        self.hide_notice()
        self.account.clear()
        self.account.addItems(list(names))


def _accounts(file: Path) -> tuple[str, ...]:
    from ohdesk.services.backup.checking import accounts_in  # late: loads the database layer

    return accounts_in(file)


def _restore(file: Path, new: Credentials, report: Progress) -> tuple[str, ...]:
    from ohdesk.services.start import first_run  # late: loads the database layer

    return first_run.restore(file, new.folder, new.account, new.password, report)
