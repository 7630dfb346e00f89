"""A part of the journal compared with its hashes and chains, another part each time, never the whole at once."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from ohdesk.db.chain import NO_HASH

MOST = 2000  # operations
LARGEST = 8 * 1024 * 1024  # bytes of them together: records are large
_PART = text(
    "SELECT o.rowid, o.replica, o.seq, o.hash, o.body, before.hash FROM operation AS o "
    "LEFT JOIN operation AS before ON before.replica = o.replica AND before.seq = o.seq - 1 "
    "WHERE o.rowid > :after ORDER BY o.rowid LIMIT :most"
)
_HEADS = text(
    "SELECT head.replica, head.seq FROM replica_head AS head "
    "LEFT JOIN operation AS o ON o.replica = head.replica AND o.seq = head.seq "
    "WHERE head.seq > 0 AND o.hash IS NOT head.hash"
)


class Sample(NamedTuple):
    """How many operations were compared, behind which row the next sample begins, and the first that does not fit."""

    operations: int
    next: int
    problem: str


class _Place(msgspec.Struct):
    """What an operation says of its place in a chain."""

    r: str
    s: int
    p: str


def sample(session: Session, after: int) -> Sample:
    """Compare the operations behind row `after`, in the order in which they came; from the first again at the end."""
    count = size = 0
    last = after
    for row, replica, seq, digest, body, before in session.execute(_PART, {"after": after, "most": MOST}):
        if count and size + len(body) > LARGEST:
            return Sample(count, last, "")
        if sha256(body).hexdigest() != digest or not _follows(body, replica, seq, before):
            return Sample(count, after, f"{replica}:{seq}")
        count, size, last = count + 1, size + len(body), row
    return Sample(count, last if count == MOST else 0, "")


def wrong_heads(session: Session) -> Iterator[str]:
    """Yield each replica whose last operation is not the one that its head names."""
    return (f"{replica}:{seq}" for replica, seq in session.execute(_HEADS))


def _follows(body: bytes, replica: str, seq: int, before: str | None) -> bool:
    try:
        place = msgspec.json.decode(body, type=_Place)
    except msgspec.DecodeError:
        return False
    return (place.r, place.s, place.p) == (replica, seq, NO_HASH if seq == 1 else before)
