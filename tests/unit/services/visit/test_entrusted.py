"""A letter of entrustment has to name inspections and be valid on the day; nothing else stands in for it."""

from dataclasses import replace

import pytest

from ohdesk.domain.visit import StartData
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import powers
from ohdesk.services.visit import conduct, views
from tests.visiting import ARRIVAL, ENTRUSTED, planned_visit


@pytest.mark.parametrize("letter", [replace(ENTRUSTED, inspects=False), replace(ENTRUSTED, valid_to="2026-03-01")])
def test_under_a_letter_that_ran_out_or_is_silent_nothing_is_approved_or_started(ctx, letter):
    powers.add_power(ctx, letter)
    visit = planned_visit(ctx)
    with pytest.raises(UserError, match="不能批准") as refused:
        conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    assert "入企服务" in refused.value.remedy
    for mode in ("entrusted", "off-site"):
        with pytest.raises(UserError):
            conduct.start(ctx, visit, StartData(mode=mode, means="书面", arrival=ARRIVAL, gap_reason="有理由"))


def test_a_letter_is_entered_with_its_number_its_scope_and_when_it_was_published(ctx):
    with pytest.raises(ProblemsError) as refused:
        powers.add_power(ctx, replace(ENTRUSTED, number="", scope=" ", published_on=""))
    assert {problem.field for problem in refused.value.problems} == {"number", "scope", "published_on"}
    powers.add_power(ctx, ENTRUSTED)
    assert powers.list_powers(ctx) == (ENTRUSTED,)


def test_what_was_approved_as_an_inspection_is_not_made_by_a_patrol(ctx):
    powers.add_power(ctx, ENTRUSTED)
    visit = planned_visit(ctx)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    with pytest.raises(ProblemsError):
        conduct.start(ctx, visit, StartData(mode="patrol"))
    assert views.visit_view(ctx, visit).state == "approved"
    assert conduct.start(ctx, visit, StartData(mode="entrusted", arrival=ARRIVAL)) == ()
