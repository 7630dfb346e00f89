"""Draws: committed, seeded, computed, voided, published; each by the office that holds the draw."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Draw
from ohdesk.db.queries.draws import piece
from ohdesk.domain.draw.checks import check_sheet
from ohdesk.domain.draw.pieces import texts_of
from ohdesk.domain.draw.proof import count_taking_part
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.operations import DrawCommitted, DrawComputed, DrawPart, DrawPublished, DrawSeeded, DrawVoided
from ohdesk.domain.problems import in_list
from ohdesk.errors import UserError
from ohdesk.i18n import tr

_Row = dict[str, Any]  # of Draw, by column; empty before the commit


class _Result(NamedTuple):
    """How many firms took part in a draw, and how many its result names: one a line, under that of the commit."""

    candidates: int
    drawn: int


def work_out(session: Session, record: str, operations: Sequence[Applied], on_top: bool) -> dict[str, str]:
    """Take a draw through its steps; return by name why those are outdone that another laptop had made impossible."""
    held = session.get(Draw, record) if on_top else None
    row: _Row = {} if held is None else {column.key: getattr(held, column.key) for column in Draw.__table__.columns}
    outdone: dict[str, str] = {}
    for each in operations:
        try:
            row |= _STEPS[each.kind](row, each, _told(session, each.operation))
        except RefusedError as error:
            outdone[each.name] = str(error)
    if row:
        session.merge(Draw(**row | {"id": record}))
    return outdone


def _told(session: Session, operation: Any) -> Any:
    """Return an operation; of a result what asks its files for what is told of them."""
    return partial(_result, session, operation) if isinstance(operation, DrawComputed) else operation


def _result(session: Session, operation: DrawComputed) -> _Result:
    text_of = partial(piece, session)
    try:
        # Whoever looks at a draw reads both: what cannot be read, or not be computed in a lifetime, is no result.
        check_sheet("".join(texts_of(operation, "sheet", text_of)).encode())
        candidates = count_taking_part(texts_of(operation, "pool_csv", text_of))
        lines = sum(text.count("\n") for text in texts_of(operation, "result_csv", text_of))
    except UserError as error:
        raise RefusedError(" ".join((error.message, *map(in_list, error.problems)))) from error
    return _Result(candidates, max(0, lines - 1))


def _committed(row: _Row, applied: Applied, operation: DrawCommitted) -> _Row:
    # A number given twice stands twice: which of the two draws came first nobody can tell, and the county asks.
    if row:
        raise RefusedError(tr("这个编号已经是另一次抽取的"))
    return {
        "division": applied.division,
        "plan": operation.plan,
        "number": operation.number,
        "state": DrawState.COMMITTED,
        "commit": operation.commit,
        "pool_sha256": operation.pool_sha256,
        "committed_at": applied.at,
        # As long as the steps behind it are not taken, or not any more.
        **dict.fromkeys(("seed", "receipt", "void_reason", "package_sha256", "computed_at"), ""),
        **dict.fromkeys(("replica", "seq")),
        **dict.fromkeys(("candidates", "drawn"), 0),
        "minutes": {},
    }


def _seeded(row: _Row, _applied: Applied, operation: DrawSeeded) -> _Row:
    # Seeded once: a second seed for the same commit would be a choice between two results.
    _require(row, DrawState.COMMITTED)
    said = {"seed": operation.seed, "minutes": operation.minutes, "receipt": operation.receipt}
    return {"state": DrawState.SEEDED, **said}


def _part(_row: _Row, _applied: Applied, _operation: DrawPart) -> _Row:
    return {}  # it is in the journal, where the result finds it


def _computed(row: _Row, applied: Applied, told: Callable[[], _Result]) -> _Row:
    _require(row, DrawState.SEEDED)
    result = told()
    return {
        "state": DrawState.COMPUTED,
        "computed_at": applied.at,
        "replica": applied.replica,
        "seq": applied.seq,
        "candidates": result.candidates,
        "drawn": result.drawn,
    }


def _voided(row: _Row, _applied: Applied, operation: DrawVoided) -> _Row:
    # Also after the result: an error found then is owned up to in public.
    _require(row, DrawState.COMMITTED, DrawState.SEEDED, DrawState.COMPUTED)
    return {"state": DrawState.VOID, "void_reason": operation.reason}


def _published(row: _Row, _applied: Applied, operation: DrawPublished) -> _Row:
    _require(row, DrawState.COMPUTED, DrawState.VOID)
    return {"package_sha256": operation.package_sha256}


def _require(row: _Row, *states: DrawState) -> None:
    if not row:
        raise RefusedError(tr("没有收到过这次抽取的冻结记录"))
    if row["state"] not in states:
        raise RefusedError(tr("这次抽取已经到了后面的步骤，不能再做这一步"))


_STEPS: dict[str, Callable[[_Row, Applied, Any], _Row]] = {
    DrawCommitted.kind: _committed,
    DrawSeeded.kind: _seeded,
    DrawPart.kind: _part,
    DrawComputed.kind: _computed,
    DrawVoided.kind: _voided,
    DrawPublished.kind: _published,
}
KINDS = tuple(_STEPS)
