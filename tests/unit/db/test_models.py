"""What a column says it holds, it holds."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from ohdesk.db.models import ReInspection, Visit
from ohdesk.domain.visit import Approval, Task, VisitState
from tests.visiting import planned_visit


def test_a_state_is_one_of_the_states(ctx):
    visit = planned_visit(ctx)
    with ctx.reading() as session:
        assert session.get_one(Visit, visit).state is VisitState.PLANNED
    with pytest.raises(StatementError), ctx.transaction() as session:
        session.get_one(Visit, visit).state = "forgotten"


def test_a_value_of_the_domain_comes_back_as_it_was(ctx):
    visit, approval = planned_visit(ctx), Approval("paper", "苏映", "2026-03-01", "2026-0001")
    with ctx.transaction() as session:
        row = session.get_one(Visit, visit)
        assert (row.approval, row.start, row.ending) == (None, None, None)
        assert isinstance(row.task, Task)
        row.approval = approval
    with ctx.reading() as session:
        assert session.get_one(Visit, visit).approval == approval
        assert session.scalar(text("SELECT count(*) FROM visit WHERE start IS NULL")) == 1


def test_a_link_leads_to_something(ctx):
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), ctx.transaction() as session:
        session.add(ReInspection(visit="none", finding="none"))
