"""What this computer last saw of a workspace, kept apart from it: an older copy that is put back is noticed.

One small file for each workspace in the user's application data. Whoever can write there can take it away; then nothing
is known, which is said, and never keeps anybody from working.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select

from ohdesk.db.engine import reading
from ohdesk.db.models import LocalHead, OperationRow, OwnOffice, ReplicaHead
from ohdesk.domain.calendar import beijing, instant_text, parse_instant
from ohdesk.errors import MachineError, OlderWorkspaceError, UserError
from ohdesk.files import KEY_FILE, partial_of
from ohdesk.i18n import tr
from ohdesk.services.context import Context

PLACE_SETTING = "OHDESK_LAST_SEEN"  # an environment variable: another folder than the user's application data
_LARGEST = 64 * 1024  # bytes
_EARLIER_KEYS = 100  # key files remembered


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How a workspace stood.

    at:      when, as an instant's text
    changes: writes of all kinds since it was made: every later state has more
    seq, hash: its own last operation, 0 and "" before the first
    keys:    SHA-256 of its key file; earlier_keys: of those before
    older:   it was older than what had been seen, and somebody went on with it
    """

    at: str
    changes: int
    seq: int
    hash: str
    keys: str
    earlier_keys: tuple[str, ...] = ()
    older: bool = False


def check(engine: Engine, key_file: Path, at: datetime, *, older_ok: bool) -> Iterator[UserError]:
    """Compare a workspace that was just opened with what was last seen of it, note how it stands, yield what to say.

    Raises OlderWorkspaceError for one that is older, unless `older_ok`: then it is only said.
    """
    replica, now = _standing(engine, key_file, at)
    seen = _read(replica)
    if seen is None:
        yield UserError(
            tr("这台电脑上没有这个工作区的打开记录。"),
            tr("第一次在这里打开属正常；如果是从旧备份复制来的，请先核对最近填写的内容是否都在。"),
        )
    older = seen is not None and _is_older(engine, replica, seen, now)
    if older and seen is not None:
        error = OlderWorkspaceError(
            tr("这个工作区比这台电脑上次看到的旧（上次：{at}），可能是旧备份。", at=_shown(seen.at)),
            tr("之后填写的内容不在里面。请先找较新的工作区或备份；找不到时再用这一份继续。"),
        )
        if not older_ok:
            raise error
        yield error
    was_older = older or (seen is not None and seen.older)
    if was_older:
        yield UserError(
            tr("正在用一份较旧的工作区继续，它的编号可能已经在别处用过。"),
            tr("请由管理员在“设置 → 备份”里选“作为新电脑继续”（命令：ohdesk office renew）；之后不再提示。"),
        )
    _write(replica, _following(seen, now, older=was_older))


def note_now(ctx: Context) -> None:
    """As `note`, after a step that others will have seen: a bundle was sent or taken in, a backup made.

    What is lost afterwards with an older copy, should the program die before it is closed, is told all the same.
    Comes after the step itself: dying in between leaves a note that is older than the workspace, which says nothing.
    """
    if not ctx.keys.practice:
        note(ctx.engine, ctx.folder / KEY_FILE, ctx.now())


def note(engine: Engine, key_file: Path, at: datetime) -> None:
    """Set down how a workspace stands; where that cannot be written it is left."""
    with suppress(MachineError):  # the database is damaged or gone: what was seen before stands
        replica, now = _standing(engine, key_file, at)
        seen = _read(replica)
        _write(replica, _following(seen, now, older=seen is not None and seen.older))


def place() -> Path:
    """Return the folder of these files."""
    if chosen := os.environ.get(PLACE_SETTING):
        return Path(chosen)
    import platformdirs  # late: only here

    return platformdirs.user_data_path("ohdesk", appauthor=False) / "workspaces"


def _standing(engine: Engine, key_file: Path, at: datetime) -> tuple[str, Seen]:
    with reading(engine) as session:
        replica = session.scalars(select(OwnOffice.replica)).one()
        head = session.get(ReplicaHead, replica)
        changes = session.scalar(select(func.sum(LocalHead.changes))) or 0
        operations = session.scalar(select(func.sum(ReplicaHead.seq))) or 0
        seq, digest = (0, "") if head is None else (head.seq, head.hash)
    keys = sha256(key_file.read_bytes()).hexdigest()
    return replica, Seen(at=instant_text(at), changes=changes + operations, seq=seq, hash=digest, keys=keys)


def _is_older(engine: Engine, replica: str, seen: Seen, now: Seen) -> bool:
    if now.changes < seen.changes or now.seq < seen.seq or now.keys in seen.earlier_keys:
        return True
    with reading(engine) as session:
        held = session.get(OperationRow, (replica, seen.seq)) if seen.seq else None
        return bool(seen.seq) and (held is None or held.hash != seen.hash)


def _following(seen: Seen | None, now: Seen, *, older: bool) -> Seen:
    earlier = () if seen is None else seen.earlier_keys
    if seen is not None and seen.keys != now.keys:
        earlier = (*earlier, seen.keys)[-_EARLIER_KEYS:]
    earlier = tuple(each for each in earlier if each != now.keys)  # somebody went on with that one
    return msgspec.structs.replace(now, earlier_keys=earlier, older=older)


def _read(replica: str) -> Seen | None:
    try:
        with (place() / f"{replica}.json").open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Seen)
    except (OSError, ValueError):  # a file that says nothing is as good as none
        return None


def _write(replica: str, seen: Seen) -> None:
    file = place() / f"{replica}.json"
    with suppress(OSError):  # a profile that cannot be written keeps nobody from working
        file.parent.mkdir(parents=True, exist_ok=True)
        # Renamed into place but not flushed: it is written often, and may be lost.
        partial_of(file).write_bytes(msgspec.json.encode(seen))
        partial_of(file).replace(file)


def _shown(at: str) -> str:
    return f"{beijing(parse_instant(at)):%Y-%m-%d %H:%M}"
