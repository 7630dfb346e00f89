"""keys.json: the database key, wrapped once for each account and once for the recovery code.

A slot holds, under a key that one Argon2id run (RFC 9106) makes of the password, the database key,
the account's own random personal key, which wraps the keys it signs with, and the fingerprint of
the founder's key, with which every chain of grants begins: not even the database key can put
another in its place.  Changing a password rewrites that slot and nothing else.  An administrator,
who has the database key but not the personal one, can give an account a new slot, never its old
personal key.
Account names stand in clear; everything else is salt, parameters or cipher text.
"""

import dataclasses
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from ohdesk.domain.canonical import NotCanonicalError, canonical, fingerprint, parse
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError, WrongPasswordError
from ohdesk.files import write_durably
from ohdesk.forms.passwords import password_problems
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.security.signing_keys import (
    AccountKey,
    age_recipient,
    new_age_identity,
    seal_to,
    tidy_age_identity,
    unseal_with,
    verify,
)
from ohdesk.security.stretching import LEAST_COST, PRACTICE_COST, SALT_LENGTH, Calibration, Cost, calibrate, stretch

FORMAT = "ohdesk-keys/1"
LARGEST_FILE = 1 << 20  # bytes
_PLACES = (0, 32, 64)  # in a slot, of database key, personal key and founder; behind them the age secret key
_IDENTITY = 96
NO_ACCOUNT = ""  # stands for whoever holds the recovery code; no account can have this name


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets an account has while the workspace is open, 32 bytes each: the database's, and this person's own.

    founder: SHA-256 of the public key of the account that was there first
    handed_by: public key (DER) of the account that handed over another database key since the slot was made, or b""
    practice: the file was made for a world to practise in
    """

    account: str
    database: bytes = field(repr=False)
    personal: bytes = field(repr=False)
    founder: bytes
    practice: bool = False
    handed_by: bytes = b""

    def sealed(self, identity: str) -> bytes:
        """What lies in a slot; identity: the age secret key that opens a database key handed over later."""
        return self.database + self.personal + self.founder + identity.encode("ascii")

    def anew(self, account: str) -> "Keys":
        """Return secrets for an account that has none yet, or whose old ones are to open nothing any more."""
        return dataclasses.replace(self, account=account, personal=vault.new_key(), handed_by=b"")

    @classmethod
    def of(cls, account: str, sealed: bytes, *, practice: bool) -> "Keys":
        """Return the secrets of what lies in a slot."""
        database, personal, founder = (sealed[at : at + vault.KEY_LENGTH] for at in _PLACES)
        return cls(account, database, personal, founder, practice)


@dataclass(frozen=True, slots=True)
class Rekeying:
    """Another database key, and what changes with it.

    gone: an account that is to open nothing any more · code, recovering: a new recovery code in the place of the old
    one and the secrets of who holds it
    """

    database: bytes = field(repr=False)
    gone: str = ""
    code: str = field(repr=False, default="")
    recovering: Keys | None = None


class _Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another database key, sealed to the recipient of a slot, whose password nobody else knows.

    signer, signature: of the administrator who handed it over (DER, ECDSA), so that nobody who knows the recipients
    puts another database in the place of this one
    """

    sealed: bytes
    signer: bytes
    signature: bytes


class _Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account: str
    guess: Calibration
    salt: Annotated[bytes, Meta(min_length=SALT_LENGTH, max_length=SALT_LENGTH)]
    recipient: str
    wrapped: bytes
    handover: _Handover | None = None


class _Recovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the recovery code opens; recipient: the code's public half."""

    recipient: str
    wrapped: bytes
    handover: _Handover | None = None


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="fmt", tag=FORMAT):
    """practice: made for a world to practise in, where passwords need not be hard to guess.

    mac: HMAC by the database key over all the rest
    """

    practice: bool
    slots: Annotated[tuple[_Slot, ...], Meta(min_length=1)]
    recovery: _Recovery
    mac: Annotated[bytes, Meta(min_length=32, max_length=32)]

    def __post_init__(self) -> None:
        if len({slot.account for slot in self.slots}) != len(self.slots):
            raise ValueError("an account occurs twice")
        floor = PRACTICE_COST if self.practice else LEAST_COST
        if not all(slot.guess.cost.reaches(floor) for slot in self.slots):
            raise ValueError("a slot is cheaper to guess than this program makes any")


def create(path: Path, account: str, password: str, founder: bytes, *, practice: bool = False) -> tuple[Keys, str]:
    """Write a new key file with one account; return its secrets and the recovery code, to be shown once.

    founder: SHA-256 of the public key of this account
    This machine is calibrated, which takes it about as long as two guesses; not for practice.
    The recovery code is an age secret key; nothing of it but what it wraps is stored.
    Raises UserError for an existing file, ProblemsError for an account name or a password that cannot be used.
    """
    # Overwriting keys.json would make the database beside it unreadable for ever.
    if path.exists():
        raise UserError(tr("这里已经有一个工作区。"), tr("请另选文件夹。"))
    # A name or password that cannot be used is said before the machine is measured.
    name = _usable_name(account, password, practice=practice)
    keys, code = Keys(name, vault.new_key(), vault.new_key(), founder, practice), new_age_identity()
    slot = _new_slot(password, keys)
    recovery = _new_recovery(code, keys.anew(NO_ACCOUNT))
    _write(path, _KeyFile(practice, (slot,), recovery, bytes(32)), keys.database)
    return keys, code


def accounts(path: Path) -> tuple[str, ...]:
    """Return the names of the accounts, in the order they were added."""
    return tuple(slot.account for slot in _read(path).slots)


def unlock(path: Path, account: str, password: str) -> Keys:
    """Return the secrets of an account.

    Raises UserError for a wrong name or password, MachineError for damage and for a file that was changed without
    the database key.
    """
    file = _read(path)
    slot = _slot(file, account)
    try:
        # No stored hash of the password to attack: a wrong one simply does not open the slot.
        inside = vault.unseal(_stretched(password, slot), slot.wrapped, _slot_context(slot, practice=file.practice))
    except vault.BrokenSealError as error:
        raise WrongPasswordError(
            tr("密码不正确。"), tr("请检查大小写和输入法后重新输入；忘记密码的，请管理员重置。")
        ) from error
    keys = Keys.of(slot.account, inside, practice=file.practice)
    keys = _handed_over(keys, slot.handover, inside[_IDENTITY:].decode("ascii"))
    _check(file, keys.database)
    return keys


def unlock_with_recovery_code(path: Path, code: str) -> Keys:
    """Return the secrets of whoever holds the code: of the account `NO_ACCOUNT`.

    Raises UserError when the code is misspelt or another workspace's.
    """
    # Its checksum tells a slip of the pen from another workspace's code, which need different help.
    age_recipient(code)
    file = _read(path)
    try:
        inside = vault.unseal(_recovery_key(code), file.recovery.wrapped, b"recovery slot")
    except vault.BrokenSealError as error:
        raise UserError(tr("这个恢复码不是本工作区的。"), tr("请找出建立本工作区时打印的恢复码。")) from error
    keys = Keys.of(NO_ACCOUNT, inside, practice=file.practice)
    keys = _handed_over(keys, file.recovery.handover, tidy_age_identity(code))
    _check(file, keys.database)
    return keys


def add_account(path: Path, by: Keys, account: str, password: str) -> Keys:
    """Add an account that opens the same database; how hard it is to guess, this machine decides, and no other slot.

    by: the secrets of whoever adds it

    Raises UserError when the name is taken, ProblemsError when name or password cannot be used.
    """
    file = _read_for(path, by.database)
    name = _usable_name(account, password, practice=file.practice)
    keys = by.anew(name)
    if any(other.account == keys.account for other in file.slots):
        raise UserError(tr("账户“{account}”已经存在。", account=keys.account), tr("请换一个账户名。"))
    slots = (*file.slots, _new_slot(password, keys))
    _write(path, replace(file, slots=slots), by.database)
    return keys


def change_password(path: Path, account: str, old: str, new: str) -> Keys:
    """Write the account's slot anew under another password; its secrets stay the same."""
    # First, so that a bad new one does not cost a try at the old.
    _usable_name(account, new, practice=_read(path).practice)
    keys = unlock(path, account, old)
    # No less than before: a password changed on a slower machine must not become cheaper to guess. The old password
    # opened the slot, so what it says of its cost is true.
    return _rewrite_slot(path, keys, new, _slot(_read(path), account).guess.cost)


def rewrite_account(path: Path, keys: Keys, new_password: str) -> None:
    """Give an account a new password and other secrets, without the old ones.

    The old personal key is lost, and with it what it wrapped: nobody can sign for a colleague.
    """
    _rewrite_slot(path, keys, new_password, LEAST_COST)


def rekey(path: Path, by: Keys, new: Rekeying, signer: AccountKey) -> None:
    """Hand another database key over to everybody but an account that goes; the passwords stay as they are."""
    file = _read_for(path, by.database)
    slots = tuple(
        replace(slot, handover=_handover(slot.account, slot.recipient, by.founder, new.database, signer))
        for slot in file.slots
        if slot.account != new.gone
    )
    handed = _handover(NO_ACCOUNT, file.recovery.recipient, by.founder, new.database, signer)
    recovery = replace(file.recovery, handover=handed)
    if new.recovering is not None:
        recovery = _new_recovery(new.code, new.recovering)
    _write(path, replace(file, slots=slots, recovery=recovery), new.database)


def _handover(account: str, recipient: str, founder: bytes, database: bytes, signer: AccountKey) -> _Handover:
    sealed = seal_to(recipient, database)
    return _Handover(sealed, signer.public_der, signer.sign(_handover_statement(account, founder, sealed)))


def _handed_over(keys: Keys, handover: _Handover | None, identity: str) -> Keys:
    """Return the secrets with the database key that was handed over, if one was."""
    if handover is None:
        return keys
    statement = _handover_statement(keys.account, keys.founder, handover.sealed)
    if not verify(handover.signer, handover.signature, statement):
        raise _damaged()
    database = unseal_with(identity, handover.sealed)
    return dataclasses.replace(keys, database=database, handed_by=handover.signer)


def _handover_statement(account: str, founder: bytes, sealed: bytes) -> bytes:
    content = {"founder": founder.hex(), "account": account, "sealed": sha256(sealed).hexdigest()}
    return canonical({"fmt": "ohdesk-handover/1", **content})


def _new_recovery(code: str, keys: Keys) -> _Recovery:
    wrapped = vault.seal(_recovery_key(code), keys.sealed(""), b"recovery slot")
    return _Recovery(age_recipient(code), wrapped)


def _rewrite_slot(path: Path, keys: Keys, password: str, least: Cost) -> Keys:
    file = _read_for(path, keys.database)
    old = _slot(file, keys.account)
    _usable_name(old.account, password, practice=file.practice)
    slot = _new_slot(password, keys, least)
    _write(path, replace(file, slots=tuple(slot if other is old else other for other in file.slots)), keys.database)
    return keys


def _new_slot(password: str, keys: Keys, least: Cost = LEAST_COST) -> _Slot:
    # Measured anew for each slot: what stands in the file may come from a slower machine, or from somebody who
    # wanted it cheap.
    guess = Calibration(PRACTICE_COST, 0) if keys.practice else calibrate(least)
    identity = new_age_identity()
    empty = _Slot(keys.account, guess, secrets.token_bytes(SALT_LENGTH), age_recipient(identity), b"")
    context = _slot_context(empty, practice=keys.practice)
    return replace(empty, wrapped=vault.seal(_stretched(password, empty), keys.sealed(identity), context))


def _stretched(password: str, slot: _Slot) -> bytes:
    return stretch(password, slot.guess.cost, slot.salt)


def _recovery_key(code: str) -> bytes:
    return vault.derive(tidy_age_identity(code).encode(), "recovery slot")


def _slot_context(slot: _Slot, *, practice: bool) -> bytes:
    # Name, cost and salt are authenticated too: nobody can lower the cost, rename a slot, or call a real one practice.
    return canonical(msgspec.to_builtins(replace(slot, wrapped=b"", handover=None)) | {"practice": practice})


def problems(account: str, password: str, *, practice: bool) -> tuple[Problem, ...]:
    """Return everything that speaks against the name of an account and a new password for it."""
    name = tidy_name(account)
    found = password_problems(password, name, practice=practice)
    if name and name.isprintable():
        return found
    remedy = tr("账户名不能为空，也不能含有控制字符。")
    return (Problem(tr("账户名"), "", "", remedy, field="account"), *found)


def _usable_name(account: str, password: str, *, practice: bool) -> str:
    if found := problems(account, password, practice=practice):
        raise ProblemsError(tr("这个账户名或密码不能用。"), found)
    return tidy_name(account)


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


def is_under(path: Path, database_key: bytes) -> bool:
    """True when the key file is whole and belongs to the database with this key."""
    try:
        _read_for(path, database_key)
    except MachineError:
        return False
    return True


def _read_for(path: Path, database_key: bytes) -> _KeyFile:
    file = _read(path)
    _check(file, database_key)
    return file


def _check(file: _KeyFile, database_key: bytes) -> None:
    """Raise MachineError unless the file was last written by somebody with the database key."""
    if not hmac.compare_digest(file.mac, _mac(file, database_key)):
        raise MachineError(
            tr("密钥文件 keys.json 被别的程序改动过，或者属于另一个工作区。"),
            _way_back(),
        )


def _mac(file: _KeyFile, database_key: bytes) -> bytes:
    content = canonical(msgspec.to_builtins(replace(file, mac=b"")))
    return hmac.digest(vault.derive(database_key, "key file"), content, "sha256")


def _read(path: Path) -> _KeyFile:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise MachineError(
            tr("读不到密钥文件 {path}。", path=path),
            _way_back(),
        ) from error
    if len(data) > LARGEST_FILE:
        raise _damaged()
    try:
        content = parse(data)
        # Not against forgers, who can compute it (`mac` is), but to tell damage on the disk from a wrong password.
        checked = content.pop("sha256")
        if checked != fingerprint(content):
            raise _damaged()
        if content["fmt"] != FORMAT:
            raise MachineError(tr("密钥文件的版本本程序不认识。"), tr("请用建立工作区的程序版本或更新的版本打开。"))
        return msgspec.convert(content, _KeyFile)
    except (NotCanonicalError, msgspec.ValidationError, LookupError, TypeError, AttributeError) as error:
        raise _damaged() from error


def _way_back() -> str:
    return tr(
        "数据库本身没有改动。请把最近的备份恢复到一个空文件夹（ohdesk backup restore），"
        "把其中的 keys.json 复制回来，用备份那天的密码打开。"
    )


def _damaged() -> MachineError:
    return MachineError(
        tr("密钥文件 keys.json 已损坏。"),
        _way_back(),
    )


def _write(path: Path, keys: _KeyFile, database_key: bytes) -> None:
    content = msgspec.to_builtins(replace(keys, mac=_mac(keys, database_key)))
    data = canonical(content | {"sha256": fingerprint(content)})
    try:
        write_durably(path, data)
    except OSError as error:
        raise MachineError(
            tr("写不了密钥文件 {path}。", path=path), tr("请检查磁盘空间和写入权限；原来的密钥文件没有改动。")
        ) from error
