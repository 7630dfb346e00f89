"""Run by Alembic: migrate over the connection handed in."""

from alembic import context

from ohdesk.db.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
