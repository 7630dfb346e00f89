"""The number of an entry of a book: one behind the last that this laptop gave."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.queries.among import last_serial
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.numbers import framed
from ohdesk.services.context import Context
from ohdesk.services.numbers import before_serial
from ohdesk.services.register.tables import model_of


def next_number(ctx: Context, session: Session, definition: Definition, day: date) -> str:
    """Return the next number of a book that has numbers; those of withdrawn entries are not given again."""
    frame = framed(definition.number, day, ctx.office.division, before_serial(ctx, session))
    model = model_of(definition)
    last = session.scalar(last_serial(model.number, frame.before, frame.after).where(model.register == definition.id))
    return frame.number((last or 0) + 1)
