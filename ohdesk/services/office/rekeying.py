"""Another key for the whole workspace: so that whoever is gone, or an old recovery code, opens nothing any more.

Everything is prepared beside what is in use: the attachments under the new key, a copy of the database under it.  The
key file is what decides: until it is written the old key holds, and what was prepared is thrown away; from then on the
new one does, and the next opening finishes what was left.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ohdesk.db import local_rows
from ohdesk.db.engine import copy_database, open_engine, reading, writing
from ohdesk.db.models import BackupMade, BlobRow, OwnOffice
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress
from ohdesk.errors import MachineError
from ohdesk.files import medium_told, sync_folder
from ohdesk.security import keyfile
from ohdesk.security.keyfile import Rekeying
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.office import grants, own_keys

MARK = "workspace.rekeying"  # there from the first step to the last
_SIDES = ("-wal", "-shm", "-journal")


def rekey(ctx: Context, key_file: Path, new: Rekeying, change: Callable[[Session], None], report: Progress) -> None:
    """Put another database key in the place of the present one; the workspace has to be opened anew afterwards.

    change: what else becomes different, in the same step · `report` is told attachments, then the database; what it
    raises, as when the user cancels, ends the work.  Raises MachineError from the disk.  Then nothing has changed.
    """
    ctx.require(Right.ACCOUNT)
    database = Path(str(ctx.engine.url.database))
    copy = _copy_of(database)
    with ctx.reading() as session:
        signer = grants.own_key(session, ctx.keys)
        digests = session.scalars(select(BlobRow.sha256).order_by(BlobRow.sha256)).all()
    total = len(digests) + 1
    try:
        with medium_told(ctx.folder):
            (ctx.folder / MARK).touch()
            _remove(copy)
        for done, digest in enumerate(digests, 1):
            blobs.rewrap(ctx, digest, new.database)
            report(done, total)
        copy_database(ctx.engine, copy, new.database)
        _make_ready(ctx, copy, new.database, change)
        report(total, total)  # the last time: what is decided is not taken back
        keyfile.rekey(key_file, ctx.keys, new, signer)
    except BaseException as error:
        # Renamed, and only its folder could not be flushed: the key file is the new one, and without the copy nothing
        # would open any more.
        if isinstance(error, MachineError) and keyfile.is_under(key_file, new.database):
            raise
        with suppress(MachineError):
            _remove(copy)
            blobs.sweep(ctx.folder, ctx.keys.database, digests)
            (ctx.folder / MARK).unlink(missing_ok=True)
        raise
    ctx.engine.dispose()
    finish(database, new.database)


def finish(database: Path, key: bytes) -> None:
    """Bring to its end what a change of keys left when it died: the copy goes into use if the key is its, else away."""
    mark, copy = database.with_name(MARK), _copy_of(database)
    if not mark.exists():
        return
    if copy.is_file() and _opens(copy, key):
        with medium_told(database):
            # The log belongs to the database that goes: what was in it is in the copy.
            for side in _SIDES:
                database.with_name(database.name + side).unlink(missing_ok=True)
            copy.replace(database)
            sync_folder(database.parent)
    _remove(copy)
    engine = open_engine(database, key)
    try:
        with reading(engine) as session:
            digests = session.scalars(select(BlobRow.sha256)).all()
    finally:
        engine.dispose()
    blobs.sweep(database.parent, key, digests)
    with medium_told(mark):
        mark.unlink(missing_ok=True)


def _make_ready(ctx: Context, copy: Path, key: bytes, change: Callable[[Session], None]) -> None:
    """Bring a copy of the database under the new key to what it is to be."""
    engine = open_engine(copy, key)
    try:
        with writing(engine) as session:
            # The sums of the rows are under the old key: whoever changes the key answers for them as they stand.
            local_rows.seal(session.connection())
            own_keys.rewrap(session, ctx.office.replica, ctx.keys.database, key)
            # What automatic backups count on beside them is sealed anew: the next one is due at once.
            session.execute(delete(BackupMade))
            change(session)
    finally:
        engine.dispose()


def _copy_of(database: Path) -> Path:
    return database.with_name(database.name + ".new")


def _remove(copy: Path) -> None:
    for place in (copy, *(copy.with_name(copy.name + side) for side in _SIDES)):
        with medium_told(place):
            place.unlink(missing_ok=True)


def _opens(copy: Path, key: bytes) -> bool:
    engine = open_engine(copy, key)
    try:
        with reading(engine) as session:
            return session.scalars(select(OwnOffice)).first() is not None
    except (MachineError, OperationalError):  # under another key, or half written; any key opens what is still empty
        return False
    finally:
        engine.dispose()
