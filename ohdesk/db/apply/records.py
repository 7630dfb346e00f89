"""Final records with what is asked of them, their findings, photo pages and amendments."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohdesk.db.apply import merging
from ohdesk.db.apply.applied import BLOB, Applied, RefusedError
from ohdesk.db.apply.last_inspection import write_back
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import (
    Amendment,
    Base,
    Finding,
    FindingDuty,
    PagePhoto,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPaper,
    RecordPhoto,
)
from ohdesk.domain.calendar import legal_day, parse_day, parse_instant
from ohdesk.domain.canonical import written_again
from ohdesk.domain.operations import PhotoPageAdded, RecordAmended, VisitFinalized
from ohdesk.domain.record import PHOTO_PAGE, FindingLine, InspectionRecord, PhotoPageRecord
from ohdesk.i18n import mark, tr

KINDS = (VisitFinalized.kind, PhotoPageAdded.kind, RecordAmended.kind)

_Rows = list[dict[str, Any]]


def work_out(session: Session, record: str, operations: Sequence[Applied], on_top: bool) -> dict[str, str]:
    """Set down a visit's final record and what stands beside it; return by name why other operations do not hold."""
    finals = [(each, each.operation) for each in operations if isinstance(each.operation, VisitFinalized)]
    outdone = {each.name: problem for each, operation in finals if (problem := _problem(each, operation))}
    good = [(each, operation) for each, operation in finals if each.name not in outdone]
    # Nothing replaces a signed record: where two laptops closed one visit, the first in the fixed order holds.
    is_there = on_top and session.get(Record, record) is not None
    outdone |= dict.fromkeys((each.name for each, _ in good[not is_there :]), tr("这次检查已经有定稿文书"))
    if good and not is_there:
        _set_down(session, *good[0])
    final = session.get(Record, record)
    if final is None:
        waits = tr("没有收到过这次检查的定稿文书")
        return dict.fromkeys((each.name for each in operations), waits) | outdone
    if not on_top:
        for wanted in (
            delete(PagePhoto).where(PagePhoto.visit == record),
            delete(RecordPaper).where(RecordPaper.visit == record, RecordPaper.later),
            delete(Amendment).where(Amendment.visit == record),
        ):
            session.execute(wanted)
    for each in operations:
        try:
            if isinstance(each.operation, PhotoPageAdded):
                _add_photo_page(session, final, each, each.operation)
            elif isinstance(each.operation, RecordAmended):
                _add_amendment(session, each, each.operation)
        except RefusedError as error:
            outdone[each.name] = str(error)
    return outdone


def is_final(operations: Sequence[Applied]) -> bool:
    """True of the one operation that makes a visit's record final."""
    return len(operations) == 1 and operations[0].kind == VisitFinalized.kind


def set_down_many(session: Session, finals: Sequence[Applied]) -> dict[str, str]:
    """Set down final records of visits of which nothing else is held, all at once; return by name why others are not.

    The result is that of `work_out` for each.
    """
    outdone: dict[str, str] = {}
    rows: dict[type[Base], _Rows] = defaultdict(list)
    for each in finals:
        operation = each.operation
        if not isinstance(operation, VisitFinalized):
            continue
        if problem := _problem(each, operation):
            outdone[each.name] = problem
            continue
        rows[Record].append({"visit": each.record, **_columns(each, operation)})
        for table, below in _below(each, operation).items():
            rows[table] += below
    merged = merging.listed_under(session, {row["establishment"] for row in rows[Record]})
    for row in rows[Record]:
        row["listed_under"] = merged.get(row["establishment"], row["establishment"])
    for table, found in rows.items():
        write_rows(session, table, found)
    write_back(session, {row["listed_under"] for row in rows[Record]})
    return outdone


def _problem(applied: Applied, operation: VisitFinalized) -> str:
    """Return what is wrong with a final record by itself."""
    record = operation.content.record
    # The fingerprint is what was shown before signing, and what the strokes and the PDF name.
    if sha256(written_again(record)).hexdigest() != operation.record_sha256:
        return tr("文书的指纹和内容对不上")
    # A number is what tells a record from a draft; a finding is shown with the answer it was made from.
    answered = {line.question for line in record.answers}
    if not record.number or any(line.question not in answered for line in record.findings):
        return tr("文书没有编号，或者有的问题在检查表中没有回答")
    pdfs = (operation.pdf_sha256, *(each.pdf_sha256 for each in operation.beside))
    # One act signs them all: a record without its checklist would say that it was checked, and not what was found.
    if tuple(each.paper for each in operation.beside) != record.papers[1:] or len(set(pdfs)) != len(pdfs):
        return tr("与文书一并制作的文书不全")
    return next(filter(None, (_not_theirs(applied, record, pdf) for pdf in pdfs)), "") or _repeated(record)


def _set_down(session: Session, applied: Applied, operation: VisitFinalized) -> None:
    """Set down a final record and its findings, in place of another one that it outdoes."""
    row = _columns(applied, operation)
    establishment = row["establishment"]
    row["listed_under"] = merging.listed_under(session, [establishment]).get(establishment, establishment)
    held = session.get(Record, applied.record)
    listed = {row["listed_under"]} | ({held.listed_under} if held else set())
    if held is None:
        session.add(Record(visit=applied.record, **row))
    elif all(getattr(held, key) == value for key, value in row.items()):
        return  # as mostly: something came that stands beside it
    else:
        _take_away_below(session, applied.record)
        for key, value in row.items():
            setattr(held, key, value)
    session.flush()
    write_back(session, listed, anew=True)
    # As rows what lists and indicators ask for; what the record says is read for one record at a time only.
    for table, rows in _below(applied, operation).items():
        write_rows(session, table, rows)


def _columns(applied: Applied, operation: VisitFinalized) -> dict[str, Any]:
    """Return a final record's columns, its visit aside."""
    record = operation.content.record
    return {
        "division": applied.division,
        "title": record.title,
        "number": record.number,
        "establishment": record.body.id,
        "establishment_name": record.body.name,
        "draw": record.draw,
        "kind": record.kind,
        "form": record.form,
        "off_site": bool(record.means),
        "signed_in": operation.content.signed_in,
        "outcome": record.outcome,
        "outcome_name": record.outcome_name,
        # Beijing's day: deadlines and yearly numbers count legal days, whatever zone a laptop is set to.
        "inspected_on": legal_day(parse_instant(record.started_at)),
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "finalized_at": applied.at,
        "record_sha256": operation.record_sha256,
        "pdf_sha256": operation.pdf_sha256,
        "answers": len(record.answers),
        "findings": len(record.findings),
        "replica": applied.replica,
        "seq": applied.seq,
    }


def _take_away_below(session: Session, visit: str) -> None:
    findings = select(Finding.id).where(Finding.visit == visit)
    session.execute(delete(FindingDuty).where(FindingDuty.finding.in_(findings)))
    session.execute(delete(RecordPaper).where(RecordPaper.visit == visit, ~RecordPaper.later))
    for table in (Finding, RecordInspector, RecordAnswer, RecordPhoto):
        session.execute(delete(table).where(table.visit == visit))


def _add_photo_page(session: Session, final: Record, applied: Applied, operation: PhotoPageAdded) -> None:
    page = operation.content.record
    if problem := _not_theirs(applied, page, operation.pdf_sha256):
        raise RefusedError(problem)
    there = session.scalars(select(RecordInspector.person).where(RecordInspector.visit == final.visit))
    if {each.person for each in page.inspectors} != set(there):
        raise RefusedError(tr("照片说明页的检查人员与文书的不同"))
    named = (page.record_sha256, page.record_pdf_sha256)
    if named != (final.record_sha256, final.pdf_sha256) or operation.pdf_sha256 == final.pdf_sha256:
        raise RefusedError(tr("照片说明页写的不是这份文书"))
    if session.get(RecordPaper, (applied.record, operation.pdf_sha256)) is not None:
        raise RefusedError(tr("已经有这一份照片说明页"))
    session.add(
        RecordPaper(
            pdf_sha256=operation.pdf_sha256,
            visit=applied.record,
            paper=PHOTO_PAGE,
            title=page.title,
            number=page.number,
            later=True,
            at=applied.at,
            replica=applied.replica,
            seq=applied.seq,
        )
    )
    session.flush()
    numbers = sorted({photo.number for photo in page.photos})
    session.add_all(PagePhoto(visit=applied.record, page=operation.pdf_sha256, number=number) for number in numbers)


def _add_amendment(session: Session, applied: Applied, operation: RecordAmended) -> None:
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


def _repeated(record: InspectionRecord) -> str:
    """Return, naming it, that a question is answered twice, or that two findings or photos have one number."""
    numbered: tuple[tuple[str, list[str | int]], ...] = (
        (mark("文书里有两次检查项 {name}"), [line.question for line in record.answers]),
        (mark("文书里有两次问题 {name}"), [line.number for line in record.findings]),
        (mark("文书里有两次照片 {name}"), [line.number for line in record.photos]),
    )
    for said, names in numbered:
        repeated = next((name for name, count in Counter(names).items() if count > 1), None)
        if repeated is not None:
            return tr(said, name=repeated)
    return ""


def _below(applied: Applied, operation: VisitFinalized) -> dict[type[Base], _Rows]:
    """Return what stands in tables of its own, in the order in which one refers to another."""
    visit, record = applied.record, operation.content.record
    people, lines, photos = record.inspectors, record.answers, record.photos
    carried = {"at": applied.at, "replica": applied.replica, "seq": applied.seq}
    return {
        RecordPaper: [
            {
                "visit": visit,
                "pdf_sha256": each.pdf_sha256,
                "paper": each.paper,
                "title": each.title,
                "number": record.number_of(each.paper),
                "later": False,
                **carried,
            }
            for each in operation.beside
        ],
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


def _not_theirs(applied: Applied, document: InspectionRecord | PhotoPageRecord, pdf_sha256: str) -> str:
    """Return that a document is another visit's or town's, that none of its inspectors wrote it, or has no PDF."""
    if document.visit != applied.record:
        return tr("文书的内容属于另一次检查")
    if isinstance(document, InspectionRecord) and document.office.division != applied.division:
        return tr("文书的内容属于另一个单位")
    if applied.by not in {each.person for each in document.inspectors}:
        return tr("写入的人不是文书写明的检查人员")
    # Not announced with the operation, it would never be asked for, and the record never be verified.
    if pdf_sha256 not in {blob.removeprefix(BLOB) for blob in applied.blobs}:
        return tr("文书没有附上签名的 PDF")
    return ""
