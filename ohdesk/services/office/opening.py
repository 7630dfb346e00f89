"""What is looked at when a workspace is opened, and said where something may be missing."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ohdesk.db.write_ahead import belongs, has_frames, lost_commits
from ohdesk.domain.calendar import beijing
from ohdesk.errors import MachineError, UserError
from ohdesk.files import partial_of, sync_folder
from ohdesk.i18n import tr

DAMAGED = "damaged"  # below it, databases and logs as they stood before a damaged log was used
_LOG = "-wal"


@dataclass(frozen=True, slots=True)
class Before:
    """What lay beside the database before SQLite used it.

    lost: commits that SQLite passes over, as the log is damaged · kept: where both files are kept as they were
    strange: the log was another database's, and is not used
    """

    has_log: bool
    lost: int = 0
    kept: Path | None = None
    strange: bool = False


def before_use(database: Path, key: bytes, at: datetime) -> Before:
    """Look at the log of a database that is not open yet; keep a copy of both where some of it will not be read.

    Raises MachineError when there is no room for the copy: opening would take the original away.
    """
    log = database.with_name(database.name + _LOG)
    strange = has_frames(log) and not belongs(log, database, key)
    lost = 0 if strange else lost_commits(log)
    if not lost and not strange:
        return Before(has_frames(log))
    kept = database.parent / DAMAGED / f"{at:%Y%m%dT%H%M%SZ}"
    try:
        _keep(kept, database, log)
        if strange:
            log.unlink()
    except OSError as error:
        raise MachineError(
            tr("数据库的日志已损坏，打开之前要先留存一份，但是写不了：{folder}", folder=kept),
            tr("请清理磁盘空间后再打开；不要删除工作区里的任何文件。"),
        ) from error
    return Before(has_log=not strange, lost=lost, kept=kept, strange=strange)


def found_missing(before: Before, opened_at: datetime | None) -> Iterator[UserError]:
    """Yield what may be missing, given since when the database says of itself that it is open."""
    since = tr("上次打开") if opened_at is None else f"{beijing(opened_at):%Y-%m-%d %H:%M}"
    if before.strange:
        yield MachineError(
            tr("数据库旁边的日志不是它的，是另一个工作区的，或者换密钥以前的，没有使用。"),
            tr("原来的文件留存在 {folder}；请核对最近填写的内容，再联系县级管理员。", folder=before.kept),
        )
    if before.lost:
        yield MachineError(
            tr(
                "上次没有正常关闭，数据库的日志又有损坏：最多有 {count} 次保存没有读出来，都在{since}以后。",
                count=before.lost,
                since=since,
            ),
            tr("原来的文件留存在 {folder}；请核对最近填写的内容并补上，再联系县级管理员。", folder=before.kept),
        )
    if opened_at is not None and not before.has_log:
        yield MachineError(
            tr("这个数据库是在打开着的时候复制的，缺少它的日志：{since}以后保存的内容可能不在里面。", since=since),
            tr("请从原来的文件夹把 workspace.db 和 workspace.db-wal 一起复制过来；没有的话，请核对最近填写的内容。"),
        )


def kept_copies(folder: Path) -> list[str]:
    """Return the names of the copies kept in a workspace, the oldest first."""
    return sorted(path.name for path in (folder / DAMAGED).glob("*Z"))


def _keep(kept: Path, *files: Path) -> None:
    """Copy files into a new folder, which is there whole or not at all."""
    partial = partial_of(kept)
    shutil.rmtree(partial, ignore_errors=True)  # of a program that died here
    partial.mkdir(parents=True)
    for file in files:
        with (partial / file.name).open("wb") as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    sync_folder(partial)
    partial.replace(kept)
    sync_folder(kept.parent)
