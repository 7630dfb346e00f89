"""What was typed about a visit and where one stood, over a real workspace."""

from ohdesk.services.visit import drafts, lookup
from ohdesk.services.visit.drafts import VisitStop
from tests.visiting import planned_visit, started_visit


def test_what_was_typed_is_kept_until_it_is_forgotten(ctx):
    drafts.keep(ctx, "v", "arrival", {"place": "一号车间", "reason": ""})
    assert drafts.kept(ctx, "v", "arrival") == {"place": "一号车间", "reason": ""}
    assert drafts.kept(ctx, "v", "ending") == {}
    drafts.forget(ctx, "v", "arrival")
    assert drafts.kept(ctx, "v", "arrival") == {}


def test_one_stands_where_one_stood_until_the_visit_is_over(ctx):
    assert drafts.last_stop(ctx) is None
    visit = planned_visit(ctx)
    drafts.keep_stop(ctx, VisitStop(visit, "approval"))
    assert drafts.last_stop(ctx) == VisitStop(visit, "approval")
    with ctx.transaction() as session:
        lookup.find_visit(session, visit).state = "closed"
    assert drafts.last_stop(ctx) is None


def test_the_list_is_a_place_too(ctx):
    started_visit(ctx)
    drafts.keep_stop(ctx, VisitStop("", "list"))
    assert drafts.last_stop(ctx) == VisitStop("", "list")
