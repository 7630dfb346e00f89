"""What was found before a visit: which findings waited for it, and what one looked like, from the signed record."""

from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.db.queries.standings import waiting
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.record import InspectionRecord, PhotoLine
from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit.lookup import begun, find_record, record_content
from ohdesk.services.visit.photos import photo_bytes


def waiting_before(session: Session, visit: Visit) -> Mapping[str, date]:
    """Return, by question, when an establishment was found with what had a deadline and still waited for a visit."""
    began = instant_text(begun(visit)[0])
    return {question: day for question, _, day in session.execute(waiting(visit.establishment, began))}


def earlier_photos(ctx: Context, row: RectificationRow) -> tuple[tuple[PhotoLine, bytes], ...]:
    """Return the photos of a finding of a final record with their bytes: for a Job.

    Left out is one whose bytes are not here: that is told where its record is looked at.
    """
    with ctx.reading() as session:
        content = record_content(session, find_record(session, row.visit))["record"]
    found = []
    for photo in msgspec.convert(content, InspectionRecord).photos:
        if photo.question == row.question and not photo.announced:
            try:
                found.append((photo, photo_bytes(ctx, photo)))
            except UserError:
                continue
    return tuple(found)
