"""An inspection from the office: its own checklist and words, no place; what it finds can have somebody go there."""

from dataclasses import replace

import pytest

from ohdesk.domain.record import PartyStatement, Way
from ohdesk.domain.visit import StartData
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.finding import drafts
from ohdesk.services.office import powers
from ohdesk.services.record.composing import compose
from ohdesk.services.visit import conduct, planning, views
from tests import rectifying
from tests.unit.reports import sample_record
from tests.unit.services.draw.test_publication import pdf_text
from tests.visiting import ARRIVAL, POWER, planned_visit

OFF_SITE = StartData(mode="off-site", means="书面", place="一号厂房", accompanied_by="陈砚（厂长）", arrival=ARRIVAL)


def looked_at(ctx, means: str = "书面") -> str:
    visit = planned_visit(ctx)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, replace(OFF_SITE, means=means))
    return visit


def test_the_form_follows_and_no_place_and_nothing_shown_at_a_gate_stands_there(ctx):
    visit = looked_at(ctx)
    view = views.visit_view(ctx, visit)
    assert view.form == "employer-off-site"
    start = view.start
    assert (start.means, start.place, start.arrival.code_way, start.arrival.certificates_shown) == ("书面", "", "", "")
    assert start.authority == POWER.authority
    with pytest.raises(UserError):
        conduct.correct_start(ctx, visit, replace(OFF_SITE, mode="own"))


def test_how_one_looks_has_to_be_said(ctx):
    with pytest.raises(ProblemsError) as refused:
        looked_at(ctx, means="")
    assert [problem.field for problem in refused.value.problems] == ["means"]


def test_its_record_never_says_that_somebody_was_there(ctx):
    visit = looked_at(ctx)
    rectifying.fill(ctx, visit, breaches=("D01",))
    record = compose(ctx, visit, PartyStatement(way=Way.SIGNED, name="陈砚", position="厂长")).record
    papers = sample_record.papers(record, photos={})
    text = "".join("".join(pdf_text(each.pdf).split()) for each in papers.values())
    assert "非现场检查" in text
    assert "书面" in text
    assert "现场" not in text.replace("非现场", "")


def test_nothing_is_put_right_on_the_spot_where_nobody_is(ctx):
    visit = looked_at(ctx)
    rectifying.fill(ctx, visit, breaches=("D01",))
    with pytest.raises(ProblemsError) as refused:
        drafts.set_disposal(ctx, visit, "D01", "on_spot")
    assert [(each.field, each.found) for each in refused.value.problems] == [("disposal", "现场改正")]
    assert drafts.accept_proposals(ctx, visit) == 1


def test_what_it_finds_can_have_somebody_go_there(ctx):
    visit = looked_at(ctx)
    with pytest.raises(UserError):
        planning.plan_after(ctx, visit)
    rectifying.fill(ctx, visit, breaches=("D01",))
    after = views.visit_view(ctx, planning.plan_after(ctx, visit, "2026-03-09"))
    assert (after.task.kind, after.task.source, after.form) == ("case", "off_site", "employer-general")
    assert after.team == views.visit_view(ctx, visit).team
