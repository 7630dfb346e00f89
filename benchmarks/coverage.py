"""How far the towns have come, asked at the county over its whole past; against the same written by hand in SQL."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks import children, world
from benchmarks.rounds import Figure, interleaved, ratio, right
from benchmarks.scale import Scale
from ohdesk.db.models import Establishment, Record
from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.services.context import Context
from ohdesk.services.county import coverage

YEAR = 2026
GOALS = ("coverage", "coverage, seconds", "coverage, peak memory")
_BY_HAND = """
WITH inspected AS (
  SELECT r.division, e.id, sum(r.findings) AS findings
    FROM record r LEFT JOIN employer e ON e.id = r.establishment AND e.town = r.division AND e.in_business
   WHERE r.inspected_on BETWEEN '2026-01-01' AND '2026-12-31' AND r.answers
   GROUP BY r.division, r.establishment
), employers AS (SELECT town, count(*) AS count FROM employer WHERE in_business GROUP BY town)
SELECT division, employers.count, count(inspected.id), sum(inspected.findings)
  FROM inspected JOIN employers ON town = division GROUP BY division
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    past = world.past(scale.small, scale.visits or 10 * scale.records, county=True)
    with past.county() as ctx, closing(_plain(ctx, past.folder)) as plain:
        by_hand = plain.execute(_BY_HAND).fetchall()
        towns = coverage.by_town(ctx, YEAR)
        found = [(town.division, town.employers, town.inspected.part, town.findings) for town in towns]
        right(found == by_hand, f"each town has come as far as by hand: {found}, {by_hand}")
        times = interleaved(
            {"floor": lambda _: plain.execute(_BY_HAND).fetchall(), "ohdesk": lambda _: coverage.by_town(ctx, YEAR)},
            scale.rounds,
        )
    yield ratio(GOALS[0], times)
    yield Figure(GOALS[1], median(times["ohdesk"]) / 1000, "s")
    yield Figure(GOALS[2], children.call("benchmarks.coverage:ask", str(past.folder)).peak, "MB")


def ask(folder: str) -> float:
    """Ask once in a process of its own; return the seconds."""
    with world.Past(Path(folder)).county() as ctx:
        began = time.perf_counter()
        coverage.by_town(ctx, YEAR)
        return time.perf_counter() - began


def _plain(ctx: Context, folder: Path) -> sqlite3.Connection:
    """Return the columns that count as plain SQLite, made beside the world where they are not there yet."""
    connection = sqlite3.connect(folder / "coverage.db")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        in_business = Establishment.withdrawn.is_(False) & Establishment.status.not_in(CLOSED_STATES)
        employers = select(Establishment.id, Establishment.town, in_business)
        records = select(
            Record.visit, Record.division, Record.establishment, Record.inspected_on, Record.answers, Record.findings
        )
        connection.execute("CREATE TABLE employer (id PRIMARY KEY, town, in_business)")
        connection.execute(
            "CREATE TABLE record (visit PRIMARY KEY, division, establishment, inspected_on, answers, findings)"
        )
        with ctx.reading() as session:
            rows = [tuple(row) for row in session.execute(employers)]
            connection.executemany("INSERT INTO employer VALUES (?, ?, ?)", rows)
            rows = [(*row[:3], row[3].isoformat(), *row[4:]) for row in session.execute(records)]
            connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    return connection
