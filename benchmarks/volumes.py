"""Everything of a large roll sent in volumes to the county, taken in there, and the receipts back."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import children, world
from benchmarks.rounds import Figure, right, scratch
from benchmarks.scale import Scale
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving, sending

_DIGESTS = ("town_digest", "county_digest")
GOALS = ("volumes written, peak memory", "volumes taken in, peak memory")


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row; each half in a process of its own, on a copy of its world."""
    size = scale.large or scale.history
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder, stick = Path(name) / "world", Path(name) / "stick"
        stick.mkdir()
        world.past(size, 0).copied(folder)
        written = children.call("benchmarks.volumes:write", str(folder), str(stick))
        yield Figure(GOALS[0], written.peak, "MB")
        taken = children.call("benchmarks.volumes:take", str(folder), str(stick))
        yield Figure(GOALS[1], taken.peak, "MB")
        count = written.value["operations"]
        right(taken.value["here"] == count, "every operation arrived")
        for what, seconds in (("written", written.value["seconds"]), ("taken in", taken.value["seconds"])):
            yield Figure(f"{count} operations in {written.value['volumes']} volumes, {what}", seconds, "s")
        children.call("benchmarks.volumes:acknowledge", str(folder), str(stick))
        with ThreadPoolExecutor() as both:  # a minute and more each, of everything that is held
            held = both.map(lambda office: children.call(f"benchmarks.volumes:{office}", str(folder)), _DIGESTS)
        right(len({digested.value for digested in held}) == 1, "town and county hold the same")


def write(folder: str, stick: str) -> dict[str, float]:
    """Write everything onto the stick."""
    with world.Past(Path(folder)).town() as ctx:
        began = time.perf_counter()
        exported = sending.export(ctx, Path(stick))
        right(not exported.unwritten, "every volume is written")
        took = time.perf_counter() - began
        return {"volumes": len(exported.volumes), "operations": exported.last - exported.first + 1, "seconds": took}


def take(folder: str, stick: str) -> dict[str, float]:
    """Take every volume in at the county."""
    with world.Past(Path(folder)).county() as ctx:
        began = time.perf_counter()
        taken = [receiving.take_in(ctx, path) for path in sorted(Path(stick).glob("*.ohb"))]
        right(not taken[-1].missing, "every volume came")
        return {"here": sum(each.applied + each.already for each in taken), "seconds": time.perf_counter() - began}


def acknowledge(folder: str, stick: str) -> None:
    """Bring the receipt back: the town has nothing more to send."""
    past = world.Past(Path(folder))
    with past.county() as ctx:
        receipt = sending.export(ctx, Path(stick)).path
    with past.town() as ctx:
        receiving.take_in(ctx, receipt)
        right(sending.export(ctx, Path(stick)).last == 0, "nothing is sent twice")


def town_digest(folder: str) -> str:
    """Return the fingerprint of everything shared that the town holds."""
    with world.Past(Path(folder)).town() as ctx:
        return digest(ctx)


def county_digest(folder: str) -> str:
    """Return the fingerprint of everything shared that the county holds."""
    with world.Past(Path(folder)).county() as ctx:
        return digest(ctx)
