"""People of an office as their own replica writes them."""

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Person
from ohdesk.domain.operations import PersonWritten
from ohdesk.i18n import tr

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
        raise RefusedError(tr("这名人员是另一个单位登记的，不能由写入者改动"))
    for key, value in operation.fields.items():
        if key not in FIELDS:
            raise RefusedError(tr("本版本不认识人员的字段“{field}”", field=key))
        setattr(person, key, value)
    session.flush()
