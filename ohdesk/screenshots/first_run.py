"""The unlock screen: the three ways in, each card of theirs, and what can go wrong on it."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from ohdesk.demo import cast
from ohdesk.errors import MachineError, UserError, WrongPasswordError
from ohdesk.i18n import tr
from ohdesk.screenshots.stage import TOWN, Stage
from ohdesk.services.start.first_run import Started
from ohdesk.services.start.practice import MARK
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import RequestShown
from ohdesk.ui.screens.unlock.cards import Recovery
from ohdesk.ui.screens.unlock.remembered import remember
from ohdesk.ui.screens.unlock.screen import UnlockScreen

_CODE = "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" + "QPZRY9X8GF2TVDW0S3JN54KHCE"


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield every state of the screen."""
    window = stage.open_window(None)
    yield "ways", window
    yield from _new_office(stage, window.unlock)
    yield from _practice(stage, window.unlock)
    yield from _unlock(stage)


def _new_office(stage: Stage, unlock: UnlockScreen) -> Iterator[tuple[str, QWidget]]:
    unlock.show_create()
    card = unlock.create_card
    yield "create-town", stage.window
    card.division.setText("12345")
    card.submit.click()
    yield "create-gaps", stage.window
    for line, text in ((card.division, TOWN.division), (card.name, TOWN.name), (card.account, TOWN.administrator)):
        line.setText(text)
    for line in (card.password, card.again):
        line.setText(cast.PASSWORD)
    path = stage.demo / "trust" / "county.ohcard"
    shown = joining.look_at_card(path)
    card.joining.line.setText(str(path))
    unlock.show_card(shown)
    card.submit.click()
    yield "create-by-card", stage.window
    unlock.show_error(
        MachineError(tr("工作区建立不了，这个文件夹不能写入：{folder}", folder="D:"), tr("请检查磁盘空间。"))
    )
    yield "create-disk-full", stage.window
    card.county.click()
    card.division.setText("440705")
    card.division.textEdited.emit("440705")
    yield "create-county", stage.window
    fingerprint = "2b7e 1516 28ae d2a6 abf7 1588 09cf 4f3c"
    request = RequestShown(fingerprint, shown.fingerprint, shown.county, ())
    unlock.show_started(Started(_CODE, request))
    yield "recovery-code", stage.window
    unlock.code_card.again.setText("qwerty")
    unlock.code_card.confirm.click()
    yield "recovery-code-mistyped", stage.window


def _practice(stage: Stage, unlock: UnlockScreen) -> Iterator[tuple[str, QWidget]]:
    unlock.show_practice_card()
    yield "practice", stage.window
    unlock.show_progress(5, 12)
    yield "practice-progress", stage.window
    unlock.show_practice(stage.demo)
    stage.settle()
    yield "practice-unlock", stage.window
    unlock.open_card.practice.remove.click()
    yield "practice-throw-away", stage.window


def _unlock(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    (stage.demo / MARK).unlink()
    folder = stage.demo / TOWN.folder
    remember(folder, TOWN.inspectors[0].name)
    window = stage.open_window(folder)
    window.list_accounts(folder)
    stage.settle()
    yield "unlock", window
    unlock = window.unlock
    card = unlock.open_card
    card.password.setText("wrong")
    card.submitted.disconnect()
    wrong = WrongPasswordError(tr("密码不正确。"), tr("请检查大小写和输入法后重新输入；忘记密码的，请管理员重置。"))
    card.submit.click()
    unlock.show_error(wrong)
    card.secret.caps.show_state(tr("大写锁定（Caps Lock）已打开"), "warn")
    yield "unlock-wrong-password", window
    for _ in range(5):
        unlock.show_error(wrong)
    yield "unlock-wait", window
    unlock.show_error(
        UserError(tr("这个工作区已经在另一个窗口或命令中打开{holder}。", holder=""), tr("请切换到那里继续。"))
    )
    yield "unlock-second-instance", window
    unlock.show_recover()
    yield "recover", window
    unlock.show_recovered(Recovery(folder, _CODE, TOWN.administrator, cast.PASSWORD))
    yield "recovered", window
    unlock.show_ways()
    yield "ways-remembered", window
