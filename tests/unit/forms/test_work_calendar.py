"""The holidays as data: every file is sound, and what is wrong with one is named and leaves its year unknown."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from ohdesk.domain.calendar import Period, Unit, WorkCalendar
from ohdesk.forms.work_calendar import read_calendar, work_calendar
from ohdesk.paths import resources

FOLDER = resources() / "calendar"
GOOD = """
year = 2026
source = "通知"
[[holiday]]
name = "国庆节"
from = 2026-10-01
to = 2026-10-07
make_up = [2026-09-20, 2026-10-10]
"""


def within(days, number, unit):
    return work_calendar().last_day(date.fromisoformat(days), Period(number, unit)).isoformat()


def test_every_file_is_sound_and_names_its_source():
    read = read_calendar(FOLDER)
    assert read.problems == ()
    assert read.calendar.years == {int(file.stem) for file in FOLDER.glob("*.toml")} >= set(range(2021, 2027))
    assert all("国办发明电" in file.read_text("utf-8") for file in FOLDER.glob("*.toml"))


def test_the_days_are_those_of_the_package_they_were_taken_from():
    found = work_calendar()
    every = [date(2021, 1, 1) + timedelta(days=number) for number in range(6 * 365 + 1)]
    assert every[-1] == date(2026, 12, 31)
    assert [day for day in every if found.is_working_day(day) is not chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("year", "days_off", "make_up_days"),
    [(2021, 31, 7), (2022, 31, 7), (2023, 27, 7), (2024, 30, 8), (2025, 28, 5), (2026, 33, 6)],
)
def test_a_year_has_as_many_days_as_its_notice_names(year, days_off, make_up_days):
    found = work_calendar()
    # The holidays of 1 January 2023 and 2024 began in the December before.
    own = [day for day in found.holidays if (day + timedelta(days=2)).year == year]
    assert (len(own), sum(day.year == year for day in found.make_up_days)) == (days_off, make_up_days)


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        ("2025-01-24", 2, Unit.WORKING_DAYS, "2025-01-27"),  # a Friday; Sunday the 26th is worked
        ("2025-01-27", 1, Unit.WORKING_DAYS, "2025-02-05"),  # over the Spring Festival of eight days
        ("2025-01-27", 4, Unit.WORKING_DAYS, "2025-02-08"),  # a Saturday that is worked
        ("2026-02-13", 1, Unit.WORKING_DAYS, "2026-02-14"),
        ("2026-02-13", 2, Unit.WORKING_DAYS, "2026-02-24"),
        ("2026-09-30", 3, Unit.WORKING_DAYS, "2026-10-10"),
        ("2026-09-30", 2, Unit.DAYS, "2026-10-08"),  # ends on a holiday: the day after the last of them
        ("2026-09-30", 8, Unit.DAYS, "2026-10-08"),
        ("2026-09-10", 30, Unit.DAYS, "2026-10-10"),  # a Saturday that is worked ends nothing later
        ("2026-09-11", 30, Unit.DAYS, "2026-10-12"),  # a Sunday
        ("2026-01-31", 1, Unit.MONTHS, "2026-02-28"),  # no 31st; and that Saturday is worked
        ("2026-09-04", 1, Unit.MONTHS, "2026-10-08"),
        ("2025-12-31", 2, Unit.MONTHS, "2026-02-28"),
        ("2024-02-29", 1, Unit.YEARS, "2025-02-28"),
    ],
)
def test_periods_end_as_the_law_counts(start, number, unit, last):
    assert within(start, number, unit) == last


def test_a_sound_file_is_read(tmp_path):
    (tmp_path / "2026.toml").write_text(GOOD, "utf-8")
    holidays = frozenset(date(2026, 10, day) for day in range(1, 8))
    make_up_days = frozenset({date(2026, 9, 20), date(2026, 10, 10)})
    read = read_calendar(tmp_path)
    assert (read.calendar, read.problems) == (WorkCalendar(holidays, make_up_days, frozenset({2026})), ())


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("year = 2026", "year = 2025", "2025"),
        ("year = 2026", 'year = "2026"', "str"),
        ("from = 2026-10-01", "from = 2026-10-09", "2026-10-09"),  # ends before it begins
        ("from = 2026-10-01", "from = 0001-01-01", "0001-01-01"),  # two thousand years off
        ("to = 2026-10-07", "to = 2026-10-20", "2026-10-20"),  # three weeks
        ("to = 2026-10-07", "to = 2026-10-32", ""),
        ("to = 2026-10-07", "to = 2026-10-07T00:00:00Z", "date"),
        ("to = 2026-10-07", "", "to"),
        ("2026-09-20", "2026-09-21", "2026-09-21"),  # a Monday is worked anyhow
        ("2026-09-20", "2026-10-10", "2026-10-10"),  # twice
        ("2026-09-20", "2026-10-03", "2026-10-03"),  # a day off that is worked
        ("2026-09-20", "2027-09-19", "2027-09-19"),
        ("make_up =", "makeup =", "makeup"),
        ("[[holiday]]", "[holiday]", "holiday"),
        ('name = "国庆节"', 'name = ""', "name"),
        ("[[holiday]]", "[[", ""),
    ],
)
def test_a_wrong_file_is_named_and_its_year_stays_unknown(tmp_path, right, wrong, found):
    (tmp_path / "2026.toml").write_text(GOOD.replace(right, wrong), "utf-8")
    read = read_calendar(tmp_path)
    assert read.calendar == WorkCalendar()
    assert read.problems
    assert all(each.place.startswith("2026.toml") and each.expected and each.remedy for each in read.problems)
    assert any(found in each.found for each in read.problems)


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path):
    text = GOOD.replace("to = 2026-10-07", "to = 2026-12-07").replace("2026-09-20", "2026-09-21")
    (tmp_path / "2026.toml").write_text(text, "utf-8")
    assert len(read_calendar(tmp_path).problems) == 2


@pytest.mark.parametrize("year", [0, 1, 9999])
def test_a_year_without_a_year_before_or_after_is_wrong(tmp_path, year):
    text = f'year = {year}\nsource = "x"\n[[holiday]]\nname = "x"\nfrom = 0001-01-01\nto = 0001-01-01\n'
    (tmp_path / f"{year:04}.toml").write_text(text, "utf-8")
    assert len(read_calendar(tmp_path).problems) == 1


def test_no_year_is_known_behind_one_that_is_wrong(tmp_path):
    (tmp_path / "2025.toml").write_bytes(b"\xff\xfe\x00" * 40)
    (tmp_path / "2026.toml").write_text(GOOD, "utf-8")
    read = read_calendar(tmp_path)
    assert [each.place for each in read.problems] == ["2025.toml"]
    assert not read.calendar.years
    assert not read.calendar.is_working_day(date(2026, 10, 1))  # what the sound file says still holds


def test_no_year_is_known_behind_one_that_is_missing(tmp_path):
    (tmp_path / "2026.toml").write_text(GOOD, "utf-8")
    (tmp_path / "2028.toml").write_text(
        GOOD.replace("2026-09-20, ", "").replace("2026", "2028").replace("2028-10-10", "2028-10-14"), "utf-8"
    )
    read = read_calendar(tmp_path)
    assert [each.place for each in read.problems] == ["2027.toml"]
    assert read.calendar.years == {2026}


def test_two_years_do_not_claim_the_same_day(tmp_path):
    (tmp_path / "2026.toml").write_text(GOOD, "utf-8")
    again = GOOD.replace("year = 2026", "year = 2027").replace("2026-10-0", "2026-12-0").replace("2026-09-20, ", "")
    (tmp_path / "2027.toml").write_text(again.replace("2026-10-10", "2026-12-05"), "utf-8")
    read = read_calendar(tmp_path)
    assert [(each.place, each.found) for each in read.problems] == [("2027.toml", "2026-12-05")]
    assert read.calendar.years == {2026}


def test_a_folder_without_files_knows_no_year(tmp_path):
    assert read_calendar(tmp_path).calendar == WorkCalendar()
