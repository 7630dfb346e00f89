"""The papers of many visits drawn by the pool of processes; against one after the other in this one."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import children, world
from benchmarks.rounds import Figure, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.paper import batch
from ohdesk.services.record import finalizing
from ohdesk.services.record.party_statement import NOT_YET
from ohdesk.services.visit.views import list_visits
from tests import rectifying
from tests.signed_records import make_signing_world

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
EACH = 2  # papers of a visit: the record and its checklist
GOALS = ("batch of papers, speed to one process", "batch of papers, peak memory")


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    yield from measure_batch(scale.batch, min(scale.rounds, 3))


def measure_batch(count: int, rounds: int) -> Iterator[Figure]:
    """Yield the figures of so many visits, each of two papers."""
    sys.setswitchinterval(0.0005)  # as the window does, from which a batch is asked for
    past = world.kept(f"batch-{count}", lambda folder: _make(folder, count))
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name)
        with past.town() as ctx:
            ready, wanted = [row.id for row in list_visits(ctx)], batch.of_days(ctx, FIRST, LAST)
            times = interleaved(
                {
                    "one": lambda _: _one_by_one(ctx, ready, folder / "one"),
                    "ohdesk": lambda _: _together(ctx, folder / "many", wanted),
                },
                rounds,
            )
            alone = {path.read_bytes() for path in (folder / "one").iterdir()}
        right({path.read_bytes() for path in (folder / "many").iterdir()} == alone, "the same papers byte for byte")
        yield ratio(GOALS[0], times, "ohdesk", "one")
        done = children.call("benchmarks.batches:draw", str(past.folder), str(folder / "child"))
        yield Figure(GOALS[1], done.peak + done.value, "MB")


def draw(folder: str, target: str) -> float:
    """Draw all papers in a process of its own; return what its children took at most, together, MB."""
    peaks: dict[str, float] = {}
    with world.Past(Path(folder)).town() as ctx:
        wanted = batch.of_days(ctx, FIRST, LAST)
        _together(ctx, Path(target), wanted, lambda _done, _total: peaks.update(_peaks_of_children()))
    return sum(peaks.values())


def _peaks_of_children() -> Iterator[tuple[str, float]]:
    """Yield each child that lives, and its peak so far, MB; none where the system does not tell.

    What is told of a child that has ended begins with the peak of this process, as in Method 4 of docs/performance.md.
    """
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            for line in Path("/proc", child, "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    yield child, int(line.split()[1]) / 1024


def _make(folder: Path, count: int) -> None:
    make_signing_world(folder)
    with world.Past(folder).town() as ctx:
        world.add_employers(ctx, count)
        for firm in world.firms_of(ctx):
            visit = rectifying.visit_of(ctx, firm, "2026-03-02")
            rectifying.fill(ctx, visit)
            drafts.accept_proposals(ctx, visit)


def _one_by_one(ctx: Context, visits: list[str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, visit in enumerate(visits):
        for place, paper in enumerate(finalizing.draft(ctx, visit, NOT_YET).papers):
            (folder / f"{number}-{place}.pdf").write_bytes(paper.pdf)


def _together(ctx: Context, folder: Path, wanted: list[batch.Wanted], report: Progress = unwatched) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    written = batch.write(ctx, folder, wanted, report)
    is_whole = len(written.files) == EACH * len(wanted) and not written.left_out
    right(is_whole, f"every paper is written: {written.left_out}")


def main() -> int:
    """Measure one batch and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description=__doc__)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="papers, two of each visit")
    args = parser.parse_args()
    for figure in measure_batch(args.count // 2, 3):
        print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
