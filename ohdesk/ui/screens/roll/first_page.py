"""The first rows of the roll, read while one waits for them."""

from typing import NamedTuple

from ohdesk.services.context import Context
from ohdesk.services.register.conditions import EVERYTHING, EntryQuery
from ohdesk.services.roll import entries
from ohdesk.services.roll.entries import EstablishmentRow


class FirstPage(NamedTuple):
    """The first rows of a list; is_empty: there would be none whatever is looked for."""

    rows: list[EstablishmentRow]
    is_empty: bool


def first_page(ctx: Context, query: EntryQuery) -> FirstPage | None:
    """Return the first rows of what is asked for; None where only a look at the whole roll tells."""
    first = entries.first_rows(ctx, query)
    if first is None:
        return None
    # Whether there is anybody at all is asked only where nobody was found: each question costs the first page.
    return FirstPage(first, not first and (query == EVERYTHING or not entries.list_rows(ctx, limit=1)))
