"""People of an office as their own replica writes them."""

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Person
from ohdesk.domain.operations import PersonWritten

FIELDS = ("name", "role", "certificate_no", "certificate_until", "unit", "leads", "public_key")


def written(session: Session, applied: Applied) -> None:
    """Set fields of a person; only the replica that set the person down may write it again."""
    operation = applied.operation
    assert isinstance(operation, PersonWritten)  # noqa: S101 - decoded by kind
    person = session.get(Person, applied.record)
    if person is None:
        person = Person(id=applied.record, replica=applied.replica, **dict.fromkeys(FIELDS, ""))
        session.add(person)
    elif person.replica != applied.replica:
        raise RefusedError(f"person {applied.record} belongs to replica {person.replica}")
    for key, value in operation.fields.items():
        if key not in FIELDS:
            raise RefusedError(f"unknown field {key} of a person")
        setattr(person, key, value)
    session.flush()
