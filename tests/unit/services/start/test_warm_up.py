"""What the first screens ask has been asked before: no statement is compiled while somebody waits."""

from ohdesk.db.engine import memory_engine
from ohdesk.services.exchange import sending
from ohdesk.services.office.workspace import look_up
from ohdesk.services.roll import entries
from ohdesk.services.start import today
from ohdesk.services.start.warm_up import warm_up
from ohdesk.services.visit import views


def test_what_the_first_screens_ask_is_compiled_before(ctx):
    statements = memory_engine().get_execution_options()["compiled_cache"]
    statements.clear()  # of what other tests asked
    warm_up.__wrapped__()
    before = set(statements)
    look_up(ctx.engine, ctx.actor.account)
    entries.list_rows(ctx)
    today.agenda(ctx)
    sending.sent(ctx)
    views.list_visits(ctx)
    assert set(statements) <= before


def test_nothing_is_left_in_a_workspace_of_what_was_asked_ahead(ctx):
    warm_up()
    assert entries.list_rows(ctx) == []
    with memory_engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
