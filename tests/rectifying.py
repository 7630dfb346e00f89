"""Final records with findings for tests, without their PDF: as quick as the journal."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.record import InspectionRecord, PartyStatement, Way
from ohdesk.domain.visit import StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.county import coverage
from ohdesk.services.county.coverage import CoveredEmployer
from ohdesk.services.finding import drafts, follow_up
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import people, powers
from ohdesk.services.record import composing
from ohdesk.services.visit import conduct, filling, planning
from tests import final_papers
from tests.conftest import signing
from tests.visiting import ARRIVAL, POWER, add_firm

NOBODY = PartyStatement(way=Way.ABSENT, reason="现场无人", video="现场录像 1")
PDF = "0" * 64  # never made
BREACH = "D01"  # of the checklist for employers


def on(ctx: Context, day: str) -> Context:
    """The same workspace on another day, at noon in Beijing."""
    at = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
    return replace(ctx, now=lambda: at)


def team(ctx: Context) -> tuple[str, str]:
    """The two inspectors of the tests, entered once, and the power they have."""
    held = [each.id for each in sorted(people.list_people(ctx), key=lambda each: each.certificate_no)]
    if held:
        return (held[0], held[1])
    powers.add_power(ctx, POWER)
    return (
        people.add_person(ctx, "周沄", "inspector", "T0001", "2027-12-31", leads=True),
        people.add_person(ctx, "吴翙", "inspector", "T0002", "2027-12-31"),
    )


def visit_of(ctx: Context, firm: str, day: str, form: str = "") -> str:
    """Plan, approve and start a visit on a day, with the usual checklist or another."""
    new = planning.NewVisit(establishment=firm, inspectors=team(ctx), task=Task("daily", "plan", day), form=form)
    return begin(on(ctx, day), planning.plan(on(ctx, day), new))


def begin(ctx: Context, visit: str) -> str:
    """Approve and start a visit that is planned."""
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    start = StartData(
        mode="own", place="石桥镇工业路 1 号", accompanied_by="陈砚（厂长）", arrival=ARRIVAL, gap_reason="无"
    )
    conduct.start(ctx, visit, start)
    return visit


def fill(ctx: Context, visit: str, *, breaches: Collection[str] = (BREACH,), met: Collection[str] = ()) -> None:
    """Answer every question of a visit: some 不合格, some 合格, the rest not inspected."""
    for question in filling.open_form(ctx, visit).form.questions:
        if question.id in breaches:
            answer = Answer(AnswerValue.NOT_MET, fact=f"{question.id} 处未见应有的措施。")
        elif question.id in met:
            answer = Answer(AnswerValue.MET)
        else:
            continue
        filling.save_answer(ctx, visit, question.id, answer)
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产。")


def finalize(ctx: Context, visit: str, key: PersonKey | None = None, by: str = "") -> str:
    """Make the record of a visit final, in the name of its first inspector or `by`, signed with `key`; close it."""
    drafts.accept_proposals(ctx, visit)
    composed = composing.compose(ctx, visit, NOBODY)
    assert composed.problems == ()
    with ctx.transaction() as session:
        _keep(ctx, session, composed.record, by, key)
        conduct.close(session, visit, parse_instant(composed.record.ended_at))
    return visit


def finalized_elsewhere(ctx: Context, visit: str) -> None:
    """Let the record of a visit be that of another one, which was made on another laptop."""
    drafts.accept_proposals(ctx, visit)
    record = replace(composing.compose(ctx, visit, NOBODY).record, visit=ctx.new_id())
    with ctx.transaction() as session:
        _keep(ctx, session, record)


def _keep(ctx: Context, session: Session, record: InspectionRecord, by: str = "", key: PersonKey | None = None) -> None:
    journal.record(
        session, final_papers.operation(record, PDF), signing(ctx, by or record.inspectors[0].person, key).stamp()
    )


def found(ctx: Context, day: str = "2026-03-02", firm: str = "", breaches: Collection[str] = (BREACH,)) -> str:
    """A final record with findings whose deadlines are as proposed; return its visit."""
    visit = visit_of(ctx, firm or add_firm(ctx), day)
    fill(on(ctx, day), visit, breaches=breaches)
    return finalize(on(ctx, day), visit)


def listed(ctx: Context, part: str = "all", sought: str = "") -> list[RectificationRow]:
    """All rows of the list of findings that a filter and a search leave."""
    found = follow_up.rectifications(ctx, ListQuery(part, sought))
    return follow_up.rows_of(ctx, found, found.ids)


def covered(ctx: Context, division: str, year: int) -> list[CoveredEmployer]:
    """All employers behind the coverage of a town."""
    found = coverage.covered(ctx, division, year, ListQuery())
    return coverage.employers_of(ctx, found, found.names)
