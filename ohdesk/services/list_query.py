"""What is asked of a list that comes in pages: a part of it, what is sought, and in which order."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement


class ListQuery(NamedTuple):
    """What is listed: a part, what is sought as it was typed, and by which of the list's orders.

    Without an order the rows come in the list's own.
    """

    part: str = "all"
    sought: str = ""
    order: str = ""
    falling: bool = False

    def first_by(self, orders: Mapping[str, ColumnElement[Any]]) -> tuple[ColumnElement[Any], ...]:
        """Return by what the rows are ordered before the list's own order says; nothing without an order."""
        if not self.order:
            return ()
        key = orders[self.order]
        return (key.desc() if self.falling else key,)
