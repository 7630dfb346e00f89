"""Operations of other replicas taken into the journal and applied; what does not fit is set aside, never refused."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import compress, groupby

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import Session

from ohdesk.db import apply
from ohdesk.db.apply import Subject
from ohdesk.db.apply.applied import Applied, Came, came, decode, speaks_against
from ohdesk.db.apply.certificates import KINDS as KEY_KINDS
from ohdesk.db.apply.certificates import origin_problem
from ohdesk.db.chain import announce, follow, hashes, store
from ohdesk.db.models import OperationRow
from ohdesk.domain.bounds import LONGEST_REASON
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.merge import is_county
from ohdesk.errors import MachineError
from ohdesk.i18n import tr

Check = Callable[[Applied], str]  # says why an operation is set aside for itself; "" when it is not
# Gives what a caller checks besides, for operations between which no word on keys comes.
Checks = Callable[[], Check]
_Late = defaultdict[Subject, list[tuple[str, int]]]  # what is worked out later, and the operations that made it so
# Bounds the memory of a roll of 20,000 entries and what is tried again one by one if one of them does not fit.
_BYTES_AT_ONCE = 2 << 20  # of them; decoded they take ten times as much
_AT_ONCE = 1000  # foreign operations decoded and applied together
# The machine's fault and not the operation's: set aside for it, a good operation would be lost to the tables.
_NOT_ITS_FAULT = (MachineError, OSError, MemoryError, OperationalError, InternalError)


class Accepted(Enum):
    """What became of a foreign operation."""

    APPLIED = "applied"
    ALREADY = "already"
    SET_ASIDE = "set aside"


def accept(session: Session, body: bytes, refuse: Checks | None = None) -> Accepted:
    """Append and apply an operation of another replica exactly as it came.

    `refuse` gives what may name a reason to set aside what is not the roll's (a signature that does not fit).  An
    unknown kind, values that are not understood, what the writer may not say (`domain.authority`), and whatever fails
    while it is applied: kept, passed on and set aside.  Raises GapError, ForkError, or NotCanonicalError for bytes of
    which not even the place in a chain can be read.
    """
    return accept_many(session, [body], refuse)[0]


def accept_many(session: Session, bodies: Iterable[bytes], refuse: Checks | None = None) -> list[Accepted]:
    """Accept operations in order with the result that `accept` gives one by one in the end; the cost follows theirs."""
    outcomes: list[Accepted] = []
    for _, run in groupby(map(came, bodies), _whose_word):
        outcomes += _accept_run(session, run, refuse)
    return outcomes


def try_again(session: Session, refuse: Checks | None = None, which: ColumnElement[bool] | None = None) -> None:
    """Apply what was set aside and fits now, until nothing moves.

    For when a certificate has come or the program is a newer one: what is applied in the end follows from what is
    held, not from the order in which it came.
    which: those of `OperationRow` of which the answer may be another one now; without it all
    """
    aside = _set_aside(session, which)
    while aside:
        before = len(aside)
        fits: _Late = defaultdict(list)
        checks = _checks(session, refuse)
        for row in aside:
            applied = decode(row.body)
            # What this program understands now said nothing of these to an older one.
            row.base, row.blobs = applied.base, hashes(applied.blobs)
            announce(session, [applied])
            reason = _refusal(applied, checks)
            if not reason or apply.is_of_roll(applied):  # which asks again by itself
                fits[apply.subject(applied)].append((row.replica, row.seq))
            if not apply.is_of_roll(applied):
                row.set_aside = reason
        session.flush()
        _work_out(session, fits)
        session.expire_all()
        aside = _set_aside(session, which)
        if len(aside) == before:
            return


def _set_aside(session: Session, which: ColumnElement[bool] | None) -> list[OperationRow]:
    """Return what is set aside for itself; what is outdone comes back by itself."""
    rows = select(OperationRow).where(OperationRow.set_aside != "", ~OperationRow.outdone)
    if which is not None:
        rows = rows.where(which)
    return list(session.scalars(rows.order_by(OperationRow.replica, OperationRow.seq)))


def _whose_word(one: Came) -> tuple[str, bool]:
    """Return what a run of operations has in common: after the county's word on keys others count than before."""
    return one.link.replica, one.link.kind in KEY_KINDS and is_county(one.link.division)


def _accept_run(session: Session, run: Iterator[Came], refuse: Checks | None) -> Iterator[Accepted]:
    """Append consecutive operations of one replica and apply them; what they are about is worked out twice at most."""
    numbers: list[int] = []  # 0 for one held already
    seen: set[Subject] = set()
    late: _Late = defaultdict(list)
    checks = _checks(session, refuse)
    replica = ""
    for many in _batches(run):
        replica = many[0].link.replica
        is_new = follow(session, many)
        numbers += [one.link.seq if new else 0 for one, new in zip(many, is_new, strict=True)]
        # Only these: what is held already, as most of a stick that is read again, is known by its hash.
        fresh = [decode(one.body) for one in compress(many, is_new)]
        refused = {applied.name: reason for applied in fresh if (reason := _refusal(applied, checks))}
        store(session, fresh, refused=refused)
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


def _checks(session: Session, refuse: Checks | None) -> list[Check]:
    """Return what is asked of each operation by itself, whatever else is held of its record."""
    callers = refuse() if refuse else None

    def of_callers(applied: Applied) -> str:
        return callers(applied) if callers and not apply.is_of_roll(applied) else ""

    return [speaks_against, origin_problem(session), of_callers]


def _refusal(applied: Applied, checks: Iterable[Check]) -> str:
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


def _batches(run: Iterator[Came]) -> Iterator[list[Came]]:
    many: list[Came] = []
    size = 0
    for one in run:
        many.append(one)
        size += len(one.body)
        if len(many) == _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield many
            many, size = [], 0
    if many:
        yield many
