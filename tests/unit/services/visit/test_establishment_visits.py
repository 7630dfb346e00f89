"""What was done at one employer is listed, newest first."""

from ohdesk.domain.visit import Task, VisitState
from ohdesk.services.finding import drafts as finding_drafts
from ohdesk.services.office import people
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries
from ohdesk.services.visit import planning, views
from ohdesk.services.visit.views import visits_of
from tests.conftest import numbered
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second
from tests.visiting import planned_visit


def test_an_employer_without_visits_has_none(ctx):
    assert visits_of(ctx, entries.add(ctx, {"name": "安吉竹器厂"})) == ()


def test_a_planned_visit_is_listed_with_its_day(ctx):
    visit = planned_visit(ctx)
    (line,) = visits_of(ctx, views.list_visits(ctx)[0].establishment)
    assert (line.visit, line.state, line.on, line.number) == (visit, VisitState.PLANNED, "2026-03-02", "")


def test_a_final_record_is_listed_once_with_its_number_and_findings(tmp_path):
    world = record_world.make(tmp_path / "town")
    with world.opened() as ctx:
        record_world.fill(ctx, world.visit)
        finding_drafts.accept_proposals(ctx, world.visit)
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        row = next(row for row in views.list_visits(ctx) if row.id == world.visit)
        held = tuple(person.id for person in people.list_people(ctx))[:2]
        again = planning.NewVisit(establishment=row.establishment, inspectors=held, task=Task("daily", "plan", ""))
        later = planning.plan(ctx, again)
        lines = visits_of(ctx, row.establishment)
        drafts = len(finding_drafts.draft_findings(ctx, world.visit))
    assert [line.visit for line in lines] == [later, world.visit]
    assert (lines[1].number, lines[1].findings, lines[1].state) == (numbered(ctx, 1), drafts, VisitState.CLOSED)
