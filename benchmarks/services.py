"""What every service of a town and of the county takes over a long past: memory and seconds, each by itself."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from benchmarks import children, world
from benchmarks.rounds import Figure, scratch
from benchmarks.scale import Scale
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts, coverage, digest, draw_checks, towns
from ohdesk.services.draw import planning
from ohdesk.services.draw import views as draws
from ohdesk.services.exchange import history, sending
from ohdesk.services.finding import follow_up
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import doctor
from ohdesk.services.record import views as records
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, export, proposals, undo
from ohdesk.services.start import today
from ohdesk.services.visit import views as visits

YEAR = 2026
GOALS = ("largest peak memory of a service at the town", "largest peak memory of a service at the county")
BOTH: dict[str, Callable[[Context], object]] = {
    "roll, first page": entries.list_rows,
    "roll, all listed": entries.listed,
    "roll, search": lambda ctx: entries.listed(ctx, EntryQuery("有限")),
    "roll, written to a workbook": lambda ctx: export.export_roll(ctx, _new_folder() / "roll.xlsx", EntryQuery("罕见")),
    "proposals": proposals.proposals,
    "visits": lambda ctx: visits.visits(ctx, ListQuery()),
    "records": lambda ctx: records.documents(ctx, ListQuery(records.FINAL)),
    "records, one opened": lambda ctx: records.open_record(ctx, _a_record(ctx)),
    "findings": lambda ctx: follow_up.rectifications(ctx, ListQuery()),
    "findings that press": follow_up.pressing,
    "today": today.agenda,
    "today, backlog": today.backlog,
    "draws": draws.list_draws,
    "receipts of records": lambda ctx: history.record_receipts(ctx, ListQuery()),
    "what was exchanged": history.exchanged,
    "what is new to send": sending.pending,
    "doctor": lambda ctx: list(doctor.workspace_facts(ctx)),
    "digest": digest.digest,
}
TOWN: dict[str, Callable[[Context], object]] = {
    "imports": undo.imports,
    "draw, previewed": lambda ctx: planning.preview(ctx, planning.usual_plan(ctx)),
    "coverage of the office": lambda ctx: coverage.of_office(ctx, YEAR),
    "bundle, written": lambda ctx: sending.export(ctx, _new_folder()),
}
COUNTY: dict[str, Callable[[Context], object]] = {
    "coverage": lambda ctx: coverage.by_town(ctx, YEAR),
    "employers behind the coverage": lambda ctx: coverage.covered(ctx, "000000001", YEAR, ListQuery()),
    "conflicts": conflicts.in_dispute,
    "towns": towns.town_states,
    "draws checked": draw_checks.check_draws,
    "receipts, written": lambda ctx: sending.export(ctx, _new_folder()),
}


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row; on a copy, as an export is noted."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        past = world.past(scale.small, scale.visits or 10 * scale.records, county=True).copied(Path(name))
        yield from _of_both(past)


def _of_both(past: world.Past) -> Iterator[Figure]:
    for goal, office, services in ((GOALS[0], "town", BOTH | TOWN), (GOALS[1], "county", BOTH | COUNTY)):
        peaks = []
        for name in services:
            done = children.call("benchmarks.services:ask", str(past.folder), office, name)
            peaks.append(done.peak)
            yield Figure(f"{office}: {name}", done.peak, "MB", {"took": (done.value * 1000,)})
        yield Figure(goal, max(peaks), "MB")


def ask(folder: str, office: str, name: str) -> float:
    """Ask one service of an office; return the seconds it took."""
    past = world.Past(Path(folder))
    with (past.town if office == "town" else past.county)() as ctx:
        service = (BOTH | TOWN | COUNTY)[name]
        began = time.perf_counter()
        service(ctx)
        return time.perf_counter() - began


def _new_folder() -> Path:
    return Path(mkdtemp(prefix="ohdesk-benchmark-"))


def _a_record(ctx: Context) -> str:
    with ctx.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT visit FROM record LIMIT 1").scalar_one())
