"""A workspace: create it, unlock it, and make sure nobody else has it open."""

import logging
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ohdesk.db import migrations
from ohdesk.db.engine import open_engine, opened_at, reading, said_open, writing
from ohdesk.db.models import Account, OwnOffice, Person
from ohdesk.db.write_ahead import PAGE
from ohdesk.domain.calendar import BEIJING
from ohdesk.domain.kept import forget
from ohdesk.domain.people import OfficeRole, Role
from ohdesk.domain.problems import blank
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.files import KEY_FILE, partial_of, refuse_used_folder, way_back
from ohdesk.forms.cities import cities
from ohdesk.i18n import tr
from ohdesk.security import certificates, keyfile
from ohdesk.security.keyfile import Keys
from ohdesk.security.signing_keys import AccountKey, age_recipient
from ohdesk.services import last_seen
from ohdesk.services.context import Actor, Context, Office, system_clock
from ohdesk.services.office import city, grants, invitations, opening, rekeying, tries
from ohdesk.services.office.divisions import COUNTY_CODE_LENGTH, TOWN_CODE_LENGTH
from ohdesk.services.office.drives import check_drive
from ohdesk.services.office.own_keys import put_age_key, put_device_key
from ohdesk.services.office.person_keys import open_key, signer_of
from ohdesk.services.office.placing import made_beside

DATABASE = "workspace.db"
LOCK_FILE = "workspace.lock"
HOLDER_FILE = "workspace.holder"  # who holds the lock, in words; the lock itself is what counts
_LONGEST_FOLDER = 512 - 64  # bytes: SQLite's MAX_PATHNAME on Unix, less the longest name below the folder
_LONGEST_HOLDER = 1000  # characters
FOLDERS = ("blobs", "backups", "inbox", "outbox")
# What stands in a workspace that is being made, and nothing else.
OURS = frozenset(
    (*FOLDERS, KEY_FILE, partial_of(Path(KEY_FILE)).name, *(DATABASE + end for end in ("", "-wal", "-shm", "-journal")))
)

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What is asked to create a workspace.

    division: a town's code of 9 digits, a county's of 6 · city: code of that whose profile counts, None for its own
    """

    role: OfficeRole
    division: str
    name: str
    account: str
    password: str
    city: str | None = None


def create_workspace(folder: Path, new: NewWorkspace, *, practice: bool = False) -> str:
    """Create a workspace in `folder` and return its recovery code, to be shown once.

    The first account is administrator, supervisor and, at the county, clerk.  Only a workspace to practise in has
    passwords that are quick to try, and its key file says so for ever.  Raises UserError, naming all that is wrong,
    for a folder that is not empty, a division that does not fit the role, or a drive that cannot hold it;
    MachineError, leaving nothing behind, where it cannot be written.
    """
    _check_new(folder, new, practice=practice)
    check_place(folder)
    with made_beside(folder, OURS) as place:
        for name in FOLDERS:
            (place / name).mkdir()
        key = AccountKey.create()
        founder = sha256(key.public_der).digest()
        unlocked, recovery_code = keyfile.create(
            place / KEY_FILE, new.account, new.password, founder, practice=practice
        )
        engine = open_engine(place / DATABASE, unlocked.database)
        try:
            migrations.upgrade(engine)
            recovering = keyfile.unlock_with_recovery_code(place / KEY_FILE, recovery_code)
            with writing(engine) as session:
                _first_accounts(session, new.role, key, unlocked, recovering)
                _first_rows(session, new, unlocked, recovery_code)
            if not practice:
                last_seen.note(engine, place / KEY_FILE, system_clock())
        finally:
            engine.dispose()
    return recovery_code


def check_place(folder: Path) -> None:
    """Raise UserError where no workspace can stand: the path too long, on a share or on a removable drive."""
    _check_length(folder)
    # Before anything is written: SQLite on a share loses data, and on a stick that is pulled as well.
    if warning := check_drive(folder):
        log.warning(warning)


@contextmanager
def open_workspace(
    folder: Path, account: str, password: str, clock: Clock = system_clock, *, older_ok: bool = False
) -> Iterator[Context]:
    """Unlock the workspace and hold its lock until the block ends.

    Raises UserError for a wrong password, an unknown account, a second opener or a newer schema; OlderWorkspaceError
    for one that this computer has seen newer, unless `older_ok`; MachineError for damage.  Of an older schema a backup
    is made before it is brought up to date.
    """
    unlock = partial(tries.unlock, folder / KEY_FILE, account, password)
    with _opened(folder, unlock, clock, older_ok=older_ok) as context:
        yield context


@contextmanager
def open_for_recovery(folder: Path, code: str, clock: Clock = system_clock) -> Iterator[Context]:
    """Open the workspace with its recovery code, as an administrator who is nobody, to reset an account.

    Raises as `open_workspace`; UserError for a code that is misspelt or another workspace's.
    """

    with _opened(folder, lambda: keyfile.unlock_with_recovery_code(folder / KEY_FILE, code), clock) as context:
        yield replace(context, actor=replace(context.actor, name=tr("恢复码")))


@contextmanager
def _opened(folder: Path, unlock: Callable[[], Keys], clock: Clock, *, older_ok: bool = False) -> Iterator[Context]:
    refuse_other_folders(folder)
    _check_length(folder)
    with _locked(folder):
        unlocked = unlock()
        database = folder / DATABASE
        # SQLite would make an empty file, or one too short for a page, a new database.
        if not database.is_file() or database.stat().st_size < PAGE:
            raise MachineError(tr("工作区缺少数据库文件 {name}。", name=DATABASE), way_back())
        # Again at every opening: folders get moved, and shares get mounted over them.
        check_drive(folder)
        rekeying.finish(database, unlocked.database)
        before = opening.before_use(database, unlocked.database, clock())
        engine = open_engine(database, unlocked.database)
        try:
            noticed = tuple(opening.found_missing(before, opened_at(engine)))
            _bring_up_to_date(folder, engine, unlocked, clock)
            _check_practice(engine, unlocked)
            if not unlocked.practice:
                noticed += tuple(last_seen.check(engine, folder / KEY_FILE, clock(), older_ok=older_ok))
            noticed += tuple(_unsigned_roles(engine, unlocked.founder))
            with said_open(engine, clock()):
                try:
                    yield replace(_context(folder, engine, unlocked, clock), noticed=noticed)
                finally:
                    if not unlocked.practice:
                        last_seen.note(engine, folder / KEY_FILE, clock())
        finally:
            engine.dispose()
            forget()


def account_names(folder: Path) -> tuple[str, ...]:
    """Return the accounts that can unlock the workspace in `folder`, oldest first; readable without a password."""
    return keyfile.accounts(folder / KEY_FILE)


def seconds_before_next_try(folder: Path, account: str) -> int:
    """Return how long a password for an account waits after many wrong ones, in seconds."""
    return tries.seconds_left(folder / KEY_FILE, account)


def is_workspace(folder: Path) -> bool:
    """True when `folder` holds a workspace."""
    return (folder / KEY_FILE).is_file()


def refuse_other_folders(folder: Path) -> None:
    """Raise UserError when `folder` holds no workspace."""
    if not is_workspace(folder):
        if (folder / DATABASE).is_file():
            keyfile.accounts(folder / KEY_FILE)  # cannot be read: says so, and where another copy of it is
        raise UserError(
            tr("这里没有工作区：{folder}", folder=folder), tr("请另选文件夹，或先新建工作区（ohdesk init）。")
        )


def is_open(folder: Path) -> bool:
    """True while a window or a command has the workspace in `folder` open."""
    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / LOCK_FILE, thread_local=False)  # unlocked on a worker, locked again by the window
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            tr("这个工作区已经在另一个窗口或命令中打开{holder}。", holder=_holder(folder)),
            tr("请切换到那里继续，或先关闭它再重试。"),
        ) from error
    except OSError as error:
        raise MachineError(tr("工作区文件夹不能写入：{folder}", folder=folder), tr("请检查权限。")) from error
    holder = folder / HOLDER_FILE
    with suppress(OSError):  # only a help for whoever comes second
        holder.write_text(f"{platform.node()}\n{os.getpid()}\n{system_clock().isoformat()}\n", encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    """Return where and since when the workspace is open, in brackets; empty when nobody wrote it down."""
    try:
        with (folder / HOLDER_FILE).open(encoding="utf-8") as file:
            machine, process, since = file.read(_LONGEST_HOLDER).splitlines()
        at = f"{datetime.fromisoformat(since).astimezone(BEIJING):%m-%d %H:%M}"
    except (OSError, ValueError):
        return ""
    return tr("（电脑 {machine}，进程 {process}，{at} 起）", machine=machine, process=process, at=at)


def _check_new(folder: Path, new: NewWorkspace, *, practice: bool) -> None:
    refuse_used_folder(folder)
    problems = []
    digits = TOWN_CODE_LENGTH if new.role == OfficeRole.TOWN else COUNTY_CODE_LENGTH
    if not (new.division.isascii() and new.division.isdecimal() and len(new.division) == digits):
        expected, remedy = tr("{digits} 位数字", digits=digits), tr("镇街用 9 位代码，县区用 6 位代码。")
        problems.append(Problem(tr("行政区划代码"), expected, new.division, remedy, "division"))
    # What no certificate takes would show only when the town joins, and the name cannot be changed then.
    name = new.name.strip()
    if not name:
        problems.append(blank(tr("单位名称"), "name"))
    elif len(name) > certificates.LONGEST_NAME or not certificates.is_visible(name):
        expected = tr("不超过 {count} 个字，没有看不见的字符", count=certificates.LONGEST_NAME)
        problems.append(Problem(tr("单位名称"), expected, new.name, field="name"))
    if new.city and new.city not in cities():
        problems.append(Problem(tr("城市"), "、".join(cities()), new.city, field="city"))
    problems += keyfile.problems(new.account, new.password, practice=practice)
    if problems:
        raise ProblemsError(tr("工作区没有建立。"), tuple(problems))


def _check_length(folder: Path) -> None:
    """Refuse a folder in which SQLite could not call its files by name; Windows has its own bound and says so."""
    if os.name == "posix" and len(os.fsencode(folder.absolute())) > _LONGEST_FOLDER:
        raise UserError(tr("这个文件夹的路径太长：{folder}", folder=folder), tr("请另选一个上级文件夹少一些的位置。"))


def _first_accounts(session: Session, role: OfficeRole, key: AccountKey, unlocked: Keys, recovering: Keys) -> None:
    """Set down the founder, who holds every role, and whoever will hold the recovery code, as an administrator."""
    every = {Role.ADMINISTRATOR, Role.SUPERVISOR} | ({Role.COUNTY_CLERK} if role == OfficeRole.COUNTY else set())
    for keys, own, roles in ((unlocked, key, every), (recovering, AccountKey.create(), {Role.ADMINISTRATOR})):
        session.add(Account(name=keys.account, secret=own.wrap(keys.personal, keys.account)))
        session.add(grants.grant(keys.founder, key, keys.account, own.public_der, frozenset(roles)))


def _first_rows(session: Session, new: NewWorkspace, unlocked: Keys, recovery_code: str) -> None:
    session.add(
        OwnOffice(
            replica=put_device_key(session, unlocked.database),
            role=new.role,
            division=new.division,
            name=new.name.strip(),
            recovery_recipient=age_recipient(recovery_code),
            practice=unlocked.practice,
        )
    )
    put_age_key(session, unlocked.database)
    if new.city is not None:
        city.keep(session, new.city)


def _bring_up_to_date(folder: Path, engine: Engine, keys: Keys, clock: Clock) -> None:
    found = migrations.revision(engine)
    if found == migrations.LATEST:
        return
    # Never opened on trial: an older program would write what the newer one no longer understands.
    if not migrations.is_known(found):
        raise UserError(
            tr("这个工作区由更新版本的程序建立（结构 {found}）。", found=found),
            tr("请先更新程序再打开；文件没有改动。"),
        )
    if not found:  # nothing in it that could be lost
        migrations.upgrade(engine)
        return
    from ohdesk.services.backup import automatic  # late: rarely needed
    from ohdesk.services.backup.checking import Depth
    from ohdesk.services.backup.making import Source

    wanted = select(OwnOffice.role, OwnOffice.division, OwnOffice.name, OwnOffice.replica)  # what every schema has
    with reading(engine) as session:
        office = Office(*session.execute(wanted).one())
    made = automatic.before_upgrade(Source(folder, engine, keys, office, clock()))
    migrations.upgrade(engine)
    with writing(engine) as session:
        automatic.note(session, made, clock(), Depth.QUICK)


def _context(folder: Path, engine: Engine, keys: Keys, clock: Clock) -> Context:
    found = look_up(engine, keys)
    if found is None:
        raise MachineError(tr("工作区不完整：缺少单位信息。"), way_back())
    office, actor = found
    _check_handover(engine, keys)
    context = Context(folder=folder, engine=engine, now=clock, actor=actor, keys=keys, office=office)
    if invitations.take_up(context, keys):
        return _context(folder, engine, keys, clock)
    key = open_key(engine, actor.person, keys.personal)
    return context if key is None else replace(context, sign=signer_of(key))


def _unsigned_roles(engine: Engine, founder: bytes) -> Iterator[UserError]:
    """Yield what is said where somebody's roles count no more, as no administrator signed them."""
    with reading(engine) as session:
        problems = grants.problems(session, founder)
    if problems:
        yield UserError("；".join(problems) + "。", tr("数据库可能被人改动过。请管理员重新授权，并查明是谁改的。"))


def _check_handover(engine: Engine, keys: Keys) -> None:
    """Raise MachineError when it was no administrator who handed another database key over since the slot was made."""
    if keys.handed_by:
        with reading(engine) as session:
            holders = grants.standing(session, keys.founder).holders
        _, roles = holders.get(grants.key_of(keys.handed_by), ("", frozenset()))
        if Role.ADMINISTRATOR not in roles:
            raise MachineError(tr("密钥文件里换过的数据库密钥不是管理员换的。"), way_back())


def _check_practice(engine: Engine, keys: Keys) -> None:
    """Raise MachineError for the key file of a practice workspace before a real database, and the other way round.

    Passwords for practice are quick to try: whoever could make a real workspace one of practice had made them cheap
    for everybody who ever copies it.
    """
    with reading(engine) as session:
        practice = session.scalar(select(OwnOffice.practice))
    if practice is not None and practice != keys.practice:
        raise MachineError(
            tr("密钥文件 keys.json 是练习库的，数据库不是。")
            if keys.practice
            else tr("数据库是练习库的，密钥文件 keys.json 不是。"),
            way_back(),
        )


def look_up(engine: Engine, keys: Keys) -> tuple[Office, Actor] | None:
    """Return what the database knows of its office and of who opens it; None where the office is missing."""
    with reading(engine) as session:
        office = session.scalars(select(OwnOffice)).one_or_none()
        held = session.get(Account, keys.account)
        person = (held and held.person) or ""
        actor = Actor(
            account=keys.account,
            person=person,
            name=session.scalar(select(Person.name).where(Person.id == person)) or keys.account,
            roles=grants.own_roles(session, keys),
            invited=invitations.is_invited(session, keys),
        )
        return None if office is None else (Office(office.role, office.division, office.name, office.replica), actor)
