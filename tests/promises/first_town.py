"""Run as a program: make the demonstration with its first town only, wherever this process believes to be."""

import sys
import time
from pathlib import Path

from ohdesk.demo import cast, world


def main(out: str) -> None:
    """Make the world in `out` and say by how many hours local time is behind UTC."""
    cast.TOWNS = cast.TOWNS[:1]
    world.build(Path(out))
    sys.stdout.write(f"{time.timezone // 3600}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
