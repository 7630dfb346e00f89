"""The roll as an xlsx file."""

from pathlib import Path

from sqlalchemy import select

from ohdesk.db.models import Establishment
from ohdesk.db.search import folded
from ohdesk.domain.establishment import FIELD_KEYS
from ohdesk.reports.tables import write_roll_table
from ohdesk.services.blobs import write_durably
from ohdesk.services.context import Context


def export_roll(ctx: Context, target: Path, search: str = "") -> int:
    """Write the entries that match `search` (all when empty), by name, with every field; return how many."""
    columns = Establishment.__table__.c
    statement = (
        select(*(columns[key] for key in FIELD_KEYS))
        .where(columns.withdrawn.is_(False))
        .order_by(columns.name, columns.id)
    )
    if search.strip():
        statement = statement.where(Establishment.search.contains(folded(search), autoescape=True))
    with ctx.reading() as session:
        rows = [
            {key: "" if value is None else str(value) for key, value in zip(FIELD_KEYS, row, strict=True)}
            for row in session.execute(statement)
        ]
    write_durably(target, write_roll_table(rows))
    return len(rows)
