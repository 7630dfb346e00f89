"""Legal days are Beijing days, whatever the laptop's zone."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.calendar import (
    Period,
    Unit,
    WorkCalendar,
    instant_text,
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


@pytest.mark.parametrize(
    "text", ["2026-3-2T4:5:6Z", "2026-03-02T04:05:06", "9000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "vorgestern"]
)
def test_an_instant_has_one_spelling_and_a_day_in_beijing(text):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


def test_paper_shows_beijing_time():
    assert printed_minute(datetime(2026, 3, 2, 4, 5, tzinfo=UTC)) == "2026年3月2日 12时05分"


FRIDAY = date(2026, 4, 3)
MONDAY = date(2026, 4, 6)


def test_working_days_leave_out_weekends_and_holidays_and_keep_make_up_days():
    assert WorkCalendar().after_working_days(FRIDAY, 1) == MONDAY
    assert WorkCalendar(holidays=frozenset({MONDAY})).after_working_days(FRIDAY, 1) == date(2026, 4, 7)
    assert WorkCalendar(make_up_days=frozenset({date(2026, 4, 4)})).after_working_days(FRIDAY, 1) == date(2026, 4, 4)
    assert not WorkCalendar().is_working_day(date(2026, 4, 4))


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        (date(2026, 4, 1), 2, Unit.DAYS, FRIDAY),
        (date(2026, 4, 1), 3, Unit.DAYS, MONDAY),  # a Saturday
        (date(2026, 4, 2), 3, Unit.DAYS, MONDAY),  # a Sunday
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 3, 2)),  # 28 February, a Saturday
        (date(2026, 5, 31), 1, Unit.MONTHS, date(2026, 6, 30)),
        (date(2025, 11, 30), 3, Unit.MONTHS, date(2026, 3, 2)),
        (date(2025, 12, 6), 13, Unit.MONTHS, date(2027, 1, 6)),
        (date(2024, 2, 29), 1, Unit.YEARS, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, Unit.YEARS, date(2028, 2, 29)),
    ],
)
def test_days_months_and_years_run_on_and_only_the_last_day_is_put_off(start, number, unit, last):
    assert WorkCalendar().last_day(start, Period(number, unit)) == last


DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
NEAR = st.dates(date(2026, 1, 1), date(2026, 6, 30))
PERIODS = st.builds(Period, st.integers(1, 60), st.sampled_from(Unit))
CALENDARS = st.builds(
    WorkCalendar,
    st.frozensets(NEAR, max_size=40),
    st.frozensets(NEAR.filter(lambda day: day.weekday() >= 5), max_size=12),
    st.just(frozenset({2026})),
)


@given(CALENDARS, NEAR, PERIODS)
def test_a_period_ends_on_a_working_day_after_the_day_it_began(calendar, start, period):
    last = calendar.last_day(start, period)
    assert last > start
    assert calendar.is_working_day(last)


@given(CALENDARS, NEAR, NEAR, PERIODS)
def test_what_begins_later_does_not_end_sooner(calendar, one, other, period):
    first, second = sorted((one, other))
    assert calendar.last_day(first, period) <= calendar.last_day(second, period)


@given(CALENDARS, NEAR, PERIODS)
def test_a_longer_period_does_not_end_sooner(calendar, start, period):
    longer = Period(period.number + 1, period.unit)
    assert calendar.last_day(start, period) <= calendar.last_day(start, longer)


@given(CALENDARS, NEAR, st.integers(1, 60))
def test_as_many_working_days_as_the_period_has_stand_between(calendar, start, number):
    last = calendar.last_day(start, Period(number, Unit.WORKING_DAYS))
    passed = (start + timedelta(days=each) for each in range(1, (last - start).days + 1))
    assert sum(map(calendar.is_working_day, passed)) == number


@given(DAYS, st.builds(Period, st.integers(1, 6), st.sampled_from([Unit.DAYS, Unit.MONTHS, Unit.YEARS])))
def test_where_every_day_is_worked_nothing_is_put_off(start, period):
    calendar = WorkCalendar(make_up_days=frozenset(start + timedelta(days=each) for each in range(7 * 366)))
    months = period.number * {Unit.DAYS: 0, Unit.MONTHS: 1, Unit.YEARS: 12}[period.unit]
    last = calendar.last_day(start, period)
    if period.unit is Unit.DAYS:
        assert (last - start).days == period.number
    else:
        assert (last.year - start.year) * 12 + last.month - start.month == months
        assert last.day == start.day or (last.day < start.day and (last + timedelta(days=1)).day == 1)


def test_a_day_says_what_it_is_and_a_year_without_data_says_so():
    calendar = WorkCalendar(frozenset({MONDAY}), frozenset({date(2026, 4, 12)}), frozenset({2026}))
    words = [calendar.day_word(day) for day in (FRIDAY, MONDAY, date(2026, 4, 12), date(2027, 1, 4))]
    assert words == ["星期五", "星期一，不是工作日", "星期日，调休上班", "星期一，假日未定"]
    assert calendar.doubted(FRIDAY, "2026-04-03") == "2026-04-03"
    assert calendar.doubted(date(2027, 1, 4), "2027-01-04") == "2027-01-04（假日未定）"


def test_the_last_days_of_a_year_are_doubted_until_the_next_notice_is_known():
    def known(*years):
        return [day for day in (28, 29, 31) if WorkCalendar(years=frozenset(years)).knows(date(2026, 12, day))]

    assert known(2026) == [28]
    assert known(2026, 2027) == [28, 29, 31]


def test_a_week_ends_on_its_sunday():
    assert week_end(date(2026, 3, 2)) == week_end(date(2026, 3, 8)) == date(2026, 3, 8)
    assert (weekday_name(date(2026, 3, 2)), weekday_name(date(2026, 3, 8))) == ("星期一", "星期日")
