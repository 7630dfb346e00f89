"""keys.json: the database key, wrapped once for each account and once for the recovery code.

A slot holds, under a key that one Argon2id run (RFC 9106) makes of the password, the database key
and the account's own random personal key, which wraps the person's signing key.  Changing a
password rewrites that slot and nothing else.  An administrator, who has the database key but not
the personal one, can give an account a new slot, never its old personal key.
Account names stand in clear; everything else is salt, parameters or cipher text.
"""

import hmac
import math
import secrets
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Meta
from msgspec.structs import replace

from ohdesk.domain.canonical import NotCanonicalError, canonical, fingerprint, parse
from ohdesk.errors import MachineError, UserError, WrongPasswordError
from ohdesk.files import write_durably
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.security.signing_keys import age_recipient, new_age_identity, tidy_age_identity

FORMAT = "ohdesk-keys/1"
SALT_LENGTH = 16  # bytes, RFC 9106 section 3.1
LARGEST_FILE = 1 << 20  # bytes
MOST_PASSES = 64


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Argon2id parameters: passes over the memory, lanes, memory in KiB.

    The bounds are what this program would spend at most: a key file that asks for endless work is a damaged one.
    """

    iterations: Annotated[int, Meta(ge=1, le=MOST_PASSES)]
    lanes: Annotated[int, Meta(ge=1, le=16)]
    memory_kib: Annotated[int, Meta(ge=1, le=1024 * 1024)]

    def __post_init__(self) -> None:
        if self.memory_kib < 8 * self.lanes:  # RFC 9106 section 3.1
            raise ValueError("too little memory for the lanes")


# One lane, so that more cores do not make guessing cheaper; fewer passes than these are never taken, even where the
# machine that makes the file is slow: a guesser's is not.
LEAST_COST = Cost(iterations=4, lanes=1, memory_kib=64 * 1024)
LEAST_GUESS = 250  # milliseconds


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"cost": "argon2id"}):
    """What every new slot of a key file costs, and how many milliseconds that took where the file was made."""

    cost: Cost
    milliseconds: Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets an account has while the workspace is open, 32 bytes each: the database's, and this person's own."""

    account: str
    database: bytes = field(repr=False)
    personal: bytes = field(repr=False)


class _Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"cost": "argon2id"}):
    account: str
    cost: Cost
    salt: Annotated[bytes, Meta(min_length=SALT_LENGTH, max_length=SALT_LENGTH)]
    wrapped: bytes


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="fmt", tag=FORMAT):
    calibration: Calibration
    slots: Annotated[tuple[_Slot, ...], Meta(min_length=1)]
    recovery: bytes
    key_check: bytes

    def __post_init__(self) -> None:
        if len({slot.account for slot in self.slots}) != len(self.slots):
            raise ValueError("an account occurs twice")


def create(path: Path, account: str, password: str, cost: Cost | None = None) -> tuple[Keys, str]:
    """Write a new key file with one account; return its secrets and the recovery code, to be shown once.

    Without a cost, this machine is calibrated, which takes it about as long as two guesses.
    The recovery code is an age secret key; nothing of it but what it wraps is stored.
    Raises UserError for an existing file, an empty account name or an empty password.
    """
    # Overwriting keys.json would make the database beside it unreadable for ever.
    if path.exists():
        raise UserError(tr("这里已经有一个工作区。"), tr("请另选文件夹。"))
    # A name or password that cannot be used is said before the machine is measured.
    keys, code = Keys(usable_name(account, password), vault.new_key(), vault.new_key()), new_age_identity()
    calibration = Calibration(cost, _milliseconds(cost)) if cost else calibrate()
    slot = _new_slot(password, calibration.cost, keys)
    recovery = vault.seal(_recovery_key(code), keys.database, b"recovery slot")
    _write(path, _KeyFile(calibration, (slot,), recovery, _key_check(keys.database)))
    return keys, code


def _milliseconds(cost: Cost) -> int:
    """Measure one derivation in this thread's own time: what else the machine does must not make the keys cheaper."""
    begun = time.thread_time()
    # The time does not depend on the password or salt.
    _stretch("", _Slot("", cost, bytes(SALT_LENGTH), b""))
    return round((time.thread_time() - begun) * 1000)


def calibrate(took: Callable[[Cost], int] = _milliseconds) -> Calibration:
    """Return the least cost with which this machine needs `LEAST_GUESS` for one guess, short of the highest cost.

    took:  gives the milliseconds one derivation takes here
    """
    cost = LEAST_COST
    while (spent := took(cost)) < LEAST_GUESS and cost.iterations < MOST_PASSES:
        passes = math.ceil(cost.iterations * LEAST_GUESS / max(spent, 1))
        # At least one pass more each time, so that the loop ends whatever is measured.
        cost = replace(cost, iterations=min(max(passes, cost.iterations + 1), MOST_PASSES))
    return Calibration(cost, spent)


def accounts(path: Path) -> tuple[str, ...]:
    """Return the names of the accounts, in the order they were added."""
    return tuple(slot.account for slot in _read(path).slots)


def unlock(path: Path, account: str, password: str) -> Keys:
    """Return the secrets of an account. Raises UserError for a wrong name or password, MachineError for damage."""
    slot = _slot(_read(path), account)
    try:
        # No stored hash of the password to attack: a wrong one simply does not open the slot.
        inside = vault.unseal(_stretch(password, slot), slot.wrapped, _slot_context(slot))
    except vault.BrokenSealError as error:
        raise WrongPasswordError(
            tr("密码不正确。"), tr("请检查大小写和输入法后重新输入；忘记密码的，请管理员重置。")
        ) from error
    return Keys(slot.account, inside[: vault.KEY_LENGTH], inside[vault.KEY_LENGTH :])


def unlock_with_recovery_code(path: Path, code: str) -> bytes:
    """Return the database key. Raises UserError when the code is misspelt or another workspace's."""
    # Its checksum tells a slip of the pen from another workspace's code, which need different help.
    age_recipient(code)
    try:
        return vault.unseal(_recovery_key(code), _read(path).recovery, b"recovery slot")
    except vault.BrokenSealError as error:
        raise UserError(tr("这个恢复码不是本工作区的。"), tr("请找出建立本工作区时打印的恢复码。")) from error


def add_account(path: Path, database_key: bytes, account: str, password: str) -> Keys:
    """Add an account that opens the same database, at the cost the file was calibrated to.

    Raises UserError when the name is taken, or name or password are empty.
    """
    file = _read_for(path, database_key)
    keys = Keys(usable_name(account, password), database_key, vault.new_key())
    if any(other.account == keys.account for other in file.slots):
        raise UserError(tr("账户“{account}”已经存在。", account=keys.account), tr("请换一个账户名。"))
    _write(path, replace(file, slots=(*file.slots, _new_slot(password, file.calibration.cost, keys))))
    return keys


def change_password(path: Path, account: str, old: str, new: str) -> Keys:
    """Write the account's slot anew under another password, at the same cost; its secrets stay the same."""
    return _rewrite_slot(path, unlock(path, account, old), new)


def reset_account(path: Path, database_key: bytes, account: str, new_password: str) -> Keys:
    """Give an account a new password without the old one.

    The old personal key is lost, and with it the person's signing key: a new one must be
    made and certified, so that no administrator can sign for a colleague.
    """
    return _rewrite_slot(path, Keys(account, database_key, vault.new_key()), new_password)


def _rewrite_slot(path: Path, keys: Keys, password: str) -> Keys:
    file = _read_for(path, keys.database)
    old = _slot(file, keys.account)
    keys = Keys(usable_name(old.account, password), keys.database, keys.personal)
    # At the old cost: a password changed on a slower machine must not become cheaper to guess.
    slot = _new_slot(password, old.cost, keys)
    _write(path, replace(file, slots=tuple(slot if other is old else other for other in file.slots)))
    return keys


def _new_slot(password: str, cost: Cost, keys: Keys) -> _Slot:
    empty = _Slot(keys.account, cost, secrets.token_bytes(SALT_LENGTH), b"")
    wrapped = vault.seal(_stretch(password, empty), keys.database + keys.personal, _slot_context(empty))
    return replace(empty, wrapped=wrapped)


def _stretch(password: str, slot: _Slot) -> bytes:
    kdf = Argon2id(
        salt=slot.salt,
        length=vault.KEY_LENGTH,
        iterations=slot.cost.iterations,
        lanes=slot.cost.lanes,
        memory_cost=slot.cost.memory_kib,
    )
    # NFC, since input methods on Windows and Linux give one character in either form.
    return kdf.derive(_tidy(password).encode("utf-8", "surrogatepass"))


def _recovery_key(code: str) -> bytes:
    return vault.derive(tidy_age_identity(code).encode(), "recovery slot")


def _key_check(database_key: bytes) -> bytes:
    return vault.derive(database_key, "key check")


def _slot_context(slot: _Slot) -> bytes:
    # Name, cost and salt are authenticated too: nobody can lower the cost or rename a slot unnoticed.
    return canonical(msgspec.to_builtins(replace(slot, wrapped=b"")))


def usable_name(account: str, password: str) -> str:
    """Return the name of a new account, tidied. Raises UserError when name or password cannot be used."""
    name = tidy_name(account)
    if not name or not name.isprintable():
        raise UserError(tr("账户名不能为空，也不能含有控制字符。"))
    if not password:
        raise UserError(tr("密码不能为空。"))
    return name


def tidy_name(account: str) -> str:
    """Return an account name in the form in which it is stored and compared."""
    return _tidy(account).strip()


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _slot(keys: _KeyFile, account: str) -> _Slot:
    name = tidy_name(account)
    for slot in keys.slots:
        if slot.account == name:
            return slot
    known = "、".join(slot.account for slot in keys.slots)
    raise UserError(tr("没有账户“{account}”。", account=name), tr("本工作区的账户：{accounts}。", accounts=known))


def _read_for(path: Path, database_key: bytes) -> _KeyFile:
    keys = _read(path)
    # Without it, a slot for this database could be written into another workspace's key file.
    if not hmac.compare_digest(keys.key_check, _key_check(database_key)):
        raise _damaged()
    return keys


def _read(path: Path) -> _KeyFile:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise MachineError(
            tr("读不到密钥文件 {path}。", path=path), tr("请检查工作区文件夹是否完整；可从备份恢复 keys.json。")
        ) from error
    if len(data) > LARGEST_FILE:
        raise _damaged()
    try:
        content = parse(data)
        # Not against forgers, who can compute it, but to tell damage on the disk from a wrong password.
        checked = content.pop("sha256")
        if checked != fingerprint(content):
            raise _damaged()
        if content["fmt"] != FORMAT:
            raise MachineError(tr("密钥文件的版本本程序不认识。"), tr("请用建立工作区的程序版本或更新的版本打开。"))
        return msgspec.convert(content, _KeyFile)
    except (NotCanonicalError, msgspec.ValidationError, LookupError, TypeError, AttributeError) as error:
        raise _damaged() from error


def _damaged() -> MachineError:
    return MachineError(
        tr("密钥文件 keys.json 已损坏。"), tr("请从备份恢复 keys.json；数据库本身没有改动，恢复码仍然有效。")
    )


def _write(path: Path, keys: _KeyFile) -> None:
    content = msgspec.to_builtins(keys)
    data = canonical(content | {"sha256": fingerprint(content)})
    try:
        write_durably(path, data)
    except OSError as error:
        raise MachineError(
            tr("写不了密钥文件 {path}。", path=path), tr("请检查磁盘空间和写入权限；原来的密钥文件没有改动。")
        ) from error
