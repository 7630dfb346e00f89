"""Who may issue which paper: by the form, the mode, the powers valid that day and what the county confirmed."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from ohdesk.errors import UserError
from ohdesk.forms.issuing import Issued, Refused, WhyNot, never_ordered
from ohdesk.forms.papers import papers_of, set_ids
from ohdesk.forms.registers import definition
from ohdesk.services.office import powers
from ohdesk.services.office.issuing import issuing_in, refusal
from ohdesk.services.register import entries
from tests.visiting import ENTRUSTED, POWER, allow_assistants

DAY = date(2026, 3, 2)
# Drawn with the draw, the file or the booklet they belong to; nobody issues them by themselves.
PAGES = {"booklet", "case_entry", "case_evidence", "draw_commitment", "draw_minutes", "draw_notice", "preparation"}
TOWN, COUNTY = POWER.authority, ENTRUSTED.authority


@pytest.fixture
def issued(ctx):
    """Ask in whose name a paper of the usual set is issued."""

    def ask(paper, mode, day=DAY, authority=""):
        form = papers_of("moj-2025")[paper].of(mode)
        with ctx.reading() as session:
            return issuing_in(ctx, session, paper, form, mode, day, authority)

    return ask


@pytest.fixture
def both(ctx):
    powers.add_power(ctx, POWER)
    powers.add_power(ctx, ENTRUSTED)


def confirm(ctx, **said):
    paper = {"kind": "paper", "title": "青原县职业卫生执法文书批复", "valid_from": "2026-01-01"}
    entries.add(ctx, "county_papers", paper | said)


def test_the_body_under_whose_power_one_acts_issues_the_paper(ctx, issued, both):
    assert issued("order", "own") == Issued("own", "town", TOWN, POWER.basis, "")
    assert issued("order", "entrusted") == Issued("entrusted", "entrusting", COUNTY, ENTRUSTED.basis, "")
    assert issued("assignment_receipt", "entrusted").authority == ctx.office.name  # the town's own book-keeping
    assert issued("assignment_receipt", "patrol") == Issued("patrol", "town", ctx.office.name, "", "")


def test_from_the_office_one_of_several_bodies_is_chosen_and_its_rule_holds(issued, both):
    assert issued("opinion", "off-site") == Refused(WhyNot.SEVERAL, (TOWN, COUNTY))
    assert issued("opinion", "off-site", authority=TOWN).why is WhyNot.OFF
    assert issued("opinion", "off-site", authority=COUNTY).body == "entrusting"


def test_without_a_power_valid_that_day_no_paper_that_needs_one_is_issued(ctx, issued):
    powers.add_power(ctx, replace(ENTRUSTED, valid_to="2026-02-28"))
    assert issued("order", "entrusted") == Refused(WhyNot.NO_POWER)
    assert issued("order", "entrusted", date(2026, 2, 28)).body == "entrusting"


def test_a_mode_has_only_the_papers_that_it_may_produce(issued, both):
    assert issued("order", "patrol").why is issued("patrol_note", "own").why is WhyNot.NOT_IN_MODE


def test_a_paper_is_off_until_the_county_confirms_it_for_the_mode_and_while_it_does(ctx, issued, both):
    assert issued("opinion", "own").why is WhyNot.OFF
    confirm(ctx, paper="opinion", mode="off-site")
    confirm(ctx, paper="inquiry", mode="own", valid_to="2026-03-01")
    assert issued("opinion", "own").why is issued("inquiry", "own").why is WhyNot.OFF
    confirm(ctx, paper="opinion", mode="own")
    assert issued("opinion", "own").body == "town"
    assert issued("opinion", "own", date(2025, 12, 31)).why is WhyNot.NO_POWER


def test_papers_of_assistants_wait_for_the_countys_paper_on_them(ctx, issued):
    refused = issued("patrol_note", "patrol")
    with pytest.raises(UserError, match="待县级登记"):
        raise refusal(papers_of("moj-2025")["patrol_note"].form, DAY, refused)
    allow_assistants(ctx)
    assert issued("patrol_note", "patrol").body == "town"


@pytest.mark.parametrize("set_id", set_ids())
def test_no_set_has_a_paper_for_what_no_town_may_order(set_id):
    for key, paper in papers_of(set_id).items():
        for form in (paper.form, *paper.by_mode.values()):
            texts = "".join(text for block in form.blocks for _, text, _ in block.texts)
            assert not never_ordered(form.title + texts), key


@pytest.mark.parametrize("set_id", set_ids())
def test_all_but_pages_of_a_draw_a_file_or_a_booklet_say_who_issues_them(set_id):
    assert {key for key, paper in papers_of(set_id).items() if not paper.form.issue} <= PAGES


def test_a_paper_that_says_what_no_town_may_order_is_never_issued(ctx, both):
    form = papers_of("moj-2025")["order"].form
    named = msgspec.structs.replace(form, title="证据先行登记保存决定书")
    with ctx.reading() as session:
        assert issuing_in(ctx, session, "keeping", named, "own", DAY) == Refused(WhyNot.NEVER, ("先行登记保存",))


def test_the_county_may_confirm_every_paper_that_is_shipped():
    (listed,) = (field.choices for field in definition("county_papers").fields if field.key == "paper")
    shipped = {key for name in set_ids() for key in papers_of(name)}
    assert {key for key, _ in listed} == shipped - PAGES | {"other"}
