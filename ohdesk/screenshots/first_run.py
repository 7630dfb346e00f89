"""The unlock screen: the three ways in, each card of theirs, and what can go wrong on it."""

from collections.abc import Iterator

from ohdesk.demo import cast
from ohdesk.errors import MachineError, ProblemsError, UserError, WrongPasswordError
from ohdesk.forms.passwords import password_problems
from ohdesk.i18n import tr
from ohdesk.screenshots.stage import TOWN, Shot, Stage
from ohdesk.services.start.first_run import Started
from ohdesk.services.start.practice import MARK
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import RequestShown
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.screens.unlock.remembered import remember
from ohdesk.ui.screens.unlock.screen import UnlockScreen

_CODE = "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" + "QPZRY9X8GF2TVDW0S3JN54KHCE"
_PASSWORD = "red-lantern-2"  # noqa: S105 - typed into a picture


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield every state of the screen."""
    window = stage.open_window(None)
    yield stage.shot("ways")
    window.unlock.show_restore()
    yield stage.shot("restore")
    yield from _new_office(stage, window.unlock)
    yield from _practice(stage, window.unlock)
    yield from _unlock(stage)


def _new_office(stage: Stage, unlock: UnlockScreen) -> Iterator[Shot]:
    unlock.show_create()
    card = unlock.create_card
    yield stage.shot("create-town")
    card.division.setText("12345")
    card.submit.click()
    yield stage.shot("create-gaps")
    for line, text in ((card.division, TOWN.division), (card.name, TOWN.name), (card.account, TOWN.administrator)):
        line.setText(text)
    for line in (card.password, card.again):
        line.setText(_PASSWORD)
    path = stage.demo / "trust" / "county.ohcard"
    shown = joining.look_at_card(path)
    card.joining.line.setText(str(path))
    unlock.create_card.show_card(shown)
    card.submit.click()
    yield stage.shot("create-by-card")
    unlock.show_error(
        MachineError(tr("工作区放不到这里，这个文件夹不能写入：{folder}", folder="D:"), tr("请检查磁盘空间。"))
    )
    yield stage.shot("create-disk-full")
    card.county.click()
    card.division.setText("440705")
    card.division.textEdited.emit("440705")
    yield stage.shot("create-county")
    fingerprint = "2b7e 1516 28ae d2a6 abf7 1588 09cf 4f3c"
    request = RequestShown(fingerprint, shown.fingerprint, shown.office.office, ())
    office = Credentials(stage.demo, TOWN.administrator, cast.PASSWORD)
    unlock.show_created(office, TOWN.name, Started(_CODE, request))
    yield stage.shot("recovery-code")
    unlock.code_card.again.setText("qwerty")
    unlock.code_card.submit.click()
    yield stage.shot("recovery-code-mistyped")
    unlock.show_first_login(office)
    unlock.first_login_card.show_error(ProblemsError("", password_problems("12345")))
    yield stage.shot("first-login")


def _practice(stage: Stage, unlock: UnlockScreen) -> Iterator[Shot]:
    unlock.show_practice()
    yield stage.shot("practice")
    unlock.practice_card.show_progress(5, 12)
    yield stage.shot("practice-progress")
    unlock.open_folder(stage.demo)
    yield stage.shot("practice-unlock")
    unlock.open_card.practice.remove.click()
    yield stage.shot("practice-throw-away")


def _unlock(stage: Stage) -> Iterator[Shot]:
    (stage.demo / MARK).unlink()
    folder = stage.demo / TOWN.folder
    remember(folder, TOWN.inspectors[0].name)
    window = stage.open_window(folder)
    yield stage.shot("unlock")
    unlock = window.unlock
    card = unlock.open_card
    card.password.setText("wrong")
    card.submitted.disconnect()
    wrong = WrongPasswordError(tr("密码不正确。"), tr("请检查大小写和输入法后重新输入；忘记密码的，请管理员重置。"))
    card.submit.click()
    unlock.show_error(wrong)
    card.secret.caps.show_state(tr("大写锁定（Caps Lock）已打开"), "warn")
    yield stage.shot("unlock-wrong-password")
    unlock.show_error(WrongPasswordError(wrong.message, wrong.remedy, wait=30))
    yield stage.shot("unlock-wait")
    unlock.show_error(
        UserError(tr("这个工作区已经在另一个窗口或命令中打开{holder}。", holder=""), tr("请切换到那里继续。"))
    )
    yield stage.shot("unlock-second-instance")
    older = UserError(
        tr("这个工作区比这台电脑上次看到的旧（上次：{at}），可能是旧备份。", at="2026-03-18 09:30"),
        tr("之后填写的内容不在里面。请先找较新的工作区或备份；找不到时再用这一份继续。"),
    )
    unlock.show_older(Credentials(folder, TOWN.administrator, cast.PASSWORD), older)
    yield stage.shot("older")
    unlock.show_open()
    card.forgot.click()
    yield stage.shot("recover")
    unlock.show_recovered(Credentials(folder, TOWN.administrator, cast.PASSWORD))
    yield stage.shot("recovered")
    unlock.show_ways()
    yield stage.shot("ways-remembered")
