"""The holidays and make-up days of China as data: one file of `resources/calendar` for each year's notice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from ohdesk.domain.calendar import SATURDAY, WorkCalendar, parse_day
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.paths import resources

LONGEST_HOLIDAY = 15  # days; the longest so far had nine


class _Holiday(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A holiday from its first to its last day, and the weekend days worked for it."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    make_up: list[date] = []

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


class _Notice(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The notice for a year: what it is and where its days were taken from."""

    year: Annotated[int, msgspec.Meta(ge=1949, le=2999)]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    holiday: Annotated[list[_Holiday], msgspec.Meta(min_length=1)]
    taken_from: str = ""


@dataclass(frozen=True, slots=True)
class CalendarFiles:
    """What the files of a folder say, and what is wrong with them."""

    calendar: WorkCalendar
    problems: tuple[Problem, ...]


@cache
def work_calendar() -> WorkCalendar:
    """Return the calendar shipped with the program, as corrected by the county."""
    return read_calendar(resources() / "calendar").calendar


def due_shown(due_on: str) -> str:
    """Return the last day of a deadline, "2026-03-31", as it is shown; "" where there is none."""
    return work_calendar().doubted(parse_day(due_on), due_on) if due_on else ""


def read_calendar(folder: Path) -> CalendarFiles:
    """Read every year's file of a folder. A file with a problem is left out whole.

    A period is doubted by the year of its last day alone. Therefore no year counts as known behind one that is missing
    or wrong: a period that ends in the one may have run through the other.
    """
    holidays: set[date] = set()
    make_up_days: set[date] = set()
    years: list[int] = []
    problems: list[Problem] = []
    # By year, so that the first gap is seen where it is.
    for file in sorted(folder.glob("*.toml")):
        notice, wrong = _read(file, holidays | make_up_days)
        problems += wrong
        if notice is None:
            continue
        for holiday in notice.holiday:
            holidays.update(holiday.days)
            make_up_days.update(holiday.make_up)
        if years and notice.year != years[-1] + 1:
            missing = f"{years[-1] + 1}.toml"
            problems.append(Problem(missing, tr("每一年都有放假安排的文件"), tr("没有这个文件，或者有误"), _remedy()))
        if not problems:
            years.append(notice.year)
    return CalendarFiles(WorkCalendar(frozenset(holidays), frozenset(make_up_days), frozenset(years)), tuple(problems))


def _read(file: Path, taken: set[date]) -> tuple[_Notice | None, list[Problem]]:
    try:
        notice = msgspec.toml.decode(file.read_bytes(), type=_Notice)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        return None, [Problem(file.name, tr("一年的放假安排，格式与其他年份的文件相同"), str(error)[:120], _remedy())]
    # A range that is wrong may hold a million days: its days are counted only once it is known to be sound.
    problems = list(_wrong_days(file.name, notice)) or list(_taken_already(file.name, notice, taken))
    return (None if problems else notice), problems


def _wrong_days(place: str, notice: _Notice) -> Iterator[Problem]:
    if place != f"{notice.year}.toml":
        yield Problem(place, tr("year 与文件名中的年份相同"), str(notice.year), _remedy())
    for holiday in notice.holiday:
        where = f"{place} {holiday.name}"
        if not 0 <= (holiday.last - holiday.first).days < LONGEST_HOLIDAY:
            found = f"{holiday.first} — {holiday.last}"
            yield Problem(where, tr("from 到 to 为 1 至 {days} 天", days=LONGEST_HOLIDAY), found, _remedy())
        # A notice may begin in the December before: the holiday of 1 January 2023 began on 31 December 2022.
        for day in (holiday.first, holiday.last, *holiday.make_up):
            if not date(notice.year - 1, 12, 1) <= day <= date(notice.year, 12, 31):
                yield Problem(where, tr("{year} 年的日期", year=notice.year), str(day), _remedy())
        for day in holiday.make_up:
            # A make-up day on a weekday would change nothing and be a slip in the file.
            if day.weekday() < SATURDAY:
                yield Problem(where, tr("make_up 中的调休上班日是星期六或星期日"), str(day), _remedy())


def _taken_already(place: str, notice: _Notice, taken: set[date]) -> Iterator[Problem]:
    own = Counter(day for holiday in notice.holiday for day in (*holiday.days, *holiday.make_up))
    for day, times in sorted(own.items()):
        if times > 1 or day in taken:
            yield Problem(place, tr("每一天只写一次"), str(day), _remedy())


def _remedy() -> str:
    return tr("请对照国务院办公厅的通知改正这个文件；改好以前，这一年和以后各年按假日未定处理。")
