"""What papers say of the bodies in whose name they go out is set by the office, for each body by itself."""

from datetime import date

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.remedies import remedies_on, remedy_places
from ohdesk.services.changes import Change
from ohdesk.services.office import issuing_bodies


def test_each_body_has_settings_of_its_own_and_what_is_not_named_stays(ctx):
    assert issuing_bodies.change(ctx, "town", {"region": " 江蓬 ", "court": "青原县人民法院"}) is Change.SETTINGS
    issuing_bodies.change(ctx, "town", {"review_body": "青原县人民政府"})
    assert issuing_bodies.change(ctx, "town", {"region": "江蓬"}) is Change.NOTHING
    assert issuing_bodies.issuing_body(ctx, "town") == issuing_bodies.IssuingBody(
        "江蓬", "青原县人民政府", "青原县人民法院"
    )
    assert issuing_bodies.issuing_body(ctx, "entrusting") == issuing_bodies.IssuingBody()


def test_everything_that_cannot_be_taken_is_named_and_nothing_is_kept(ctx):
    said = {"region": "江蓬{year}", "court": "院" * 101, "phone": "0750\n1", "motto": "x", "address": "工业路 1 号"}
    with pytest.raises(ProblemsError) as refused:
        issuing_bodies.change(ctx, "town", said)
    assert [each.field for each in refused.value.problems] == ["region", "court", "phone", ""]
    assert issuing_bodies.issuing_body(ctx, "town") == issuing_bodies.IssuingBody()
    with pytest.raises(UserError, match="county"):
        issuing_bodies.change(ctx, "county", {})


def test_how_long_one_may_object_is_what_the_law_of_the_day_says():
    assert remedy_places(date(2026, 3, 2)) == {"review_days": "60", "court_months": "6"}
    assert remedy_places(date(2010, 1, 1)) == {"review_days": "", "court_months": ""}
    assert all(each.source for each in remedies_on(date(2026, 3, 2)))
