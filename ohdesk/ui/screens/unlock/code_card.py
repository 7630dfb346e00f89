"""The recovery code of a new workspace: shown once, kept on paper or a stick, confirmed before going on."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.recovery_code import in_groups
from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import grow, muted, row, say
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.screens.unlock.cards import Card

if TYPE_CHECKING:
    from ohdesk.services.start.first_run import Started

_GROUPS_A_LINE = 6
_LONGEST_END = 20  # characters, with room for spaces and slips


class CodeCard(Card):
    """Shows the recovery code, once; the workspace stands already, so there is no way back from here."""

    confirmed = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(
            jobs,
            "key",
            tr("请保存恢复码"),
            tr("忘记全部密码时，只有恢复码能打开工作区。它只显示这一次；请打印或抄下，与电脑分开保存。"),
            tr("进入工作区(&S)"),
        )
        self._secret = self._office = self._kept = ""
        self._workspace = Path()
        self._printing = Printing(jobs, self)
        self._printing.done.connect(self._show_printed)
        self._printing.failed.connect(self.show_error)
        self.code = Label("", "code")
        self.code.setAccessibleName(tr("恢复码"))
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.again = QLineEdit()
        self.again.setMaxLength(_LONGEST_END)
        self.again.returnPressed.connect(self.go_on)
        self.again_field = Field(tr("看着保存好的那一份，输入恢复码的最后两组"), self.again)
        self.request = muted()
        self.request.hide()
        self._lay_out()

    @property
    def is_open(self) -> bool:
        """True while a code is shown whose end was not typed again."""
        return bool(self._secret)

    def start(self) -> None:
        """Let the code be read first: the cursor stands in it, not on the button."""
        self.code.setFocus()

    def show_code(self, code: str, office: str, workspace: Path) -> None:
        """Show the code in groups of four, easier to copy by hand; the fixed beginning stands in a line of its own."""
        self._secret, self._office, self._workspace = code, office, workspace
        self.code.setText(_grouped(code))
        self.code.ensurePolished()
        self.code.setMinimumHeight(self.code.sizeHint().height())

    def say_renewal(self) -> None:
        """Say that the code is to take the place of an older one."""
        self._advice.setText(
            tr("输入最后两组并确认以后，旧恢复码才作废；按 Esc 不换。不要拍照，也不要存在这台电脑上。")
        )
        self.submit.setText(tr("启用新恢复码(&S)"))

    def taken(self) -> str:
        """Return the code whose end was typed again, and keep nothing of it."""
        code, self._kept = self._kept, ""
        return code

    def forget(self) -> None:
        """Keep nothing of a code that is not to be used."""
        self._secret = self._kept = ""
        self.code.clear()

    def show_request(self, started: "Started", place: str) -> None:
        """Say where the request to the county lies and its fingerprint, or why there is none."""
        words = ""
        if started.request is not None:
            words = tr(
                "登记申请已写到 {place}，交给{county}。对方会打电话核对它的指纹：{fingerprint}",
                place=place,
                county=started.request.county,
                fingerprint=started.request.fingerprint,
            )
        elif started.problem:
            words = tr(
                "登记申请没有写成：{problem}工作区已经建好，进入后可在“上报同步”里再写一次。", problem=started.problem
            )
        say(self.request, words)

    def _show_saved(self, name: str) -> None:
        self.notice.done(tr("恢复码已存到 {name}。请把这份文件与电脑分开保管。", name=name))
        self.again.setFocus()

    def _show_printed(self, sentence: str) -> None:
        """Say that the sheet went to the printer, which is not yet that it lies there."""
        self.notice.done(sentence + tr("。请等纸出来，与这里逐组核对，看清了再继续。"))
        self.again.setFocus()

    def _lay_out(self) -> None:
        ways = row(
            action("print", tr("打印…(&P)"), self._print),
            action("save", tr("存文件…(&F)"), self._save),
            action("copy", tr("复制(&C)"), self._copy),
            grow(),
        )
        self._advice = muted(
            tr("这一页不能返回：工作区已经建立。纸张放进保险柜或交负责人保管，不要拍照，也不要存在这台电脑上。")
        )
        self.fill(self.code, ways, self.again_field, self._advice, self.request, self.foot())

    def go_on(self) -> None:
        typed = "".join(self.again.text().split()).upper()
        end = in_groups(self._secret).end
        if typed != end:
            self.again_field.set_error(
                tr(
                    "应为恢复码的最后两组，共 {count} 个字符，现为“{found}”。请对照保存的那一份逐字核对。",
                    count=len(end),
                    found=typed,
                )
            )
            self.again.selectAll()
            self.again.setFocus()
            return
        # What was copied is kept elsewhere by now; other programs could read it here.
        clipboard = QGuiApplication.clipboard()
        if self._secret in clipboard.text():
            clipboard.clear()
        kept = self._secret
        self.forget()  # nothing of it stays in a window that may be open all day
        self._kept = kept  # until somebody has taken it
        self.confirmed.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._secret)
        self.notice.done(tr("已复制。贴到别处保存后再继续；进入工作区时剪贴板会清空。"))
        self.again.setFocus()

    def _save(self) -> None:
        kinds, workspace = tr("PDF (*.pdf);;文本 (*.txt)"), self._workspace
        # Whoever takes the laptop must not find the key beside the lock.
        target = choose_target(self, tr("恢复码存到哪里"), tr("恢复码.pdf"), kinds, away_from=workspace)
        if target is not None:
            office, code = self._office, self._secret
            self.work(Job(lambda: _save(target, office, code, workspace)), lambda _: self._show_saved(target.name))

    def _print(self) -> None:
        office, code = self._office, self._secret
        self.work(Job(lambda: _sheet(office, code)), lambda sheet: self._printing.print_pdf(sheet, tr("恢复码")))


def _save(path: Path, office: str, code: str, workspace: Path) -> None:
    from ohdesk.services.start import first_run  # late: loads the database layer

    first_run.save_code(path, office, code, workspace)


def _sheet(office: str, code: str) -> bytes:
    from ohdesk.services.start import first_run  # late: as above

    return first_run.recovery_sheet(office, code)


def _grouped(code: str) -> str:
    taken = in_groups(code)
    return "\n".join((taken.start, *("  ".join(line) for line in taken.lines(_GROUPS_A_LINE))))
