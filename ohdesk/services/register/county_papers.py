"""What the county has issued (县级文件), as far as it is entered: words to be printed, and leave to keep a book."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry
from ohdesk.domain.register.values import Value

BOOK = "county_papers"
NOTICE, ASSISTANTS = "notice", "assistants"  # what a paper is for


def in_force(session: Session, kind: str, day: date) -> Mapping[str, Value] | None:
    """Return what is entered of the latest paper of a kind in force on a day; None without one."""
    rows = session.scalars(select(Entry.values).where(Entry.register == BOOK, ~Entry.withdrawn))
    on = day.isoformat()
    fitting = [
        values
        for values in rows
        if values.get("kind") == kind
        and "" < str(values.get("valid_from") or "") <= on
        and on <= str(values.get("valid_to") or on)
    ]
    return max(fitting, key=lambda values: str(values["valid_from"]), default=None)
