"""Where the entries of a book stand: among those that travel, or among those that stay on this laptop."""

from typing import Any

from sqlalchemy import ColumnElement, func, true

from ohdesk.db.models import Entry, LocalEntry
from ohdesk.db.queries.roll import tags_of
from ohdesk.domain.ids import TAG_LENGTH
from ohdesk.domain.merge import is_county
from ohdesk.domain.register.definition import Definition


def model_of(definition: Definition) -> type[Entry] | type[LocalEntry]:
    """Return the table of a book's entries."""
    return LocalEntry if definition.travels == "no" else Entry


def of_office(model: Any, division: str) -> ColumnElement[bool]:
    """True for the entries of an office: at a county all, at a town its own and those of its county.

    The county's operations are one chain: of other towns' entries a town holds what the county wrote, and nothing else.
    """
    if is_county(division):
        return true()
    return func.instr(tags_of(division), func.substr(model.id, -TAG_LENGTH)) > 0
