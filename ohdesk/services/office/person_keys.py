"""The signing keys of this office's people: made, opened with a person's own secret, retired when that is lost."""

import logging
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ohdesk.db.engine import reading
from ohdesk.db.journal import Signature
from ohdesk.db.models import Person, RetiredCertificate, SigningKey
from ohdesk.security import certificates
from ohdesk.security.certificates import PersonSubject
from ohdesk.security.signing_keys import PersonKey, PersonSigner
from ohdesk.security.vault import BrokenSealError
from ohdesk.services.context import Context

log = logging.getLogger(__name__)


def give_key(
    ctx: Context, session: Session, person_id: str, personal_key: bytes, key: PersonKey | None = None
) -> PersonKey:
    """Make a person's signing key, or take `key` as it, with its self-made certificate; retire the one before."""
    retire_key(session, person_id)
    person = session.get_one(Person, person_id)
    key = key or PersonKey.create()
    subject = PersonSubject(
        person=person_id,
        name=person.name,
        number=person.certificate_no,
        office=ctx.office.name,
        division=ctx.office.division,
    )
    own = certificates.make_own(key, subject, ctx.now())
    session.add(
        SigningKey(
            person=person_id,
            public_der=key.public_der,
            wrapped=key.wrap(personal_key, person_id),
            own_certificate_der=own,
            certificate_der=own,
            confirmed=False,
        )
    )
    return key


def retire_key(session: Session, person_id: str) -> None:
    """Let go of a person's signing key, if there is one; what it signed stays good."""
    before = session.get(SigningKey, person_id)
    if before is not None:
        # Kept, so that a town without a county can still verify what the lost key signed.
        session.add(RetiredCertificate(person=person_id, certificate_der=before.own_certificate_der))
        session.delete(before)
        session.flush()


def open_key(engine: Engine, person_id: str, personal_key: bytes) -> PersonKey | None:
    """Return a person's signing key; None for whoever has none that this secret opens, as after a reset."""
    with reading(engine) as session:
        wrapped = session.scalar(select(SigningKey.wrapped).where(SigningKey.person == person_id))
    try:
        return None if wrapped is None else PersonKey.unwrap(wrapped, personal_key, person_id)
    except BrokenSealError:
        log.warning("a signing key does not open with its owner's secret")
        return None


def signer_of(key: PersonKey | PersonSigner) -> Callable[[bytes], Signature]:
    """Return what signs a person's binding acts with their key."""
    fingerprint = sha256(key.public_der).hexdigest()
    return lambda message: Signature(fingerprint, key.sign(message))


def retired_certificates(session: Session) -> tuple[bytes, ...]:
    """Return the self-made certificates (DER) of keys that were lost by a reset, the oldest first."""
    return tuple(session.scalars(select(RetiredCertificate.certificate_der).order_by(RetiredCertificate.id)))
