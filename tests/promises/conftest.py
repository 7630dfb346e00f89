"""One demonstration world for all tests of a run that ask for it; whoever changes something copies it first."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ohdesk.demo import cast, world
from ohdesk.demo.clock import Clock
from ohdesk.domain.calendar import legal_day
from ohdesk.services.context import Context
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving
from ohdesk.services.exchange.receiving import Taken
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record.verification import read_root

DONE = "merged"  # written last; holds the county's digest


@dataclass(slots=True)
class Demo:
    """The finished world.

    out: its folder · summary: what `summary.json` says · temporary: all that the making left in the temporary folder
    unmerged: the county's workspace on the day it merged, before the bundles of the towns' work came
    merged: its digest once they were in
    """

    out: Path
    unmerged: Path
    temporary: Path
    summary: dict[str, Any] = field(default_factory=dict)
    merged: str = ""

    @property
    def records(self) -> list[Path]:
        """The signed records."""
        return sorted((self.out / "records").glob("*.pdf"))

    @property
    def papers(self) -> list[Path]:
        """Everything the inspectors signed: records, and pages of photos that came later."""
        return [*self.records, *sorted((self.out / "photo-pages").glob("*.pdf"))]

    @property
    def sent_up(self) -> list[Path]:
        """The bundles with the towns' work for the county."""
        return [self.out / "bundles" / town["bundle"] for town in self.summary["towns"].values()]

    @property
    def root(self) -> Path:
        """The county's root certificate, PEM."""
        return self.out / "trust" / "county-root.pem"

    @property
    def root_der(self) -> bytes:
        """The same, DER."""
        return read_root(self.root)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Demo:
    """The demonstration world, made once per run; with several workers, each has a copy to unlock."""
    own = tmp_path_factory.getbasetemp()
    if worker_id == "master":
        return _made(own / "demo")
    shared = own.parent / "demo"
    with FileLock(own.parent / "demo.lock"):
        if not (shared / DONE).is_file():
            (shared / DONE).write_text(_made(shared).merged, encoding="ascii")
    shutil.copytree(shared, own / "demo", ignore=shutil.ignore_patterns("*.lock"))
    return _read(own / "demo")


def _made(folder: Path) -> Demo:
    """Make the world, with passwords that are quick to try."""
    folder.mkdir()
    made = _places(folder)
    made.temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "take_in", _keeping_the_county(made))
        patch.setenv("TMPDIR", str(made.temporary))
        patch.setattr(tempfile, "tempdir", str(made.temporary))
        made.summary = world.build(made.out)
    return made


def _read(folder: Path) -> Demo:
    """Return the world that another worker made."""
    made = _places(folder)
    made.summary = json.loads((made.out / world.SUMMARY).read_text("utf-8"))
    made.merged = (folder / DONE).read_text("ascii")
    return made


def _places(folder: Path) -> Demo:
    return Demo(folder / "world", folder / "unmerged", folder / "temporary")


def _keeping_the_county(made: Demo) -> Callable[[Context, Path], Taken]:
    """Return an import that notes what the county was before the work came in, and its digest after each bundle."""
    true = receiving.take_in

    def keeping(ctx: Context, path: Path) -> Taken:
        # Before that day the towns only tell of their draws.
        if ctx.office.role == "county" and legal_day(ctx.now()) == cast.MERGED and not made.unmerged.exists():
            copy_open(ctx, made.unmerged)
        taken = true(ctx, path)
        if ctx.office.role == "county":
            made.merged = digest(ctx)
        return taken

    return keeping


def copy_open(ctx: Context, folder: Path) -> None:
    """Copy a workspace that is open, all that was committed included."""
    with ctx.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(ctx.folder, folder, ignore=shutil.ignore_patterns("*.lock", "*-wal", "*-shm"))


@pytest.fixture
def merged_on() -> Clock:
    """The clock of the day on which the county merged."""
    return Clock(cast.MERGED, "09:30")


@pytest.fixture
def county_ctx(demo: Demo, merged_on: Clock) -> Iterator[Context]:
    """The demonstration's county, unlocked; not to be changed."""
    with open_workspace(demo.out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, cast.PASSWORD, merged_on) as ctx:
        yield ctx
