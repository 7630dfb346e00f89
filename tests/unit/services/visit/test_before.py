"""What stands on the approval form and on the notice; the notice in the county's own words or not at all."""

import pytest

from ohdesk.domain.visit import Task
from ohdesk.errors import UserError
from ohdesk.services.office import powers
from ohdesk.services.register import entries
from ohdesk.services.visit import before, conduct, planning
from tests import rectifying
from tests.visiting import POWER, add_firm

PAPER = {
    "kind": "notice",
    "title": "青原县行政检查告知文字",
    "valid_from": "2026-01-01",
    "rights": "您有权申请回避。",
    "prohibitions": "严禁吃拿卡要。",
}


@pytest.fixture
def visit(ctx):
    task = Task("case", "complaint", "2026-03-02", "来电反映粉尘")
    return planning.plan(
        ctx, planning.NewVisit(establishment=add_firm(ctx), inspectors=rectifying.team(ctx), task=task)
    )


def test_the_approval_form_says_who_goes_why_and_how_often_that_was_this_year(ctx, visit):
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    form = before.approval_form(ctx, visit)
    assert (form.source, form.reason, form.off_site) == ("投诉举报", "来电反映粉尘", False)
    assert [each.certificate_no for each in form.inspectors] == ["T0001", "T0002"]
    assert (form.authority, form.basis, form.inspections) == (POWER.authority, POWER.basis, 0)
    assert "2026-0001" in form.approval


def test_no_notice_before_the_words_of_the_county_are_entered(ctx, visit):
    assert before.notice_gap(ctx, "2026-03-02")
    with pytest.raises(UserError, match="不能打印"):
        before.notice(ctx, visit)
    entries.add(ctx, "county_papers", PAPER)
    assert before.notice_gap(ctx, "2026-03-02") == ""
    notice = before.notice(ctx, visit)
    assert (notice.rights, notice.prohibitions) == (PAPER["rights"], PAPER["prohibitions"])
    assert notice.papers
    for inside in ("投诉", "来电"):
        assert inside not in str(notice)


def test_no_notice_without_a_power(ctx, visit):
    entries.add(ctx, "county_papers", PAPER)
    (held,) = powers.list_powers(ctx)
    powers.end_power(ctx, held, "2026-03-01")
    with pytest.raises(UserError, match="权限"):
        before.notice(ctx, visit)
