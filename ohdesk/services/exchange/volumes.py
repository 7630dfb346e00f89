"""The volumes of a set: what is still to be written of one, and what of one has not come."""

import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleIn, BundleState, UnwrittenVolume
from ohdesk.services.exchange.carrying import Load, Span
from ohdesk.sync.manifest import Head, Volume

_UNBEGUN = select(UnwrittenVolume.set).group_by(UnwrittenVolume.set).having(func.count() == func.max(UnwrittenVolume.n))


class ToWrite(NamedTuple):
    """A bundle that is to be written; volume: which of a set, None for one by itself."""

    load: Load
    volume: Volume | None


def begin(session: Session, loads: Sequence[Load], receiver: str) -> list[ToWrite]:
    """Return what is to be written, set down where it is several volumes: what is not written today comes next time."""
    if len(loads) == 1:
        return [ToWrite(loads[0], None)]
    made = secrets.token_hex(8)
    for i, load in enumerate(loads, 1):
        session.add(
            UnwrittenVolume(
                set=made,
                i=i,
                n=len(loads),
                receiver=receiver,
                spans=[list(span) for span in load.spans],
                blobs=list(load.blobs),
                size=load.size,
            )
        )
    return [ToWrite(load, Volume(made, i, len(loads))) for i, load in enumerate(loads, 1)]


def left(session: Session, receiver: str, acked: int = 0) -> list[ToWrite]:
    """Return what is left of a set that was begun, without what all have acknowledged since."""
    rows = select(UnwrittenVolume).where(UnwrittenVolume.receiver == receiver)
    found = []
    for row in session.scalars(rows.order_by(UnwrittenVolume.set, UnwrittenVolume.i)):
        spans = tuple(Span(*span) for span in row.spans)
        if row.blobs or receiver or any(span.last > acked for span in spans):
            found.append(ToWrite(Load(spans, tuple(row.blobs), row.size), Volume(row.set, row.i, row.n)))
        else:
            session.delete(row)
    return found


def written(session: Session, volume: Volume | None) -> None:
    """Set down that a volume is written."""
    if volume is not None:
        which = (UnwrittenVolume.set == volume.set) & (UnwrittenVolume.i == volume.i)
        session.execute(delete(UnwrittenVolume).where(which))


def forget_unbegun(session: Session) -> None:
    """Forget the sets of which nothing was written: what goes is decided anew."""
    session.execute(delete(UnwrittenVolume).where(UnwrittenVolume.set.in_(_UNBEGUN)))


def forget(session: Session, receiver: str) -> None:
    """Forget what is left: all of it is cut anew."""
    session.execute(delete(UnwrittenVolume).where(UnwrittenVolume.receiver == receiver))


def count_unwritten(session: Session) -> int:
    """Return how many volumes were begun with and are not written yet."""
    begun = select(func.count()).select_from(UnwrittenVolume).where(UnwrittenVolume.set.not_in(_UNBEGUN))
    return session.scalar(begun) or 0


def not_here(session: Session, head: Head, within: Iterable[int] | None = None) -> tuple[str, ...]:
    """Return in words the volumes of a bundle's set that have not come; within: of these numbers only."""
    volume = head.volume
    came = set(
        session.scalars(
            select(BundleIn.i).where(
                BundleIn.replica == head.sender.replica,
                BundleIn.set == volume.set,
                BundleIn.outcome != BundleState.REFUSED,
            )
        )
    )
    wanted = range(1, volume.n + 1) if within is None else within
    return tuple(volume.told(head.sender.town, i) for i in wanted if i not in came | {volume.i})
