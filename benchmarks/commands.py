"""What the commands cost as whole processes: the demonstration, the fixed cost of a command, the check of a record."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import children, employers, world
from benchmarks.rounds import Figure, middle, right, scratch
from benchmarks.scale import Scale
from ohdesk.domain.people import OfficeRole
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.record import views
from ohdesk.services.roll import importing
from tests import conftest

_PROGRAM = (sys.executable, "-m", "ohdesk")
EMPLOYERS, ACCOUNT, PASSWORD = 300, "李旸", "ohdesk-benchmark"
GOALS = ("demo", "roll list of 300", "verify a record")


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    rounds = max(1, min(scale.rounds, 5))
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = Path(name)
        if scale.rounds > 1:
            yield from _demo(folder, 2 if scale.large else 1)
        past = world.past(1, 1)
        with past.town() as ctx:
            (visit,) = views.documents(ctx, ListQuery(views.FINAL)).visits
            paper = views.open_record(ctx, visit).papers[0]
        record, root = folder / "record.pdf", folder / "root.pem"
        views.save_copy(paper, record)
        county = ["--workspace", str(past.folder / "county"), "--user", "陶镕"]
        children.run([*_PROGRAM, "county", "root", *county, "--out", str(root)], OHDESK_PASSWORD=conftest.PASSWORD)
        # What a guess at a password takes is meant to be taken, and stands in a line of its own.
        yield middle(GOALS[1], "s of processor", _listing(_town(folder / "practice", practice=True), rounds))
        real = _listing(_town(folder / "real", practice=False), rounds)
        yield middle("roll list of 300, the password hard to guess", "s of processor", real)
        checks = [children.run([*_PROGRAM, "verify", str(record), "--root", str(root)]) for _ in range(rounds + 1)]
        yield middle(GOALS[2], "s of processor", [each.processor for each in checks[1:]])


def _listing(workspace: Path, rounds: int) -> list[float]:
    listing = ["roll", "list", "--workspace", str(workspace), "--user", ACCOUNT]
    lists = [children.run([*_PROGRAM, *listing], OHDESK_PASSWORD=PASSWORD) for _ in range(rounds + 1)]
    right(all(len(each.output.splitlines()) >= EMPLOYERS for each in lists), "the whole roll is listed")
    return [each.processor for each in lists[1:]]


def _town(workspace: Path, *, practice: bool) -> Path:
    listed = workspace.with_suffix(".csv")
    town = NewWorkspace(OfficeRole.TOWN, "000000001", "石桥镇", ACCOUNT, PASSWORD)
    create_workspace(workspace, town, practice=practice)
    employers.write_csv(listed, EMPLOYERS)
    with open_workspace(workspace, ACCOUNT, PASSWORD) as ctx:
        importing.apply(ctx, importing.compare(ctx, importing.preview(listed)))
    return workspace


def _demo(folder: Path, rounds: int) -> Iterator[Figure]:
    runs = []
    for number in range(rounds):
        os.sync()
        runs.append(children.run([*_PROGRAM, "demo", "--out", str(folder / f"demo-{number}")]))
    yield Figure(GOALS[0], median(run.seconds for run in runs), "s")
    yield Figure("demo, of the processor", median(run.processor for run in runs), "s")
