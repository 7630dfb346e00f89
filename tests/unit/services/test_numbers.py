"""What comes next is counted from what is held, whatever the pattern."""

from datetime import date

from ohdesk.db.models import Record
from ohdesk.services.numbers import numbers

DAY = date(2026, 3, 2)


def test_numbers_begin_with_one_and_go_on(ctx):
    with ctx.reading() as session:
        found = numbers(ctx, session, "{year}-{serial:04}", DAY, Record.number)
        start = f"2026-{ctx.office.replica[:4]}-"
        assert [next(found), next(found)] == [f"{start}0001", f"{start}0002"]


def test_a_pattern_may_be_the_serial_alone(ctx):
    with ctx.reading() as session:
        assert next(numbers(ctx, session, "{mark}{serial}号", DAY, Record.number)) == f"{ctx.office.replica[:4]}-1号"
