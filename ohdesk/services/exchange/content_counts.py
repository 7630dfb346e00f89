"""What the operations of a bundle concern, in numbers for people."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow
from ohdesk.domain.operations import DrawPart

_SUBJECTS = {"visit": "records", "record": "records", "establishment": "roll", "draw": "draws"}  # by kind of operation
_PIECES = DrawPart.kind  # of what the result of a draw says


@dataclass(frozen=True, slots=True)
class ContentCounts:
    """How many operations concern final records (文书), the roll (名录), draws (抽取), and anything else."""

    records: int = 0
    roll: int = 0
    draws: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        return self.records + self.roll + self.draws + self.others


def content_counts(session: Session, replica: str, first: int, last: int | None = None) -> ContentCounts:
    """Return what the operations of a replica from `first` to `last` concern."""
    wanted = select(OperationRow.kind, func.count()).where(OperationRow.replica == replica, OperationRow.seq >= first)
    if last is not None:
        wanted = wanted.where(OperationRow.seq <= last)
    counted: Counter[str] = Counter()
    for kind, count in session.execute(wanted.group_by(OperationRow.kind)):
        counted["others" if kind == _PIECES else _SUBJECTS.get(kind.partition(".")[0], "others")] += count
    return ContentCounts(**counted)
