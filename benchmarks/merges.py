"""A county takes in the bundles of its towns; against decoding the same operations and inserting them plainly."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlalchemy import select

from benchmarks import world
from benchmarks.rounds import Figure, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.db.models import OperationRow
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.county import digest
from ohdesk.services.exchange import inbox, sending
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing
from tests.conftest import noon
from tests.signed_records import FIRST, SECRET, make_signing_world

GOALS = ("merge, 10 × 200 visits", "identical again, 10 × 200 visits")


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    past = world.kept(f"towns-{scale.towns}-{scale.each}", lambda folder: _make(folder, scale.towns, scale.each))
    bundles = sorted((past.folder / "stick").glob("*.ohb"))
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name)
        with ExitStack() as opened:
            yield from _merged(past, bundles, folder, scale, opened)
        for employers, visits in _held(scale):
            yield from _curve(employers, visits, folder)


def _make(folder: Path, towns: int, each: int) -> None:
    make_signing_world(folder, [(f"000000{number:03}", f"第{number}镇") for number in range(1, towns + 1)])
    for number in range(towns):
        with open_workspace(folder / f"town-{number}", FIRST, SECRET, noon) as ctx:
            world.add_employers(ctx, each, number * each)
            contents = (b"%PDF-1.7", b"%PDF-1.7 checklist")
            papers = tuple(blobs.put(ctx, content) for content in contents)
            with ctx.transaction() as session:
                for paper, content in zip(papers, contents, strict=True):
                    blobs.note(session, paper, len(content))
            world.add_visits(ctx, each, repeat(papers))
            sending.export(ctx, folder / "stick")


def _merged(past: world.Past, bundles: list[Path], folder: Path, scale: Scale, opened: ExitStack) -> Iterator[Figure]:
    rounds = min(scale.rounds, 5)
    bodies = [_bodies(past, number) for number in range(scale.towns)]
    # Each database is new, and open already: what unlocking costs is not what merging does.
    counties = [
        opened.enter_context(_county(past, folder / f"county-{number}").county()) for number in range(rounds + 1)
    ]

    def ours(number: int) -> None:
        _take_in_all(counties[number], bundles[number:] + bundles[:number])

    def floor(number: int) -> None:
        _inserted(bodies, folder / f"{number}.db")

    times = interleaved({"floor": floor, "ohdesk": ours}, rounds, os.sync)
    again = interleaved({"again": ours}, rounds, os.sync)
    digests = set()
    for county in counties[:2]:
        digests.add(digest.digest(county))
        records = finalizing.list_records(county)
        right(len(records) == scale.towns * scale.each, "every record of every town is there")
    right(len(digests) == 1, "another order of the bundles gives the same tables")
    size = f", {scale.towns} × {scale.each} visits"
    yield ratio(f"merge{size}", times)
    yield ratio(f"identical again{size}", {"ohdesk": again["again"], "floor": times["ohdesk"]})


def _county(past: world.Past, folder: Path) -> world.Past:
    shutil.copytree(past.folder / "county", folder / "county", ignore=shutil.ignore_patterns("*.lock"))
    return world.Past(folder)


def _take_in_all(county: Context, bundles: list[Path]) -> None:
    refused: list[object] = []

    def arrived(arrival: inbox.Arrival) -> None:
        if arrival.taken is None or arrival.taken.set_aside:
            refused.append(arrival)

    good = inbox.take_in_all(county, bundles, lambda _done, _total: None, arrived)
    right(good == len(bundles) and not refused, f"every bundle is taken in whole: {refused}")


def _bodies(past: world.Past, number: int) -> list[bytes]:
    with open_workspace(past.folder / f"town-{number}", FIRST, SECRET, noon) as ctx, ctx.reading() as session:
        own = select(OperationRow.body).where(OperationRow.replica == ctx.office.replica).order_by(OperationRow.seq)
        return list(session.scalars(own))


def _inserted(towns: list[list[bytes]], database: Path) -> None:
    """Insert operations, and the documents of their records: a transaction for each town, flushed."""
    with closing(sqlite3.connect(database)) as plain:
        plain.execute("PRAGMA journal_mode = WAL")
        plain.execute("PRAGMA synchronous = FULL")
        plain.execute("CREATE TABLE operation (replica, seq, kind, record, body, PRIMARY KEY (replica, seq))")
        plain.execute("CREATE TABLE document (visit PRIMARY KEY, division, number, content)")
        for bodies in towns:
            decoded = [msgspec.json.decode(body) for body in bodies]
            operations = [
                (each["r"], each["s"], each["t"], each["id"], body) for each, body in zip(decoded, bodies, strict=True)
            ]
            finals = (each for each in decoded if each["t"].startswith("visit.finalized"))
            documents = [
                (each["id"], each["d"], each["v"]["content"]["record"]["number"], msgspec.json.encode(each["v"]))
                for each in finals
            ]
            plain.executemany("INSERT INTO operation VALUES (?, ?, ?, ?, ?)", operations)
            plain.executemany("INSERT INTO document VALUES (?, ?, ?, ?)", documents)
            plain.commit()


def _held(scale: Scale) -> Iterator[tuple[int, int]]:
    """Yield the employers and visits held at each point of the curve; the large worlds are those of other rows."""
    for size in scale.curve:
        if size < scale.visits:
            yield 1000, size
    if scale.curve:
        yield scale.small, scale.visits
        yield scale.large, scale.visits


def _curve(employers: int, visits: int, folder: Path) -> Iterator[Figure]:
    """Yield what ten more visits cost a county that holds many."""
    past = world.past(employers, visits, county=True).copied(folder / f"curve-{employers}-{visits}")
    with past.inspector() as ctx:
        with ctx.reading() as session:
            papers = world.held_papers(session)
        world.add_visits(ctx, 10, repeat(papers))
        bundle = sending.export(ctx, folder).path
    with past.county() as county:
        began = time.perf_counter()
        _take_in_all(county, [bundle])
        yield Figure(
            f"curve of the merge, {employers} employers and {visits} visits held, 10 more",
            time.perf_counter() - began,
            "s",
        )
    shutil.rmtree(past.folder)
