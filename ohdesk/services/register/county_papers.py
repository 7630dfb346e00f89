"""What the county has issued (县级文件), as far as it is entered: words to be printed, and leave to keep a book."""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry
from ohdesk.domain.register.values import Value
from ohdesk.services.numbers import kind_of_paper

BOOK = "county_papers"
NOTICE, ASSISTANTS, PAPER, ELECTRONIC = "notice", "assistants", "paper", "electronic"  # what a paper is for


def in_force(session: Session, kind: str, day: date) -> Mapping[str, Value] | None:
    """Return what is entered of the latest paper of a kind in force on a day; None without one."""
    return max(_in_force(session, kind, day), key=lambda values: str(values["valid_from"]), default=None)


def confirms(session: Session, paper: str, mode: str, day: date) -> bool:
    """True where a county's paper in force on a day says that a kind of paper may be made in a mode."""
    return any(
        (kind_of_paper(values), values.get("mode")) == (paper, mode) for values in _in_force(session, PAPER, day)
    )


def _in_force(session: Session, kind: str, day: date) -> Iterator[Mapping[str, Value]]:
    rows = session.scalars(select(Entry.values).where(Entry.register == BOOK, ~Entry.withdrawn))
    on = day.isoformat()
    for values in rows:
        begins, ends = (str(values.get(key) or "") for key in ("valid_from", "valid_to"))
        if values.get("kind") == kind and "" < begins <= on <= (ends or on):
            yield values
