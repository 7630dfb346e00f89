"""Lists that are rows: read for many owners at once, instead of once for each."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session


def lists(session: Session, wanted: Select[*tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Return the second column's values by the first column's, in the statement's order; empty for all others."""
    found: dict[str, list[Any]] = defaultdict(list)
    for owner, value in session.execute(wanted):
        found[owner].append(value)
    return found
