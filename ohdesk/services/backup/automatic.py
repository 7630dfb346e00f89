"""Automatic backups: daily and before what changes much, rotated, each opened; what fails is told and stops nothing."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import BackupMade, BackupPlace
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import UserError
from ohdesk.files import medium_told
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import Depth, Unlock, check
from ohdesk.services.backup.making import Backup
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may

HERE = ""  # stands for the workspace's own folder
_OURS = re.compile(r"\d{8}T\d{6}Z(-\d+)?\.ohbak")  # what a person named otherwise is never taken away


class BackupRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`resources/offices/backups.toml`."""

    valid_from: date
    unconfirmed: bool
    kept: int
    pause_minutes: int
    attention_days: int


@dataclass(frozen=True, slots=True)
class Protection:
    """How well this workspace is backed up.

    days: since the newest backup, None before the first · second: the second place, None without one
    problems: what went wrong at the last automatic backup of each place, in sentences
    """

    days: int | None
    second: Path | None
    problems: tuple[str, ...]

    @property
    def is_old(self) -> bool:
        """True when nothing was backed up for longer than the rules let pass."""
        return self.days is not None and self.days > backup_rules().attention_days


@cache
def backup_rules() -> BackupRules:
    """Return how automatic backups are made."""
    return msgspec.toml.decode((resources() / "offices" / "backups.toml").read_bytes(), type=BackupRules)


def protection(ctx: Context) -> Protection:
    """Return how well this workspace is backed up; quick."""
    with ctx.reading() as session:
        newest = session.scalar(select(func.max(BackupMade.made_at)))
        places = {row.folder: row.problem for row in session.scalars(select(BackupPlace))}
    second = next((Path(folder) for folder in places if folder != HERE), None)
    days = None if newest is None else (legal_day(ctx.now()) - legal_day(newest)).days
    return Protection(days, second, tuple(filter(None, places.values())))


def checked(ctx: Context) -> dict[str, datetime]:
    """Return when each backup last opened without a problem, by the SHA-256 of its file."""
    with ctx.reading() as session:
        rows = session.execute(
            select(BackupMade.sha256, BackupMade.checked_at).where(BackupMade.checked_at.is_not(None))
        )
        return {sha256: at for sha256, at in rows if at is not None}


def set_second(ctx: Context, folder: Path | None) -> Change:
    """Have automatic backups go to a second place as well, or to none. Raises UserError for one that cannot be used."""
    ctx.require(Right.BACKUP)
    if folder is not None and not folder.is_dir():
        raise UserError(tr("没有这个文件夹：{folder}", folder=folder), tr("请检查路径，或先插好优盘。"))
    if folder is not None and folder.resolve().is_relative_to(ctx.folder.resolve()):
        raise UserError(tr("第二处不能在工作区里面：{folder}", folder=folder), tr("请选另一个磁盘或优盘上的文件夹。"))
    with ctx.transaction() as session:
        session.execute(delete(BackupPlace).where(BackupPlace.folder != HERE))
        if folder is not None:
            session.add(BackupPlace(folder=str(folder.absolute())))
    return Change.SETTINGS


def is_on_same_disk(ctx: Context, folder: Path) -> bool:
    """True when a folder lies on the disk of the workspace: it would be lost together with it."""
    try:
        return folder.stat().st_dev == ctx.folder.stat().st_dev
    except OSError:
        return False


def is_due(ctx: Context) -> bool:
    """True when today's backup has not been made yet."""
    days = protection(ctx).days
    return days is None or days > 0


def run(ctx: Context, report: Progress = unwatched) -> Protection:
    """Make the backup of the day in each place, open it, and take away the oldest; whatever fails is noted.

    What takes long, to compare what it shows with its journal, is left to `verify`.
    """
    ctx.require(Right.BACKUP)
    second = protection(ctx).second
    for folder in (HERE,) if second is None else (HERE, str(second)):
        _try(ctx, folder, report)
    return protection(ctx)


def verify(ctx: Context, report: Progress = unwatched) -> Protection:
    """Compare what the newest automatic backup here shows with its journal; what does not agree is noted.

    `report` is told operations; what it raises ends the work.
    """
    ctx.require(Right.BACKUP)
    home = ctx.folder / making.FOLDER
    ours = sorted(path for path in home.iterdir() if _OURS.fullmatch(path.name)) if home.is_dir() else []
    if ours:
        found = check(ours[-1], by_own_key(ctx), report, Depth.DAILY)
        if found.problems:
            with ctx.transaction() as session:
                session.merge(BackupPlace(folder=HERE, problem=tr("；").join(found.problems)))
    return protection(ctx)


def before(ctx: Context) -> None:
    """Make a backup before something that changes much, in the workspace itself; not again within the pause."""
    with ctx.reading() as session:
        newest = session.scalar(select(func.max(BackupMade.made_at)))
    pause = timedelta(minutes=backup_rules().pause_minutes)
    if may(ctx, Right.BACKUP) and (newest is None or ctx.now() - newest > pause):
        _try(ctx, HERE, unwatched)


def note(ctx: Context, backup: Backup, *, opened: bool) -> None:
    """Set down that a backup was made here or, without a problem, opened."""
    ctx.require(Right.BACKUP)
    with ctx.transaction() as session:
        _note(ctx, session, backup, opened=opened)


def _try(ctx: Context, folder: str, report: Progress) -> None:
    ctx.require(Right.BACKUP)
    problem = ""
    backup = None
    try:
        with medium_told(ctx.folder if folder == HERE else Path(folder)):
            backup = _make(ctx, folder, report)
        problem = tr("；").join(backup.problems)
    except UserError as error:  # the work that it was to protect goes on
        problem = error.whole
    with ctx.transaction() as session:
        if backup is not None:
            _note(ctx, session, backup, opened=not problem)
        session.merge(BackupPlace(folder=folder, problem=problem))


def _make(ctx: Context, folder: str, report: Progress) -> Backup:
    home, beside = ctx.folder / making.FOLDER, ctx.folder
    if folder != HERE:
        if not Path(folder).is_dir():
            raise UserError(
                tr("备份的第二处不在：{folder}", folder=folder), tr("请插好优盘，或在“设置 → 备份”里另选一处。")
            )
        home = beside = folder_at(ctx, Path(folder))
        home.mkdir(exist_ok=True)
    made = making.make(ctx, _free_name(home, ctx.now()), report, beside)
    # By the key at hand: the password is not known any more, and need not be.
    found = check(made.file, by_own_key(ctx), depth=Depth.QUICK)
    _rotate(home, made.file)
    return found


def by_own_key(ctx: Context) -> Unlock:
    """Return what opens the backups of this workspace while it is open itself."""
    return lambda _key_file: ctx.keys


def folder_at(ctx: Context, second: Path) -> Path:
    """Return the folder for this workspace at the second place."""
    # One for each laptop: several may be given the same stick.
    return second / f"ohdesk-{ctx.office.division}-{ctx.office.replica[:8]}"


def _free_name(home: Path, now: datetime) -> Path:
    stem, number = f"{now:%Y%m%dT%H%M%SZ}", 1
    while (place := home / (f"{stem}.ohbak" if number == 1 else f"{stem}-{number}.ohbak")).exists():
        number += 1
    return place


def _rotate(home: Path, newest: Path) -> None:
    """Take away the oldest of the automatic backups beyond those that are kept; never the one just made."""
    ours = sorted(path for path in home.iterdir() if _OURS.fullmatch(path.name) and path != newest)
    for path in ours[: max(0, len(ours) + 1 - backup_rules().kept)]:
        path.unlink(missing_ok=True)


def _note(ctx: Context, session: Session, backup: Backup, *, opened: bool) -> None:
    held = session.get(BackupMade, backup.sha256)
    if held is None:
        held = BackupMade(sha256=backup.sha256, file=str(backup.file), made_at=ctx.now())
        session.add(held)
    if opened and not backup.problems:
        held.checked_at = ctx.now()
