"""What the window asks for while somebody waits walks over no table that grows with the years."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from ohdesk.domain.visit import Task
from ohdesk.services.exchange import sending
from ohdesk.services.roll import entries, proposals
from ohdesk.services.start import today
from ohdesk.services.visit import caps, views
from tests.visiting import add_firm, started_visit

GROW = {"establishment", "visit", "record", "finding", "operation", "pdf_verdict", "answer", "photo"}


@contextmanager
def statements(ctx):
    """Collect what is asked of the database, with its values."""
    seen = []

    def note(_connection, _cursor, statement, values, _context, _many):
        seen.append((statement, values))

    event.listen(ctx.engine, "before_cursor_execute", note)
    yield seen
    event.remove(ctx.engine, "before_cursor_execute", note)


def walks(ctx, seen):
    """Return the tables that these statements walk over from end to end."""
    with ctx.reading() as session:
        cursor = session.connection().connection.cursor()
        asked = [(statement, values) for statement, values in seen if statement.startswith("SELECT")]
        plans = [
            line[3]
            for statement, values in asked
            if "LIMIT" not in statement  # whether there is any: the first row that is met tells
            for line in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        ]
    return {line.split()[1] for line in plans if line.startswith("SCAN")}


@pytest.mark.parametrize(
    "ask",
    [
        lambda ctx, _firm: today.agenda(ctx),
        lambda ctx, _firm: sending.last_written(ctx),
        lambda ctx, firm: entries.detail(ctx, firm),
        lambda ctx, firm: proposals.about(ctx, firm),
        lambda ctx, firm: views.visits_of(ctx, firm),
        lambda ctx, firm: caps.cap_check(ctx, firm, Task("", "")),
    ],
    ids=["the day", "the last bundle", "an employer", "its proposals", "its visits", "its visits of this year"],
)
def test_no_table_that_grows_is_walked_over_while_a_screen_waits(ctx, ask):
    started_visit(ctx)
    firm = add_firm(ctx, "岚石五金制品厂")
    with statements(ctx) as seen:
        ask(ctx, firm)
    assert seen
    assert walks(ctx, seen) & GROW == set()
