"""Fixtures shared by all tests."""

import atexit
import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":  # its own screen of 800 × 800 holds no window of ours
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={os.path.relpath(Path(__file__).with_name('screens.json'))}"

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from ohdesk.db import migrations
from ohdesk.db.journal import Signature
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, noon in Beijing
PASSWORD = "ohdesk-test"


# How long an example takes is the machine's business; and a seed that draws large ones is no failure.
settings.register_profile("ohdesk", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=10)
settings.register_profile("long", settings.get_profile("ohdesk"), max_examples=2000)
settings.load_profile("ohdesk")

# Files of twenty seconds and more.  One of them begun last would keep one worker long after the others are done.
LONG = (
    "gui/test_look.py",
    "gui/test_whole_job.py",
    "gui/test_signing.py",
    "gui/test_county_screen.py",
    "gui/test_draws_screen.py",
    "gui/test_visit_steps.py",
    "promises/test_command_line.py",
    "promises/test_disk_fails.py",
    "promises/test_odd_bundles.py",
    "promises/test_verified_records.py",
    "unit/services/exchange/test_volumes.py",
    "unit/services/register/test_importing.py",
    "unit/services/roll/test_importing.py",
    "unit/services/test_last_seen.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, the longest first; all others stay in their random order."""
    turn = {Path(__file__).parent / name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: turn.get(item.path, len(LONG)))


def pytest_collection_finish() -> None:
    """Search the tests themselves, a million objects, for garbage no more, and what they make more seldom.

    The first took an eighth of the time, the second a tenth of what was left.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def noon() -> datetime:
    """The tests' clock: it stands."""
    return NOON


def town_workspace(folder: Path, division: str = "000000001", name: str = "石桥镇") -> Path:
    """A town workspace in which nothing was done yet, with one account, "李旸".

    Those in folders of one name are copies of one another: two laptops in a test need two names.
    """
    return _copied(folder, NewWorkspace("town", division, name, "李旸", PASSWORD))


def county_workspace(folder: Path, division: str = "000000", name: str = "青原县卫生健康局") -> Path:
    """A county workspace in which nothing was done yet, with one account, "陶镕"."""
    return _copied(folder, NewWorkspace("county", division, name, "陶镕", PASSWORD))


_made: dict[tuple[NewWorkspace, str], Path] = {}


def _copied(folder: Path, new: NewWorkspace) -> Path:
    """Copy the workspace made for an earlier test: making one takes ten times as long."""
    key = (new, folder.name)
    if key not in _made:
        home = Path(mkdtemp(prefix="ohdesk-made-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        create_workspace(home / "workspace", new, practice=True)
        _made[key] = home / "workspace"
    shutil.copytree(_made[key], folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def schema_made_once() -> Iterator[None]:
    """The first new database is migrated; those after it get what the migration made, in a fifth of its time."""
    true, held = migrations.upgrade, []

    def upgrade(engine: Engine) -> None:
        if held and not migrations.revision(engine):
            with engine.connect() as connection:
                for statement, values in held:
                    connection.exec_driver_sql(statement, values)
                connection.commit()
            return
        new = not migrations.revision(engine)
        true(engine)
        if new:
            held.extend(_statements(engine))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", upgrade)
        yield


def _statements(engine: Engine) -> list[tuple[str, tuple[object, ...]]]:
    """What makes the schema of a database and the rows it begins with; triggers last, which would count the rows."""
    with engine.connect() as connection:
        made = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL").all()
        rows = [
            (f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", tuple(row))  # noqa: S608 - names of ours
            for kind, name, _ in made
            if kind == "table"
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608
        ]
    tables = [(sql, ()) for kind, _, sql in made if kind != "trigger"]
    return [*tables, *rows, *((sql, ()) for kind, _, sql in made if kind == "trigger")]


def signing(ctx: Context, person: str = "", key: PersonKey | None = None) -> Context:
    """The same workspace as somebody with a signing key works in it: as `person`, or whoever is logged in."""
    own = key or PersonKey.create()
    fingerprint = sha256(own.public_der).hexdigest()
    actor = replace(ctx.actor, person=person or ctx.actor.person)
    return replace(ctx, actor=actor, sign=lambda message: Signature(fingerprint, own.sign(message)))


def numbered(ctx: Context, serial: int) -> str:
    """The number of this year's record on a laptop that no county has certified yet."""
    return f"2026—{ctx.office.replica[:4]}-{serial:03d}"


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """An unlocked town workspace in a real encrypted database; the clock stands at noon."""
    with open_workspace(town_workspace(tmp_path / "town"), "李旸", PASSWORD, noon) as context:
        yield context


@pytest.fixture
def county_ctx(tmp_path: Path) -> Iterator[Context]:
    """An unlocked county workspace."""
    with open_workspace(county_workspace(tmp_path / "county"), "陶镕", PASSWORD, noon) as context:
        yield context


@pytest.fixture
def newer_program(monkeypatch):
    """A program with a schema more: it gives the office a column."""

    def upgrade(engine):
        with engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE own_office ADD COLUMN telephone TEXT")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
            connection.commit()

    monkeypatch.setattr(migrations, "LATEST", "0002")
    monkeypatch.setattr(migrations, "is_known", lambda name: name in {"", "0001", "0002"})
    monkeypatch.setattr(migrations, "upgrade", upgrade)
