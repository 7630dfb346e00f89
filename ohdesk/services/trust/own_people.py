"""Certifying the county's own people, so that what they sign counts in every town."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Person, SigningKey
from ohdesk.domain.people import Right
from ohdesk.security import certificates
from ohdesk.security.trust_files import RequestedPerson
from ohdesk.services.context import Context
from ohdesk.services.trust import certified, set_aside
from ohdesk.services.trust.asked import AskedPerson, asked_person
from ohdesk.services.trust.joining import certify_person, require_county, root_of
from ohdesk.services.trust.keys import county_roots


def certify(ctx: Context, *, confirm_earlier: bool = False) -> tuple[AskedPerson, ...]:
    """Certify the keys of this county's people that have no certificate, or one that ends soon; return whose.

    Travels with the county's next bundle.  confirm_earlier: as of `joining.issue`
    """
    ctx.require(Right.CERTIFY)
    require_county(ctx)
    with ctx.transaction() as session:
        root, at, told, people = root_of(ctx, session), ctx.now(), [], []
        for key in _due(ctx, session):
            asked = RequestedPerson(certificates.person_of(key.own_certificate_der), key.public_der)
            # Before the certificate is there: it tells what there was.
            people.append(asked_person(session, asked, key.own_certificate_der, at))
            told.append(certify_person(session, root, asked, key.own_certificate_der, at, earlier=confirm_earlier))
            key.certificate_der, key.confirmed = told[-1].der, True
        journal.record_many(session, told, ctx.stamp(), batch="")
        set_aside.try_again(session, county_roots(ctx, session))
    return tuple(people)


def _due(ctx: Context, session: Session) -> Sequence[SigningKey]:
    soon = ctx.now() + certificates.warning()
    own = select(SigningKey).join(Person).where(Person.division == ctx.office.division)
    keys = session.scalars(own.order_by(Person.certificate_no, Person.id))
    return [
        key
        for key in keys
        if not (key.confirmed and certificates.term(key.certificate_der)[1] > soon)
        and not certified.revocation_problem(session, certified.key_of(key.public_der), date.max)
    ]
