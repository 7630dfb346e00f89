"""`python -m benchmarks.world --employers N --visits M`: a town and its county with a long past, made once and kept.

Both are enrolled, the town's two inspectors certified.  All goes through the journal; a hundred records are signed with
their papers, of the others there is the operation alone, signed by one of the inspectors; they all name one paper.  A
world lies in the system's folder for temporary files under a name that follows from the program's tables and
operations: when those change, another one is made, and the old one is taken away.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice, repeat
from pathlib import Path
from tempfile import gettempdir
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.employers import employer
from ohdesk.db import accepting, journal
from ohdesk.db.accepting import Accepted
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import Establishment, OperationRow, Record, RecordPaper, ReplicaHead, Visit, VisitMember
from ohdesk.db.new_entries import NewEntries, indexed_afterwards
from ohdesk.domain.calendar import instant_text, parse_instant
from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.operations import EstablishmentWritten, VisitFinalized
from ohdesk.domain.record import CHECKLIST, InspectionRecord, PaperBeside, RecordContent
from ohdesk.domain.visit import Task, VisitState
from ohdesk.services.context import Context
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import drafts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import composing
from ohdesk.services.trust import keys, set_aside
from tests import rectifying
from tests.conftest import PASSWORD, noon
from tests.signed_records import FIRST, NOBODY, SECRET, make_signing_world, signed
from tests.unit.services.exchange.bundle_world import World, open_world

T = TypeVar("T")
SIGNED = 100  # records with papers
AT_ONCE = 1000  # operations written together
_TASK = Task("daily", "plan", "2026-03-02")
_BEGAN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_LONG = 12  # characters of an edition
_SOURCES = ("db", "domain", "security")  # of the program: what a world is made of


@dataclass(frozen=True, slots=True)
class Past:
    """A world on the disk: the folders of the town's workspace and of the county's."""

    folder: Path

    @contextmanager
    def town(self) -> Iterator[Context]:
        """Unlock the town as its administrator."""
        with open_workspace(self.folder / "town-0", "李旸", PASSWORD, noon) as ctx:
            yield ctx

    @contextmanager
    def inspector(self) -> Iterator[Context]:
        """Unlock the town as the first inspector, who signs."""
        with open_workspace(self.folder / "town-0", FIRST, SECRET, noon) as ctx:
            yield ctx

    @contextmanager
    def county(self) -> Iterator[Context]:
        """Unlock the county."""
        with open_workspace(self.folder / "county", "陶镕", PASSWORD, noon) as ctx:
            yield ctx

    @contextmanager
    def both(self) -> Iterator[World]:
        """Unlock town and county."""
        with open_world(self.folder) as world:
            yield world

    def copied(self, folder: Path) -> "Past":
        """Return a copy that may be written to."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*.lock"), dirs_exist_ok=True)
        return Past(folder)


def past(employers: int, visits: int, *, county: bool = False) -> Past:
    """Return the world of so many employers and finished visits, which is only read; made where it is not there yet.

    county: the county has taken everything in
    """
    made = kept(f"{employers}-{visits}", lambda folder: make(folder, employers, visits))
    done = made.folder / "taken-in"
    if county and not done.exists():
        take_in(made)
        done.touch()
    return made


def kept(name: str, make: Callable[[Path], object]) -> Past:
    """Return what `make` makes of a new folder, kept under a name until the program changes."""
    home = Path(gettempdir()) / "ohdesk-benchmarks"
    folder = home / f"{name}-{_edition()}"
    if not folder.is_dir():
        # The edition has no hyphen: of another world whose name begins alike nothing is taken away.
        for old in home.glob(f"{name}-{'?' * _LONG}"):
            shutil.rmtree(old)
        home.mkdir(exist_ok=True)
        begun = home / f"making {name}"
        shutil.rmtree(begun, ignore_errors=True)
        make(begun)
        begun.rename(folder)
    return Past(folder)


def _edition() -> str:
    """Return a digest of the sources that say how a world looks on the disk."""
    package = Path(journal.__file__).parents[1]
    found = [path for room in _SOURCES for path in (package / room).rglob("*.py")]
    digest = sha256()
    for path in (*sorted(found), Path(__file__), Path(__file__).with_name("employers.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_LONG]


def make(folder: Path, employers: int, visits: int, with_papers: int = SIGNED) -> Past:
    """Make a world in a new folder; with_papers: so many of its visits, at most, have signed papers."""
    make_signing_world(folder)
    with open_world(folder) as world:
        rectifying.team(world.town)
        signing = min(employers, visits, with_papers)
        add_employers(world.town, signing)
        for firm in firms_of(world.town):
            signed(world, 1, firm)
        # The county holds what was signed with its papers, as after an ordinary exchange, and learns of the rest later.
        if signing:
            receiving.take_in(world.county, sending.export(world.town, world.stick).path)
        add_employers(world.town, employers - signing, signing)
    if visits > with_papers:
        with open_workspace(folder / "town-0", FIRST, SECRET, noon) as ctx:
            with ctx.reading() as session:
                # The same papers for all: were they missing, every receipt would ask for them.
                papers = held_papers(session)
            add_visits(ctx, visits - with_papers, repeat(papers))
    return Past(folder)


def held_papers(session: Session) -> tuple[str, ...]:
    """Return the PDFs of one record and of its checklist."""
    papers = select(Record.pdf_sha256, RecordPaper.pdf_sha256).join(RecordPaper, RecordPaper.visit == Record.visit)
    return tuple(session.execute(papers.limit(1)).one())


def add_employers(ctx: Context, count: int, first: int = 0) -> None:
    """Set down employers as the import of a list does, from number `first` on."""
    with ctx.transaction() as session, indexed_afterwards(session, count):
        entries = NewEntries(session, ctx.stamp(), "import", "名录.xlsx", "0" * 36)
        for numbers in batched(range(first, first + count), AT_ONCE):
            entries.write([(ctx.new_id(), _texts(ctx, number), ()) for number in numbers])


def _texts(ctx: Context, number: int) -> Mapping[str, str]:
    said = {key: value for key, value in employer(number).items() if value != ""}
    return {key: "是" if value is True else str(value) for key, value in said.items()} | {"town": ctx.office.division}


def firms_of(ctx: Context) -> list[str]:
    """Return the ids of all employers, the first set down first."""
    with ctx.reading() as session:
        return list(session.scalars(select(Establishment.id).order_by(Establishment.id)))


def add_visits(ctx: Context, count: int, papers: Iterator[Sequence[str]]) -> None:
    """Set down finished visits, round the roll; `ctx` belongs to an inspector who signs.

    Every third record has a finding, as records do.

    papers: gives of each the blobs that it names, first the PDFs of the record and of its checklist
    """
    wanted = select(Establishment.id, Establishment.name, Establishment.uscc, Establishment.address)
    with ctx.reading() as session:
        taken = session.scalar(select(func.count()).select_from(Record)) or 0
        rows = session.execute(wanted.order_by(Establishment.id.desc()).limit(count))
        firms = [row._asdict() for row in rows]
    patterns = _patterns(ctx)
    for numbers in batched(range(count), AT_ONCE):
        operations = [
            _finalized(ctx, patterns[number % 3 == 0], firms[number % len(firms)], tuple(next(papers)), taken + number)
            for number in numbers
        ]
        with ctx.transaction() as session:
            journal.record_many(session, operations, ctx.stamp(), "")
            _set_down_visits(session, operations)


def _set_down_visits(session: Session, operations: Iterable[VisitFinalized]) -> None:
    """Set down the closed visits behind final records, as they would stand on the laptop; without their answers."""
    visits, members = [], []
    for record in (operation.content.record for operation in operations):
        began, ended = parse_instant(record.started_at), parse_instant(record.ended_at)
        about = {"form": record.form, "form_sha256": record.form_sha256, "form_reason": "", "note": "", "place": ""}
        about |= {"task": _TASK, "technicians": (), "partners": (), "partner_results": {}, "tasks_done": ()}
        when = {"state": VisitState.CLOSED, "started_at": began, "ended_at": ended}
        visits.append({"id": record.visit, "establishment": record.body.id, **about, **when})
        for seat, inspector in enumerate(record.inspectors):
            members.append({"visit": record.visit, "seat": seat, "person": inspector.person, "assists": False})
    write_rows(session, Visit, visits)
    write_rows(session, VisitMember, members)


def _patterns(ctx: Context) -> dict[bool, InspectionRecord]:
    """Return a record without and one with a finding, as they are composed of visits that were filled."""
    found = {}
    for has_finding in (False, True):
        firm = ctx.new_id()
        with ctx.transaction() as session:
            fields = {"name": "样本厂", "town": ctx.office.division}
            journal.record(session, EstablishmentWritten(record=firm, fields=fields), ctx.stamp())
        visit = rectifying.visit_of(ctx, firm, "2026-03-02")
        breaches = (rectifying.BREACH,) if has_finding else ()
        rectifying.fill(ctx, visit, breaches=breaches, met=("D02", "D03"))
        drafts.accept_proposals(ctx, visit)
        found[has_finding] = composing.compose(ctx, visit, NOBODY).record
    return found


def _finalized(
    ctx: Context, pattern: InspectionRecord, firm: Mapping[str, str], blobs: tuple[str, ...], serial: int
) -> VisitFinalized:
    began = _BEGAN + timedelta(minutes=30 * (serial % 2500))
    record = replace(
        pattern,
        visit=ctx.new_id(),
        number=f"{pattern.number[:-3]}{serial:06}",
        body=replace(pattern.body, **firm),
        started_at=instant_text(began),
        ended_at=instant_text(began + timedelta(minutes=25)),
    )
    return VisitFinalized(
        record=record.visit,
        blobs=blobs,
        content=RecordContent(record=record, strokes=()),
        record_sha256=fingerprint(record),
        pdf_sha256=blobs[0],
        beside=(PaperBeside(paper=CHECKLIST, title="现场检查表", pdf_sha256=blobs[1]),),
    )


def take_in(made: Past) -> None:
    """Let the county accept what it does not hold of the town, with every check of a bundle's operations."""
    with made.both() as world:
        _accept(world.town, world.county)


def _accept(town: Context, county: Context) -> None:
    with county.reading() as session:
        head = session.get(ReplicaHead, town.office.replica)
        held = 0 if head is None else head.seq
    rows = (
        select(OperationRow.body)
        .where(OperationRow.replica == town.office.replica, OperationRow.seq > held)
        .order_by(OperationRow.seq)
    )
    with county.reading() as session:
        roots = keys.county_roots(county, session)
    with town.reading() as source:
        for bodies in batched(source.scalars(rows.execution_options(yield_per=AT_ONCE)), AT_ONCE):
            with county.transaction() as session:
                outcomes = accepting.accept_many(session, bodies, partial(set_aside.problems, session, roots))
            if Accepted.SET_ASIDE in outcomes:
                raise RuntimeError("the county sets an operation of the town aside")


def batched(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield values in runs of a size, the last one shorter."""
    held = iter(values)
    while some := tuple(islice(held, size)):
        yield some


def main() -> int:
    """Make the world, say where it lies and how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.world", description=__doc__)
    parser.add_argument("--employers", type=int, default=20_000, metavar="N")
    parser.add_argument("--visits", type=int, default=100_000, metavar="M")
    parser.add_argument("--county", action="store_true", help="the county takes everything in")
    args = parser.parse_args()
    began = time.perf_counter()
    made = past(args.employers, args.visits, county=args.county)
    size = sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file()) / 2**20
    print(f"{made.folder}: {time.perf_counter() - began:.0f} s, {size:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
