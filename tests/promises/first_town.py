"""Run as a program: make the demonstration with its first town only, wherever this process believes to be."""

import sys
import time
from functools import partial
from pathlib import Path

from ohdesk.demo import cast, offices, world
from tests.conftest import CHEAP


def main(out: str) -> None:
    """Make the world in `out` and say by how many hours local time is behind UTC."""
    offices.create_workspace = partial(offices.create_workspace, cost=CHEAP)
    cast.TOWNS = cast.TOWNS[:1]
    world.build(Path(out))
    sys.stdout.write(f"{time.timezone // 3600}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
