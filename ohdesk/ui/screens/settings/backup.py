"""备份: how well this workspace is protected, backups made and opened here, and going on after a copy."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ohdesk.domain.calendar import beijing, legal_day, parse_instant
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.backup import automatic, by_hand, making
from ohdesk.services.backup.automatic import Protection
from ohdesk.services.backup.making import Backup
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_folder, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.section import Section

Found = tuple[Protection, list[Backup], Mapping[str, datetime]]


class BackupSection(Section):
    """Backups that lie here and at the second place; one is made by hand to a stick."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(
            ctx,
            jobs,
            tr("备份"),
            tr(
                "一个加密文件，装着全部资料和密钥；当天任何一个账户的密码或恢复码都能打开。恢复从打开页的“从备份恢复”开始。"
            ),
        )
        self._make = primary_action("save", tr("备份到…(&B)"), self.ask_make)
        self._state = self.add_row("make", tr("现在备份"), "", self._make)
        self._second = action("usb", tr("选择文件夹…(&E)"), self.ask_second)
        self._where = self.add_row("second", tr("第二处"), "", self._second)
        self._checked: Mapping[str, datetime] = {}
        nothing = EmptyState(tr("还没有备份"), tr("每天打开以后自动备份一次，导入和汇入以前也备份一次。"))
        self.list: ListWithPane[Backup] = ListWithPane("backups", tr("备份"), self._columns(), nothing, edges=None)
        self.list.selected.connect(self._offer)
        self.items["list"] = self.list.view
        self._check = action("inspect", tr("打开检查(&K)"), self.check)
        self.column.addWidget(text(tr("已有的备份"), "heading"))
        self.column.addWidget(self.list, 1)
        self.column.addLayout(row(grow(), self._check))
        self._renew = action("copy", tr("作为新电脑继续…(&W)"), self.ask_renew)
        about = tr("工作区被复制过，或手工放回过旧的，县级说编号不一致时用。资料都保留，用县级名片重新登记。")
        self.add_row("renew", tr("被复制过的工作区"), about, self._renew)
        self.confirm = Confirm()
        self.confirm.confirmed.connect(self._renew_now)
        self.column.addWidget(self.confirm)
        self.allow(Right.BACKUP, self._make, self._second)
        self.allow(Right.TRUST, self._renew)

    def reload(self) -> None:
        ctx = self.ctx
        self.work(lambda: _found(ctx), self._show)

    def ask_make(self) -> None:
        """Ask where the backup is to go, best on a stick, and make it."""
        name = tr("备份_{office}_{day}.ohbak", office=self.ctx.office.name, day=legal_day(self.ctx.now()).isoformat())
        target = choose_target(self, tr("备份到"), name, tr("备份 (*.ohbak)"))
        if target is None:
            return
        ctx = self.ctx
        self.work_reporting(lambda report: by_hand.make(ctx, target, report), self._say_made, tr("备份"))

    def ask_second(self) -> None:
        """Ask for a folder on another disk or a stick."""
        folder = choose_folder(self, tr("备份的第二处"))
        if folder is not None:
            ctx = self.ctx
            self.work(lambda: automatic.set_second(ctx, folder), self._set)

    def check(self) -> None:
        """Open the backup selected."""
        backup = self.list.current
        if backup is not None:
            ctx, file = self.ctx, backup.file
            self.work_reporting(lambda report: by_hand.open_again(ctx, file, report), self._say_opened, tr("打开检查"))

    def ask_renew(self) -> None:
        """Ask before the workspace goes on as a new replica."""
        question = tr(
            "本机换新的编号和密钥，没有送达县级的内容用新编号再送一次；随后锁定，重新打开后用县级名片写出申请。"
        )
        self.confirm.ask(question, tr("作为新电脑继续(&Y)"), calm=True)

    def _renew_now(self) -> None:
        ctx = self.ctx

        def renewed() -> str:
            from ohdesk.services.office import renewal  # late: seldom done

            return renewal.renew(ctx).replica

        self.work(renewed, lambda _: self.left.emit())

    def _show(self, found: Found) -> None:
        protection, backups, self._checked = found
        self.list.show_all(backups)
        self._offer(self.list.current)
        days = protection.days
        if days is None:
            state = tr("还没有备份过。")
        else:
            state = tr("最近一次是今天。") if days == 0 else tr("最近一次在 {days} 天以前。", days=days)
        self._state.setText("".join((state, *protection.problems)))
        self._where.setText(_second_words(self.ctx, protection.second))

    def _offer(self, backup: Backup | None) -> None:
        self.allow(Right.BACKUP, self._check, when=backup is not None)

    def _set(self, change: Change) -> None:
        self.changed.emit(change)
        self.reload()
        self.done.emit(tr("以后的自动备份也放到第二处。"))

    def _say_made(self, backup: Backup) -> None:
        self.reload()
        self.changed.emit(Change.SETTINGS)
        if backup.problems:
            self.failed.emit(UserError(tr("备份写好了，但有问题：{problems}", problems="；".join(backup.problems))))
        else:
            self.saved.emit(tr("备份已写好，并打开检查过：{name}。可以拔出优盘。", name=backup.file.name), backup.file)

    def _say_opened(self, backup: Backup) -> None:
        self.reload()
        if backup.problems:
            said = tr("这份备份有问题：{problems}", problems="；".join(backup.problems))
            self.failed.emit(UserError(said, tr("请换一份备份，并尽快再备份一次。")))
        else:
            self.done.emit(tr("备份能打开，逐项检查都成立：{file}", file=backup.file.name))

    def _columns(self) -> list[Column[Backup]]:
        return [
            Column(tr("备份时间"), _minute, 140),
            Column(tr("状态"), self._word, 130, kind=self._kind),
            Column(tr("单位"), lambda backup: str(backup.employers), 96, numeric=True),
            Column(tr("检查"), lambda backup: str(backup.visits), 106, numeric=True),
            Column(tr("附件"), lambda backup: str(backup.blobs), 116, numeric=True),
            Column(tr("位置"), self._place, 250),
        ]

    def _place(self, backup: Backup) -> str:
        if backup.file.is_relative_to(self.ctx.folder):
            return tr("本机 {name}", name=backup.file.name)
        return str(backup.file)

    def _word(self, backup: Backup) -> str:
        if backup.problems:
            return tr("已损坏")
        return tr("打开检查过") if backup.sha256 in self._checked else tr("没有打开过")

    def _kind(self, backup: Backup) -> str:
        if backup.problems:
            return "bad"
        return "ok" if backup.sha256 in self._checked else "plain"


def _found(ctx: Context) -> Found:
    protection = automatic.protection(ctx)
    folders = [ctx.folder / making.FOLDER]
    if protection.second is not None:
        folders.append(automatic.folder_at(ctx, protection.second))
    backups = [backup for folder in folders if folder.is_dir() for backup in making.list_in(folder)]
    newest_first = sorted(backups, key=lambda backup: backup.made, reverse=True)
    return protection, newest_first, automatic.checked(ctx)


def _second_words(ctx: Context, second: Path | None) -> str:
    if second is None:
        return tr("还没有。自动备份只在本机磁盘上，磁盘坏了就一起没有了；请选另一个磁盘或优盘上的文件夹。")
    if automatic.is_on_same_disk(ctx, second):
        return tr("{folder}（和工作区在同一个磁盘上，磁盘坏了会一起没有；请另选）", folder=second)
    return str(second)


def _minute(backup: Backup) -> str:
    return f"{beijing(parse_instant(backup.made)):%Y-%m-%d %H:%M}" if backup.made else ""
