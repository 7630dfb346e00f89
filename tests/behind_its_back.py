"""Write into a workspace as another program would that has the key: past the services, the triggers taken away."""

from ohdesk.db import local_rows
from ohdesk.services.context import Context


def write(ctx: Context, *statements: str) -> None:
    """Run plain SQL, each statement of which changes something, and leave the triggers as they were."""
    with ctx.transaction() as session:
        connection = session.connection()
        triggers = local_rows.expected_triggers()
        for name in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount > 0, statement
        for sql in triggers.values():
            connection.exec_driver_sql(sql)
