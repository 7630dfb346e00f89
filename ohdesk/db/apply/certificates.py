"""What the county says of keys: certificates issued, keys taken back; that they are genuine the services ask before."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Certificate, LiftedRevocation, OwnOffice, Revocation
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import CertificateIssued, CertificateReinstated, CertificateRevoked
from ohdesk.i18n import tr


def work_out(session: Session, record: str, operations: Sequence[Applied], on_top: bool) -> dict[str, str]:
    """Set down what the county says of one certificate or one key; of two words on one certificate the first counts."""
    issued = [each.name for each in operations if each.kind == CertificateIssued.kind]
    is_there = on_top and session.get(Certificate, record) is not None
    outdone = dict.fromkeys(issued if is_there else issued[1:], tr("这张证书已经登记过"))
    for each in operations:
        if each.name not in outdone:
            _WRITERS[each.kind](session, each, each.operation)
    return outdone


def origin_problem(session: Session) -> Callable[[Applied], str]:
    """Return what says why an operation that is issued again is not that of a replica its own one goes on for.

    Asked of many it reads the certificates once.  "" also for what the county issues again, whose word is its own;
    for what a person has signed, since the signature is over the place where it stood first; and for our own.
    """
    ours = set(session.scalars(select(OwnOffice.replica)))
    before = cache(partial(goes_on_for, session))

    def problem(applied: Applied) -> str:
        origin, operation = applied.origin, applied.operation
        if origin is None or is_county(applied.division) or applied.replica in ours:
            return ""
        if operation is None or operation.binding or origin.replica in before(applied.replica):
            return ""
        return tr("这一条说先由电脑 {first} 写出，县级没有登记过由它接替那台电脑", first=origin.replica[:8])

    return problem


def goes_on_for(session: Session, replica: str) -> set[str]:
    """Return the replicas that one goes on for by the county's word, those before them included."""
    found: set[str] = set()
    waiting = [replica]
    while waiting:
        rows = select(Certificate.takes_over).where(Certificate.replica == waiting.pop(), Certificate.takes_over != "")
        waiting += (fresh := set(session.scalars(rows)) - found)
        found |= fresh
    return found


def _issued(session: Session, applied: Applied, operation: CertificateIssued) -> None:
    session.merge(
        Certificate(
            fingerprint=operation.record,
            key=operation.key,
            person=operation.person,
            replica=operation.replica,
            division=operation.division,
            name=operation.name,
            number=operation.number,
            since=parse_instant(operation.since),
            until=parse_instant(operation.until),
            recipient=operation.recipient,
            mark=operation.mark,
            takes_over=operation.takes_over,
            issued_at=parse_instant(applied.at),
            der=operation.der,
        )
    )


def _revoked(session: Session, applied: Applied, operation: CertificateRevoked) -> None:
    since, name = parse_day(operation.since), applied.first_hash[:40]
    session.merge(Revocation(operation=name, key=applied.record, since=since, reason=operation.reason))


def _reinstated(session: Session, _applied: Applied, operation: CertificateReinstated) -> None:
    for revocation in dict.fromkeys(operation.revocations):  # they may come before or after
        # Two laptops of the county may lift the same one.
        session.merge(LiftedRevocation(revocation=revocation))


_WRITERS: dict[str, Callable[[Session, Applied, Any], None]] = {
    CertificateIssued.kind: _issued,
    CertificateRevoked.kind: _revoked,
    CertificateReinstated.kind: _reinstated,
}
KINDS = tuple(_WRITERS)
