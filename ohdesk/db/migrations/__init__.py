"""Alembic revisions, packaged with the program: a copy first, then the change, then a check."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from ohdesk.db import local_rows
from ohdesk.db.engine import reading

# Named here rather than Alembic's "head": loading Alembic costs, and most starts need no migration.
LATEST = "0001"


def revision(engine: Engine) -> str:
    """Return the schema revision of the database; empty for a new file."""
    with reading(engine) as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def is_known(name: str) -> bool:
    """True for a revision this program carries."""
    return name == "" or any((Path(__file__).parent / "versions").glob(f"r{name}_*.py"))


def bring_up_to_date(engine: Engine) -> None:
    """As `upgrade`, where that is needed: to ask costs next to nothing."""
    if revision(engine) != LATEST:
        upgrade(engine)


def upgrade(engine: Engine) -> None:
    """Bring the database to the latest revision; foreign keys are checked afterwards, not while tables are rebuilt."""
    from alembic import command  # late: heavy, and rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with closing(engine.connect()) as connection:
        raw = connection.connection
        raw.execute("PRAGMA foreign_keys=OFF")  # before any transaction: SQLite ignores it inside one
        config.attributes["connection"] = connection
        command.upgrade(config, LATEST)
        local_rows.seal(connection)  # rebuilt tables have lost their triggers, new ones never had any
        connection.commit()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        raw.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")
