"""Operations as they stand in the journal: nobody is given one whose bytes do not fit its hash."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import OperationRow, Record, RecordPaper
from ohdesk.domain.operations import PhotoPageAdded, VisitFinalized
from ohdesk.errors import MachineError
from ohdesk.i18n import tr

_AT_ONCE = 200  # rows fetched together


def true_body(row: OperationRow) -> bytes:
    """Return an operation's bytes. Raises MachineError when they are not what was written."""
    return _compared(row.replica, row.seq, row.hash, row.body)


def values_of(session: Session, kind: str, record: str, replica: str, seq: int) -> dict[str, Any]:
    """Return what an operation says, by its fields.

    kind, record: what a table that names the operation takes it for
    Raises MachineError when it is another one, or its bytes are not what was written.
    """
    row = session.get(OperationRow, (replica, seq))
    if row is None or (row.kind, row.record) != (kind, record):
        raise _damaged(replica, seq)
    # Its bytes are those that were understood when it came: whether they are canonical is not asked again.
    values: dict[str, Any] = msgspec.json.decode(true_body(row))["v"]
    return values


def content_of(session: Session, paper: Record | RecordPaper) -> dict[str, Any]:
    """Return what the PDF of a record or of a paper beside it embeds, {"record": …, "strokes": […]}.

    From the operation that carried it. Raises MachineError when that is not what was written.
    """
    is_later = isinstance(paper, RecordPaper) and paper.later
    kind = PhotoPageAdded.kind if is_later else VisitFinalized.kind
    content: dict[str, Any] = values_of(session, kind, paper.visit, paper.replica, paper.seq)["content"]
    return content if is_later or isinstance(paper, Record) else content | {"paper": paper.paper}


def true_bodies(
    session: Session, *where: ColumnElement[bool], in_order: tuple[InstrumentedAttribute[Any], ...]
) -> Iterator[bytes]:
    """Yield the bytes of all operations that match. Raises MachineError at the first that is not what was written."""
    wanted = select(OperationRow.replica, OperationRow.seq, OperationRow.hash, OperationRow.body)
    rows = session.execute(wanted.where(*where).order_by(*in_order).execution_options(yield_per=_AT_ONCE))
    return (_compared(*row) for row in rows)


def _compared(replica: str, seq: int, digest: str, body: bytes) -> bytes:
    if sha256(body).hexdigest() != digest:
        raise _damaged(replica, seq)
    return body


def _damaged(replica: str, seq: int) -> MachineError:
    return MachineError(
        tr("操作日志第 {seq} 号（电脑 {replica}）与登记的指纹不符，没有采用。", seq=seq, replica=replica[:8]),
        tr("请不要删除任何文件；先自检（“设置”的“关于与诊断”，或 ohdesk doctor），再从备份恢复或联系县级管理员。"),
    )
