"""People of an office as it writes them."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import KeyReset, Person
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.operations import PersonKeyReset, PersonWritten
from ohdesk.domain.people import PersonRole
from ohdesk.i18n import tr


def written(session: Session, applied: Applied, operation: PersonWritten) -> None:
    """Set fields of a person; only the office that set the person down may write it again."""
    person = session.get(Person, applied.record)
    if person is None:
        # Whoever has no role is nobody to a draw, a team or a signature: such a row would only be in the way.
        if "role" not in operation.fields:
            raise RefusedError(tr("新登记的人员没有写明类别"))
        person = Person(id=applied.record, division=applied.division)
        session.add(person)
    # Ownership instead of merging: two writers for one certificate number would need somebody to settle it.
    elif person.division != applied.division:
        raise RefusedError(tr("这名人员是另一个单位登记的，不能由写入者改动"))
    for key, value in operation.fields.items():
        setattr(person, key, _held(key, value))


def key_reset(session: Session, applied: Applied, operation: PersonKeyReset) -> None:
    """Set down that a person's signing key was lost by a reset; only the office that set the person down may."""
    person = session.get(Person, applied.record)
    if person is None or person.division != applied.division:
        raise RefusedError(tr("这名人员是另一个单位登记的，不能由写入者改动"))
    at = parse_instant(applied.at)
    session.add(KeyReset(operation=applied.name, person=applied.record, key=operation.key, by=applied.by, at=at))


def _held(key: str, value: str | bool | None) -> str | bool | date | None:
    """Return a value as its column holds it."""
    if isinstance(value, str) and key == "role":
        return PersonRole(value)
    return parse_day(value) if isinstance(value, str) and key == "certificate_until" else value
