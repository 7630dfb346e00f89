"""Ask an empty database in memory what the first screens will ask, so that SQLAlchemy has the statements ready.

Processor time from the password to the rows of the first screens, on the machine of 2026-11-29: 16 ms after this, 42 ms
without; the 26 ms would be waited for, of 150 that the first page may take. It costs 140 ms, while the password is
typed. It may go when SQLAlchemy is no longer asked on that way.
"""

from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session, configure_mappers

from ohdesk.db import local_rows
from ohdesk.db.engine import memory_engine
from ohdesk.db.models import Base, Establishment, Visit
from ohdesk.db.queries import roll
from ohdesk.db.queries.forms import keep_edition
from ohdesk.domain.people import OfficeRole, Role
from ohdesk.domain.visit import Task, VisitState
from ohdesk.forms.roll import roll_definition
from ohdesk.security.keyfile import Keys
from ohdesk.services.context import Actor, Context, Office, system_clock
from ohdesk.services.exchange import sending
from ohdesk.services.finding import drafts as finding_drafts
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office.person_keys import open_key
from ohdesk.services.office.workspace import look_up
from ohdesk.services.register import views as list_views
from ohdesk.services.start import today
from ohdesk.services.visit import drafts, filling, views
from ohdesk.services.visit.form_choice import forms_of_kind

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
    list_views.views(ctx, roll_definition())
    _open_a_visit(ctx)
    engine.dispose()  # the database goes, the statements stay


def _open_a_visit(ctx: Context) -> None:
    """Ask what is asked of a visit under way, most of it only where there is one."""
    form = forms_of_kind("")[0]
    visit = Visit(
        id="", establishment="", state=VisitState.OPEN, form=form.id, form_sha256=form.sha256, task=Task("", "")
    )
    with Session(ctx.engine) as session, session.begin():
        local_rows.teach(session.connection().connection.driver_connection, b"")
        keep_edition(session, form)
        session.add_all((Establishment(id=""), visit))
        session.flush()
        local_rows.seal(session.connection())
    drafts.last_stop(ctx)
    views.visit_view(ctx, "")
    drafts.kept(ctx, "", "")
    filling.open_form(ctx, "")
    finding_drafts.draft_findings(ctx, "")
