"""What stands on the approval form and on the notice; the notice in the county's own words or not at all."""

import pytest

from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import UserError
from ohdesk.services.office import powers
from ohdesk.services.register import entries
from ohdesk.services.roll import entries as roll
from ohdesk.services.visit import before, before_papers, conduct, planning, views
from tests import rectifying
from tests.printed import pages_of
from tests.visiting import ARRIVAL, ENTRUSTED, POWER, add_firm, started_round

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


def test_the_approval_form_is_printed_with_all_it_says_and_places_to_sign(ctx, visit):
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    text = "".join(pages_of(before_papers.approval_pdf(ctx, visit)))
    for said in (
        "石桥镇人民政府",
        "青溪竹器厂",
        "投诉举报",
        "来电反映粉尘",
        "执法证号T0002",
        "编号：2026-0001",
        "批准人",
    ):
        assert said in text


def test_the_notice_is_printed_in_the_countys_words_and_says_nothing_of_what_led_to_it(ctx, visit, tmp_path):
    target = tmp_path / "notice.pdf"
    with pytest.raises(UserError, match="不能打印"):
        before_papers.write_notice(ctx, visit, target)
    assert not target.exists()
    entries.add(ctx, "county_papers", PAPER | {"rights": "一、您有权申请回避。\n二、您有权拒绝无证检查。" * 40})
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    before_papers.write_notice(ctx, visit, target)
    text = "".join(pages_of(target.read_bytes()))
    for said in ("石桥镇人民政府（印章）", "您有权拒绝无证检查", "严禁吃拿卡要", "石桥镇工业路1号", "第2页"):
        assert said in text
    for inside in ("投诉", "来电", "苏映", "2026-0001"):
        assert inside not in text


def test_a_notice_with_words_of_usual_length_is_one_page_with_its_place_to_sign(ctx, visit):
    entries.add(ctx, "county_papers", PAPER | {"rights": "一、出示证件。\n二、申请回避。\n三、陈述、申辩。"})
    (page,) = pages_of(before_papers.notice_pdf(ctx, visit))
    assert "签收" in page


def test_of_two_authorities_the_notice_asks_for_one_until_the_visit_has_begun(ctx, visit):
    entries.add(ctx, "county_papers", PAPER)
    powers.add_power(ctx, ENTRUSTED)
    assert before.authorities(ctx, visit) == (POWER.authority, ENTRUSTED.authority)
    assert before.approval_form(ctx, visit).authority == ""
    with pytest.raises(UserError, match="不止一个"):
        before.notice(ctx, visit)
    assert before.notice(ctx, visit, ENTRUSTED.authority).basis == ENTRUSTED.basis
    conduct.start(ctx, visit, StartData(mode="own", arrival=ARRIVAL, gap_reason="审批人外出"))
    assert before.notice(ctx, visit).authority == POWER.authority


def test_a_round_of_assistants_has_neither_paper(ctx):
    walked = started_round(ctx)
    for asked in (before.approval_form, before.notice):
        with pytest.raises(UserError, match="协管巡查"):
            asked(ctx, walked)


def test_no_file_is_made_of_an_employer_that_handles_state_secrets(ctx, visit, tmp_path):
    roll.correct(ctx, views.visit_view(ctx, visit).establishment, {"state_secrets": "是"}, "定密")
    with pytest.raises(UserError, match="涉密"):
        before_papers.write_approval(ctx, visit, tmp_path / "approval.pdf")
