"""Legal days are Beijing days, whatever the laptop's zone."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.calendar import (
    after_working_days,
    instant_text,
    is_working_day,
    legal_day,
    parse_instant,
    printed_minute,
    week_end,
    weekday_name,
)


def test_the_legal_day_changes_at_beijing_midnight():
    assert legal_day(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert legal_day(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 - made aware below
def test_the_zone_of_an_instant_changes_nothing(moment, hours):
    at = moment.replace(tzinfo=UTC, microsecond=0)
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    assert legal_day(elsewhere) == legal_day(at)
    assert parse_instant(instant_text(elsewhere)) == at


def test_paper_shows_beijing_time():
    assert printed_minute(datetime(2026, 3, 2, 4, 5, tzinfo=UTC)) == "2026年3月2日 12时05分"


def test_working_days_leave_out_weekends_and_holidays_and_keep_make_up_days():
    friday = date(2026, 4, 3)
    assert after_working_days(friday, 1) == date(2026, 4, 6)
    assert after_working_days(friday, 1, holidays={date(2026, 4, 6)}) == date(2026, 4, 7)
    assert after_working_days(friday, 1, make_up_days={date(2026, 4, 4)}) == date(2026, 4, 4)
    assert not is_working_day(date(2026, 4, 4))


def test_a_week_ends_on_its_sunday():
    assert week_end(date(2026, 3, 2)) == week_end(date(2026, 3, 8)) == date(2026, 3, 8)
    assert (weekday_name(date(2026, 3, 2)), weekday_name(date(2026, 3, 8))) == ("星期一", "星期日")
