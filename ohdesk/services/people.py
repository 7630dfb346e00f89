"""The people of this office: inspectors (执法人员), assistants (协管员), technical persons (技术人员)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.models import Person
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.ids import uuid7
from ohdesk.domain.operations import PersonWritten
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context

PERSON_ROLES = {"inspector": "执法人员", "assistant": "协管员", "technical_person": "技术人员"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. certificate_until: the last day of validity, "2027-12-31"; leads: may lead a team."""

    id: str
    name: str
    role: str
    certificate_no: str
    certificate_until: str
    unit: str
    leads: bool


def list_people(ctx: Context) -> list[PersonRow]:
    """Return this office's people, by name."""
    with ctx.reading() as session:
        rows = session.scalars(select(Person).where(Person.replica == ctx.office.replica).order_by(Person.name))
        return [person_row(row) for row in rows]


def person_row(person: Person) -> PersonRow:
    """Return a person as a plain value."""
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role,
        certificate_no=person.certificate_no,
        certificate_until=person.certificate_until,
        unit=person.unit,
        leads=person.leads == "是",
    )


def add_person(
    ctx: Context, name: str, role: str, certificate_no: str = "", certificate_until: str = "", leads: str = "否"
) -> str:
    """Set down a person and return the id. Raises ProblemsError naming everything that cannot be taken."""
    ctx.require("administrator", "supervisor")
    name, certificate_no = clean_text(name).strip(), clean_text(certificate_no).strip().upper()
    problems = _problems(name, role, certificate_no, certificate_until)
    if problems:
        raise ProblemsError(tr("人员没有保存。"), tuple(problems))
    person = uuid7(ctx.now())
    fields = {
        "name": name,
        "role": role,
        "certificate_no": certificate_no,
        "certificate_until": certificate_until,
        "unit": ctx.office.name,
        "leads": leads,
        "public_key": "",
    }
    with ctx.transaction() as session:
        taken = select(Person.name).where(Person.certificate_no == certificate_no, Person.replica == ctx.office.replica)
        other = session.scalars(taken).first() if certificate_no else None
        if other is not None:
            raise UserError(tr("执法证号 {number} 已登记给{name}。").format(number=certificate_no, name=other))
        journal.record(session, PersonWritten(record=person, fields=fields), ctx.stamp())
    return person


def _problems(name: str, role: str, certificate_no: str, certificate_until: str) -> list[Problem]:
    problems = []
    if not name:
        problems.append(Problem(tr("姓名"), tr("必填"), tr("空白")))
    if role not in PERSON_ROLES:
        problems.append(Problem(tr("人员类别"), "、".join(PERSON_ROLES), role))
    if role == "inspector":
        if not certificate_no:
            problems.append(Problem(tr("执法证号"), tr("执法人员必填"), tr("空白")))
        try:
            date.fromisoformat(certificate_until)
        except ValueError:
            problems.append(Problem(tr("证件有效期至"), "2027-12-31", certificate_until or tr("空白")))
    return problems
