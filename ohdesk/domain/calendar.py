"""Legal days and working days.

Legal days are Beijing days (UTC+08:00 all year), whatever zone the laptop is set to.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from ohdesk.i18n import mark, tr

# A fixed offset, not Asia/Shanghai: Windows ships no zone data, and China has had no summer time since 1992.
BEIJING = timezone(timedelta(hours=8), "UTC+08:00")
FIRST_YEAR, LAST_YEAR = 1970, 2999  # of what is written: further off a clock or a finger has slipped
SATURDAY = 5
# A year's notice may reach into the December before: for 2019, the 29th was worked and the 31st a holiday.
_NEW_YEAR = timedelta(days=3)
_WEEKDAYS = (
    mark("星期一"),
    mark("星期二"),
    mark("星期三"),
    mark("星期四"),
    mark("星期五"),
    mark("星期六"),
    mark("星期日"),
)


def beijing(at: datetime) -> datetime:
    """Return the aware instant `at` on the clock of Beijing."""
    return at.astimezone(BEIJING)


def legal_day(at: datetime) -> date:
    """Return the day on which the aware instant `at` falls in law."""
    return beijing(at).date()


def instant_text(at: datetime) -> str:
    """Return an aware instant as stored and sent: UTC, seconds, "2026-03-02T04:00:00Z"."""
    # Whole seconds: fractions would be stored and never shown, and two spellings of an instant would hash differently.
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# All operations of an import name one instant; a text that is none raises and is not kept.
@lru_cache(maxsize=1000)
def parse_instant(text: str) -> datetime:
    """Return the aware instant written by `instant_text`.

    Raises ValueError for every other spelling, and outside the years 1970 to 2999.
    """
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    # It also reads "2026-3-2T4:0:0Z"; instants are compared and sorted as texts, so one spelling only.
    if not FIRST_YEAR <= at.year <= LAST_YEAR or instant_text(at) != text:
        raise ValueError(text)
    return at


def instant_in(text: str) -> datetime | None:
    """Return the instant that `parse_instant` reads; None where the text is none."""
    try:
        return parse_instant(text)
    except ValueError:
        return None


@lru_cache(maxsize=4000)  # ten years of days
def parse_day(text: str) -> date:
    """Return the day written "2026-03-02".

    Raises ValueError for every other spelling, and outside the years 1970 to 2999.
    """
    # Since Python 3.11 it also reads "20260302" and week dates; days are compared and sorted as texts, so one spelling
    # only.
    day = date.fromisoformat(text)
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day


def day_in(text: str) -> date | None:
    """Return the day that `parse_day` reads; None where the text is none."""
    try:
        return parse_day(text)
    except ValueError:
        return None


def day_text(day: date | None) -> str:
    """Return a day as `parse_day` reads it; empty for none."""
    return "" if day is None else day.isoformat()


def printed_minute(at: datetime) -> str:
    """Return an instant as it stands on paper: "2026年3月2日 12时00分", Beijing time."""
    local = beijing(at)
    return f"{local.year}年{local.month}月{local.day}日 {local.hour:02d}时{local.minute:02d}分"


def printed_day(day: date) -> str:
    """Return a day as it stands on paper: "2026年3月2日"."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_name(day: date) -> str:
    """Return the name of a day of the week: 星期一 …"""
    return tr(_WEEKDAYS[day.weekday()])


def week_end(day: date) -> date:
    """Return the Sunday of the week of `day`."""
    return day + timedelta(days=6 - day.weekday())


class Unit(StrEnum):
    """What a period is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time set by law or by an office (期间), as its source counts it: 15 working_days, 14 days."""

    number: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: the State Council's yearly notices on holidays.

    holidays: every day off that a notice names, weekends among them
    make_up_days: Saturdays and Sundays that are worked (调休上班日)
    years: those whose notice is known; in any other, and in the last days before it, only the weekends are
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def knows(self, day: date) -> bool:
        """True when the holidays around `day` are known; the last day of a period is doubted where not."""
        # Not by the years before; the file's reader sees to it that none of those is missing.
        return {day.year, (day + _NEW_YEAR).year} <= self.years

    def is_working_day(self, day: date) -> bool:
        """True for Monday to Friday except holidays, and for make-up days."""
        return day in self.make_up_days or (day.weekday() < SATURDAY and day not in self.holidays)

    def working_day_from(self, day: date) -> date:
        """Return `day`, or the next working day where it is none."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def after_working_days(self, start: date, number: int) -> date:
        """Return the working day that is `number` working days after `start`, which itself is not counted."""
        day = start
        for _ in range(number):
            day = self.working_day_from(day + timedelta(days=1))
        return day

    def last_day(self, start: date, period: Period) -> date:
        """Return the last day of a period that begins with what happened on `start`; that day is not counted.

        Working days skip what is not worked (行政处罚法 第八十五条). Days, months and years run on; a month ends on the
        day with the number of `start`, or on its own last day where it has none; only the last day of all is put off
        to the next working day (民法典 第二百零一条至第二百零三条).
        """
        if period.unit is Unit.WORKING_DAYS:
            return self.after_working_days(start, period.number)
        if period.unit is Unit.DAYS:
            return self.working_day_from(start + timedelta(days=period.number))
        months = period.number * (12 if period.unit is Unit.YEARS else 1)
        return self.working_day_from(months_after(start, months))

    def doubted(self, day: date, text: str) -> str:
        """Return `text`, which shows the last day `day` of a period; with 假日未定 where its year is not known."""
        return text if self.knows(day) else tr("{text}（假日未定）", text=text)

    def day_word(self, day: date) -> str:
        """Return what is to be said of a day beside its date: 星期三; 星期六，不是工作日; 星期日，调休上班 …"""
        weekday = weekday_name(day)
        if not self.knows(day):
            return tr("{weekday}，假日未定", weekday=weekday)
        if not self.is_working_day(day):
            return tr("{weekday}，不是工作日", weekday=weekday)
        return tr("{weekday}，调休上班", weekday=weekday) if day.weekday() >= SATURDAY else weekday


def months_after(start: date, months: int) -> date:
    """Return the day so many months after `start`, or before it where they are negative."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    # From 31 January a month ends on the last of February: 民法典 第二百零二条.
    return date(year, month, min(start.day, monthrange(year, month)[1]))
