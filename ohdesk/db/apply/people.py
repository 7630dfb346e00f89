"""People of an office as it writes them."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.apply.history import in_order, is_last
from ohdesk.db.models import KeyReset, Person
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.operations import PersonKeyReset, PersonWritten
from ohdesk.domain.people import PersonRole
from ohdesk.i18n import tr


def written(session: Session, applied: Applied, operation: PersonWritten) -> None:
    """Set fields of a person, which the office that set the person down does alone.

    Two of its laptops may do so without having seen each other: all that is held of the person is put together anew.
    """
    person = session.get(Person, applied.record)
    fields: dict[str, str | bool | None] = {}
    if person is not None and is_last(session, applied):
        # What is held is in the row already: a thousand corrections of one person must not take a thousand times as
        # long as one.
        fields |= operation.fields
    else:
        for each in in_order(session, applied.record, applied.kind):
            fields |= each.values["fields"]
    # Whoever has no role is nobody to a draw, a team or a signature: such a row would only be in the way.
    if person is None and "role" not in fields:
        raise RefusedError(tr("新登记的人员没有写明类别"))
    if person is None:
        person = Person(id=applied.record, division=applied.division)
        session.add(person)
    for key, value in fields.items():
        setattr(person, key, _held(key, value))


def key_reset(session: Session, applied: Applied, operation: PersonKeyReset) -> None:
    """Set down that a person's signing key was lost by a reset; only the office that set the person down may."""
    person = session.get(Person, applied.record)
    if person is None or person.division != applied.division:
        raise RefusedError(tr("这名人员是另一个单位登记的，不能由写入者改动"))
    at = parse_instant(applied.at)
    # By the hash it had first: a workspace that took over gives it another number.
    said = applied.first_hash[:40]
    session.add(KeyReset(operation=said, person=applied.record, key=operation.key, by=applied.by, at=at))


def _held(key: str, value: str | bool | None) -> str | bool | date | None:
    """Return a value as its column holds it."""
    if isinstance(value, str) and key == "role":
        return PersonRole(value)
    return parse_day(value) if isinstance(value, str) and key == "certificate_until" else value
