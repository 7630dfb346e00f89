"""What the county says of keys: certificates issued, keys taken back; that they are genuine the services ask before."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Certificate, LiftedRevocation, Revocation
from ohdesk.domain.calendar import parse_day, parse_instant
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
