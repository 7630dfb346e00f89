"""Certificates of the county that end soon, have ended, or are not there yet; at the county those of its towns too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Certificate, KeyPurpose, OwnKey, Person, SigningKey
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.ids import made_by
from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.services.context import Context
from ohdesk.services.trust import certified


@dataclass(frozen=True, slots=True)
class EndingTerm:
    """A certificate: whose it is, its last day, and days until then, negative afterwards."""

    whose: str
    until: date
    days: int


def ending(ctx: Context, session: Session) -> tuple[EndingTerm, ...]:
    """Return the certificates that are to be renewed by now, the first to end in front."""
    return tuple(each for each in _terms(ctx, session) if each.days <= certificates.warning().days)


def list_ending(ctx: Context) -> tuple[EndingTerm, ...]:
    """Return what `ending` does, read by itself."""
    with ctx.reading() as session:
        return ending(ctx, session)


def uncertified(session: Session) -> tuple[str, ...]:
    """Return the names of those whose signing keys the county has not certified."""
    keys = select(Person.name).join(SigningKey, SigningKey.person == Person.id)
    return tuple(session.scalars(keys.where(SigningKey.confirmed.is_(False)).order_by(Person.name)))


def own_end(session: Session) -> date | None:
    """Return on which day the first of our own certificates ends; None while the county has certified nobody."""
    return min((until for _, until in _own(session)), default=None)


def _terms(ctx: Context, session: Session) -> list[EndingTerm]:
    today = legal_day(ctx.now())
    terms = [*_own(session), *(_towns(ctx, session, today) if ctx.office.role == OfficeRole.COUNTY else ())]
    return [EndingTerm(whose, until, (until - today).days) for whose, until in sorted(terms, key=lambda each: each[1])]


def _own(session: Session) -> Iterator[tuple[str, date]]:
    names = {KeyPurpose.DEVICE: tr("这台电脑"), KeyPurpose.ROOT: tr("县级根证书")}
    for key in session.scalars(select(OwnKey).where(OwnKey.certificate_der != b"", OwnKey.purpose.in_(names))):
        yield names[key.purpose], _last_day(key.certificate_der)
    people = select(Person.name, SigningKey.certificate_der).join(SigningKey, SigningKey.person == Person.id)
    for name, der in session.execute(people.where(SigningKey.confirmed)):
        yield name, _last_day(der)


def _towns(ctx: Context, session: Session, today: date) -> Iterator[tuple[str, date]]:
    """Yield what the county issued, of each key the newest; what was taken back, or lent, needs no renewal."""
    whose = Certificate.name, Certificate.key, Certificate.division, Certificate.person
    issued = select(*whose, func.max(Certificate.until)).where(Certificate.division != ctx.office.division)
    newest = issued.group_by(Certificate.key, Certificate.division)
    for name, key, division, person, until in session.execute(newest):
        lent = bool(person) and not made_by(person, division)
        if not lent and not certified.revocation_problem(session, key, today):
            yield tr("{name}（{division}）", name=name, division=division), legal_day(until)


def _last_day(der: bytes) -> date:
    end: datetime = certificates.term(der)[1]
    return legal_day(end)
