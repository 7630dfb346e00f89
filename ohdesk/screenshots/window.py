"""What belongs to no screen: the table of keys, notices, work under way, an unexpected fault, the lock."""

from collections.abc import Iterator

from PySide6.QtTest import QTest

from ohdesk.demo import cast
from ohdesk.domain.problems import blank
from ohdesk.domain.progress import Progress
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import ReportingJob
from ohdesk.ui.screens.roll.screen import RollScreen

_AT, _OF = 312, 1240
_PAUSE_MS = 20


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield what the window shows around its screens."""
    stage.open_desk()
    stage.show(RollScreen)
    yield from _notices(stage)
    yield from _work(stage)
    stage.desk.toggle_keys()
    yield stage.shot("window-keys")
    stage.window.idle.idle.emit()
    yield stage.shot("window-locked")
    stage.open_desk(stage.demo / cast.COUNTY_FOLDER, cast.COUNTY_CLERK)
    stage.desk.toggle_keys()
    yield stage.shot("window-keys-county")


def _notices(stage: Stage) -> Iterator[Shot]:
    notice = stage.desk.notice
    notice.done(tr("已导入：新增 {new} 家，变更 {changed} 家。", new=_AT, changed=6))
    yield stage.shot("window-notice-done")
    notice.error(UserError(tr("没有可以撤销的新增或更正。")))
    yield stage.shot("window-notice-problem")
    unnamed = blank(tr("单位名称"), "name", tr("请填写营业执照上的全称。"))
    number = Problem(tr("从业人数"), tr("0 或正整数"), "2.5")
    notice.error(ProblemsError(tr("单位没有保存。"), (unnamed, number)))
    yield stage.shot("window-notice-problems")
    failed = tr("写入“{folder}”时出错，可能优盘已拔出或损坏，文件没有写成。", folder="E:")
    notice.error(MachineError(failed, tr("请重新插入优盘或换一个优盘，再导出一次；资料还在本机。")))
    yield stage.shot("window-notice-machine")
    notice.error(RuntimeError("for the picture"))
    yield stage.shot("window-notice-unexpected")
    notice.hide()


def _work(stage: Stage) -> Iterator[Shot]:
    """Show a job while it lasts: it ends when it is cancelled."""
    job = ReportingJob(_last)
    stage.window.jobs.start(job, tr("导入名单"))
    QTest.qWait(2 * theme.layout("progress_after_ms"))
    yield "window-work", stage.window  # not `shot`, which would wait for the end of the job
    job.cancel()
    stage.settle()
    QTest.qWait(2 * theme.layout("progress_least_ms"))


def _last(report: Progress) -> None:
    while True:
        report(_AT, _OF)
        QTest.qSleep(_PAUSE_MS)
