"""系统录入对照单: what is typed of a visit into other systems, and what has been; nothing is sent anywhere."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.values import Value
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.papers import PLACE
from ohdesk.forms.registers import definition
from ohdesk.forms.typing_in import System, typing_in
from ohdesk.i18n import in_chinese, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.paper.issuing import issuing_of
from ohdesk.services.paper.subject import Subject, values_of
from ohdesk.services.paper.typed_in import BOOK, held
from ohdesk.services.register.entries import Write, as_new, write_many, write_new
from ohdesk.services.visit.lookup import find_record, find_visit

_MOST = 60  # characters of a number


class Line(NamedTuple):
    """A field of a screen, and what is typed into it; "" where nothing is known."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one system asks for; typed_in_on: "" while nobody has typed it in · number: the one it has there."""

    system: str
    name: str
    lines: tuple[Line, ...]
    typed_in_on: str = ""
    number: str = ""


@in_chinese()
def sheets(ctx: Context, visit_id: str) -> tuple[Sheet, ...]:
    """Return what each system asks for of a visit. Raises UserError for one without a final record."""
    with ctx.reading() as session:
        find_record(session, visit_id)
        values = _values(ctx, session, find_visit(session, visit_id))
        return tuple(_sheet(session, visit_id, system, values) for system in typing_in().systems)


def tick(ctx: Context, visit_id: str, system: str, number: str = "") -> Change:
    """Set down that a visit was typed into a system today, or another number that it has there.

    Raises ProblemsError for a system that is not there and a number that is too long.
    """
    ctx.require(Right.VISIT)
    number, known = clean_text(number).strip(), {each.key for each in typing_in().systems}
    wrong = []
    if system not in known:
        wrong.append(Problem(tr("系统"), " / ".join(sorted(known)), system[:40], field="system"))
    if len(number) > _MOST:
        wrong.append(Problem(tr("流水号"), tr("不超过 {most} 个字", most=_MOST), number[:40], field="number"))
    if wrong:
        raise ProblemsError(tr("录入没有记下。"), tuple(wrong))
    today, book = legal_day(ctx.now()), definition(BOOK)
    said: dict[str, Value] = {"typed_in_number": number, "typed_in_by": ctx.actor.name}
    with ctx.transaction() as session:
        record = find_record(session, visit_id)
        if record.division != ctx.office.division:
            raise UserError(tr("这份笔录由别的单位制作。"), tr("请由制作笔录的单位录入。"))
        before = held(session, visit_id, system)
        if before is None:
            about = {"visit": visit_id, "system": system, "establishment": record.establishment}
            new, _ = as_new(book, {**about, **said, "typed_in_on": today.isoformat()}, today)
            write_new(ctx, session, book, new)
        elif before.values.get("typed_in_number", "") != number:
            write_many(ctx, session, book, [Write(before.id, said, travels=False)], "", "hand", ctx.new_id())
    return Change.REGISTERS


def _sheet(session: Session, visit: str, system: System, values: dict[str, str]) -> Sheet:
    ticked = held(session, visit, system.key)
    found = {} if ticked is None else ticked.values
    lines = [Line(each.label, PLACE.sub(lambda place: values[place[1]], each.text)) for each in system.lines]
    on, number = str(found.get("typed_in_on") or ""), str(found.get("typed_in_number") or "")
    return Sheet(system.key, system.name, tuple(lines), on, number)


def _values(ctx: Context, session: Session, visit: Visit) -> dict[str, str]:
    start = visit.start
    issuing = issuing_of(session, start.mode if start else "", "town", start.authority if start else ctx.office.name)
    subject = Subject(visit=visit.id, establishment=visit.establishment)
    form = paper_forms.page(session, "case_cover", legal_day(ctx.now())).form
    found = values_of(ctx, session, form, subject, issuing, {})
    findings = found["findings"]
    own = {
        "facts": "；".join(each["fact"].rstrip("。") for each in findings),
        "disposals": "；".join(dict.fromkeys(each["disposal"] for each in findings if each["disposal"])),
        "finding_count": str(len(findings)),
    }
    return {key: text.replace("\n", "、") for key, text in {**found, **own}.items() if isinstance(text, str)}
