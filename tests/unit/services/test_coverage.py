"""How far a town has come is one number, whoever asks."""

import pytest

from ohdesk.db import accepting
from ohdesk.db.models import OperationRow, Record
from ohdesk.domain.indicators import Rate
from ohdesk.domain.record import Verification
from ohdesk.domain.visit import Ending
from ohdesk.services.county import coverage
from ohdesk.services.list_query import ListQuery
from ohdesk.services.record import verdicts
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.roll import entries
from ohdesk.services.start import today
from ohdesk.services.visit import conduct
from tests.rectifying import covered, finalize, found, on, visit_of
from tests.visiting import add_firm

MONDAY = "2026-03-02"


@pytest.fixture
def counted(ctx, county_ctx):
    """Return a function: what the town says of itself, and what its county does of the same journal."""

    def counted():
        with ctx.reading() as session:
            bodies = [row.body for row in session.query(OperationRow).order_by(OperationRow.seq)]
        with county_ctx.transaction() as session:
            accepting.accept_many(session, bodies)
        (town,) = coverage.by_town(county_ctx, 2026)
        own = today.backlog(ctx).visited
        assert own == town.inspected
        listed = covered(county_ctx, ctx.office.division, 2026)
        assert (sum(each.counts for each in listed), len(listed)) == (own.part, own.whole)
        assert today.backlog(county_ctx).visited == own
        return own

    return counted


def test_town_and_county_say_the_same_of_a_town(ctx, counted):
    found(ctx)
    add_firm(ctx, "岚石五金厂")
    assert counted() == Rate(1, 2)


def test_who_is_in_business_no_more_is_neither_to_be_inspected_nor_was(ctx, counted):
    found(ctx)
    other = add_firm(ctx, "岚石五金厂")
    with ctx.reading() as session:
        inspected = session.query(Record).one().establishment
    entries.correct(ctx, other, {"status": "注销"}, "现场核实")
    assert counted() == Rate(1, 1)
    entries.correct(ctx, inspected, {"status": "注销"}, "现场核实")
    assert counted() == Rate(0, 0)


def test_a_closed_gate_is_no_inspection(ctx, county_ctx, counted):
    visit = visit_of(ctx, add_firm(ctx, "岚石五金厂"), MONDAY)
    conduct.end_without_checklist(ctx, visit, Ending("moved", "门牌或厂区照片", "厂房已空"))
    finalize(ctx, visit)
    assert counted() == Rate(0, 1)
    assert coverage.by_town(county_ctx, 2026)[0].ended_without_checklist == 1


def test_a_record_that_is_not_good_counts_nowhere(ctx, counted):
    visit = found(ctx)
    with ctx.transaction() as session:
        paper = SignedPdf(visit, session.get_one(Record, visit).pdf_sha256)
        verdicts.note(ctx, session, paper, Verification.BAD, "页面不同")
    assert today.backlog(ctx).visited == Rate(0, 1)


def test_another_year_is_another_count(ctx, county_ctx, counted):
    found(ctx)
    counted()
    assert [town.inspected for town in coverage.by_town(county_ctx, 2027)] == []
    assert today.backlog(on(ctx, "2027-01-01")).visited == Rate(0, 1)


def test_the_employers_behind_the_number_are_asked_for_by_part_search_and_order(ctx, county_ctx, counted):
    found(ctx)
    add_firm(ctx, "岚石五金厂")
    counted()

    def names(**query):
        listed = coverage.covered(county_ctx, ctx.office.division, 2026, ListQuery(**query))
        assert listed.counts == {"all": 2, "missing": 1, "done": 1}
        return [each.name for each in coverage.employers_of(county_ctx, listed, listed.names)]

    assert names() == ["岚石五金厂", "青溪竹器厂"]  # who is still to be inspected first
    assert names(part="done") == ["青溪竹器厂"]
    assert names(part="missing") == ["岚石五金厂"]
    assert names(sought="QX ZQ") == ["青溪竹器厂"]
    assert names(part="missing", sought="竹器") == []
    for order in coverage.ORDERS:
        assert set(names(order=order)) == set(names(order=order, falling=True)) == {"岚石五金厂", "青溪竹器厂"}
    assert names(order="day", falling=True) == ["青溪竹器厂", "岚石五金厂"]
