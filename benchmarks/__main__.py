"""`python -m benchmarks [ROW…]`: measure the program against the least work that gives the same, and against others.

Ends with 1 when a goal is missed, 2 for a wrong call, 3 when a row gave a wrong result or none.
"""

import argparse
import compileall
import importlib
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import ohdesk
from benchmarks.goals import goals
from benchmarks.rounds import Figure, WrongResultError
from benchmarks.scale import FULL, QUICK, Scale

# By the name on the command line: the module, whose `measure(scale)` yields figures and whose `GOALS` names theirs.
ROWS = {
    "start": "benchmarks.start",
    "autosave": "benchmarks.autosave",
    "keyboard": "benchmarks.keyboard",
    "pdf": "benchmarks.pdf",
    "list": "benchmarks.lists",
    "register": "benchmarks.registers",
    "import": "benchmarks.imports",
    "draw": "benchmarks.draws",
    "bundle": "benchmarks.bundles",
    "merge": "benchmarks.merges",
    "papers": "benchmarks.papers",
    "export": "benchmarks.exports",
    "coverage": "benchmarks.coverage",
    "volumes": "benchmarks.volumes",
    "batch": "benchmarks.batches",
    "booklet": "benchmarks.booklet",
    "services": "benchmarks.services",
    "stalls": "benchmarks.stalls",
    "signing": "benchmarks.signing",
    "commands": "benchmarks.commands",
    "first-page": "benchmarks.first_page",
    "conditions": "benchmarks.conditions",
    "photos": "benchmarks.photos",
}
PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "reportlab", "rl_accel", "pyHanko", "msgspec")


def main(arguments: list[str] | None = None, scale: Scale | None = None) -> int:
    """Measure the rows asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="small worlds and few rounds, two minutes in all")
    parser.add_argument("--check", action="store_true", help="say at the end which goals are missed, and by how much")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE", help="also as JSON, a line for each figure")
    args = parser.parse_args(arguments)
    if unknown := set(args.rows) - set(ROWS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    scale = scale or (QUICK if args.quick else FULL)
    _compile_as_installed()
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores, load {_load()}")
    found: list[tuple[str, Figure]] = []
    failed: list[str] = []
    began = time.perf_counter()
    for row in args.rows or ROWS:
        row_began = time.perf_counter()
        try:
            for figure in _measured(row, scale):
                found.append((row, figure))
                print(f"{row} | {figure} | {_verdict(figure)} | load {_load()}", flush=True)
        except WrongResultError as error:
            failed.append(f"{row}: wrong result: {error}")
        except Exception as error:  # noqa: BLE001 - the other rows are measured all the same
            traceback.print_exc()
            failed.append(f"{row}: {type(error).__name__}, nothing was found")
        print(f"{row}: {time.perf_counter() - row_began:.0f} s", flush=True)
    print(f"{time.perf_counter() - began:.0f} s")
    if args.json:
        _write(args.json, found)
    missed = [(row, figure) for row, figure in found if not _holds(figure)]
    if args.check:
        for row, figure in missed:
            goal = goals()[figure.name]
            why = f"; limit found: {goal.limit}" if goal.limit else ""
            print(f"MISSED: {row}, {figure.name}: {figure.value:.3g}, goal {goal}{why}")
    print(*failed, sep="\n", end="\n" if failed else "")
    return 3 if failed else 1 if missed else 0


def _compile_as_installed() -> None:
    """Let the processes that are measured load bytecode, as they do wherever the program was installed."""
    compileall.compile_dir(Path(ohdesk.__file__).parent, quiet=2)


def module_of(row: str) -> ModuleType:
    """Return the module that measures a row."""
    return importlib.import_module(ROWS[row])  # late: a row may need what others do without


def _measured(row: str, scale: Scale) -> Iterator[Figure]:
    yield from module_of(row).measure(scale)


def _holds(figure: Figure) -> bool:
    goal = goals().get(figure.name)
    return goal is None or figure.value is None or goal.holds(figure.value)


def _verdict(figure: Figure) -> str:
    goal = goals().get(figure.name)
    if goal is None:
        return "no goal"
    if figure.value is None:
        return f"goal {goal}"
    return f"goal {goal} | {'ok' if goal.holds(figure.value) else 'MISSED'}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"


def _write(place: str, found: list[tuple[str, Figure]]) -> None:
    lines = "".join(json.dumps(_as_json(row, figure), ensure_ascii=False) + "\n" for row, figure in found)
    if place == "-":
        sys.stdout.write(lines)
    else:
        Path(place).write_text(lines, encoding="utf-8")


def _as_json(row: str, figure: Figure) -> dict[str, Any]:
    goal = goals().get(figure.name)
    return {
        "row": row,
        "figure": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "least": figure.least,
        "most": figure.most,
        "goal": None if goal is None else str(goal),
        "holds": _holds(figure),
        "samples": dict(figure.samples),
        "load": _load(),
    }


if __name__ == "__main__":
    sys.exit(main())
