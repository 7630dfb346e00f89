"""What the county says of keys: certificates issued, keys taken back; that they are genuine the services ask before."""

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Certificate, Revocation
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.merge import COUNTY_DIVISION_LENGTH
from ohdesk.domain.operations import CertificateIssued, CertificateRevoked
from ohdesk.i18n import tr


def issued(session: Session, applied: Applied, operation: CertificateIssued) -> None:
    """Set down a certificate."""
    _by_a_county(applied)
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
    _by_a_county(applied)
    since = parse_day(operation.since)
    session.add(Revocation(operation=applied.first_hash[:40], key=applied.record, since=since, reason=operation.reason))


def _by_a_county(applied: Applied) -> None:
    if len(applied.division) != COUNTY_DIVISION_LENGTH:
        raise RefusedError(tr("证书只由县级签发和吊销，这一条不是县级写的"))
