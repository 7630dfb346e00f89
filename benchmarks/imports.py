"""A list of employers brought into an empty roll, from its file to the last row; against reading and inserting it."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from python_calamine import CalamineWorkbook

from benchmarks import children, employers
from benchmarks.employers import HEADINGS
from benchmarks.rounds import Figure, Variant, interleaved, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.domain.establishment import FIELD_KEYS
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.roll import entries, importing
from tests.conftest import PASSWORD, noon, town_workspace

GOALS = (
    "import, preview to applied",
    "import, to soffice converting it",
    "import of 100,000, cost of a row",
    "import of 1,000,000, cost of a row",
    "import of 100,000, peak memory",
    "import of 1,000,000, peak memory",
)
_OPENED = "PRAGMA synchronous = FULL"


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name)
        yield from _against_the_floor(folder, scale.small, min(scale.rounds, 5))
        if scale.large:
            yield from _larger(folder, scale)


def import_list(listed: str, workspace: str) -> dict[str, float]:
    """Import a list into a workspace; return the seconds it took and how many were new."""
    with open_workspace(Path(workspace), "李旸", PASSWORD, noon) as ctx:
        began = time.perf_counter()
        new = _imported(ctx, Path(listed))
        return {"seconds": time.perf_counter() - began, "new": new}


def _imported(ctx: Context, listed: Path) -> int:
    comparison = importing.compare(ctx, importing.preview(listed))
    importing.apply(ctx, comparison)
    return comparison.counts["new"]


def _against_the_floor(folder: Path, count: int, rounds: int) -> Iterator[Figure]:
    listed = folder / "list.xlsx"
    employers.write_workbook(listed, count)
    for number in range(rounds + 1):
        town_workspace(folder / f"{number}" / "town")
    soffice = shutil.which("soffice")

    def ours(number: int) -> None:
        with open_workspace(folder / f"{number}" / "town", "李旸", PASSWORD, noon) as ctx:
            right(_imported(ctx, listed) == count, f"{count} employers are new")

    variants: dict[str, Variant] = {"floor": lambda number: _floor(listed, folder / f"{number}.db"), "ohdesk": ours}
    if soffice:
        variants["soffice"] = lambda _: subprocess.run(  # noqa: S603 - a fixed program, our own file
            [soffice, "--headless", "--convert-to", "csv", "--outdir", str(folder), str(listed)],
            check=True,
            capture_output=True,
        )
    times = interleaved(variants, rounds)
    with open_workspace(folder / "0" / "town", "李旸", PASSWORD, noon) as ctx:
        _check(ctx, count)
    yield ratio(GOALS[0], times)
    yield ratio(GOALS[1], times, "soffice")


def _floor(listed: Path, database: Path) -> None:
    with CalamineWorkbook.from_path(str(listed)) as book:
        rows = book.get_sheet_by_index(0).to_python()
    with closing(sqlite3.connect(database)) as plain:
        plain.execute(_OPENED)
        plain.execute(f"CREATE TABLE employer ({', '.join(HEADINGS)})")
        places = ", ".join("?" * len(HEADINGS))
        plain.executemany(f"INSERT INTO employer VALUES ({places})", rows[1:])  # noqa: S608 - our own columns
        plain.commit()


def _check(ctx: Context, count: int) -> None:
    """Compare a few employers field by field with what the list said, and the codes of all."""
    rows = {row.uscc: row.id for row in entries.all_rows(ctx)}
    right(len(rows) == count, "as many employers as rows of the list")
    for number in range(0, count, max(1, count // 20)):
        said = employers.employer(number)
        held = entries.detail(ctx, rows[str(said["uscc"])]).fields
        told = {key: "是" if said[key] is True else str(said[key]) for key in HEADINGS if key in FIELD_KEYS}
        wrong = {key: (held[key], value) for key, value in told.items() if held[key] != value}
        right(not wrong, f"employer {number} as the list says it: {wrong}")


def _larger(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield what a row costs in longer lists, to the cost of a row in the short one, each in a process of its own."""
    costs: dict[int, float] = {}
    for size in sorted({scale.small, *scale.curve}):
        listed, workspace = folder / f"{size}.csv", folder / f"of-{size}"
        employers.write_csv(listed, size)
        done = children.call("benchmarks.imports:import_list", str(listed), str(town_workspace(workspace)))
        right(done.value["new"] == size, f"{size} employers are new")
        costs[size] = done.value["seconds"] / size
        yield Figure(f"curve of the import, {size}, a row", costs[size] * 1000, "ms")
        for cost, peak, of in ((GOALS[2], GOALS[4], 100_000), (GOALS[3], GOALS[5], 1_000_000)):
            if size == of:
                yield Figure(cost, costs[size] / costs[scale.small])
                yield Figure(peak, done.peak, "MB")
        listed.unlink()
        shutil.rmtree(workspace)
