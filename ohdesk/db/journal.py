"""The one door for what is shared: append an operation, chain its hash, apply it, all in the caller's transaction."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db import apply
from ohdesk.db.apply.applied import BLOB, Applied, Envelope, RefusedError, speaks_against
from ohdesk.db.chain import head_of, store
from ohdesk.domain.bounds import LARGEST_OPERATION
from ohdesk.domain.calendar import instant_in, instant_text
from ohdesk.domain.canonical import canonical, written_again
from ohdesk.domain.operations import Operation
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr


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
    store(session, many, batch)
    head.seq, head.hash = seq, previous
    session.flush()
    # By the same rules as what comes in: nothing is written here that would be set aside elsewhere.
    for reason in [*filter(None, map(speaks_against, many)), *apply.apply_many(session, many, {}).values()]:
        raise RefusedError(reason)


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
    written = canonical(body)
    # Signed by the person only what binds (finalize, draw, void): the bundle's signature covers all, but names a
    # device.
    if operation.binding:
        # Written all the same, it would count here and be set aside by everybody else.
        if stamp.sign is None:
            raise UnsignedError
        signature = stamp.sign(written)
        body["sig"] = {"key": signature.key, "value": base64.b64encode(signature.value).decode("ascii")}
        written = written_again(body)
    if len(written) > LARGEST_OPERATION:
        raise UserError(tr("一次写入的内容过大，没有保存。"), tr("请减少内容后再试。"))
    return Applied.written(envelope, written, operation)


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
