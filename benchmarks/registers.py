"""A book as a list: the worst search, filter and sort of its first page, and what it takes to have it open."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import children
from benchmarks.rounds import Figure, right, worst_p99
from benchmarks.scale import Scale
from benchmarks.window_child import resident
from ohdesk.db.apply.registers import columns_of
from ohdesk.domain.ids import uuid7
from ohdesk.domain.register.conditions import Condition
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import listing
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import search_index
from tests.conftest import PASSWORD, noon, town_workspace

BOOK = "equipment"
_AT_ONCE = 20_000
_KINDS = ("sound", "noise_dose", "dust", "gas", "radiation")
GOALS = (
    "worst key of a book, small, p99",
    "worst filter and sort of a book, small, p99",
    "worst key of a book, large, p99",
    "worst filter and sort of a book, large, p99",
    "memory with a book open, large to small",
)
_SOUGHT = {"rare": "NX-0000042", "absent": "龘龘", "common": "仪器7", "one letter": "7"}
_ASKED = {
    "by a day": EntryQuery(order="valid_to"),
    "falling": EntryQuery(order="valid_to", falling=True),
    "by what is due": EntryQuery(order="due_on"),
    "of a kind": EntryQuery(conditions=(Condition("kind", "is", "gas"),)),
    "of a kind, by a day": EntryQuery(conditions=(Condition("kind", "is", "gas"),), order="valid_to"),
    "of one": EntryQuery(conditions=(Condition("serial", "is", "NX-0000042"),)),
    "of none": EntryQuery(conditions=(Condition("serial", "is", "none"),)),
    "of two days": EntryQuery(conditions=(Condition("valid_to", "between", "2026-05-01", "2026-05-02"),)),
}


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    held: list[float] = []
    for size, key, asked in ((scale.small, *GOALS[:2]), (scale.large, *GOALS[2:4])):
        if not size:
            continue
        with TemporaryDirectory() as scratch:
            folder = Path(scratch) / "town"
            with _kept(folder, size) as ctx:
                rounds = 30 * scale.rounds
                yield _worst(key, {name: EntryQuery(sought=word) for name, word in _SOUGHT.items()}, ctx, rounds)
                yield _worst(asked, _ASKED, ctx, rounds)
            held.append(children.call("benchmarks.registers:open_book", str(folder)).value)
    if len(held) == 2:
        yield Figure(GOALS[4], held[1] - held[0], "MB")


def open_book(folder: str) -> float:
    """Have the whole list there and look at its first, middle and last page; return the memory held then, MB."""
    with open_workspace(Path(folder), "李旸", PASSWORD, noon) as ctx:
        listing.first(ctx, BOOK)
        names = listing.entries(ctx, BOOK).names
        for start in (0, len(names) // 2, len(names) - listing.PAGE):
            listing.rows_of(ctx, BOOK, names[start : start + listing.PAGE])
        return resident()


def _worst(name: str, asked: dict[str, EntryQuery], ctx: Context, rounds: int) -> Figure:
    """Return how long the first page of the worst question takes at most, but for one time in a hundred."""
    return worst_p99(name, {said: partial(listing.first, ctx, BOOK, query) for said, query in asked.items()}, rounds)


@contextmanager
def _kept(folder: Path, size: int) -> Iterator[Context]:
    """Yield a workspace with so many entries in one book, indexed as the window does while nobody works."""
    with open_workspace(town_workspace(folder), "李旸", PASSWORD, noon) as ctx:
        _fill(ctx, size)
        right(len(listing.entries(ctx, BOOK).names) == size, "every entry is listed")
        search_index.make(ctx)
        right([row.values["serial"] for row in listing.first(ctx, BOOK, _ASKED["of one"])] == ["NX-0000042"], "one")
        right(
            listing.first(ctx, BOOK, EntryQuery(sought=_SOUGHT["absent"])) == [],
            "nothing is found of what is not there",
        )
        yield ctx


def _fill(ctx: Context, size: int) -> None:
    """Write the entries as `apply` leaves them, without the operations: it is the list that is measured."""
    chance = random.Random(1)  # noqa: S311 - the same book in every run
    names = ("id", "register", "division", "number", "state", "establishment", "person", "opened_on")
    names += ("withdrawn", "search", "values", "next_due", "counted")
    quoted = ", ".join(f'"{name}"' for name in names)
    insert = f"INSERT INTO entry ({quoted}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names of ours
    with ctx.transaction() as session:
        for start in range(0, size, _AT_ONCE):
            rows = [_row(ctx, number, chance) for number in range(start, min(start + _AT_ONCE, size))]
            session.connection().exec_driver_sql(insert, [tuple(row[name] for name in names) for row in rows])


def _row(ctx: Context, number: int, chance: random.Random) -> dict[str, object]:
    fields = {
        "title": f"仪器{chance.randrange(1000)}",
        "kind": chance.choice(_KINDS),
        "serial": f"NX-{number:07}",
        "valid_to": (date(2026, 1, 1) + timedelta(days=chance.randrange(900))).isoformat(),
    }
    own = columns_of(fields)
    entry = uuid7(noon() + timedelta(milliseconds=number), ctx.office.division)
    return own | {"id": entry, "register": BOOK, "division": ctx.office.division, "values": json.dumps(own["values"])}
