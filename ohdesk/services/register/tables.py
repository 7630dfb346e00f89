"""Where the entries of a book stand: among those that travel, or among those that stay on this laptop."""

from ohdesk.db.models import Entry, LocalEntry
from ohdesk.domain.register.definition import Definition


def model_of(definition: Definition) -> type[Entry] | type[LocalEntry]:
    """Return the table of a book's entries."""
    return LocalEntry if definition.travels == "no" else Entry
