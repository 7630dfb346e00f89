"""The first page of the roll painted, from the end of the key derivation on; for a roll of many employers."""

import json
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks import children, world
from benchmarks.rounds import Figure
from benchmarks.scale import Scale
from tests.conftest import PASSWORD

GOALS = ("first page after the key derivation",)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row."""
    folder = world.past(scale.small, 0).folder / "town-0"
    command = [sys.executable, "-m", "benchmarks.window_child", "first_page", str(folder), "李旸", PASSWORD]
    pages = [json.loads(children.run(command).output.splitlines()[-1])["first_page"] for _ in range(scale.rounds)]
    yield Figure(GOALS[0], median(pages), "ms", {"page": tuple(pages)})
