"""A backup that a person asks for, or looks at: opened to the last attachment, and noted."""

from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.services.backup import automatic, making
from ohdesk.services.backup.checking import Depth, by_own_key, check
from ohdesk.services.backup.making import Backup
from ohdesk.services.context import Context


def make(ctx: Context, place: Path, report: Progress = unwatched) -> Backup:
    """Write a backup as `making.make` does, and open it as `open_again` does: what it returns can be restored."""
    ctx.require(Right.BACKUP)
    made = making.make(ctx, place, report)
    with ctx.transaction() as session:
        automatic.note(session, made, ctx.now())
    return open_again(ctx, place, report)


def open_again(ctx: Context, place: Path, report: Progress = unwatched) -> Backup:
    """Open a backup of this workspace to the last attachment; return what it holds, with all that is wrong with it.

    Raises UserError for another file, and one of another workspace or an earlier key.
    """
    ctx.require(Right.BACKUP)
    found = check(place, by_own_key(ctx.keys), report)
    with ctx.transaction() as session:
        automatic.note(session, found, ctx.now(), Depth.ALL)
    return found
