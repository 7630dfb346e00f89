"""What a finding looked like when it was found: its photos, from the record that is signed."""

import msgspec

from ohdesk.domain.record import InspectionRecord, PhotoLine
from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit.lookup import find_record, record_content
from ohdesk.services.visit.photos import photo_bytes


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
