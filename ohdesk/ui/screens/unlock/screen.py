"""Unlock a workspace, or create one: the first thing on screen, painted before anything heavy is imported."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field

TOWN_CODE_LENGTH = 9


class Credentials(NamedTuple):
    """What is typed to open a workspace."""

    folder: Path
    account: str
    password: str


class NewTown(NamedTuple):
    """What is typed to create a town's workspace."""

    folder: Path
    division: str
    name: str
    account: str
    password: str


class UnlockScreen(QWidget):
    """One card in the middle: open, create, or show the recovery code once."""

    accounts_wanted = Signal(object)  # Path: whose accounts are to be listed
    unlock_wanted = Signal(object)  # Credentials
    create_wanted = Signal(object)  # NewTown
    finished = Signal(object)  # Credentials, once the recovery code was seen

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._created: NewTown | None = None
        self._pages = QStackedWidget()
        self.open_page = _OpenPage(folder)
        self.create_page = _CreatePage()
        self.code_page = _CodePage()
        for page in (self.open_page, self.create_page, self.code_page):
            self._pages.addWidget(page)
        self.open_page.submitted.connect(self.unlock_wanted)
        self.open_page.folder_chosen.connect(self.accounts_wanted)
        self.open_page.create_chosen.connect(lambda: self._pages.setCurrentWidget(self.create_page))
        self.create_page.submitted.connect(self._create)
        self.create_page.back_chosen.connect(lambda: self._pages.setCurrentWidget(self.open_page))
        self.code_page.confirmed.connect(self._finish)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._pages, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        if folder is None:
            self._pages.setCurrentWidget(self.open_page)

    def show_accounts(self, names: tuple[str, ...]) -> None:
        """Offer the accounts of the folder shown."""
        self.open_page.show_accounts(names)

    def show_create(self) -> None:
        """Turn to the page that creates a workspace."""
        self._pages.setCurrentWidget(self.create_page)

    def show_error(self, text: str) -> None:
        """Say what went wrong, on the page it concerns."""
        page = self._pages.currentWidget()
        if isinstance(page, _CreatePage | _OpenPage):
            page.show_error(text)

    def show_code(self, code: str) -> None:
        """Show the recovery code of the workspace just created."""
        self.code_page.show_code(code)
        self._pages.setCurrentWidget(self.code_page)

    def set_busy(self, text: str) -> None:
        """Say that work is going on; an empty text ends it."""
        for page in (self.open_page, self.create_page):
            page.set_busy(text)

    def _create(self, new: NewTown) -> None:
        self._created = new
        self.create_wanted.emit(new)

    def _finish(self) -> None:
        if self._created is not None:
            self.finished.emit(Credentials(self._created.folder, self._created.account, self._created.password))


class _Card(QFrame):
    """A card of fixed width with a title and a sentence under it."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(theme.layout("dialog_width"))
        heading = QLabel(title)
        heading.setObjectName("title")
        text = QLabel(sentence)
        text.setObjectName("muted")
        text.setWordWrap(True)
        self.column = QVBoxLayout(self)
        side = theme.size("page_side") + theme.size("gap_small")
        self.column.setContentsMargins(side, side, side, side)
        self.column.setSpacing(theme.size("gap"))
        self.column.addWidget(heading)
        self.column.addWidget(text)


class _OpenPage(_Card):
    submitted = Signal(object)
    folder_chosen = Signal(object)
    create_chosen = Signal()

    def __init__(self, folder: Path | None) -> None:
        super().__init__(tr("职业健康监督检查"), tr("请选择工作区并输入密码。数据只在本机，加密保存。"))
        self.folder = QLineEdit(str(folder or ""))
        self.folder.editingFinished.connect(self._folder_edited)
        browse = QPushButton(tr("选择…(&B)"))
        browse.clicked.connect(self._browse)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.folder, 1)
        line.addWidget(browse)
        self.account = QComboBox()
        self.account.setEditable(True)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self._submit)
        self._folder_field = Field(tr("工作区文件夹"), row)
        self.folder.setAccessibleName(tr("工作区文件夹"))
        self._password_field = Field(tr("密码"), self.password)
        self.submit = QPushButton(tr("打开(&O)"))
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        create = QPushButton(tr("新建工作区…(&N)"))
        create.clicked.connect(self.create_chosen)
        self._busy = QLabel()
        self._busy.setObjectName("muted")
        buttons = QHBoxLayout()
        buttons.addWidget(create)
        buttons.addStretch(1)
        buttons.addWidget(self._busy)
        buttons.addWidget(self.submit)
        for widget in (self._folder_field, Field(tr("账户"), self.account), self._password_field):
            self.column.addWidget(widget)
        self.column.addLayout(buttons)
        if folder is not None:
            self.password.setFocus()

    def show_accounts(self, names: tuple[str, ...]) -> None:
        typed = self.account.currentText()
        self.account.clear()
        self.account.addItems(list(names))
        if typed:
            self.account.setCurrentText(typed)

    def show_error(self, text: str) -> None:
        self._password_field.set_error(text)
        self.password.selectAll()
        self.password.setFocus()

    def set_busy(self, text: str) -> None:
        self._busy.setText(text)
        self.submit.setEnabled(not text)
        if text:
            self._password_field.clear_error()

    def _folder_edited(self) -> None:
        if self.folder.text().strip():
            self.folder_chosen.emit(Path(self.folder.text().strip()))

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("选择工作区文件夹"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)
            self._folder_edited()

    def _submit(self) -> None:
        if not self.submit.isEnabled():
            return
        if not self.folder.text().strip():
            self._folder_field.set_error(tr("请选择工作区文件夹；还没有的，请新建工作区。"))
            return
        self._folder_field.clear_error()
        folder = Path(self.folder.text().strip())
        self.submitted.emit(Credentials(folder, self.account.currentText().strip(), self.password.text()))


class _CreatePage(_Card):
    submitted = Signal(object)
    back_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(
            tr("新建镇街工作区"), tr("工作区放在本机硬盘上，不能放在 U 盘或网络共享。以后可用县级名片加入县级。")
        )
        self.folder = QLineEdit()
        self.division = QLineEdit()
        self.name = QLineEdit()
        self.account = QLineEdit()
        self.password = QLineEdit()
        self.again = QLineEdit()
        for secret in (self.password, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.fields = {
            "folder": Field(tr("文件夹（新的或空的）"), self.folder),
            "division": Field(tr("镇街区划代码"), self.division, tr("9 位数字")),
            "name": Field(tr("单位名称"), self.name),
            "account": Field(tr("管理员姓名"), self.account),
            "password": Field(tr("密码"), self.password),
            "again": Field(tr("再输一次密码"), self.again),
        }
        for first, second in (("division", "name"), ("password", "again")):
            pair = QHBoxLayout()
            pair.setSpacing(theme.size("gap"))
            pair.addWidget(self.fields[first], 0, Qt.AlignmentFlag.AlignTop)
            pair.addWidget(self.fields[second], 1, Qt.AlignmentFlag.AlignTop)
            if first == "division":
                self.column.addWidget(self.fields["folder"])
                self.column.addLayout(pair)
                self.column.addWidget(self.fields["account"])
            else:
                self.column.addLayout(pair)
        self.submit = QPushButton(tr("建立工作区(&C)"))
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        self.again.returnPressed.connect(self._submit)
        back = QPushButton(tr("返回(&R)"))
        back.clicked.connect(self.back_chosen)
        self._busy = QLabel()
        self._busy.setObjectName("muted")
        buttons = QHBoxLayout()
        buttons.addWidget(back)
        buttons.addStretch(1)
        buttons.addWidget(self._busy)
        buttons.addWidget(self.submit)
        self.column.addLayout(buttons)

    def show_error(self, text: str) -> None:
        self.fields["folder"].set_error(text)

    def set_busy(self, text: str) -> None:
        self._busy.setText(text)
        self.submit.setEnabled(not text)

    def _submit(self) -> None:
        problems = self._problems()
        for key, field in self.fields.items():
            if key in problems:
                field.set_error(problems[key])
            else:
                field.clear_error()
        if problems:
            self.fields[next(iter(problems))].editor.setFocus()
            return
        self.submitted.emit(
            NewTown(
                Path(self.folder.text().strip()),
                self.division.text().strip(),
                self.name.text().strip(),
                self.account.text().strip(),
                self.password.text(),
            )
        )

    def _problems(self) -> dict[str, str]:
        problems = {}
        for key, editor in (("folder", self.folder), ("name", self.name), ("account", self.account)):
            if not editor.text().strip():
                problems[key] = tr("请填写。")
        division = self.division.text().strip()
        if not (division.isascii() and division.isdecimal() and len(division) == TOWN_CODE_LENGTH):
            problems["division"] = tr("应为 9 位数字。")
        if not self.password.text():
            problems["password"] = tr("请填写。")
        elif self.password.text() != self.again.text():
            problems["again"] = tr("两次输入的密码不同。")
        return problems


class _CodePage(_Card):
    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__(
            tr("请打印或抄下恢复码"),
            tr("恢复码只显示这一次。忘记全部密码时，只有它能打开工作区。请与电脑分开保存。"),
        )
        self.code = QLabel()
        self.code.setAccessibleName(tr("恢复码"))
        self.code.setWordWrap(True)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFont(self.font())
        font.setFixedPitch(True)
        font.setPixelSize(theme.size("font_title"))
        self.code.setFont(font)
        confirm = QPushButton(tr("已保存好，进入(&S)"))
        confirm.setProperty("primary", True)
        confirm.clicked.connect(self.confirmed)
        self.column.addWidget(self.code)
        self.column.addWidget(confirm, 0, Qt.AlignmentFlag.AlignRight)

    def show_code(self, code: str) -> None:
        """Show the code in groups of four, easier to copy by hand."""
        self.code.setText(" ".join(code[start : start + 4] for start in range(0, len(code), 4)))
