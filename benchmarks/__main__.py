"""`python -m benchmarks [autosave|pdf|start]`: measure, print one line per figure, end with 1 when a goal is missed."""

import argparse
import os
import platform
import sys
from importlib.metadata import version

from benchmarks import autosave, pdf, start

BENCHMARKS = {"autosave": autosave.measure, "pdf": pdf.measure, "start": start.measure}
PACKAGES = ("SQLAlchemy", "sqlcipher3", "reportlab", "rl_accel")


def main() -> int:
    """Run the benchmarks asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores")
    rows = [row for name in names for row in BENCHMARKS[name]()]
    print(*rows, sep="\n")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
