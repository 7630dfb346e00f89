"""Final records, their findings, photo pages and amendments."""

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, RefusedError
from ohdesk.db.models import Amendment, Finding, PhotoPage, Record
from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.operations import PhotoPageAdded, RecordAmended, VisitFinalized
from ohdesk.domain.record import InspectionRecord
from ohdesk.i18n import tr


def finalized(session: Session, applied: Applied) -> None:
    """Set down a final record and its findings; a visit is finalized once."""
    operation = applied.operation
    assert isinstance(operation, VisitFinalized)  # noqa: S101 - decoded by kind
    if session.get(Record, applied.record) is not None:
        raise RefusedError(tr("这次检查已经有定稿文书"))
    content = operation.content.get("record")
    if fingerprint(content) != operation.record_sha256:
        raise RefusedError(tr("文书的指纹和内容对不上"))
    try:
        record = msgspec.convert(content, InspectionRecord)
    except msgspec.ValidationError as error:
        raise RefusedError(tr("本版本读不懂文书的内容：{error}", error=error)) from error
    session.add(
        Record(
            visit=applied.record,
            replica=applied.replica,
            division=applied.division,
            number=record.number,
            establishment=record.body.id,
            establishment_name=record.body.name,
            outcome=record.outcome,
            started_at=record.started_at,
            ended_at=record.ended_at,
            finalized_at=applied.at,
            record_sha256=operation.record_sha256,
            pdf_sha256=operation.pdf_sha256,
            content=operation.content,
        )
    )
    session.flush()
    session.add_all(_findings(applied.record, record))
    session.flush()


def photo_page_added(session: Session, applied: Applied) -> None:
    """Set down a photo page that came after the record."""
    operation = applied.operation
    assert isinstance(operation, PhotoPageAdded)  # noqa: S101 - decoded by kind
    _own_record(session, applied)
    session.add(
        PhotoPage(pdf_sha256=operation.pdf_sha256, visit=applied.record, at=applied.at, content=operation.content)
    )
    session.flush()


def amended(session: Session, applied: Applied) -> None:
    """Set down a statement beside a final record."""
    operation = applied.operation
    assert isinstance(operation, RecordAmended)  # noqa: S101 - decoded by kind
    _own_record(session, applied)
    session.add(
        Amendment(
            operation=applied.name,
            visit=applied.record,
            statement=operation.statement,
            reason=operation.reason,
            by=applied.by,
            at=applied.at,
        )
    )
    session.flush()


def _findings(visit: str, record: InspectionRecord) -> list[Finding]:
    return [
        Finding(
            id=f"{visit}:{line.number}",
            visit=visit,
            number=line.number,
            question=line.question,
            fact=line.fact,
            duty=list(line.duty),
            disposal=line.disposal,
            due_on=line.due_on,
            state="open",
        )
        for line in record.findings
    ]


def _own_record(session: Session, applied: Applied) -> Record:
    record = session.get(Record, applied.record)
    if record is None:
        raise RefusedError(tr("没有收到过这次检查的定稿文书"))
    if record.replica != applied.replica:
        raise RefusedError(tr("这份文书是另一个单位的，不能由写入者改动"))
    return record
