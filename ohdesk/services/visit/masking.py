"""Faces and names on a photo (遮盖): covered on the one copy that papers and bundles have, or said to be none.

The original stays as it is: from it the copy is made anew, with other masks or with none, until it is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ohdesk.db.models import Photo
from ohdesk.domain.masking import Mask, check_masks
from ohdesk.domain.people import Right
from ohdesk.domain.visit import Act
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.pictures.taking import shrunk
from ohdesk.services.pictures.wire import Shrunk
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import LostPhotoError, find_photo, rows_of, unsigned_photo


def mask(ctx: Context, visit_id: str, number: int, masks: Sequence[Mask]) -> Change:
    """Cover these places of a photo's copy and no others; none takes back what was covered.

    Raises ProblemsError for what is no place, UserError for one that lies beside the picture, where the photo is signed
    or announced only, LostPhotoError without its original.
    """
    ctx.require(Right.VISIT)
    check_masks(masks)
    with ctx.reading() as session:
        original = _here(session, visit_id, number).original_sha256
    picture = _made(ctx, number, original, masks)
    copy = blobs.put(ctx, picture.copy)
    with ctx.transaction() as session:
        photo = _here(session, visit_id, number)
        if photo.original_sha256 != original:
            raise UserError(tr("照片 {number} 刚刚换成了另一张。", number=number), tr("请重新看图后再画。"))
        blobs.note(session, copy, len(picture.copy))
        photo.sha256, photo.masks, photo.cleared = copy, tuple(masks), bool(masks)
    return Change.VISITS


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The copy of a photo as it would be with nothing covered, JPEG, and what is."""

    number: int
    copy: bytes = field(repr=False)
    masks: tuple[Mask, ...]


def uncovered(ctx: Context, visit_id: str, number: int) -> Uncovered:
    """Return what is under the masks of a photo, to lay them anew. Raises as `mask`."""
    ctx.require(Right.VISIT)
    with ctx.reading() as session:
        held = _here(session, visit_id, number)
        original, masks = held.original_sha256, held.masks
    return Uncovered(number, _made(ctx, number, original, ()).copy, masks)


def clear(ctx: Context, visit_id: str, numbers: Sequence[int] = ()) -> int:
    """Set down that on photos no face or name can be seen; return how many there were.

    numbers: none for all of which nobody has said so yet
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        find_visit(session, visit_id, Act.FILL)
        chosen = [find_photo(session, visit_id, each) for each in numbers] or rows_of(session, visit_id)
        open_ones = [photo for photo in chosen if photo.sha256 and not photo.cleared]
        for photo in open_ones:
            photo.cleared = True
    return len(open_ones)


def _made(ctx: Context, number: int, original: str, masks: Sequence[Mask]) -> Shrunk:
    try:
        return shrunk(blobs.read(ctx, original), masks)
    except blobs.LostBlobError as error:
        raise LostPhotoError(number, original) from error


def _here(session: Session, visit_id: str, number: int) -> Photo:
    photo = unsigned_photo(session, visit_id, number)
    if not photo.sha256:
        raise UserError(tr("照片 {number} 还没有补入。", number=number), tr("补入以后再遮盖。"))
    return photo
