"""The three cards of the unlock screen: open a workspace, create one, see its recovery code."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.choice import Choice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.theme.icons import icon

TOWN_CODE_LENGTH = 9
_CODE_GROUP, _CODE_GROUPS_A_LINE = 4, 6


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


class _Card(QFrame):
    """A card of fixed width with a title and a sentence under it."""

    def __init__(self, role: str, title: str, sentence: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(theme.layout("dialog_width"))
        heading = QLabel(title)
        heading.setObjectName("title")
        mark = QLabel()
        mark.setPixmap(icon(role, "accent").pixmap(theme.size("icon"), theme.size("icon")))
        first = QHBoxLayout()
        first.setSpacing(theme.size("gap_small"))
        first.addWidget(mark)
        first.addWidget(heading, 1)
        text = QLabel(sentence)
        text.setObjectName("muted")
        text.setWordWrap(True)
        self.column = QVBoxLayout(self)
        side = theme.size("page_side") + theme.size("gap_small")
        self.column.setContentsMargins(side, side, side, side)
        self.column.setSpacing(theme.size("gap"))
        self.column.addLayout(first)
        self.column.addWidget(text)


class OpenCard(_Card):
    """Asks for folder, account and password."""

    submitted = Signal(object)
    folder_chosen = Signal(object)
    create_chosen = Signal()

    def __init__(self, folder: Path | None) -> None:
        super().__init__("lock", tr("职业健康监督检查"), tr("请选择工作区并输入密码。数据只在本机，加密保存。"))
        row = FolderRow(str(folder or ""))
        self.folder = row.line
        row.chosen.connect(self._folder_edited)
        self.account = Choice()
        self.account.setEditable(True)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self._submit)
        self.folder_field = Field(tr("工作区文件夹"), row)
        row.setFocusProxy(self.folder)
        self.folder.setAccessibleName(tr("工作区文件夹"))
        self.password_field = Field(tr("密码"), self.password)
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
        for widget in (self.folder_field, Field(tr("账户"), self.account), self.password_field):
            self.column.addWidget(widget)
        self.column.addSpacing(theme.size("gap_small"))
        self.column.addLayout(buttons)

    def start(self) -> None:
        """Put the cursor where typing starts."""
        (self.password if self.folder.text() else self.folder).setFocus()

    def show_accounts(self, names: tuple[str, ...]) -> None:
        """Offer these accounts, keeping what was typed; none means that there is no workspace in the folder."""
        if names:
            self.folder_field.clear_error()
        else:
            self.folder_field.set_error(tr("这个文件夹里没有工作区。请另选文件夹，或新建工作区。"))
        typed = self.account.currentText()
        self.account.clear()
        self.account.addItems(list(names))
        if typed:
            self.account.setCurrentText(typed)

    def show_error(self, text: str) -> None:
        """Say why it could not be opened."""
        self.password_field.set_error(text)
        self.password.selectAll()
        self.password.setFocus()

    def set_busy(self, text: str) -> None:
        """Say that it is being opened; an empty text ends it."""
        self._busy.setText(text)
        self.submit.setEnabled(not text)
        if text:
            self.password_field.clear_error()

    def _folder_edited(self) -> None:
        if self.folder.text().strip():
            self.folder_chosen.emit(Path(self.folder.text().strip()))

    def _submit(self) -> None:
        if not self.submit.isEnabled():
            return
        if not self.folder.text().strip():
            self.folder_field.set_error(tr("请选择工作区文件夹；还没有的，请新建工作区。"))
            return
        self.folder_field.clear_error()
        folder = Path(self.folder.text().strip())
        self.submitted.emit(Credentials(folder, self.account.currentText().strip(), self.password.text()))


class CreateCard(_Card):
    """Asks for all a new town's workspace needs."""

    submitted = Signal(object)
    back_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(
            "add",
            tr("新建镇街工作区"),
            tr("工作区放在本机硬盘上，不能放在 U 盘或网络共享。以后可用县级名片加入县级。"),
        )
        row = FolderRow("")
        self.folder = row.line
        row.setFocusProxy(self.folder)
        self.division = QLineEdit()
        self.name = QLineEdit()
        self.account = QLineEdit()
        self.password = QLineEdit()
        self.again = QLineEdit()
        for secret in (self.password, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.fields = {
            "folder": Field(tr("文件夹（新的或空的）"), row),
            "division": Field(tr("镇街区划代码"), self.division, tr("9 位数字")),
            "name": Field(tr("单位名称"), self.name),
            "account": Field(tr("管理员姓名"), self.account),
            "password": Field(tr("密码"), self.password),
            "again": Field(tr("再输一次密码"), self.again),
        }
        self.folder.setAccessibleName(tr("文件夹（新的或空的）"))
        self.column.addWidget(self.fields["folder"])
        self.column.addLayout(self._beside("division", "name"))
        self.column.addWidget(self.fields["account"])
        self.column.addLayout(self._beside("password", "again"))
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
        self.column.addSpacing(theme.size("gap_small"))
        self.column.addLayout(buttons)

    def start(self) -> None:
        """Put the cursor into the first field."""
        self.folder.setFocus()

    def show_error(self, text: str) -> None:
        """Say why it could not be created."""
        self.fields["folder"].set_error(text)

    def set_busy(self, text: str) -> None:
        """Say that it is being created; an empty text ends it."""
        self._busy.setText(text)
        self.submit.setEnabled(not text)

    def _beside(self, left: str, right: str) -> QHBoxLayout:
        pair = QHBoxLayout()
        pair.setSpacing(theme.size("gap"))
        for key in (left, right):
            pair.addWidget(self.fields[key], 1, Qt.AlignmentFlag.AlignTop)
        return pair

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


class CodeCard(_Card):
    """Shows the recovery code, once."""

    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__(
            "key",
            tr("请打印或抄下恢复码"),
            tr("恢复码只显示这一次。忘记全部密码时，只有它能打开工作区。请与电脑分开保存。"),
        )
        self.code = QLabel()
        self.code.setAccessibleName(tr("恢复码"))
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setObjectName("code")
        advice = QLabel(tr("抄写后请逐组核对；纸张放进保险柜或交负责人保管，不要拍照，也不要存在这台电脑上。"))
        advice.setObjectName("muted")
        advice.setWordWrap(True)
        self.confirm = QPushButton(tr("已保存好，进入(&S)"))
        self.confirm.setProperty("primary", True)
        self.confirm.clicked.connect(self.confirmed)
        self.column.addWidget(self.code)
        self.column.addWidget(advice)
        self.column.addSpacing(theme.size("gap_small"))
        self.column.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignRight)

    def start(self) -> None:
        """Let the code be read first: the cursor stands in it, not on the button."""
        self.code.setFocus()

    def show_code(self, code: str) -> None:
        """Show the code in groups of four, easier to copy by hand; the fixed beginning stands in a line of its own."""
        prefix, _, secret = code.rpartition("-")
        groups = [secret[start : start + _CODE_GROUP] for start in range(0, len(secret), _CODE_GROUP)]
        lines = [
            "  ".join(groups[start : start + _CODE_GROUPS_A_LINE])
            for start in range(0, len(groups), _CODE_GROUPS_A_LINE)
        ]
        self.code.setText("\n".join(filter(None, (f"{prefix}-" if prefix else "", *lines))))


class FolderRow(QWidget):
    """A folder, typed or chosen; emits `chosen` when it may have changed."""

    chosen = Signal()

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.line = QLineEdit(folder)
        self.line.editingFinished.connect(self.chosen)
        browse = action("folder", tr("选择…(&B)"), self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self.line, 1)
        row.addWidget(browse)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("选择文件夹"), self.line.text())
        if chosen:
            self.line.setText(chosen)
            self.chosen.emit()
