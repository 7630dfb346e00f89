"""Who goes along beside inspectors and assistants: named, approved with the rest, and never counted as an inspector."""

from dataclasses import replace

import pytest

from ohdesk.domain.record import Technician
from ohdesk.domain.visit import StartData
from ohdesk.errors import ProblemsError
from ohdesk.services.finding.preparation import preparation_pdf
from ohdesk.services.office import powers
from ohdesk.services.record import composing
from ohdesk.services.visit import before, conduct, planning, views
from tests.unit.services.finding.test_preparation import pages
from tests.visiting import ARRIVAL, POWER, planned_visit

SAMPLER = Technician(name="贺禾", unit="清源检测有限公司", role="sampling")


def with_technicians(ctx, visit, *technicians):
    view = views.visit_view(ctx, visit)
    new = planning.NewVisit(
        establishment=view.establishment, inspectors=view.team, task=view.task, technicians=technicians
    )
    return planning.replan(ctx, visit, new)


def test_technical_persons_are_approved_with_the_rest_and_named_on_the_record(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    assert with_technicians(ctx, visit, SAMPLER)
    assert not views.visit_view(ctx, visit).approval
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0002")
    assert not with_technicians(ctx, visit, SAMPLER)
    assert views.visit_view(ctx, visit).approval
    assert [each.role for each in before.approval_form(ctx, visit).technicians] == ["检测采样"]
    (text,), _ = pages(preparation_pdf(ctx, visit))
    assert "贺禾（清源检测有限公司，检测采样）" in text
    conduct.start(ctx, visit, StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))
    record = composing.visit_facts(ctx, visit).record
    assert record.technicians == (replace(SAMPLER, role="检测采样"),)
    assert [each.name for each in record.inspectors] == ["周沄", "吴翙"]


def test_a_technical_person_does_not_stand_in_for_an_inspector(ctx):
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    view = views.visit_view(ctx, visit)
    new = planning.NewVisit(
        establishment=view.establishment, inspectors=view.team[:1], task=view.task, technicians=(SAMPLER,)
    )
    planning.replan(ctx, visit, new)
    with pytest.raises(ProblemsError, match="不能开始"):
        conduct.start(ctx, visit, StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))


@pytest.mark.parametrize(
    ("technicians", "key"),
    [
        ((replace(SAMPLER, unit=" "),), "technicians.0.unit"),
        ((SAMPLER, replace(SAMPLER, role="chief")), "technicians.1.role"),
        ((replace(SAMPLER, name="周 沄"),), "technicians.0.name"),
        ((SAMPLER, SAMPLER), "technicians.1.name"),
        ((replace(SAMPLER, name="贺" * 300),), "technicians.0.name"),
    ],
)
def test_what_is_wrong_with_a_technical_person_is_told_at_its_cell(ctx, technicians, key):
    visit = planned_visit(ctx)
    with pytest.raises(ProblemsError) as refused:
        with_technicians(ctx, visit, *technicians)
    assert key in {each.field for each in refused.value.problems}
    assert views.visit_view(ctx, visit).technicians == ()
