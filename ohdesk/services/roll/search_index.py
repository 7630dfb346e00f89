"""The index of a large roll's names and codes, made in the background; until it is whole a search takes longer."""

from ohdesk.db.prepared import cursor_of
from ohdesk.db.search_index import ROLL
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.services.context import Context

_AT_ONCE = 500  # rows of one transaction: nobody who saves waits longer for it than for another answer


def make(ctx: Context, report: Progress = unwatched) -> None:
    """Make the index where it pays and is not whole, drop it where it does not; goes on where it was left.

    `report` is told rows, of an unknown total; what it raises ends the work, and what was made stays.
    """
    ctx.require(Right.READ)
    with ctx.reading() as session:
        is_whole = not ROLL.is_due(cursor_of(session))
    rows = 0
    while not is_whole:
        with ctx.transaction() as session:
            is_whole = ROLL.make_further(cursor_of(session), _AT_ONCE)
        rows += _AT_ONCE
        report(rows, 0)
