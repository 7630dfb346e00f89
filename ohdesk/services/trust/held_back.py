"""What the towns wrote and the county holds without applying it (搁置): all of it, from whom, why, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied, decode
from ohdesk.db.models import OperationRow
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.operations import KINDS
from ohdesk.domain.worded import Worded
from ohdesk.files import hand_out
from ohdesk.i18n import mark, tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.context import Context
from ohdesk.services.roll.proposals import writers
from ohdesk.services.trust import keys, set_aside
from ohdesk.services.written_out import WrittenOut

_SUBJECTS = {  # what an operation is about, by the first word of its kind
    "establishment": mark("名录"),
    "proposal": mark("建议的答复"),
    "person": mark("人员"),
    "draw": mark("抽取"),
    "visit": mark("检查笔录"),
    "record": mark("文书"),
    "certificate": mark("证书"),
}


class ToDo(Worded):
    """What is to be done about something set aside."""

    UPDATE = "update", mark("更新程序，之后会自动再试")
    CERTIFY = "certify", mark("核对办理人的证书，签发后会自动再试")
    WAIT = "wait", mark("同一记录以别的内容为准，有新内容时自动再试")
    CORRECT = "correct", mark("请镇街按原因改正后再上报")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One operation that is set aside. id: laptop and number · at: instant as text, "" where it cannot be read.

    subject: what it is about, in words
    """

    id: str
    seq: int
    office: str
    subject: str
    person: str
    at: str
    reason: str
    to_do: ToDo


def held_back(ctx: Context) -> list[HeldBack]:
    """Return all that is set aside, by laptop and number: for a Job."""
    wanted = select(OperationRow).where(OperationRow.set_aside != "").order_by(OperationRow.replica, OperationRow.seq)
    with ctx.reading() as session:
        office, person = writers(ctx, session)
        root = keys.county_root(session)
        found = []
        for row in session.scalars(wanted.execution_options(yield_per=500)):
            applied = decode(true_body(row))
            found.append(
                HeldBack(
                    id=f"{row.replica}:{row.seq}",
                    seq=row.seq,
                    office=office(row.replica, applied.division),
                    subject=_subject(row.kind),
                    person=person(applied.by),
                    at=applied.at,
                    reason=row.set_aside,
                    to_do=_to_do(session, row, applied, (root,) if root else ()),
                )
            )
            session.expunge(row)
    return found


def export(rows: Sequence[HeldBack], target: Path) -> WrittenOut:
    """Write rows into a workbook, as listed."""
    headings = [tr("镇街"), tr("序号"), tr("内容"), tr("办理人"), tr("时间"), tr("原因"), tr("怎么办")]
    lines: list[list[str | int | None]] = [
        [row.office, row.seq, row.subject, row.person, row.at, row.reason, row.to_do.word] for row in rows
    ]
    hand_out(target, workbook([Sheet(tr("搁置的内容"), headings, lines)]))
    return WrittenOut(len(lines))


def _to_do(session: Session, row: OperationRow, applied: Applied, roots: Sequence[bytes]) -> ToDo:
    if row.kind not in KINDS:
        return ToDo.UPDATE
    if applied.operation is not None and set_aside.problems(session, roots)(applied):
        return ToDo.CERTIFY
    return ToDo.WAIT if row.outdone else ToDo.CORRECT


def _subject(kind: str) -> str:
    return tr(_SUBJECTS.get(kind.partition(".")[0], mark("本版本不认识的内容")))
