"""The people of this office: inspectors (执法人员), assistants (协管员), technical persons (技术人员)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Person, Visit, VisitMember
from ohdesk.domain.calendar import day_in, day_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.operations import PersonWritten
from ohdesk.domain.people import OfficePerson, PersonRole, Right, number_key, one_spelling, team_problems
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import UNFINISHED
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.security.certificates import LARGEST_PERSON_NAME, is_visible
from ohdesk.services.changes import Change
from ohdesk.services.context import Context

# What may be set down of a person; to retire is an act of its own, with its own conditions.
LONGEST = 40  # characters of a certificate number; a certificate holds 64
WORKING = (PersonRole.INSPECTOR, PersonRole.ASSISTANT, PersonRole.TECHNICAL_PERSON)


def list_people(ctx: Context) -> list[OfficePerson]:
    """Return this office's people, by name."""
    with ctx.reading() as session:
        rows = session.scalars(select(Person).where(Person.division == ctx.office.division).order_by(Person.name))
        return [office_person(row) for row in rows]


def find_person(ctx: Context, text: str) -> str:
    """Return the id of the person of this office with this name, certificate number or id.

    How wide it is typed and what stands between the letters is ignored; where several fit, the one written exactly so
    counts.  Raises UserError when none or several fit.
    """
    text = clean_text(text).strip()
    columns = (Person.id, Person.name, Person.certificate_no)
    with ctx.reading() as session:
        people = session.execute(select(*columns).where(Person.division == ctx.office.division)).all()
    # Nothing at all would fit whoever has no certificate.
    exact: list[str] = [each.id for each in people if text and text in each]
    found: list[str] = exact or [each.id for each in people if _fits(text, each.name, each.certificate_no)]
    if len(found) != 1:
        message = tr("没有登记人员“{text}”。") if not found else tr("有多名人员叫“{text}”。")
        raise UserError(message.format(text=text), tr("请用执法证号指明。"))
    return found[0]


def _fits(text: str, *held: str) -> bool:
    spelt = one_spelling(text)
    return bool(spelt) and spelt in map(one_spelling, held)


def add_person(
    ctx: Context,
    name: str,
    role: PersonRole,
    certificate_no: str = "",
    certificate_until: str = "",
    *,
    leads: bool = False,
) -> str:
    """Set down a person and return the id. Raises ProblemsError naming everything that cannot be taken."""
    ctx.require(Right.OFFICE)
    person = OfficePerson(ctx.new_id(), name, role, certificate_no, certificate_until, ctx.office.name, leads)
    fields = _fields(person) | {"unit": person.unit}
    with ctx.transaction() as session:
        _refuse_taken(ctx, session, fields["certificate_no"], person.id)
        journal.record(session, PersonWritten(record=person.id, fields=fields), ctx.stamp())
    return person.id


def correct_person(ctx: Context, changed: OfficePerson) -> Change:
    """Set what differs from what is held of a person: name, role, certificate, validity, whether they may lead.

    Final records keep what they say.  Raises ProblemsError naming everything that cannot be taken.
    """
    ctx.require(Right.OFFICE)
    wanted = _fields(changed)
    with ctx.transaction() as session:
        person = _own_person(ctx, session, changed.id)
        _refuse_taken(ctx, session, wanted["certificate_no"], person.id)
        held = {key: getattr(person, key) for key in wanted}
        held["certificate_until"] = day_text(person.certificate_until) or None
        # Only what differs: the journal then says what was corrected, not all that stayed.
        fields = {key: value for key, value in wanted.items() if held[key] != value}
        if not fields:
            return Change.NOTHING
        journal.record(session, PersonWritten(record=person.id, fields=fields), ctx.stamp())
    return Change.PEOPLE


def retire_person(ctx: Context, person_id: str) -> Change:
    """Set down that a person has left (离岗): not drawn, not sent, not signing from now on. Correcting takes it back.

    Raises UserError when there is no such person, or the person is on a visit that is not closed.
    """
    ctx.require(Right.OFFICE)
    with ctx.transaction() as session:
        person = _own_person(ctx, session, person_id)
        # A visit under way needs two who may sign; whoever leaves would leave it without an end.
        running = (
            select(func.count())
            .select_from(VisitMember)
            .join(Visit, Visit.id == VisitMember.visit)
            .where(VisitMember.person == person_id, ~VisitMember.assists, Visit.state.in_(UNFINISHED))
        )
        visits = session.scalar(running)
        if visits:
            raise UserError(
                tr("{name}还有 {count} 次检查没有结束，不能离岗。", name=person.name, count=visits),
                tr("请先在“检查”中结束这些检查。"),
            )
        journal.record(session, PersonWritten(record=person_id, fields={"role": PersonRole.RETIRED}), ctx.stamp())
    return Change.PEOPLE


def _own_person(ctx: Context, session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.division != ctx.office.division:
        raise UserError(tr("人员名册中没有这个人。"), tr("请刷新列表后重试。"))
    return person


def _refuse_taken(ctx: Context, session: Session, certificate_no: str, own: str) -> None:
    """Raise UserError when another person of this office has the certificate."""
    if not certificate_no:
        return
    others = select(Person.name, Person.certificate_no).where(Person.division == ctx.office.division, Person.id != own)
    number = number_key(certificate_no)
    other = next((name for name, held in session.execute(others) if held and number_key(held) == number), "")
    if other:
        said = tr("执法证号 {number} 已登记给{name}。", number=certificate_no, name=other)
        problem = Problem(tr("执法证号"), "", certificate_no, said, "certificate_no")
        raise ProblemsError(tr("人员没有保存。"), (problem,))


def _fields(person: OfficePerson) -> dict[str, Any]:
    """Return what is set down of a person, tidied. Raises ProblemsError naming everything that cannot be taken."""
    name, certificate_no = clean_text(person.name).strip(), clean_text(person.certificate_no).strip().upper()
    problems = []
    if not name:
        problems.append(blank(tr("姓名"), "name"))
    # What no certificate takes would be refused only once the old key is gone.
    number_fits = len(certificate_no) <= LONGEST
    for field, place, value, fits, expected in (
        ("name", tr("姓名"), name, len(name.encode()) <= LARGEST_PERSON_NAME, tr("不超过 21 个汉字")),
        ("certificate_no", tr("执法证号"), certificate_no, number_fits, tr("不超过 {count} 个字", count=LONGEST)),
    ):
        if not fits:
            problems.append(Problem(place, expected, tr("{count} 个字", count=len(value)), field=field))
        elif not is_visible(value):
            problems.append(Problem(place, tr("没有看不见的字符"), value, field=field))
    if person.role not in WORKING:
        problems.append(Problem(tr("人员类别"), "、".join(WORKING), person.role, field="role"))
    inspects, until = person.role == PersonRole.INSPECTOR, person.certificate_until
    if inspects and not certificate_no:
        problems.append(blank(tr("执法证号"), "certificate_no", tr("执法人员必填，请填写执法证号。")))
    if (inspects or until) and day_in(until) is None:
        place = tr("证件有效期至")
        problems.append(Problem(place, tr("日期"), until, field="certificate_until", example="2027-12-31"))
    if problems:
        raise ProblemsError(tr("人员没有保存。"), tuple(problems))
    return {
        "name": name,
        "role": person.role,
        "certificate_no": certificate_no,
        "certificate_until": until or None,
        "leads": person.leads,
    }


def team_gaps(session: Session, people: Iterable[str], day: date) -> list[Problem]:
    """Return what keeps these people from inspecting together on a day; whoever is not on the list is not there."""
    found = [session.get(Person, person) for person in dict.fromkeys(people)]
    return team_problems([office_person(person) for person in found if person is not None], day)


def office_person(person: Person) -> OfficePerson:
    """Return a person's row as the rules see it."""
    return OfficePerson(
        id=person.id,
        name=person.name,
        role=person.role,
        certificate_no=person.certificate_no,
        certificate_until=day_text(person.certificate_until),
        unit=person.unit,
        leads=person.leads,
    )
