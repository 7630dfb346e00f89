"""Final records with what is asked of them, their findings, photo pages and amendments."""

from collections import Counter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import BLOB, Applied, RefusedError
from ohdesk.db.models import (
    Amendment,
    Base,
    Finding,
    FindingDuty,
    PagePhoto,
    PhotoPage,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPhoto,
)
from ohdesk.domain.calendar import legal_day, parse_day, parse_instant
from ohdesk.domain.canonical import fingerprint, plain
from ohdesk.domain.operations import PhotoPageAdded, RecordAmended, VisitFinalized
from ohdesk.domain.record import FindingLine, InspectionRecord, PhotoPageRecord
from ohdesk.i18n import mark, tr

_Rows = list[dict[str, Any]]


def finalized(session: Session, applied: Applied, operation: VisitFinalized) -> None:
    """Set down a final record and its findings; a visit is finalized once."""
    # Nothing replaces a signed record; whatever comes later stands beside it, as an amendment.
    if session.get(Record, applied.record) is not None:
        raise RefusedError(tr("这次检查已经有定稿文书"))
    record = operation.content.record
    # The fingerprint is what was shown before signing, and what the strokes and the PDF name.
    if fingerprint(record) != operation.record_sha256:
        raise RefusedError(tr("文书的指纹和内容对不上"))
    _check_whose(applied, record, operation.pdf_sha256)
    # A number is what tells a record from a draft; a finding is shown with the answer it was made from.
    answered = {line.question for line in record.answers}
    if not record.number or any(line.question not in answered for line in record.findings):
        raise RefusedError(tr("文书没有编号，或者有的问题在检查表中没有回答"))
    _refuse_repeated(record)
    session.add(
        Record(
            visit=applied.record,
            division=applied.division,
            number=record.number,
            establishment=record.body.id,
            establishment_name=record.body.name,
            form=record.form,
            outcome=record.outcome,
            outcome_name=record.outcome_name,
            # Beijing's day: deadlines and yearly numbers count legal days, whatever zone a laptop is set to.
            inspected_on=legal_day(parse_instant(record.started_at)),
            started_at=record.started_at,
            ended_at=record.ended_at,
            finalized_at=applied.at,
            record_sha256=operation.record_sha256,
            pdf_sha256=operation.pdf_sha256,
            content=plain(operation.content),
        )
    )
    session.flush()
    # As rows what lists and indicators ask for; the record's JSON is read for one record at a time only.
    for table, rows in _below(applied.record, record).items():
        if rows:
            session.execute(insert(table), rows)


def photo_page_added(session: Session, applied: Applied, operation: PhotoPageAdded) -> None:
    """Set down a photo page that came after the record."""
    held = _own_record(session, applied)
    page = operation.content.record
    _check_whose(applied, page, operation.pdf_sha256)
    named = (page.record_sha256, page.record_pdf_sha256)
    if named != (held.record_sha256, held.pdf_sha256) or operation.pdf_sha256 == held.pdf_sha256:
        raise RefusedError(tr("照片说明页写的不是这份文书"))
    if session.get(PhotoPage, operation.pdf_sha256) is not None:
        raise RefusedError(tr("已经有这一份照片说明页"))
    session.add(
        PhotoPage(
            pdf_sha256=operation.pdf_sha256,
            visit=applied.record,
            title=page.title,
            number=page.number,
            at=applied.at,
            content=plain(operation.content),
        )
    )
    session.flush()
    numbers = sorted({photo.number for photo in page.photos})
    session.add_all(PagePhoto(page=operation.pdf_sha256, number=number) for number in numbers)


def amended(session: Session, applied: Applied, operation: RecordAmended) -> None:
    """Set down a statement beside a final record."""
    _own_record(session, applied)
    session.add(
        Amendment(
            operation=applied.first_hash[:40],
            visit=applied.record,
            statement=operation.statement,
            reason=operation.reason,
            by=applied.by,
            at=applied.at,
        )
    )


def _refuse_repeated(record: InspectionRecord) -> None:
    """Raise RefusedError, naming it, for a question answered twice, or a number that two findings or photos have."""
    numbered: tuple[tuple[str, list[str | int]], ...] = (
        (mark("文书里有两次检查项 {name}"), [line.question for line in record.answers]),
        (mark("文书里有两次问题 {name}"), [line.number for line in record.findings]),
        (mark("文书里有两次照片 {name}"), [line.number for line in record.photos]),
    )
    for said, names in numbered:
        repeated = next((name for name, count in Counter(names).items() if count > 1), None)
        if repeated is not None:
            raise RefusedError(tr(said, name=repeated))


def _below(visit: str, record: InspectionRecord) -> dict[type[Base], _Rows]:
    """Return what stands in tables of its own, in the order in which one refers to another."""
    people, lines, photos = record.inspectors, record.answers, record.photos
    return {
        Finding: [_finding(visit, line) for line in record.findings],
        FindingDuty: _duties(visit, record),
        RecordInspector: [
            {"visit": visit, "seat": seat, "person": each.person, "name": each.name} for seat, each in enumerate(people)
        ],
        RecordAnswer: [{"visit": visit, "question": each.question, "answer": each.answer} for each in lines],
        RecordPhoto: [{"visit": visit, "number": each.number, "sha256": each.sha256} for each in photos],
    }


def _duties(visit: str, record: InspectionRecord) -> _Rows:
    return [
        {"finding": _finding_id(visit, line), "position": position, "duty": duty}
        for line in record.findings
        for position, duty in enumerate(line.duty)
    ]


def _finding(visit: str, line: FindingLine) -> dict[str, Any]:
    return {
        "id": _finding_id(visit, line),
        "visit": visit,
        "number": line.number,
        "question": line.question,
        "fact": line.fact,
        "disposal": line.disposal,
        "due_on": parse_day(line.due_on) if line.due_on else None,
    }


def _finding_id(visit: str, line: FindingLine) -> str:
    return f"{visit}:{line.number}"


def _check_whose(applied: Applied, document: InspectionRecord | PhotoPageRecord, pdf_sha256: str) -> None:
    """Refuse a document that is another visit's or town's, that none of its inspectors wrote, or that has no PDF."""
    if document.visit != applied.record:
        raise RefusedError(tr("文书的内容属于另一次检查"))
    if isinstance(document, InspectionRecord) and document.office.division != applied.division:
        raise RefusedError(tr("文书的内容属于另一个单位"))
    if applied.by not in {each.person for each in document.inspectors}:
        raise RefusedError(tr("写入的人不是文书写明的检查人员"))
    # Not announced with the operation, it would never be asked for, and the record never be verified.
    if pdf_sha256 not in {blob.removeprefix(BLOB) for blob in applied.blobs}:
        raise RefusedError(tr("文书没有附上签名的 PDF"))


def _own_record(session: Session, applied: Applied) -> Record:
    record = session.get(Record, applied.record)
    if record is None:
        raise RefusedError(tr("没有收到过这次检查的定稿文书"))
    if record.division != applied.division:
        raise RefusedError(tr("这份文书是另一个单位的，不能由写入者改动"))
    return record
