"""The indexes by which a large roll and large books are searched, made in the background; until then a search takes
longer.
"""

from ohdesk.db.prepared import cursor_of
from ohdesk.db.search_index import INDEXES, SearchIndex
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.services.context import Context

_AT_ONCE = 500  # rows of one transaction: nobody who saves waits longer for it than for another answer


def make(ctx: Context, report: Progress = unwatched) -> None:
    """Make each index where it pays and is not whole, drop it where it does not; goes on where it was left.

    `report` is told rows, of an unknown total; what it raises ends the work, and what was made stays.
    """
    ctx.require(Right.READ)
    rows = 0
    for index in INDEXES:
        with ctx.reading() as session:
            is_whole = not index.is_due(cursor_of(session))
        while not is_whole:
            is_whole = _make_further(ctx, index)
            rows += _AT_ONCE
            report(rows, 0)


def _make_further(ctx: Context, index: SearchIndex) -> bool:
    with ctx.transaction() as session:
        return index.make_further(cursor_of(session), _AT_ONCE)
