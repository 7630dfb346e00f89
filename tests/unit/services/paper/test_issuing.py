"""A paper that is of no visit goes out in the name of the one body there is; of two, nobody is taken unasked."""

from datetime import date

import pytest

from ohdesk.errors import UserError
from ohdesk.forms.papers import papers_of
from ohdesk.services.office import powers
from ohdesk.services.paper.issuing import issuing_now
from tests.visiting import ENTRUSTED, POWER

DAY = date(2026, 3, 2)


@pytest.fixture
def issued(ctx):
    def ask(paper, authority=""):
        with ctx.reading() as session:
            return issuing_now(ctx, session, paper, papers_of("moj-2025")[paper].form, None, DAY, authority)

    return ask


def test_of_two_bodies_one_is_chosen_and_without_a_power_assistants_report(ctx, issued):
    assert issued("lead_report").mode == "patrol"
    powers.add_power(ctx, POWER)
    assert (issued("lead_report").mode, issued("lead_report").body) == ("own", "town")
    powers.add_power(ctx, ENTRUSTED)
    with pytest.raises(UserError, match=f"{POWER.authority}、{ENTRUSTED.authority}"):
        issued("lead_report")
    assert issued("lead_report", ENTRUSTED.authority).body == "entrusting"
    assert issued("assignment_receipt").body == "town"  # in whichever mode
