"""What was found before a visit: which findings waited for it, and what one looked like, from the signed record."""

from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Finding, PdfVerdict, Record, Visit
from ohdesk.db.queries import verified
from ohdesk.db.queries.standings import again, first_again
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.record import InspectionRecord, PhotoLine, Verification
from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit.lookup import begun, find_record, record_content
from ohdesk.services.visit.photos import photo_bytes


def waiting_before(session: Session, visit: Visit) -> Mapping[str, date]:
    """Return, by question, when an establishment was found with what had a deadline and still waited for a visit."""
    began = instant_text(begun(visit)[0])
    looked_at = func.coalesce(first_again(again.started_at), began)
    rows = session.execute(
        select(Finding.question, Record.inspected_on)
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(Record.listed_under == visit.establishment, Record.started_at < began, looked_at >= began)
        .where(Finding.due_on.is_not(None), verified.verification() != Verification.BAD)
        .order_by(Record.started_at)
    )
    return dict(rows.all())


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
