"""The card that opens a workspace: folder, account, password."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from ohdesk.errors import WrongPasswordError
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Choice, Field
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.screens.unlock.cards import Card, Credentials, PasswordRow
from ohdesk.ui.screens.unlock.remembered import last_account, remember

if TYPE_CHECKING:
    from ohdesk.ui.screens.unlock.practice_part import PracticePart

_SECOND = 1000  # milliseconds
_TOLD_LEFT = 3  # tries before there is a wait: from then on it is said


class OpenCard(Card):
    """Asks for the password of an account; folder and account are those of the last time."""

    submitted = Signal(object)  # Credentials
    forgotten = Signal(object, object, str)  # Path, names of all accounts, the one chosen
    thrown_away = Signal(object)  # Path of a practice world

    def __init__(self, folder: Path | None, jobs: Jobs) -> None:
        sentence = tr("请输入密码。数据只在本机，加密保存。")
        super().__init__(jobs, "lock", tr("职业健康监督检查"), sentence, tr("打开(&O)"), gap="gap_small")
        self._pressed: Credentials | None = None
        self._seconds = 0
        self._ticks = QTimer(self)
        self._ticks.setInterval(_SECOND)
        self._ticks.timeout.connect(self._tick)
        self._place = PathRow(tr("选择…(&B)"), self._choose_folder)
        self.folder = self._place.line
        self.folder.setText(str(folder or ""))
        self._place.chosen.connect(self._folder_edited)
        self.folder_field = Field(tr("工作区文件夹"), self._place)
        self.account = Choice()
        self.account.setEditable(True)
        self.account_field = Field(tr("账户"), self.account)
        self.secret = PasswordRow()
        self.password = self.secret.line
        self.password.returnPressed.connect(self.go_on)
        self.password_field = Field(tr("密码"), self.secret)
        self._asked_for = folder
        self.forgot = button(tr("忘记密码(&G)"), act=self._forget, quiet=True)
        self.others = button(tr("其他方式(&W)"), act=self.back_chosen.emit, quiet=True)
        self._asked = self.fill(self.folder_field, self.account_field, self.password_field)
        self._asked.addSpacing(theme.size("gap_small"))
        self._asked.addLayout(self.foot(self.others, self.forgot))

    @cached_property
    def practice(self) -> "PracticePart":
        """What is said about a practice world."""
        from ohdesk.ui.screens.unlock.practice_part import PracticePart  # late: seldom needed, never at once

        part = PracticePart()
        part.office_chosen.connect(self.choose)
        part.throw_away_wanted.connect(self._throw_away)
        self._asked.insertWidget(self._asked.indexOf(self.account_field), part)
        self.heading_row.addWidget(part.chip)
        return part

    @property
    def shown_folder(self) -> Path | None:
        return self._place.path

    def start(self) -> None:
        (self.password if self.shown_folder else self.folder).setFocus()

    def choose(self, folder: Path) -> None:
        """Show another workspace and ask for its accounts."""
        self.folder.setText(str(folder))
        self._folder_edited()

    def list_accounts(self, folder: Path) -> None:
        """Look up who can open the workspace in a folder."""
        self.work(Job(lambda: _account_names(folder)), self._offer)

    def _offer(self, names: tuple[str, ...]) -> None:
        """Offer these accounts, the last one used first; none means that there is no workspace in the folder."""
        folder = self.shown_folder
        if folder is None:
            return
        office = self.practice.look_at(folder)
        if not names and office is not None:  # the folder of a whole practice world was chosen
            self.choose(office)
            return
        if names:
            self.folder_field.clear_error()
        else:
            self.folder_field.set_error(tr("这个文件夹里没有工作区。请另选文件夹，或新建工作区。"))
        typed = self.account.currentText()  # may be typed before the accounts are read
        self.account.clear()
        self.account.addItems(list(names))
        wanted = typed if typed in names else last_account(folder)
        if wanted in names:
            self.account.setCurrentText(wanted)
        if self.practice.world is not None:
            self.password.setText(self.practice.world.password)

    def stand_ready(self, folder: Path, account: str, password: str) -> None:
        """Stand ready to open with an account whose password was just set."""
        self.folder.setText(str(folder))
        self._asked_for = folder
        if self.account.findText(account) < 0:
            self.account.addItem(account)
        self.account.setCurrentText(account)
        self.password.setText(password)
        self._seconds = 0
        self._ticks.stop()
        self.submit.setEnabled(True)
        self.password_field.clear_error()
        self.password.setFocus()  # Enter opens

    def show_error(self, error: Exception) -> None:
        """Say why it could not be opened: beside the password if that is it, else at the head of the card."""
        if not isinstance(error, WrongPasswordError) or self._pressed is None:
            if self._seconds == 0:
                self.password_field.clear_error()
            self.notice.error(error)
            return
        again = tr("再错 {left} 次要等一会儿才能再试。", left=error.left) if 0 < error.left <= _TOLD_LEFT else ""
        self.password_field.set_error(f"{error.whole}{again}")
        self.password.selectAll()
        self.password.setFocus()
        self._wait(error.wait)

    def say_locked(self, minutes: int) -> None:
        """Say why the password is asked for again: nothing was touched for so many minutes."""
        text = tr("{minutes} 分钟没有操作，已自动锁定；写好的都已保存，没写完的登录后还在。")
        self.password_field.rename(tr("密码"), text.format(minutes=minutes))

    def set_busy(self, words: str) -> None:
        super().set_busy(words)
        if words:
            self.password_field.clear_error()
        elif self._seconds:
            self.submit.setEnabled(False)  # the wait after wrong passwords goes on

    def _choose_folder(self) -> Path | None:
        from ohdesk.ui.kit.files import choose_folder  # late: the file dialog is large

        return choose_folder(self, tr("选择工作区文件夹"))

    def _wait(self, seconds: int) -> None:
        self._seconds = seconds
        if seconds:
            self._ticks.start()
            self._say_wait()

    def _tick(self) -> None:
        self._seconds -= 1
        if self._seconds > 0:
            self._say_wait()
            return
        self._ticks.stop()
        self.submit.setEnabled(True)
        self.password_field.set_error(tr("现在可以再试一次。忘记密码的，请点“忘记密码”。"))

    def _say_wait(self) -> None:
        self.submit.setEnabled(False)
        text = tr("密码连续输错，{seconds} 秒后可以再试。忘记密码的，请点“忘记密码”。")
        self.password_field.set_error(text.format(seconds=self._seconds))

    def _folder_edited(self) -> None:
        folder = self.shown_folder
        if folder is not None and folder != self._asked_for:
            self._asked_for = folder
            self.hide_notice()
            self.list_accounts(folder)

    def _forget(self) -> None:
        folder = self.shown_folder
        names = tuple(self.account.itemText(place) for place in range(self.account.count()))
        if folder is None or not names:
            self.folder_field.set_error(tr("请先选择工作区文件夹。"))
            self.folder.setFocus()
            return
        self.forgotten.emit(folder, names, self.account.currentText())

    def _throw_away(self, folder: Path) -> None:
        from ohdesk.services.start.practice import throw_away  # late: the prompt is painted without it

        self.work(Job(lambda: throw_away(folder)), lambda _: self.thrown_away.emit(folder), tr("正在删除…"))

    def go_on(self) -> None:
        if not self.submit.isEnabled():
            return
        folder, account = self.shown_folder, self.account.currentText().strip()
        if folder is None:
            self.folder_field.set_error(tr("请选择工作区文件夹；还没有的，请新建工作区。"))
            self.folder.setFocus()
            return
        self.folder_field.clear_error()
        if self.account.findText(account) >= 0:  # a name mistyped is not offered the next time
            remember(folder, account)
        self._pressed = Credentials(folder, account, self.password.text())
        self.submitted.emit(self._pressed)


def _account_names(folder: Path) -> tuple[str, ...]:
    """Return who can open the workspace in a folder; nobody where there is none."""
    from ohdesk.services.office.workspace import account_names, is_workspace  # late: loads the database layer

    return account_names(folder) if is_workspace(folder) else ()
