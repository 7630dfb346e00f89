"""Legal days and working days.

Legal days are Beijing days (UTC+08:00 all year), whatever zone the laptop is set to.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta, timezone

from ohdesk.i18n import mark, tr

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")
SATURDAY = 5
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
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Return the aware instant written by `instant_text`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def parse_day(text: str) -> date:
    """Return the day written "2026-03-02". Raises ValueError for every other spelling."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def printed_minute(at: datetime) -> str:
    """Return an instant as it stands on paper: "2026年3月2日 12时00分", Beijing time."""
    local = beijing(at)
    return f"{local.year}年{local.month}月{local.day}日 {local.hour:02d}时{local.minute:02d}分"


def weekday_name(day: date) -> str:
    """Return the name of a day of the week: 星期一 …"""
    return tr(_WEEKDAYS[day.weekday()])


def week_end(day: date) -> date:
    """Return the Sunday of the week of `day`."""
    return day + timedelta(days=6 - day.weekday())


def is_working_day(day: date, holidays: Collection[date] = (), make_up_days: Collection[date] = ()) -> bool:
    """True for Monday to Friday except holidays, and for make-up days (the State Council's yearly notice)."""
    return day in make_up_days or (day.weekday() < SATURDAY and day not in holidays)


def after_working_days(
    start: date, days: int, holidays: Collection[date] = (), make_up_days: Collection[date] = ()
) -> date:
    """Return the day `days` working days after `start`; the day of the event itself is not counted."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays, make_up_days)
    return day
