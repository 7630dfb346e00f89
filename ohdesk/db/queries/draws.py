"""What is held of a draw beside its own row: the operation that announced it, and the visits that follow from it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session

from ohdesk.db.models import BundleIn, BundleState, Draw, OperationRow, Record, Visit
from ohdesk.db.queries.operations import values_of
from ohdesk.domain.draw.pieces import together
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.operations import DrawCommitted, DrawComputed, DrawPart
from ohdesk.errors import UserError
from ohdesk.i18n import tr

_ANNOUNCED = (OperationRow.kind == DrawCommitted.kind, OperationRow.set_aside == "")


class DrawFiles(NamedTuple):
    """What the result of a draw follows from and what it is: sheet.json, pool.csv, result.csv."""

    sheet: bytes
    pool: bytes
    result: bytes


def files_of(session: Session, draw: Draw) -> DrawFiles | None:
    """Return the files of a draw from the operation that carries its result; None before there is one.

    Raises MachineError when they are not what was written.
    """
    if draw.replica is None or draw.seq is None:
        return None
    said = values_of(session, DrawComputed.kind, draw.id, draw.replica, draw.seq)
    result = together(msgspec.convert(said | {"record": draw.id}, DrawComputed), partial(piece, session))
    return DrawFiles(result.sheet.encode(), result.pool_csv.encode(), result.result_csv.encode())


def piece(session: Session, record: str) -> str:
    """Return the text of a piece of a draw's files by its record id.

    Raises UserError where it is not here, MachineError where it is not what was written.
    """
    # One; of two that a laptop wrote by hand under one id always the same.
    held = select(OperationRow.replica, OperationRow.seq).where(
        OperationRow.record == record, OperationRow.kind == DrawPart.kind, OperationRow.set_aside == ""
    )
    place = session.execute(held.order_by(OperationRow.first_hash, OperationRow.hash).limit(1)).first()
    if place is None:
        raise UserError(tr("没有收到这次抽取的全部文件。"), tr("请向举行抽取的单位要前面的上报包。"))
    text: str = values_of(session, DrawPart.kind, record, *place)["text"]
    return text


def commit_entries(session: Session, draw: str) -> Sequence[OperationRow]:
    """Return the operation that announced the commit of a draw, then the same as restored laptops issued it again."""
    announced = select(OperationRow).where(OperationRow.record == draw, *_ANNOUNCED)
    return session.scalars(announced.order_by(OperationRow.first_hash, OperationRow.replica)).all()


def commit_hash(session: Session, draw: str) -> str:
    """Return the SHA-256 that the operation announcing the commit of a draw had before any was issued again."""
    entry = commit_entries(session, draw)[0]
    return entry.first_hash or entry.hash


def commit_hashes(session: Session) -> dict[str, str]:
    """Return by draw what `commit_hash` says of it."""
    of_draws = OperationRow.record.in_(select(Draw.id))
    rows = select(OperationRow.record, OperationRow.first_hash, OperationRow.hash).where(of_draws, *_ANNOUNCED)
    # The first in order is the last to be set.
    in_order = rows.order_by(OperationRow.first_hash.desc(), OperationRow.replica.desc())
    return {draw: first_hash or own for draw, first_hash, own in session.execute(in_order)}


def first_came(session: Session) -> dict[tuple[str, str], tuple[datetime, str]]:
    """Return by draw and kind of operation when it first came here, and in which bundle (SHA-256).

    Whatever it waited for since: who sent it has said it by then.
    """
    came = (
        select(OperationRow.record, OperationRow.kind, BundleIn.came_at, BundleIn.sha256)
        .join(BundleIn, BundleIn.replica == OperationRow.replica)
        .where(
            OperationRow.record.in_(select(Draw.id)),
            OperationRow.kind.in_((DrawCommitted.kind, DrawComputed.kind)),
            OperationRow.set_aside == "",
            OperationRow.seq.between(BundleIn.first, BundleIn.last),
            BundleIn.outcome == BundleState.APPLIED,
        )
        .order_by(BundleIn.came_at.desc(), BundleIn.bundle_seq.desc())
    )
    return {(draw, kind): (at, bundle) for draw, kind, at, bundle in session.execute(came)}


def visits_begun(session: Session, draw: Draw) -> int:
    """Return how many visits of a draw have begun: on this laptop, or by a final record of its office from any."""
    return session.execute(_begun(Draw.id == draw.id)).scalar() or 0


def visits_of_void(session: Session) -> dict[str, int]:
    """Return by draw how many visits have begun of those that are void, where there are any."""
    return {draw: count for count, draw in session.execute(_begun(Draw.state == DrawState.VOID))}


def _begun(which: ColumnElement[bool]) -> Select[int, str]:
    """Ask for how many visits of each draw have begun, and for the draw."""
    here = select(Visit.id.label("visit"), Visit.draw).join(Draw, Draw.id == Visit.draw)
    own = (Draw.id == Record.draw) & (Draw.division == Record.division)
    final = select(Record.visit, Record.draw).join(Draw, own)
    both = union(here.where(which, Visit.started_at.is_not(None)), final.where(which)).subquery()
    return select(func.count(), both.c.draw).group_by(both.c.draw)
