"""Automatic backups: daily and before what changes much, rotated, each opened; what fails is told and stops no work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import BackupMade, BackupPlace
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.files import medium_told, way_back
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import Depth, by_own_key, check
from ohdesk.services.backup.making import Backup, Source
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
    whole_days: int
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

    What takes long is left to `verify`.
    """
    ctx.require(Right.BACKUP)
    for folder in _places(ctx):
        _try(ctx, folder, report)
    return protection(ctx)


def verify(ctx: Context, report: Progress = unwatched) -> Protection:
    """Open for real what was only opened quickly so far, the newest first; what does not hold is noted.

    The tables of each are compared with its journal and, once within the days of the rules, every attachment is read.
    `report` is told operations and megabytes; what it raises ends the work, and what was opened until then counts.
    """
    ctx.require(Right.BACKUP)
    for folder in _places(ctx):
        for sha256, path in _not_verified(ctx, _home(ctx, folder)):
            problems = _problems(ctx, sha256, path, report)
            if problems:
                with ctx.transaction() as session:
                    session.merge(BackupPlace(folder=folder, problem=f"{path.name}：{tr('；').join(problems)}"))
                break  # those before it most likely say the same
    return protection(ctx)


def before(ctx: Context) -> None:
    """Make a backup before something that changes much, in the workspace itself; not again within the pause."""
    with ctx.reading() as session:
        newest = session.scalar(select(func.max(BackupMade.made_at)))
    pause = timedelta(minutes=backup_rules().pause_minutes)
    if may(ctx, Right.BACKUP) and (newest is None or ctx.now() - newest > pause):
        _try(ctx, HERE, unwatched)


def before_upgrade(source: Source) -> Backup:
    """Make a backup before the schema is changed, in the workspace itself, for `note` once it is changed.

    Raises MachineError unless it can be written and opens: an upgrade that fails half way must not be the only copy.
    """
    home = source.folder / making.FOLDER
    with medium_told(home):
        home.mkdir(exist_ok=True)
        made = making.write_out(source, _free_name(home, source.at), beside=source.folder)
        found = check(made.file, by_own_key(source.keys), depth=Depth.QUICK)
        _rotate(home, made.file)
    if wrong := [problem for problem in found.problems if problem not in made.problems]:  # lost attachments stop nobody
        raise MachineError(
            tr("升级之前的备份打不开：{problems}", problems=tr("；").join(wrong)),
            tr("工作区没有升级，原样未动。{way_back}", way_back=way_back()),
        )
    return found


def note(session: Session, backup: Backup, at: datetime, depth: int = 0) -> None:
    """Set down that a backup was made here or, so far and without a problem, opened."""
    if not backup.sha256:
        return  # damaged: nobody knows which one it was
    held = session.get(BackupMade, backup.sha256)
    if held is None:
        # By its own instant: one that is only found again protects no better than when it was made.
        made_at = parse_instant(backup.made)
        held = BackupMade(sha256=backup.sha256, file=str(backup.file.absolute()), made_at=made_at, depth=0)
        session.add(held)
    if depth and not backup.problems:
        held.checked_at, held.depth = at, max(depth, held.depth)


def _places(ctx: Context) -> tuple[str, ...]:
    second = protection(ctx).second
    return (HERE,) if second is None else (HERE, str(second))


def _home(ctx: Context, folder: str) -> Path:
    return ctx.folder.absolute() / making.FOLDER if folder == HERE else folder_at(ctx, Path(folder))


def _not_verified(ctx: Context, home: Path) -> Iterator[tuple[str, Path]]:
    """Yield the backups of a place, by the hash of their files, that were only opened quickly; the newest first."""
    with ctx.reading() as session:
        rows = session.execute(
            select(BackupMade.sha256, BackupMade.file)
            .where(BackupMade.depth < Depth.DAILY)
            .order_by(BackupMade.made_at.desc())
        ).all()
    # One that was rotated away, or is on a stick that is not here, is no fault of the backup.
    yield from ((sha256, Path(file)) for sha256, file in rows if Path(file).parent == home and Path(file).is_file())


def _problems(ctx: Context, sha256: str, path: Path, report: Progress) -> tuple[str, ...]:
    """Open one backup for real and note that it holds; return what does not."""
    depth = Depth.ALL if _is_whole_due(ctx, path.parent) else Depth.DAILY
    try:
        found = check(path, by_own_key(ctx.keys), report, depth)
    except UserError as error:
        return (error.whole,)
    if found.sha256 != sha256 and not found.problems:
        return (tr("这个文件已被另一份备份替换。"),)
    if not found.problems:
        with ctx.transaction() as session:
            note(session, found, ctx.now(), depth)
    return found.problems


def _is_whole_due(ctx: Context, home: Path) -> bool:
    """True when no backup of a place was opened with every attachment for as long as the rules let pass."""
    since = ctx.now() - timedelta(days=backup_rules().whole_days)
    with ctx.reading() as session:
        whole = session.scalars(
            select(BackupMade.file).where(BackupMade.depth >= Depth.ALL, BackupMade.checked_at > since)
        )
        return not any(Path(file).parent == home for file in whole)


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
            note(session, backup, ctx.now(), Depth.QUICK)
        session.merge(BackupPlace(folder=folder, problem=problem))


def _make(ctx: Context, folder: str, report: Progress) -> Backup:
    home, beside = _home(ctx, folder), ctx.folder
    if folder != HERE:
        if not Path(folder).is_dir():
            raise UserError(
                tr("备份的第二处不在：{folder}", folder=folder), tr("请插好优盘，或在“设置 → 备份”里另选一处。")
            )
        beside = home
    home.mkdir(exist_ok=True)
    made = making.make(ctx, _free_name(home, ctx.now()), report, beside)
    found = check(made.file, by_own_key(ctx.keys), depth=Depth.QUICK)
    _rotate(home, made.file)
    return found


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
