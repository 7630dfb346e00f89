"""People of an office as it writes them, and the keys they lost by a reset."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.models import KeyReset, Person
from ohdesk.domain.calendar import parse_day, parse_instant
from ohdesk.domain.operations import PersonKeyReset, PersonWritten
from ohdesk.domain.people import PersonRole
from ohdesk.i18n import tr

KINDS = (PersonWritten.kind, PersonKeyReset.kind)


def work_out(session: Session, record: str, operations: Sequence[Applied], on_top: bool) -> dict[str, str]:
    """Set down a person with all fields written, and the resets; only the office of whose id it is writes either."""
    fields: dict[str, str | bool | None] = {}
    for each in operations:
        if each.kind == PersonWritten.kind:
            fields |= each.values["fields"]
    person = session.get(Person, record)
    if person is None:
        # Whoever has no role is nobody to a draw, a team or a signature: such a row would only be in the way.
        if "role" not in fields:
            return dict.fromkeys((each.name for each in operations), tr("新登记的人员没有写明类别"))
        person = Person(id=record, division=operations[0].division)
        session.add(person)
    for key, value in fields.items():
        setattr(person, key, _held(key, value))
    session.flush()
    if not on_top:
        session.execute(delete(KeyReset).where(KeyReset.person == record))
    session.add_all(_reset(each) for each in operations if each.kind == PersonKeyReset.kind)
    return {}


def _reset(applied: Applied) -> KeyReset:
    return KeyReset(
        operation=applied.first_hash[:40],
        person=applied.record,
        key=applied.values["key"],
        by=applied.by,
        at=parse_instant(applied.at),
    )


def _held(key: str, value: str | bool | None) -> str | bool | date | None:
    """Return a value as its column holds it."""
    if isinstance(value, str) and key == "role":
        return PersonRole(value)
    return parse_day(value) if isinstance(value, str) and key == "certificate_until" else value
