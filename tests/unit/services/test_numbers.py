"""What comes next is counted from what is held, whatever the pattern."""

from datetime import date
from itertools import islice

import pytest

from ohdesk.db.models import Entry, Record
from ohdesk.domain.register.number_blocks import Series, Why
from ohdesk.errors import UserError
from ohdesk.services.numbers import numbers, paper_numbers, series_numbers
from ohdesk.services.register import entries

DAY = date(2026, 3, 2)


def test_numbers_begin_with_one_and_go_on(ctx):
    with ctx.reading() as session:
        found = numbers(ctx, session, "{year}-{serial:04}", DAY, Record.number)
        start = f"2026-{ctx.office.replica[:4]}-"
        assert [next(found), next(found)] == [f"{start}0001", f"{start}0002"]


def test_a_pattern_may_be_the_serial_alone(ctx):
    with ctx.reading() as session:
        assert next(numbers(ctx, session, "{mark}{serial}号", DAY, Record.number)) == f"{ctx.office.replica[:4]}-1号"


ORDER, PATTERN = Series("order", "town"), "{region}卫职责改〔{year}〕{serial:03}号"


@pytest.fixture
def papers(ctx):
    """Give so many numbers of orders and keep them, as the book of papers does; return them."""

    def give(count, state="numbered", series=ORDER):
        with ctx.transaction() as session:
            given = list(islice(paper_numbers(ctx, session, PATTERN, DAY, series, "江蓬"), count))
            values = {"paper": series.paper, "body": series.body}
            session.add_all(
                Entry(id=ctx.new_id(), register="papers", number=each, state=state, values=values) for each in given
            )
        return given

    return give


def hand_out(ctx, first, last, **said):
    row = {"paper": "order", "body": "town", "year": "2026", "device": ctx.office.replica}
    entries.add(ctx, "number_blocks", row | {"first": str(first), "last": str(last)} | said)


def test_numbers_come_from_the_block_of_the_device_and_carry_its_mark_past_the_end(ctx, papers):
    mark = ctx.office.replica[:4]
    hand_out(ctx, 1, 50, device="0" * 16)
    hand_out(ctx, 1, 50, year="2027")
    assert papers(1) == [f"江蓬卫职责改〔2026〕{mark}-001号"]
    hand_out(ctx, 51, 53)
    assert papers(4) == [
        *(f"江蓬卫职责改〔2026〕0{each}号" for each in (51, 52, 53)),
        f"江蓬卫职责改〔2026〕{mark}-002号",
    ]


def test_each_kind_of_paper_and_each_body_has_numbers_of_its_own(ctx, papers):
    hand_out(ctx, 1, 9)
    hand_out(ctx, 1, 9, paper="other", other_paper="warning_letter")
    assert papers(2)[-1] == papers(2, series=Series("warning_letter", "town"))[-1] == "江蓬卫职责改〔2026〕002号"
    assert papers(1, series=Series("order", "entrusting")) == [f"江蓬卫职责改〔2026〕{ctx.office.replica[:4]}-001号"]


def test_a_withdrawn_number_stays_listed_is_given_no_more_and_every_gap_has_its_reason(ctx, papers):
    hand_out(ctx, 1, 5)
    hand_out(ctx, 8, 9, device="0" * 16)
    (withdrawn,) = papers(1, state="withdrawn")
    assert papers(1) == ["江蓬卫职责改〔2026〕002号"]
    found = series_numbers(ctx, PATTERN, DAY, ORDER, "江蓬")
    assert found.given == (withdrawn, "江蓬卫职责改〔2026〕002号")
    assert found.withdrawn == (withdrawn,)
    assert [(gap.first, gap.last, gap.why) for gap in found.gaps] == [
        (3, 5, Why.NOT_USED_YET),
        (6, 7, Why.NOT_HANDED_OUT),
        (8, 9, Why.OTHER_DEVICE),
    ]


def test_a_pattern_with_a_region_waits_until_the_office_has_one(ctx):
    with ctx.reading() as session, pytest.raises(UserError, match="地区简称"):
        next(paper_numbers(ctx, session, PATTERN, DAY, ORDER))
