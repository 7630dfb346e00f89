"""The roll as a list: a page, rows by their ids, searches, and what it takes to have it open; against plain SQLite."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks import children, world
from benchmarks.employers import COMMON, RARE
from benchmarks.rounds import Figure, interleaved, nothing, ratio, right, worst_p99
from benchmarks.scale import Scale
from benchmarks.window_child import resident
from ohdesk.db.models import Establishment
from ohdesk.domain.register.conditions import Condition
from ohdesk.services.context import Context
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, search_index
from ohdesk.services.roll.entries import EstablishmentRow

PAGE = 50
ABSENT = "龘龘"
GOALS = (
    "page of 50",
    "rows by 50 ids",
    "worst search, small roll",
    "worst search, large roll",
    "worst search, large roll, to LIKE",
    "memory with the list open, large to small",
    "worst filter and sort of the roll, small, p99",
    "worst filter and sort of the roll, large, p99",
)
_MANY, _FEW = Condition("risk_class", "is", "甲"), Condition("industry_code", "is", "C3933")
_ASKED = {
    "by a count": EntryQuery(order="exposed_workers"),
    "falling": EntryQuery(order="exposed_workers", falling=True),
    "of a class": EntryQuery(conditions=(_MANY,)),
    "of a class, by a count": EntryQuery(conditions=(_MANY,), order="exposed_workers"),
    "of an industry": EntryQuery(conditions=(_FEW,)),
    "of an industry, by a day": EntryQuery(conditions=(_FEW,), order="inspected_on"),
    "of two days, by day": EntryQuery(
        conditions=(Condition("inspected_on", "between", "2025-05-01", "2025-05-02"),), order="inspected_on"
    ),
    "at a road": EntryQuery(conditions=(Condition("address", "contains", "路"),)),
}
_COLUMNS = tuple(name for name in (*entries.EstablishmentRow.__struct_fields__, "search") if name != "contested")
_PAGE = f"SELECT * FROM employer ORDER BY search, id LIMIT {PAGE}"  # noqa: S608 - a number of ours
_BY_ID = "SELECT * FROM employer WHERE id IN (SELECT value FROM json_each(?))"
_LIKE = f"SELECT * FROM employer WHERE search LIKE ? ORDER BY search, id LIMIT {PAGE}"  # noqa: S608


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    small = world.past(scale.small, 0)
    with small.town() as ctx, closing(_plain(ctx, small.folder)) as plain:
        yield from _pages(ctx, plain, 20 * scale.rounds)
        search_index.make(ctx)  # as the window does while nobody works
        yield from _searches(ctx, plain, 3 * scale.rounds, GOALS[2])
        yield _filters(ctx, plain, 20 * scale.rounds, GOALS[6])
    if scale.large:
        large = world.past(scale.large, 0)
        with large.town() as ctx, closing(_plain(ctx, large.folder)) as plain:
            search_index.make(ctx)
            yield from _searches(ctx, plain, scale.rounds, GOALS[3], GOALS[4])
            yield _filters(ctx, plain, 15 * scale.rounds, GOALS[7])
        held = [children.call("benchmarks.lists:open_list", str(each.folder)) for each in (small, large)]
        yield Figure(GOALS[5], held[1].value - held[0].value, "MB")
        yield Figure("peak with the list open, large", held[1].peak, "MB")
    for size in scale.curve:
        yield from _curve(size)


def open_list(folder: str) -> float:
    """Have the whole list there and look at its first, middle and last page; return the memory held then, MB."""
    with world.Past(Path(folder)).town() as ctx:
        entries.list_rows(ctx)
        ids = entries.listed(ctx).names
        for start in (0, len(ids) // 2, len(ids) - PAGE):
            entries.rows_of(ctx, ids[start : start + PAGE])
        return resident()


def _plain(ctx: Context, folder: Path) -> sqlite3.Connection:
    """Return the same roll as one table of plain SQLite, made beside the world where it is not there yet."""
    made = folder / "plain.db"
    connection = sqlite3.connect(made)
    connection.execute("PRAGMA cache_size = -65536")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        connection.execute(f"CREATE TABLE employer ({', '.join(_COLUMNS)})")
        columns = [getattr(Establishment, name) for name in _COLUMNS]
        with ctx.reading() as session:
            rows = map(_plain_row, session.execute(select(*columns).execution_options(yield_per=1000)))
            connection.executemany(f"INSERT INTO employer VALUES ({', '.join('?' * len(_COLUMNS))})", rows)  # noqa: S608
        connection.execute("CREATE UNIQUE INDEX by_id ON employer (id)")
        connection.execute("CREATE INDEX by_search ON employer (search, id)")
        connection.commit()
    return connection


def _plain_row(row: Sequence[object]) -> tuple[object, ...]:
    return tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row)


def _pages(ctx: Context, plain: sqlite3.Connection, rounds: int) -> Iterator[Figure]:
    ids = entries.listed(ctx).names
    right(len(ids) == plain.execute("SELECT count(*) FROM employer").fetchone()[0], "all ids of the roll are listed")
    first = [row.id for row in entries.list_rows(ctx, limit=PAGE)]
    right(first == [row[0] for row in plain.execute(_PAGE)], "the first page is the one of plain SQLite")
    texts = [row[0] for row in plain.execute("SELECT id FROM employer ORDER BY search, id")]

    def place(number: int) -> slice:
        start = number * 7919 % (len(ids) - PAGE)
        return slice(start, start + PAGE)

    right([row.id for row in entries.rows_of(ctx, ids[place(1)])] == texts[place(1)], "rows by ids are those meant")
    times = interleaved(
        {
            "floor": lambda _: plain.execute(_PAGE).fetchall(),
            "ohdesk": lambda _: entries.list_rows(ctx, limit=PAGE),
            "floor by ids": lambda number: plain.execute(_BY_ID, (json.dumps(texts[place(number)]),)).fetchall(),
            "ohdesk by ids": lambda number: entries.rows_of(ctx, ids[place(number)]),
        },
        rounds,
        nothing,
    )
    yield ratio(GOALS[0], times)
    yield ratio(GOALS[1], times, "floor by ids", "ohdesk by ids")


def _searches(ctx: Context, plain: sqlite3.Connection, rounds: int, name: str, to_like: str = "") -> Iterator[Figure]:
    """Yield how long the first page of the worst search takes, and that against LIKE for a word that is not there."""
    code = plain.execute("SELECT uscc FROM employer ORDER BY id LIMIT 1 OFFSET 40").fetchone()[0]
    sought = {"rare": RARE, "absent": ABSENT, "common": COMMON, "code": code[-5:], "two": "盛达", "%": "%"}
    for text in sought.values():
        ids = [row.id for row in entries.list_rows(ctx, EntryQuery(text), limit=PAGE)]
        there = plain.execute(
            f"SELECT id FROM employer WHERE instr(search, ?) ORDER BY search, id LIMIT {PAGE}",  # noqa: S608
            (text.lower(),),
        )
        right(ids == [row[0] for row in there], f"a search for {text} finds what is there")

    def search(text: str) -> object:
        return entries.list_rows(ctx, EntryQuery(text), limit=PAGE)

    variants = {word: lambda _, text=text: search(text) for word, text in sought.items()}
    variants["LIKE"] = lambda _: plain.execute(_LIKE, (f"%{ABSENT}%",)).fetchall()
    times = interleaved(variants, rounds, nothing)
    worst = max(sought, key=lambda word: median(times[word]))
    yield Figure(name, median(times[worst]), "ms", {word: times[word] for word in (*sought, "LIKE")})
    if to_like:
        yield ratio(to_like, times, "LIKE", worst)


def _filters(ctx: Context, plain: sqlite3.Connection, rounds: int, name: str) -> Figure:
    """Return how long the first page of the worst filter and sort takes, but for one time in a hundred."""
    for query in _ASKED.values():
        entries.listed(ctx, query)  # what is asked for the first time is indexed then

    def page(query: EntryQuery) -> Sequence[EstablishmentRow]:
        first = entries.first_rows(ctx, query)
        return entries.all_rows(ctx, query)[: entries.PAGE] if first is None else first

    by_count = "SELECT id FROM employer ORDER BY exposed_workers, search, id LIMIT 60"
    of_class = "SELECT id FROM employer WHERE risk_class = '甲' ORDER BY search, id LIMIT 60"
    for said, there in (("by a count", by_count), ("of a class", of_class)):
        ids = [row.id for row in page(_ASKED[said])]
        right(ids == [row[0] for row in plain.execute(there)], f"the first page {said} is the one of plain SQLite")
    return worst_p99(name, {said: partial(page, query) for said, query in _ASKED.items()}, rounds)


def _curve(size: int) -> Iterator[Figure]:
    past = world.past(size, 0)
    with past.town() as ctx:
        times = interleaved(
            {
                "page": lambda _: entries.list_rows(ctx),
                "all ids": lambda _: entries.listed(ctx),
                "absent word": lambda _: entries.list_rows(ctx, EntryQuery(ABSENT)),
            },
            3,
        )
    for name, taken in times.items():
        yield Figure(f"curve of the list, {size}, {name}", median(taken), "ms")
    opened = interleaved({"open": lambda _: _opened(past)}, 3)
    yield Figure(f"curve of opening, {size}", median(opened["open"]), "ms")


def _opened(past: world.Past) -> None:
    with past.town():
        pass
