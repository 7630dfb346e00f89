"""Whether the county certified who signed a record, for the division and the time of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ohdesk.domain.record import Signing, inspected
from ohdesk.services.record.division import division_of
from ohdesk.services.trust import certified


def signing_problem(session: Session, record: Mapping[str, Any] | None, signing: Signing) -> str:
    """Return why the county has not certified a signer for the division and the time of a record; "" when it has.

    Of a key it has not told of yet, nothing is said here as long as the certificate in the PDF names the division.
    """
    division = division_of(record)
    if signing.division == division and not certified.is_certified(session, signing.key):
        return ""
    moments = (signing.at, *inspected(record, signing.person, division))
    found = (certified.certificate_problem(session, signing.key, signing.person, division, at) for at in moments)
    return next(filter(None, found), "")
