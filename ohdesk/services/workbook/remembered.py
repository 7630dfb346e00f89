"""What a person said of the columns of lists, kept for the next list of the same shape."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.list_columns import Choices, Column, Shape, remembering

ROLL = "roll"


def remembered(session: Session, register: str) -> list[Shape]:
    """Return what was said of the columns of lists of a book or of the roll, by shape, the last one last."""
    held = session.get(Setting, _setting(register))
    return [] if held is None else list(held.value)


def remember(session: Session, register: str, sheets: Iterable[tuple[str, Sequence[Column]]], choices: Choices) -> None:
    """Keep what was said of the columns of a list; sheets: of each its shape and its columns."""
    before = remembered(session, register)
    shapes = remembering(before, sheets, choices)
    if shapes != before:
        session.merge(Setting(key=_setting(register), value=shapes))


def _setting(register: str) -> str:
    return f"columns/{register}"
