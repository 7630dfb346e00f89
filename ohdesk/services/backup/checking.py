"""Opening a backup for real: every byte decrypted, the database asked, every attachment held against its hash."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, select

from ohdesk.db import local_journal, migrations, rebuilding
from ohdesk.db.chain import chain_problems
from ohdesk.db.engine import integrity_problems, open_engine, reading
from ohdesk.db.models import BlobRow
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import MachineError, UserError, WrongPasswordError
from ohdesk.files import KEY_FILE
from ohdesk.i18n import tr
from ohdesk.security import keyfile, vault
from ohdesk.security.keyfile import Keys
from ohdesk.services import blobs
from ohdesk.services.backup.making import Backup, backup_of
from ohdesk.services.backup.sealed_file import DATABASE_PART, MEGABYTE, DamagedBackupError, Opened, Part, opened


class Depth(IntEnum):
    """How much of a backup is opened.

    QUICK: every byte decrypted, the database's own checks, attachments that lie beside are there · DAILY: the tables
    follow from the journal as well · ALL: and every attachment opens
    """

    QUICK = 1
    DAILY = 2
    ALL = 3


Unlock = Callable[[Path], Keys]  # the key file of a backup → the secrets of who opens it


def by_password(account: str, password: str) -> Unlock:
    """Return what opens a backup by an account of that day."""
    return lambda key_file: keyfile.unlock(key_file, account, password)


def by_code(code: str) -> Unlock:
    """Return what opens a backup by the recovery code of its workspace."""
    return lambda key_file: keyfile.unlock_with_recovery_code(key_file, code)


def by_own_key(keys: Keys) -> Unlock:
    """Return what opens the backups of a workspace while it is open itself: no password is known then, or needed."""
    return lambda _key_file: keys


def check(path: Path, unlock: Unlock, report: Progress = unwatched, depth: Depth = Depth.ALL) -> Backup:
    """Open a backup and return what it holds, with everything that is wrong with it; empty when a restore would do.

    `report` is told megabytes.  Raises UserError for another file, and what `unlock` raises.
    """
    # The database copy is encrypted itself; nothing in clear touches this disk.
    with TemporaryDirectory(prefix="ohdesk-backup-", ignore_cleanup_errors=True) as folder, opened(path) as file:
        key = unlocked(file, unlock, Path(folder) / KEY_FILE).database
        problems: list[str] = []
        digest = ""
        try:
            problems += _problems(path, file, key, Path(folder), report, depth)
            digest = file.finish()
        except DamagedBackupError as error:
            problems.append(error.message)
        return backup_of(path, file.front, digest, tuple(problems))


def unlocked(file: Opened, unlock: Unlock, place: Path) -> Keys:
    """Return the secrets of who opens a backup; its key file is left at `place`. Raises what `unlock` raises."""
    place.write_text(file.front.keys, encoding="utf-8", newline="")
    try:
        return unlock(place)
    except MachineError as error:  # the file handed in is at fault, not this machine
        raise file.damaged() from error
    except WrongPasswordError as error:
        # Of the day it was made: a password changed since, in the workspace, opens no backup, and nobody can reset it.
        accounts = "、".join(keyfile.accounts(place))
        raise WrongPasswordError(
            tr("打不开备份“{file}”：{reason}", file=file.path, reason=error.message),
            tr("请用备份当天的账户（{accounts}）和当天的密码，或当天的恢复码（--code-file）。", accounts=accounts),
        ) from error


def accounts_in(path: Path) -> tuple[str, ...]:
    """Return the accounts that open a backup, oldest first; readable without a password."""
    with TemporaryDirectory(prefix="ohdesk-backup-") as folder, opened(path) as file:
        place = Path(folder) / KEY_FILE
        place.write_text(file.front.keys, encoding="utf-8", newline="")
        return keyfile.accounts(place)


def database_problems(
    database: Path, key: bytes, depth: Depth = Depth.QUICK, report: Progress = unwatched
) -> list[str]:
    """Return what is wrong with the copy of a database: its pages, its structure and, unless quick, its journal.

    `report` is told operations; what it raises ends the work.
    """
    try:
        with _open(database, key) as engine:
            found = integrity_problems(engine)
            revision = migrations.revision(engine)
            if not migrations.is_known(revision):
                found.append(tr("备份由更新版本的程序写成（结构 {found}）。", found=revision))
            if found or depth is Depth.QUICK:
                return found
            migrations.bring_up_to_date(engine)  # as a restore will; what is looked at is a copy
            with reading(engine) as session:
                places = [*chain_problems(session), *local_journal.chain_problems(session)]
                broken = [tr("操作日志在 {place} 处断开。", place=place) for place in places]
                if broken:
                    return broken
                differing = rebuilding.compare(session, database.parent, report).problems
                return [tr("表中的内容与操作日志不符：{place}。", place=place) for place in differing]
    except UserError as error:
        return [error.message]


def blob_names(database: Path, key: bytes) -> dict[str, str]:
    """Return, for every blob that the copy of a database counts on, its hash by its name in a workspace."""
    with _open(database, key) as engine, reading(engine) as session:
        held = session.scalars(select(BlobRow.sha256).where(BlobRow.held))
        return {blobs.place_in(Path(), key, digest).as_posix(): digest for digest in held}


def beside(path: Path, part: Part) -> Path | None:
    """Return where a blob lies beside the backup at `path`: in its folder or, in a workspace, in the one above."""
    places = (folder / part.name for folder in (path.parent, path.parent.parent))
    return next((place for place in places if place.is_file()), None)


def by_itself(path: Path, key: bytes, held: Collection[str], digest: str, sealed: bytes) -> bytes | None:
    """Return a blob sealed by itself, where the document it stands in is younger than the backup at `path`; else None.

    held: the blobs that the backup counts on · sealed: the file in the blob's place
    Raises LostBlobError when the document does not lie beside.
    """
    cut = blobs.cut_in(key, digest, sealed)
    if cut is None or cut.whole in held:
        return None
    document = beside(path, Part(blobs.place_in(Path(), key, cut.whole).as_posix(), 0))
    try:
        if document is None:
            raise blobs.LostBlobError(digest)
        whole = vault.unseal_blob(key, cut.whole, document.read_bytes())
    except (OSError, vault.BrokenSealError) as error:
        raise blobs.LostBlobError(digest) from error
    return vault.seal_blob(key, digest, blobs.cut_from(digest, cut, whole))


@contextmanager
def _open(database: Path, key: bytes) -> Iterator[Engine]:
    engine = open_engine(database, key)
    try:
        yield engine
    finally:
        engine.dispose()


def _problems(path: Path, file: Opened, key: bytes, folder: Path, report: Progress, depth: Depth) -> Iterator[str]:
    contents = file.contents(key)
    database, *carried = contents.parts
    copy = folder / DATABASE_PART
    with copy.open("wb") as written:
        written.writelines(file.pieces(database))
    found = database_problems(copy, key, depth, report)
    yield from found
    if found:
        return
    awaited = blob_names(copy, key)
    held = set(awaited.values())
    done, whole = database.size, database.size + sum(part.size for part in (*carried, *contents.apart))
    for part, pieces in _all(path, file, carried, contents.apart, depth):
        digest = awaited.pop(part.name, "")
        if digest and pieces is not None and not _is_good(path, key, held, digest, b"".join(pieces)):
            yield blobs.LostBlobError(digest).message
        done += part.size
        report(done // MEGABYTE, max(1, whole // MEGABYTE))
    yield from (blobs.LostBlobError(digest).message for digest in awaited.values())


def _is_good(path: Path, key: bytes, held: Collection[str], digest: str, sealed: bytes) -> bool:
    with suppress(blobs.LostBlobError):
        by_itself(path, key, held, digest, sealed)
        return blobs.opens(key, digest, sealed)
    return False


def _all(
    path: Path, file: Opened, carried: Iterable[Part], apart: Iterable[Part], depth: Depth
) -> Iterator[tuple[Part, Iterable[bytes] | None]]:
    """Yield every attachment that is there, with its bytes unless those beside are not to be opened."""
    for part in carried:
        yield part, file.pieces(part)
    for part in apart:
        place = beside(path, part)
        # One that is gone stays awaited, and is named with the rest.
        if place is not None:
            yield part, (place.read_bytes(),) if depth is Depth.ALL else None
