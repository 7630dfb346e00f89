"""Ask an empty database in memory what the first screens will ask, so that SQLAlchemy has the statements ready.

Processor time from the password to the rows of the first screens, on the machine of 2026-11-29: 16 ms after this, 42 ms
without; the 26 ms would be waited for, of 150 that the first page may take. It costs 50 ms while the password is typed.
It may go when SQLAlchemy is no longer asked on that way.
"""

from functools import cache
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from ohdesk.db.engine import memory_engine
from ohdesk.db.models import Base
from ohdesk.db.queries import roll
from ohdesk.domain.people import OfficeRole, Role
from ohdesk.security.keyfile import Keys
from ohdesk.services.context import Actor, Context, Office, system_clock
from ohdesk.services.exchange import sending
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office.person_keys import open_key
from ohdesk.services.office.workspace import look_up
from ohdesk.services.start import today
from ohdesk.services.visit import views

_NOBODY = Actor(account="", person="", name="", roles=frozenset(Role))
_NOWHERE = Office(role=OfficeRole.TOWN, division="", name="", replica="")


@cache
def warm_up() -> None:
    """Do what the first workspace opened would have to wait for, once per process."""
    configure_mappers()
    engine = memory_engine()
    Base.metadata.create_all(engine)
    nobody = Keys("", b"", b"", b"")
    ctx = Context(Path(), engine, system_clock, _NOBODY, nobody, _NOWHERE)
    look_up(engine, nobody)
    open_key(engine, "", b"")
    roll.prepare()
    today.agenda(ctx)
    sending.last_written(ctx)
    views.visits(ctx, ListQuery())
    engine.dispose()  # the database goes, the statements stay
