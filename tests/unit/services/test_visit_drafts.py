"""What was typed about a visit and where one stood, over a real workspace."""

from ohdesk.services import visit_drafts, visits
from ohdesk.services.visit_drafts import VisitStop
from tests.visiting import planned_visit, started_visit


def test_what_was_typed_is_kept_until_it_is_forgotten(ctx):
    visit_drafts.keep(ctx, "v", "arrival", {"place": "一号车间", "reason": ""})
    assert visit_drafts.kept(ctx, "v", "arrival") == {"place": "一号车间", "reason": ""}
    assert visit_drafts.kept(ctx, "v", "ending") == {}
    visit_drafts.forget(ctx, "v", "arrival")
    assert visit_drafts.kept(ctx, "v", "arrival") == {}


def test_one_stands_where_one_stood_until_the_visit_is_over(ctx):
    assert visit_drafts.last_stop(ctx) is None
    visit = planned_visit(ctx)
    visit_drafts.keep_stop(ctx, VisitStop(visit, "approval"))
    assert visit_drafts.last_stop(ctx) == VisitStop(visit, "approval")
    with ctx.transaction() as session:
        visits.find_visit(session, visit).state = "closed"
    assert visit_drafts.last_stop(ctx) is None


def test_the_list_is_a_place_too(ctx):
    started_visit(ctx)
    visit_drafts.keep_stop(ctx, VisitStop("", "list"))
    assert visit_drafts.last_stop(ctx) == VisitStop("", "list")
