"""The numbers given here, of papers, of entries of books and of the roll: no two laptops of one town give the same."""

from collections.abc import Iterator
from datetime import date
from itertools import count

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import KeyPurpose, OwnKey
from ohdesk.db.queries.among import last_serial
from ohdesk.domain.register.numbers import device_mark, framed
from ohdesk.security import certificates
from ohdesk.services.context import Context


def numbers(
    ctx: Context,
    session: Session,
    pattern: str,
    day: date,
    column: InstrumentedAttribute[str],
    *among: ColumnElement[bool],
) -> Iterator[str]:
    """Yield the numbers that come next by a pattern (`domain/register/numbers.py`).

    column: where those given before stand · among: which rows of it count, all by default
    """
    frame = framed(pattern, day, ctx.office.division, _mark(ctx, session))
    # Counted from the numbers that are held, not from a counter of their own: after a restore a counter could run
    # behind. The largest, not how many: a number of something withdrawn stands on old papers and is not given again.
    last = session.scalar(last_serial(column, frame.before, frame.after).where(*among)) or 0
    yield from map(frame.number, count(last + 1))


def _mark(ctx: Context, session: Session) -> str:
    der = session.scalar(select(OwnKey.certificate_der).where(OwnKey.purpose == KeyPurpose.DEVICE))
    return device_mark(certificates.device_of(der).mark if der else "", ctx.office.replica)
