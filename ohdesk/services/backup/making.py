"""Making backups, and saying which lie in a folder."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Engine, func, select, union

from ohdesk.db.engine import copy_database, open_engine, reading
from ohdesk.db.models import BlobRow, Establishment, Record, Visit
from ohdesk.domain.calendar import instant_in, instant_text
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError
from ohdesk.files import KEY_FILE, partial_of, write_durably
from ohdesk.i18n import tr
from ohdesk.security.keyfile import Keys
from ohdesk.services import blobs, last_seen
from ohdesk.services.backup.sealed_file import (
    DATABASE_PART,
    MEGABYTE,
    PIECE,
    Contents,
    Front,
    NotABackupError,
    Part,
    encode,
    new_salt,
    opened,
    write,
)
from ohdesk.services.context import Context, Office

FOLDER = "backups"
SUFFIX = ".ohbak"  # of files that name themselves; a person may call theirs as they like


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file, and what is in it. made: instant · problems: what is lost or does not hold, in sentences."""

    file: Path
    sha256: str
    made: str
    replica: str
    employers: int
    visits: int
    blobs: int
    problems: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """By which it is found again in a list."""
        return str(self.file)


@dataclass(frozen=True, slots=True)
class Source:
    """The open workspace that a backup is made of, whoever it is that opened it."""

    folder: Path
    engine: Engine
    keys: Keys
    office: Office
    at: datetime


class _Counted(NamedTuple):
    """What the copy of a database holds: so many of each, and the blobs it counts on."""

    employers: int
    visits: int
    held: tuple[str, ...]


def make(ctx: Context, place: Path, report: Progress = unwatched, beside: Path | None = None) -> Backup:
    """Write the whole workspace, as it stands now, into one encrypted file; work may go on meanwhile.

    beside: a folder in whose `blobs` the attachments lie, each once for all backups, instead of in the file; those not
            there yet are copied.  Where it is the workspace itself, nothing is copied at all.

    Any account's password of today opens it.  An attachment that is lost is named and left out.  Raises UserError for
    a file that is there already, MachineError from the medium; then nothing is left behind.
    """
    ctx.require(Right.BACKUP)
    source = Source(ctx.folder, ctx.engine, ctx.keys, ctx.office, ctx.now())
    made = write_out(source, place, report, beside)
    last_seen.note_now(ctx)
    return made


def write_out(source: Source, place: Path, report: Progress = unwatched, beside: Path | None = None) -> Backup:
    """As `make`, also before anybody was looked up: a schema that is about to change asks for a backup as well."""
    if not place.parent.is_dir():
        raise UserError(tr("没有这个文件夹：{folder}", folder=place.parent), tr("请检查路径，或先插好优盘。"))
    if instant_in(instant_text(source.at)) is None:  # as no reader takes it
        raise MachineError(
            tr("这台电脑的日期不对：{day}，没有备份。", day=source.at.date()), tr("请先改正电脑的日期和时间。")
        )
    key = source.keys.database
    with _copy(source) as copy:
        counted = _count(copy, key)
        held, lost = _blobs(source, counted.held)
        if beside is not None:
            _bring(source, held, beside)
        database = Part(DATABASE_PART, copy.stat().st_size)
        contents = Contents((database, *held)) if beside is None else Contents((database,), held)
        front = _front(source, counted, contents)
        _check_room(place, front.size)
        digest = write(place, front, contents, key, partial(_bytes_of, source, copy), report)
    return backup_of(place, front, digest, lost)


def list_in(folder: Path) -> list[Backup]:
    """Return the backups in a folder, the newest first; what can be seen without a password is checked."""
    if folder.exists() and not folder.is_dir():
        raise UserError(tr("这里不是文件夹：{folder}", folder=folder), tr("请指明备份所在的文件夹。"))
    if not folder.is_dir():
        raise UserError(tr("没有这个文件夹：{folder}", folder=folder), tr("请检查路径，或先插好优盘。"))
    # A file that is being written, or was when the power failed, is none.
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != partial_of(path).suffix)
    found = [backup for path in files if (backup := look_at(path)) is not None]
    return sorted(found, key=lambda backup: backup.made, reverse=True)


def look_at(path: Path) -> Backup | None:
    """Return what a backup says without a password, and whether every byte of it is there; None for another file."""
    try:
        with opened(path) as file:
            try:
                return backup_of(path, file.front, file.skip())
            except UserError as error:
                return backup_of(path, file.front, "", (error.message,))
    except NotABackupError as error:
        # By its name it was one: what a stick that was pulled, or a disk that fails, left of it is not passed over.
        if path.suffix != SUFFIX:
            return None
        return Backup(path, "", "", "", 0, 0, 0, (error.message,))
    except UserError as error:
        return Backup(path, "", "", "", 0, 0, 0, (error.message,))


def backup_of(path: Path, front: Front, sha256: str, problems: tuple[str, ...] = ()) -> Backup:
    """Return what the front of a backup says."""
    return Backup(path, sha256, front.made, front.replica, front.employers, front.visits, front.blobs, problems)


@contextmanager
def _copy(source: Source) -> Iterator[Path]:
    """Yield a copy of the database as it stands in one instant, encrypted as it is itself."""
    home = source.folder / FOLDER
    try:
        home.mkdir(exist_ok=True)
        for left in home.glob("making-*"):  # of a process that died
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=home, prefix="making-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / DATABASE_PART
            copy_database(source.engine, copy, source.keys.database)
            yield copy
    except OSError as error:
        raise MachineError(
            tr("备份时读写出错：{folder}", folder=home), tr("请检查磁盘空间和权限后再备份一次；没有留下半个文件。")
        ) from error


def _count(copy: Path, key: bytes) -> _Counted:
    visits = union(select(Visit.id), select(Record.visit)).subquery()
    engine = open_engine(copy, key)
    try:
        with reading(engine) as session:
            return _Counted(
                session.scalar(select(func.count()).select_from(Establishment).where(~Establishment.withdrawn)) or 0,
                session.scalar(select(func.count()).select_from(visits)) or 0,
                tuple(session.scalars(select(BlobRow.sha256).where(BlobRow.held).order_by(BlobRow.sha256))),
            )
    finally:
        engine.dispose()


def _blobs(source: Source, held: Iterable[str]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return the files of blobs, and in words those that are lost."""
    found, lost = [], []
    for digest in held:
        place = blobs.place_in(source.folder, source.keys.database, digest)
        if place.is_file():
            found.append(Part(place.relative_to(source.folder).as_posix(), place.stat().st_size))
        else:
            lost.append(blobs.LostBlobError(digest).message)
    return tuple(sorted(found, key=attrgetter("name"))), tuple(lost)


def _front(source: Source, counted: _Counted, contents: Contents) -> Front:
    listed = len(encode(contents))
    return Front(
        made=instant_text(source.at),
        replica=source.office.replica,
        role=source.office.role,
        division=source.office.division,
        name=source.office.name,
        employers=counted.employers,
        visits=counted.visits,
        blobs=len(contents.apart) + len(contents.parts) - 1,
        contents=listed,
        size=listed + sum(part.size for part in contents.parts),
        salt=new_salt(),
        keys=(source.folder / KEY_FILE).read_text(encoding="utf-8"),
    )


def _bytes_of(source: Source, copy: Path, part: Part) -> Iterator[bytes]:
    path = copy if part.name == DATABASE_PART else source.folder / part.name
    with path.open("rb") as file:
        while chunk := file.read(PIECE):
            yield chunk


def _bring(source: Source, held: Iterable[Part], beside: Path) -> None:
    """Copy the blobs that lie not beside yet; each is there whole or not at all."""
    for part in held:
        place = beside / part.name
        # A photo that is there by itself stays: an older backup does not count on the document that has it now.
        if not (place.is_file() and (blobs.may_be_cut(part.size) or part.size == place.stat().st_size)):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_durably(place, (source.folder / part.name).read_bytes())


def _check_room(place: Path, needed: int) -> None:
    free = shutil.disk_usage(place.parent).free
    if needed > free:
        raise MachineError(
            tr(
                "备份放不下：需要 {megabytes} MB，只有 {free} MB。",
                megabytes=max(1, needed // MEGABYTE),
                free=free // MEGABYTE,
            ),
            tr("请清理“{folder}”所在的磁盘，或另选位置；没有留下半个文件。", folder=place.parent),
        )
