"""A draw held from the database, its proof written; against one hash for each employer that could be drawn."""

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from benchmarks import children, world
from benchmarks.rounds import Figure, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.paths import resources
from ohdesk.services.context import Context
from ohdesk.services.draw import holding, package, planning, publication
from ohdesk.services.roll import entries
from tests.conftest import signing

DRAWN, SEED = 200, "2023733112"
GOALS = ("draw of the small roll", "draw of the large roll, seconds", "draw of the large roll, peak memory")
_MINUTES = holding.SeedMinutes(source="十面骰", thrown_by="司马", witnesses=("上官", "诸葛"))


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row; each size in a process of its own, on a copy of its world."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        small = world.past(scale.small, 0).copied(Path(name) / "small")
        times = children.call("benchmarks.draws:hold", str(small.folder), scale.rounds, True).value
        yield ratio(GOALS[0], times)
        if scale.large:
            large = world.past(scale.large, 0).copied(Path(name) / "large")
            done = children.call("benchmarks.draws:hold", str(large.folder), 1, False)
            yield Figure(GOALS[1], median(done.value["ohdesk"]) / 1000, "s", done.value)
            yield Figure(GOALS[2], done.peak, "MB")


def hold(folder: str, rounds: int, is_checked: bool) -> dict[str, tuple[float, ...]]:
    """Draw several times; return the milliseconds of each draw and of hashing every employer's code once."""
    with world.Past(Path(folder)).town() as opened:
        ctx = signing(opened)
        codes = [row.uscc for row in entries.all_rows(ctx)] if is_checked else _codes(entries.count_rows(ctx))
        drawn: list[str] = []
        times = interleaved({"floor": lambda _: _hashed(codes), "ohdesk": lambda _: drawn.append(_held(ctx))}, rounds)
        if is_checked:
            _check(ctx, drawn[-1], Path(folder))
        return times


def _codes(count: int) -> list[str]:
    return [f"{number:018}" for number in range(count)]


def _hashed(codes: list[str]) -> None:
    prefix = SEED.encode()
    for code in codes:
        sha256(prefix + code.encode()).digest()


def _held(ctx: Context) -> str:
    plan = replace(planning.usual_plan(ctx), total=DRAWN, cap=10 * DRAWN)
    draw = holding.freeze(ctx, plan)
    holding.set_seed(ctx, draw, SEED, SEED, _MINUTES)
    holding.compute(ctx, draw)
    return draw


def _check(ctx: Context, draw: str, folder: Path) -> None:
    """Draw again with the program that the public gets, from what is published alone."""
    published = package.unpack(publication.publish(ctx, draw, folder).read_bytes())
    for name in ("sheet.json", "seed.txt"):
        (folder / name).write_bytes(published[name])
    program = resources() / "draw" / "verify_draw.py"
    done = subprocess.run(  # noqa: S603 - our own program and files
        [sys.executable, "-I", str(program), "sheet.json", "seed.txt"], cwd=folder, capture_output=True, check=False
    )
    right(done.stdout == published["result.csv"], "the published program draws the same")
    right(done.stdout.count(b"\n") >= min(DRAWN, entries.count_rows(ctx) // 2), "as many are drawn as were wanted")
