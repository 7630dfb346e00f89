"""Which visits were typed into other systems: the book `typed_in`; light, as 今日 asks it."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import LocalEntry, Record
from ohdesk.domain.calendar import legal_day
from ohdesk.forms.typing_in import typing_in
from ohdesk.services.context import Context

BOOK = "typed_in"


class Waiting(NamedTuple):
    """A visit that a system which reminds does not have yet."""

    visit: str
    name: str


def waiting(session: Session, ctx: Context) -> tuple[Waiting, ...]:
    """Return the visits of late that a system which reminds does not have yet, the oldest first."""
    since = legal_day(ctx.now()) - timedelta(days=typing_in().days)
    own = select(Record).where(Record.division == ctx.office.division, Record.inspected_on >= since)
    reminding = [each.key for each in typing_in().systems if each.reminds]
    return tuple(
        Waiting(row.visit, row.establishment_name)
        for row in session.scalars(own.order_by(Record.inspected_on, Record.visit))
        if any(held(session, row.visit, key) is None for key in reminding)
    )


def held(session: Session, visit: str, system: str) -> LocalEntry | None:
    """Return the entry of a visit and a system; None where nobody has typed it in."""
    own = select(LocalEntry).where(LocalEntry.register == BOOK, ~LocalEntry.withdrawn)
    of_visit = LocalEntry.values["visit"].as_string() == visit
    return session.scalars(own.where(of_visit, LocalEntry.values["system"].as_string() == system)).first()
