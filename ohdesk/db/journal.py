"""The one door for what is shared: append an operation, chain its hash, apply it, all in the caller's transaction."""

import base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from itertools import compress, groupby

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import Session

from ohdesk.db import apply
from ohdesk.db.apply import Subject
from ohdesk.db.apply.applied import (
    BLOB,
    Applied,
    Envelope,
    RefusedError,
    decode,
    original,
    speaks_against,
)
from ohdesk.db.apply.certificates import KINDS as KEY_KINDS
from ohdesk.db.apply.certificates import origin_problem
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import BlobRow, OperationRow, ReplicaHead
from ohdesk.domain.bounds import LARGEST_OPERATION, LONGEST_REASON
from ohdesk.domain.calendar import instant_in, instant_text
from ohdesk.domain.canonical import canonical, clean_text, parse
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import Operation
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.i18n import tr

_Late = defaultdict[Subject, list[tuple[str, int]]]  # what is worked out later, and the operations that made it so
NO_HASH = "0" * 64
# Bounds the memory of a roll of 20,000 entries and what is tried again one by one if one of them does not fit.
_BYTES_AT_ONCE = 2 << 20  # of them; decoded they take ten times as much
_AT_ONCE = 1000  # foreign operations decoded and applied together
# The machine's fault and not the operation's: set aside for it, a good operation would be lost to the tables.
_NOT_ITS_FAULT = (MachineError, OSError, MemoryError, OperationalError, InternalError)


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's signature over an operation: SHA-256 of the public key (DER), and the ECDSA value (DER)."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, from which replica and office, when; `sign` signs binding acts with the person's own key.

    Without `sign`, as for an account that belongs to no person, no binding act can be written.
    """

    replica: str
    division: str
    by: str
    at: datetime
    sign: Callable[[bytes], Signature] | None = None


class UnsignedError(UserError):
    """A binding act by an account that has no signing key."""

    def __init__(self) -> None:
        super().__init__(
            tr("这一步要有本人的签名，当前账户没有签名密钥。"), tr("请由有签名密钥的执法人员用自己的账户登录后办理。")
        )


class Accepted(Enum):
    """What became of a foreign operation."""

    APPLIED = "applied"
    ALREADY = "already"
    SET_ASIDE = "set aside"


class GapError(Exception):
    """An operation came before its predecessor; `missing` is the first number we lack."""

    def __init__(self, replica: str, missing: int) -> None:
        super().__init__(f"{replica}: operation {missing} is missing")
        self.replica = replica
        self.missing = missing


class ForkError(Exception):
    """The same number carries another operation than the one we hold: a cloned or restored laptop."""

    def __init__(self, replica: str, seq: int) -> None:
        super().__init__(f"{replica}:{seq} differs from the operation held")
        self.replica = replica
        self.seq = seq


def record(session: Session, operation: Operation, stamp: Stamp, batch: str = "") -> None:
    """Append one operation of this replica and apply it."""
    record_many(session, [operation], stamp, batch)


def record_many(session: Session, operations: Sequence[Operation], stamp: Stamp, batch: str) -> None:
    """Append and apply operations of this replica under one batch id; all of them or none.

    No two of one roll entry: what each has seen is asked once, before the first is written.
    """
    if not operations:
        return
    check_time(stamp)
    head = head_of(session, stamp.replica, stamp.division)
    seq, previous = head.seq, head.hash
    many: list[Applied] = []
    # `base` inside the same transaction: it must name what is really there, not what a screen showed.
    for operation, base in zip(operations, apply.bases(session, operations), strict=True):
        applied = _appended(operation, stamp, seq + 1, previous, base)
        seq, previous = applied.seq, applied.hash
        many.append(applied)
    # First the journal, then the tables: a writer of ours that refuses rolls both back.
    _store(session, many, batch)
    head.seq, head.hash = seq, previous
    session.flush()
    # By the same rules as what comes in: nothing is written here that would be set aside elsewhere.
    for reason in [*filter(None, map(speaks_against, many)), *apply.apply_many(session, many, {}).values()]:
        raise RefusedError(reason)


def accept(session: Session, body: bytes, refuse: Callable[[Applied], str] | None = None) -> Accepted:
    """Append and apply an operation of another replica exactly as it came.

    `refuse(operation)` may give a reason to set aside what is not the roll's (a signature that does not fit).  An
    unknown kind, values that are not understood, what the writer may not say (`domain.authority`), and whatever fails
    while it is applied: kept, passed on and set aside.  Raises GapError, ForkError, or NotCanonicalError for bytes of
    which not even the place in a chain can be read.
    """
    return accept_many(session, [body], refuse)[0]


def accept_many(
    session: Session, bodies: Iterable[bytes], refuse: Callable[[Applied], str] | None = None
) -> list[Accepted]:
    """Accept operations in order with the result that `accept` gives one by one in the end; the cost follows theirs."""
    outcomes: list[Accepted] = []
    for _, run in groupby(map(decode, bodies), _whose_word):
        outcomes += _accept_run(session, run, refuse)
    return outcomes


def try_again(session: Session, refuse: Callable[[Applied], str] | None = None) -> None:
    """Apply what was set aside and fits now, until nothing moves.

    For when a certificate has come or the program is a newer one: what is applied in the end follows from what is
    held, not from the order in which it came.
    """
    aside = _set_aside(session)
    while aside:
        before = len(aside)
        fits: _Late = defaultdict(list)
        checks = _checks(session, refuse)
        for row in aside:
            applied = decode(row.body)
            # What this program understands now said nothing of these to an older one.
            row.base, row.blobs = applied.base, _blobs(applied)
            _announce(session, [applied])
            reason = _refusal(applied, checks)
            if not reason or apply.is_of_roll(applied):  # which asks again by itself
                fits[apply.subject(applied)].append((row.replica, row.seq))
            if not apply.is_of_roll(applied):
                row.set_aside = reason
        session.flush()
        _work_out(session, fits)
        session.expire_all()
        aside = _set_aside(session)
        if len(aside) == before:
            return


def chain_problems(session: Session) -> list[str]:
    """Return every place where a replica's chain does not hold; empty when all do."""
    problems: list[str] = []
    previous: dict[str, tuple[int, str]] = {}
    columns = (OperationRow.base, OperationRow.blobs, OperationRow.set_aside, OperationRow.body)
    rows = select(OperationRow.replica, OperationRow.seq, OperationRow.hash, *columns).order_by(
        OperationRow.replica, OperationRow.seq
    )
    for replica, seq, stored_hash, base, blobs, set_aside, body in session.execute(rows):
        last_seq, last_hash = previous.get(replica, (0, NO_HASH))
        applied = decode(body)
        follows = (applied.seq, applied.previous) == (last_seq + 1, last_hash)
        # Of what is set aside an older program may have understood less.
        says = bool(set_aside) or (applied.base, _blobs(applied)) == (base, blobs)
        if not follows or not says or (applied.seq, applied.hash) != (seq, stored_hash):
            problems.append(f"{replica}:{seq}")
        previous[replica] = (seq, stored_hash)
    return problems + [
        f"{head.replica}: head {head.seq}"
        for head in session.scalars(select(ReplicaHead))
        if previous.get(head.replica, (0, NO_HASH)) != (head.seq, head.hash)
    ]


def signed_part(body: bytes) -> bytes:
    """Return the bytes that the acting person signed: the operation without the signature itself."""
    value = parse(original(body))
    value.pop("sig", None)
    return canonical(value)


def _set_aside(session: Session) -> list[OperationRow]:
    """Return what is set aside for itself; what is outdone comes back by itself."""
    rows = select(OperationRow).where(OperationRow.set_aside != "", ~OperationRow.outdone)
    return list(session.scalars(rows.order_by(OperationRow.replica, OperationRow.seq)))


def _whose_word(applied: Applied) -> tuple[str, bool]:
    """Return what a run of operations has in common: after the county's word on keys others count than before."""
    return applied.replica, applied.kind in KEY_KINDS and is_county(applied.division)


def _accept_run(
    session: Session, run: Iterator[Applied], refuse: Callable[[Applied], str] | None
) -> Iterator[Accepted]:
    """Append consecutive operations of one replica and apply them; what they are about is worked out twice at most."""
    numbers: list[int] = []  # 0 for one held already
    seen: set[Subject] = set()
    late: _Late = defaultdict(list)
    checks = _checks(session, refuse)
    replica = ""
    for many in _batches(run):
        replica = many[0].replica
        is_new = _follow(session, many)
        numbers += [applied.seq if new else 0 for applied, new in zip(many, is_new, strict=True)]
        fresh = list(compress(many, is_new))
        refused = {applied.name: reason for applied in fresh if (reason := _refusal(applied, checks))}
        _store(session, fresh, refused=refused)
        now = []
        for applied in fresh:
            # Of an entry what is not understood counts as held; of all else it takes no part.
            if applied.name in refused and not apply.is_of_roll(applied):
                continue
            # Once at its first and once at the end: else one of which there is much would be read with each batch.
            if (about := apply.subject(applied)) in seen:
                late[about].append((applied.replica, applied.seq))
            else:
                now.append(applied)
        seen.update(map(apply.subject, now))
        _apply(session, now, refused)
    _work_out(session, late)
    aside = _aside_from(session, replica, next(filter(None, numbers), 0))
    outcome = {True: Accepted.SET_ASIDE, False: Accepted.APPLIED}
    return (outcome[seq in aside] if seq else Accepted.ALREADY for seq in numbers)


def _follow(session: Session, many: Sequence[Applied]) -> list[bool]:
    """Move the head of a replica behind these operations; return of each whether it is new here, not held already.

    Raises GapError or ForkError where one neither is held nor follows.
    """
    head = head_of(session, many[0].replica, many[0].division)
    # Only where there may be any, and never a number that no database holds.
    earlier = [applied.seq for applied in many if 0 < applied.seq <= head.seq]
    held: dict[int, str] = {}
    if earlier:
        place = OperationRow.seq.between(min(earlier), head.seq)
        rows = select(OperationRow.seq, OperationRow.hash).where(OperationRow.replica == head.replica, place)
        held |= session.execute(rows).all()
    is_new: list[bool] = []
    for applied in many:
        is_new.append(applied.seq > head.seq)
        # Held already: with the same bytes it is a repetition, which is success; with others two laptops share a
        # number.
        if applied.seq <= head.seq:
            if held.get(applied.seq) != applied.hash:
                raise ForkError(applied.replica, applied.seq)
            continue
        if applied.seq > head.seq + 1:
            # Not an error of the sender: the bundle before has not arrived yet, so this one waits.
            raise GapError(applied.replica, head.seq + 1)
        # The right number on another past: a laptop restored from a backup, or a clone.
        if applied.previous != head.hash:
            raise ForkError(applied.replica, head.seq)
        head.seq, head.hash = applied.seq, applied.hash
        held[applied.seq] = applied.hash
    return is_new


def _checks(session: Session, refuse: Callable[[Applied], str] | None) -> list[Callable[[Applied], str]]:
    """Return what is asked of each operation by itself, whatever else is held of its record."""

    def of_callers(applied: Applied) -> str:
        return refuse(applied) if refuse and not apply.is_of_roll(applied) else ""

    return [speaks_against, origin_problem(session), of_callers]


def _refusal(applied: Applied, checks: Iterable[Callable[[Applied], str]]) -> str:
    """Return why an operation is set aside for itself; "" when it is not."""
    try:
        return _told(next(filter(None, (check(applied) for check in checks)), ""))
    except Exception as error:
        if _is_the_machines(error):
            raise
        return _why_failed(error)


def _apply(session: Session, many: Sequence[Applied], refused: Mapping[str, str]) -> None:
    """Apply what the journal holds by now; what fails is set aside, and whatever it did to the tables is taken back."""
    try:
        with session.begin_nested():
            apply.apply_many(session, many, refused)
    except Exception as error:
        if _is_the_machines(error):
            raise
        # Tried record by record, then one by one where that fails: each gets its own outcome.
        by_subject: dict[Subject, list[Applied]] = defaultdict(list)
        for applied in many:
            by_subject[apply.subject(applied)].append(applied)
        if len(by_subject) > 1:
            for some in by_subject.values():
                _apply(session, some, refused)
        else:
            _one_by_one(session, [(applied.replica, applied.seq) for applied in many if applied.name not in refused])


def _work_out(session: Session, late: Mapping[Subject, Sequence[tuple[str, int]]]) -> None:
    """Work out subjects anew; where that fails, the operations named with each are tried one by one."""
    subjects = list(late)
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        try:
            with session.begin_nested():
                apply.work_out(session, some)
        except Exception as error:
            if _is_the_machines(error):
                raise
            if len(some) > 1:
                for each in some:
                    _work_out(session, {each: late[each]})
            else:
                _one_by_one(session, late[some[0]])


def _one_by_one(session: Session, places: Sequence[tuple[str, int]]) -> None:
    """Apply each operation by itself, and set aside for what it is that fails."""
    # None takes part before it is its turn; nobody sees this word, for each of them gets its own.
    for place in places:
        session.get_one(OperationRow, place).set_aside = "not yet"
    session.flush()
    for place in places:
        row = session.get_one(OperationRow, place)
        try:
            with session.begin_nested():
                row.set_aside = ""
                session.flush()
                apply.apply_many(session, [decode(row.body)], {})
        except Exception as error:
            if _is_the_machines(error):
                raise
            row.set_aside = _why_failed(error)
        session.flush()


def _is_the_machines(error: Exception) -> bool:
    # SQLAlchemy passes on a damaged database as the plain class.
    return isinstance(error, _NOT_ITS_FAULT) or type(error) is DatabaseError


def _why_failed(error: Exception) -> str:
    if isinstance(error, IntegrityError):  # one question answered twice, say: only what is made by hand says so
        return tr("内容自相矛盾，本机的表里放不下")
    # What nobody thought of must stop neither the operations behind it nor the other offices' bundles.
    return _told(tr("本机放不下这一条（{error}）", error=f"{type(error).__name__}: {error}"))


def _told(reason: str) -> str:
    # It goes into receipts, which are canonical: what it quotes may be anything.
    return clean_text(reason)[:LONGEST_REASON]


def _aside_from(session: Session, replica: str, seq: int) -> set[int]:
    aside = select(OperationRow.seq).where(OperationRow.replica == replica, OperationRow.seq >= seq)
    return set(session.scalars(aside.where(OperationRow.set_aside != "")))


def _batches(run: Iterator[Applied]) -> Iterator[list[Applied]]:
    many: list[Applied] = []
    size = 0
    for applied in run:
        many.append(applied)
        size += len(applied.body)
        if len(many) == _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield many
            many, size = [], 0
    if many:
        yield many


def _appended(operation: Operation, stamp: Stamp, seq: int, previous: str, base: Sequence[str]) -> Applied:
    check(operation)
    own = {field.name for field in fields(operation)} - {"record", "blobs"}
    envelope = Envelope(
        replica=stamp.replica,
        seq=seq,
        previous=previous,
        kind=operation.kind,
        record=operation.record,
        base=tuple(base),
        division=stamp.division,
        # The wall clock is for people; what came before what follows from `seq`, `previous` and `base`.
        at=instant_text(stamp.at),
        by=stamp.by,
        values={name: getattr(operation, name) for name in own},
        blobs=tuple(BLOB + blob for blob in operation.blobs),
    )
    body = msgspec.to_builtins(envelope)
    # Signed by the person only what binds (finalize, draw, void): the bundle's signature covers all, but names a
    # device.
    if operation.binding:
        # Written all the same, it would count here and be set aside by everybody else.
        if stamp.sign is None:
            raise UnsignedError
        signature = stamp.sign(canonical(body))
        body["sig"] = {"key": signature.key, "value": base64.b64encode(signature.value).decode("ascii")}
    written = canonical(body)
    if len(written) > LARGEST_OPERATION:
        raise UserError(tr("一次写入的内容过大，没有保存。"), tr("请减少内容后再试。"))
    return Applied.of(envelope, written, operation)


def check_time(stamp: Stamp) -> None:
    """Raise UserError where the clock of this computer shows an age that no operation may name."""
    if instant_in(instant_text(stamp.at)) is None:
        raise UserError(
            tr("这台电脑的日期是 {day}，没有保存。", day=stamp.at.date().isoformat()), tr("请先把日期和时间改正确。")
        )


def check(operation: Operation) -> None:
    """Raise UserError, with its problems where it has any, for what every reader would set aside."""
    # Screens and services say it earlier and better; here it is kept from the journal, where it would stay for ever.
    if problems := tuple(operation.problems()):
        raise ProblemsError(tr("有 {count} 处不能保存。", count=len(problems)), problems)


def head_of(session: Session, replica: str, division: str) -> ReplicaHead:
    """Return the last operation held of a replica, which whoever appends another moves on."""
    head = session.get(ReplicaHead, replica)
    if head is None:
        head = ReplicaHead(replica=replica, seq=0, hash=NO_HASH, division=division)
        session.add(head)
    return head


def _store(
    session: Session, many: Sequence[Applied], batch: str = "", refused: Mapping[str, str] | None = None
) -> None:
    """Write operations into the journal; refused: by name, why those are set aside that are."""
    if not many:
        return
    refused = refused or {}
    rows = [
        {
            "replica": applied.replica,
            "seq": applied.seq,
            "hash": applied.hash,
            "kind": applied.kind,
            "first_hash": "" if applied.origin is None else applied.first_hash,
            "record": applied.record,
            "batch": batch,
            # Set aside, not rejected: the chain must go on, or one bad operation would stop a town for ever.
            "set_aside": refused.get(applied.name, ""),
            "outdone": False,
            "base": applied.base,
            "blobs": _blobs(applied),
            "body": applied.body,
        }
        for applied in many
    ]
    write_rows(session, OperationRow, rows)
    _announce(session, many)


def _blobs(applied: Applied) -> tuple[str, ...]:
    return tuple(blob.removeprefix(BLOB) for blob in applied.blobs)


def _announce(session: Session, many: Iterable[Applied]) -> None:
    for blob in dict.fromkeys(blob for applied in many for blob in _blobs(applied)):
        if session.get(BlobRow, blob) is None:
            # Announced before its bytes are here: photos may come in a later bundle, and the receipt asks for what is
            # missing.
            session.add(BlobRow(sha256=blob, size=0, held=False))
