"""Restoring a backup into a folder: a whole workspace comes to be there, or nothing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from ohdesk.db import migrations
from ohdesk.db.engine import open_engine, writing
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.files import KEY_FILE, partial_of, sync_folder
from ohdesk.forms.rights import is_allowed
from ohdesk.i18n import tr
from ohdesk.security.keyfile import Keys
from ohdesk.services import blobs
from ohdesk.services.backup.checking import Unlock, beside, blob_names, by_itself, database_problems, unlocked
from ohdesk.services.backup.making import Backup, backup_of
from ohdesk.services.backup.sealed_file import DATABASE_PART, MEGABYTE, DamagedBackupError, Opened, opened
from ohdesk.services.context import system_clock
from ohdesk.services.office.placing import made_beside
from ohdesk.services.office.renewal import take_over
from ohdesk.services.office.workspace import (
    FOLDERS,
    OURS,
    Clock,
    check_place,
    is_open,
    is_workspace,
    look_up,
)


def restore(path: Path, folder: Path, unlock: Unlock, report: Progress = unwatched) -> Backup:
    """Make a workspace in `folder`, which is empty or absent, from the backup at `path`; return what it held.

    `report` is told megabytes.  Attachments that are lost are named; a database that is damaged is refused.  Raises
    UserError for a folder or file that cannot be used and what `unlock` raises, MachineError from the disk; then
    nothing is left behind.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(tr("这里不是文件夹：{folder}", folder=folder), tr("请另选文件夹；没有留下任何文件。"))
    if folder.exists() and any(folder.iterdir()):
        raise UserError(
            tr("这个文件夹不是空的：{folder}", folder=folder),
            tr("请另选一个新的或空的文件夹。要替换已有的工作区，由管理员用命令（ohdesk backup restore --over）。"),
        )
    check_place(folder)
    with made_beside(folder, OURS) as new:
        return _unpack(path, new, unlock, report)


def restore_over(
    path: Path, folder: Path, unlock: Unlock, report: Progress = unwatched, clock: Clock = system_clock
) -> tuple[Backup, Path]:
    """As `restore`, in the place of the workspace in `folder`; return also where that one lies now, untouched.

    Raises UserError unless who opens the backup was an administrator in it, and while the workspace is open.
    """
    if not is_workspace(folder):
        raise UserError(tr("这里没有工作区：{folder}", folder=folder), tr("请不加 --over，恢复到空文件夹。"))
    if is_open(folder):
        raise UserError(tr("这个工作区正开着，不能替换：{folder}", folder=folder), tr("请先关闭它。"))
    aside = folder.with_name(f"{folder.name}-{clock():%Y%m%dT%H%M%SZ}")
    with made_beside(folder, OURS, aside) as new:
        restored = _unpack(path, new, unlock, report, over=True)
    return restored, aside


def _unpack(path: Path, new: Path, unlock: Unlock, report: Progress, *, over: bool = False) -> Backup:
    for name in FOLDERS:
        (new / name).mkdir()
    with opened(path) as file:
        _check_room(new, file.front.size)
        # Under its own name only when all else is there: until then nothing takes this folder for a workspace.
        keys = unlocked(file, unlock, partial_of(new / KEY_FILE))
        lost = tuple(_write_parts(path, file, keys.database, new, report))
        restored = backup_of(path, file.front, file.finish(), lost)
    engine = open_engine(new / DATABASE_PART, keys.database)
    try:
        migrations.bring_up_to_date(engine)  # of a backup made before the schema changed
        if over:
            _require_administrator(engine, keys)
        # Before anybody can open it: the numbers it would go on with may have been used since the backup was made.
        with writing(engine) as session:
            take_over(session, keys.database)
    finally:
        engine.dispose()
    _settle(new)
    return restored


def _write_parts(path: Path, file: Opened, key: bytes, new: Path, report: Progress) -> Iterator[str]:
    contents = file.contents(key)
    database, *carried = contents.parts
    done, whole = 0, sum(part.size for part in (*contents.parts, *contents.apart))
    for part in (database, *carried):
        (new / part.name).parent.mkdir(exist_ok=True)
        with (new / part.name).open("wb") as written:
            for piece in file.pieces(part):
                written.write(piece)
                done += len(piece)
                report(done // MEGABYTE, max(1, whole // MEGABYTE))
        if part is database and (problems := database_problems(new / part.name, key)):
            raise DamagedBackupError(
                tr("备份里的数据库已损坏：{problems}", problems="；".join(problems[:3])),
                tr("请换一份备份（ohdesk backup list）；都不能用的，用 ohdesk salvage 抢救数据。"),
            )
    for part in contents.apart:
        if (source := beside(path, part)) is not None:
            (new / part.name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, new / part.name)
            done += part.size
            report(done // MEGABYTE, max(1, whole // MEGABYTE))
    awaited = blob_names(new / DATABASE_PART, key)
    held = set(awaited.values())
    for name, digest in awaited.items():
        if not (new / name).is_file():
            yield blobs.LostBlobError(digest).message
            continue
        try:
            alone = by_itself(path, key, held, digest, (new / name).read_bytes())
        except blobs.LostBlobError as error:
            yield error.message
        else:
            if alone is not None:
                (new / name).write_bytes(alone)


def _settle(new: Path) -> None:
    """Make every file durable, the key file last and under its own name."""
    for place in new.rglob("*"):
        if place.is_file():
            with place.open("r+b") as file:
                os.fsync(file.fileno())
    for place in (*new.rglob("*/"), new):
        sync_folder(place)
    partial_of(new / KEY_FILE).replace(new / KEY_FILE)
    sync_folder(new)


def _require_administrator(engine: Engine, keys: Keys) -> None:
    found = look_up(engine, keys)
    if found is None or not is_allowed(found[1].roles, Right.RESTORE):
        raise UserError(tr("替换已有的工作区只能由管理员做。"), tr("请由管理员的账户恢复，或恢复到一个空文件夹。"))


def _check_room(new: Path, needed: int) -> None:
    free = shutil.disk_usage(new).free
    if needed > free:
        raise MachineError(
            tr(
                "恢复放不下：需要 {megabytes} MB，只有 {free} MB。",
                megabytes=max(1, needed // MEGABYTE),
                free=free // MEGABYTE,
            ),
            tr("请清理磁盘，或另选文件夹；没有留下任何文件。"),
        )
