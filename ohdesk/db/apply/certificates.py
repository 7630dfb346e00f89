"""What the county says of keys: certificates issued, keys taken back; that they are genuine the services ask before."""

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import Certificate, LiftedRevocation, Revocation
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.operations import CertificateIssued, CertificateReinstated, CertificateRevoked


def issued(session: Session, applied: Applied, operation: CertificateIssued) -> None:
    """Set down a certificate."""
    session.add(
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


def revoked(session: Session, applied: Applied, operation: CertificateRevoked) -> None:
    """Set down that a key was taken back."""
    since = parse_day(operation.since)
    session.add(Revocation(operation=applied.first_hash[:40], key=applied.record, since=since, reason=operation.reason))


def reinstated(session: Session, _applied: Applied, operation: CertificateReinstated) -> None:
    """Set down which revocations no longer hold; they may come before or after."""
    for revocation in dict.fromkeys(operation.revocations):
        # Two laptops of the county may lift the same one.
        session.merge(LiftedRevocation(revocation=revocation))
