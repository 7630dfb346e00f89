"""Who has a hazard: posts and test results in the books that name it, and employers whose entry on the roll does."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, or_, select

from ohdesk.db.models import Establishment
from ohdesk.db.queries.roll import on_roll
from ohdesk.domain.hazard.limits import Hazard
from ohdesk.domain.people import Right
from ohdesk.domain.register.conditions import Condition
from ohdesk.services.context import Context
from ohdesk.services.register import listing
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.listing import EntryRow

POSTS, RESULTS = "posts", "results"
_BETWEEN = "、"  # hazards of an entry of the roll


class Employer(NamedTuple):
    """An employer on the roll: its id and name."""

    id: str
    name: str


class Having(NamedTuple):
    """Who has a hazard: the first of each, and how many there are; over: results above the limit."""

    posts: Sequence[EntryRow]
    posts_in_all: int
    results: Sequence[EntryRow]
    results_in_all: int
    over: int
    employers: Sequence[Employer]
    employers_in_all: int


def having(ctx: Context, hazard: Hazard, most: int | None = None) -> Having:
    """Return who has a hazard, of each the first `most` or all: posts by the number exposed, results by their day."""
    ctx.require(Right.READ)
    is_named = Condition("hazards", "is", hazard.name)
    is_of = Condition("hazard", "is", hazard.name)
    posts = listing.entries(ctx, POSTS, EntryQuery(conditions=(is_named,), order="exposed", falling=True))
    results = listing.entries(ctx, RESULTS, EntryQuery(conditions=(is_of,), order="sampled_on", falling=True))
    over = listing.entries(ctx, RESULTS, EntryQuery(conditions=(is_of, Condition("verdict", "is", "over"))))
    # As whole names: 苯 is not 甲苯, and an entry holds what a list called it.
    named = func.replace(_BETWEEN + Establishment.hazards + _BETWEEN, " ", "")
    has = or_(*(func.instr(named, f"{_BETWEEN}{each}{_BETWEEN}") > 0 for each in (hazard.name, *hazard.synonyms)))
    wanted = select(Establishment.id, Establishment.name).where(on_roll(ctx.office.division), has)
    with ctx.reading() as session:
        in_all = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = session.execute(wanted.order_by(Establishment.search, Establishment.id).limit(most))
        employers = [Employer(*row) for row in rows]
    return Having(
        listing.rows_of(ctx, POSTS, posts.names[:most]),
        len(posts.names),
        listing.rows_of(ctx, RESULTS, results.names[:most]),
        len(results.names),
        len(over.names),
        employers,
        in_all,
    )
