"""Assistants alone: off until the county's paper, without inspectors and verdicts, and what they saw is an entry."""

import pytest

from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import people
from ohdesk.services.record.composing import visit_facts
from ohdesk.services.register import entries, listing
from ohdesk.services.visit import conduct, filling, planning, views
from ohdesk.services.visit.start_check import check_start
from tests.visiting import add_firm, allow_assistants

START = StartData(mode="patrol", place="厂区大门", accompanied_by="陈砚（厂长）")


@pytest.fixture
def round_of(ctx):
    helper, firm = people.add_person(ctx, "何禾", "assistant"), add_firm(ctx)
    new = planning.NewVisit(establishment=firm, inspectors=(), assistants=(helper,), task=Task("", ""))
    return planning.plan(ctx, new), firm, helper


def test_rounds_and_their_books_are_off_until_the_paper_of_the_county_is_entered(ctx, round_of):
    visit, firm, helper = round_of
    with pytest.raises(ProblemsError):
        conduct.start(ctx, visit, START)
    for book in ("patrols", "reports_of_assistants"):
        with pytest.raises(UserError, match="没有启用"):
            entries.add(ctx, book, {"place": "大门", "patroller": helper}, about=firm)
    allow_assistants(ctx, since="2026-03-03")
    assert [stop.key for stop in check_start(ctx, visit, START).stops] == ["team"]


def test_what_assistants_saw_is_an_entry_and_nothing_else(ctx, round_of):
    visit, firm, helper = round_of
    allow_assistants(ctx)
    assert conduct.start(ctx, visit, START) == ()
    for act in (filling.open_form, visit_facts):
        with pytest.raises(UserError):
            act(ctx, visit)
    with pytest.raises(UserError):
        conduct.end_patrol(ctx, visit, " ")
    conduct.end_patrol(ctx, visit, "车间门口没有告知牌")
    assert views.visit_view(ctx, visit).state == "closed"
    (row,) = [each for each in listing.about(ctx, firm, 9) if each.register == "patrols"]
    values = entries.detail(ctx, row.id).values
    assert (values["seen"], values["patroller"], values["entered"]) == ("车间门口没有告知牌", helper, "consent")
    assert values["consented_by"] == "陈砚（厂长）"
