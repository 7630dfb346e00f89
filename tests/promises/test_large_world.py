"""Whatever is asked of a workspace with many visits, no table is loaded: what is held follows from what is shown."""

import sys
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ohdesk.db.models import OperationRow
from ohdesk.domain.canonical import parse
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import views
from tests.conftest import PASSWORD, noon, town_workspace
from tests.reads import reads
from tests.rectifying import found

TIMES = 1000
MOST = 20 << 20  # bytes more than before; what the records alone say takes twice as much
# These go through the whole journal as they should, which takes minutes; the benchmarks bound them in a larger world.
LONG = {"chains", "digest", "doctor", "rebuilt"}
OPENED = 5  # lines of each list
SMALL = reads(1)

# One record with its operation, visit and employer, as often as that: identities differ in their first digits.
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {times}) "
_COPIED = {
    "establishment": {"id": "id"},
    "visit": {"id": "id", "establishment": "id"},
    "visit_member": {"visit": "id"},
    "operation": {"record": "id", "seq": "seq"},
    "record": {"visit": "id", "establishment": "id", "listed_under": "id", "seq": "seq"},
    "record_answer": {"visit": "id"},
    "record_inspector": {"visit": "id"},
    "record_photo": {"visit": "id"},
    "finding": {"id": "id", "visit": "id"},
    "finding_duty": {"finding": "id"},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A town with as many visits, and of everything that is asked of it asked once, so that the rest is its data."""
    with open_workspace(town_workspace(tmp_path_factory.mktemp("large") / "town"), "李旸", PASSWORD, noon) as ctx:
        visit = found(ctx)
        for read in SMALL.values():
            read(ctx)
        with ctx.transaction() as session:
            for table, changed in _COPIED.items():
                copy(session, table, changed, visit)
        yield ctx


def copy(session, table, changed, visit):
    columns = [row.name for row in session.execute(text(f"PRAGMA table_info({table})"))]
    new = {"id": "printf('%08x', i) || substr({0}, 9)", "seq": "{0} + 1000 * i"}
    values = [new[changed[each]].format(each) if each in changed else each for each in columns]
    only = f"WHERE record = '{visit}'" if table == "operation" else ""
    numbers = _NUMBERS.format(times=TIMES)
    selected = f"SELECT {', '.join(values)} FROM {table}, n {only}"  # noqa: S608 - of our own names
    session.execute(text(f"{numbers} INSERT INTO {table} {selected}"))


@pytest.mark.parametrize("name", sorted(SMALL.keys() - LONG))
def test_what_is_asked_holds_what_is_shown(office, name):
    read = reads(OPENED)[name]
    with bounded(MOST) as told:
        answer = read(office)
    assert told() < MOST, str(answer)[:200]


@contextmanager
def bounded(most):
    """Give the system's bound to what the block asks for; where there is none, Python's own account of it."""
    if sys.platform.startswith("linux"):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        resource.setrlimit(resource.RLIMIT_DATA, (pages * resource.getpagesize() + most, hard))
        try:
            yield lambda: 0
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    else:
        tracemalloc.start()
        try:
            yield lambda: tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_the_world_is_as_large_as_it_says(office):
    assert views.visits(office, ListQuery()).counts["closed"] == TIMES + 1


def test_a_table_that_is_loaded_is_found_out(office):
    def loaded():
        held = []
        with office.reading() as session, bounded(MOST) as told:
            # Understood, as whoever loads them does, ten times their bytes; more than once, for what a test before this
            # one gave back is there to be taken again.
            for _ in range(10):
                held += [parse(body) for body in session.scalars(select(OperationRow.body)).all()]
                assert told() < MOST, len(held)

    with pytest.raises((MemoryError, AssertionError)):
        loaded()
