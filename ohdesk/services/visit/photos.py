"""Photos of a visit: the original and a copy without metadata, encrypted on the disk before their row is.

Or only announced.  The copy stands in papers and bundles; the original stays here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import PagePhoto, Photo, RecordPhoto, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.bounds import MOST_PHOTOS
from ohdesk.domain.calendar import instant_in, instant_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.visit import Act, VisitState
from ohdesk.domain.visit import check_allowed as check_act
from ohdesk.errors import UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_photo
from ohdesk.services.pictures.taking import picture_bytes, shrunk
from ohdesk.services.pictures.wire import Shrunk
from ohdesk.services.visit.lookup import find_question, find_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a photo shows, where and when it was taken (aware instant, or None), and by whom."""

    text: str = ""
    place: str = ""
    taken_at: datetime | None = None
    taken_by: str = ""


NO_CAPTION = Caption()


class LostPhotoError(blobs.LostBlobError):
    """A photo that was brought in and whose bytes are gone or damaged: nothing can be signed with it."""

    def __init__(self, number: int, digest: str) -> None:
        super().__init__(digest)
        self.message = tr("照片 {number} 的文件已丢失或损坏（{digest}…）。", number=number, digest=digest[:12])
        self.remedy = tr(
            "请把备份恢复到一个空文件夹，"
            "再把其中的 blobs 文件夹复制过来，或者重新补入同一张照片（命令行为 visit photo --number {number}）；"
            "还没有签名的，也可以移除这张照片。",
            number=number,
        )


def check_allowed(ctx: Context, visit_id: str) -> None:
    """Raise UserError where no photo may be kept of the employer that a visit is about."""
    with ctx.reading() as session:
        refuse_photo(session, find_visit(session, visit_id).establishment)


def list_photos(ctx: Context, visit_id: str) -> tuple[PhotoLine, ...]:
    """Return the photos of a visit by number."""
    with ctx.reading() as session:
        return photos_of(session, visit_id)


def photos_of(session: Session, visit_id: str) -> tuple[PhotoLine, ...]:
    """Return the photos of a visit by number, within an open session."""
    return tuple(map(line_of, rows_of(session, visit_id)))


def rows_of(session: Session, visit_id: str) -> list[Photo]:
    """Return the rows of the photos of a visit by number, but those taken away."""
    of_visit = select(Photo).where(Photo.visit == visit_id, Photo.number > 0)
    return list(session.scalars(of_visit.order_by(Photo.number)))


def attach_photo(
    ctx: Context, visit_id: str, question_id: str, source: Path | bytes, caption: Caption = NO_CAPTION
) -> PhotoLine:
    """Store a photo under the next number of the visit; `question_id` may be empty (proof of a closed gate).

    Raises UserError for a file that is no picture, too large, or a visit that cannot be filled.
    """
    ctx.require(Right.VISIT)
    original = picture_bytes(source)
    # Before the transaction: scaling takes a while, and nobody else could write meanwhile.
    picture = shrunk(original)
    with ctx.reading() as session:
        check_open(session, visit_id, question_id)
    stored = store(ctx, original, picture, source.name if isinstance(source, Path) else "")
    with ctx.transaction() as session:
        check_open(session, visit_id, question_id)
        photo = new_photo(ctx, session, visit_id, question_id, caption)
        fill(ctx, session, photo, stored)
        return line_of(photo)


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture whose original and copy are on the disk: SHA-256 and length of both; file: what it was called."""

    original: str
    original_size: int
    copy: str
    picture: Shrunk
    file: str


def store(ctx: Context, original: bytes, picture: Shrunk, file: str) -> Stored:
    """Put original and copy on the disk, durably; `fill` says in the database whose they are."""
    copy = blobs.put(ctx, picture.copy)
    return Stored(blobs.put(ctx, original), len(original), copy, picture, clean_text(safe_stem(file)) if file else "")


def fill(ctx: Context, session: Session, photo: Photo, stored: Stored) -> None:
    """Make a stored picture that of a row."""
    blobs.note(session, stored.original, stored.original_size)
    blobs.note(session, stored.copy, len(stored.picture.copy))
    if photo.original_sha256 != stored.original:
        photo.masks, photo.cleared = (), False
    photo.sha256, photo.original_sha256, photo.file = stored.copy, stored.original, stored.file
    photo.attached_at, photo.device = ctx.now(), stored.picture.device
    photo.shot_at = instant_in(stored.picture.shot_at)
    photo.clock_error = _known_error(session, photo)
    if photo.taken_at is None and photo.shot_at is not None:
        photo.taken_at = photo.shot_at - timedelta(seconds=photo.clock_error)


def _known_error(session: Session, photo: Photo) -> int:
    """Return by how much the clock of its telephone was found to be ahead in this visit; 0 where nobody looked."""
    same = select(Photo.clock_error).where(Photo.visit == photo.visit, Photo.device == photo.device)
    timed = same.where(Photo.id != photo.id, Photo.shot_at.is_not(None))
    return session.scalars(timed.order_by(Photo.id.desc()).limit(1)).first() or 0


def announce_photo(ctx: Context, visit_id: str, question_id: str, caption: Caption = NO_CAPTION) -> PhotoLine:
    """Give a photo its number; its bytes are brought in later, before or after the record is signed."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        check_open(session, visit_id, question_id)
        return line_of(new_photo(ctx, session, visit_id, question_id, caption))


def bring_in_photo(ctx: Context, visit_id: str, number: int, source: Path | bytes) -> PhotoLine:
    """Store the bytes of a photo that was announced, or again those of one whose file was lost.

    Before the record is final the photo simply becomes part of it; afterwards it goes onto a 照片说明页.
    Raises UserError when there is no such number, or other bytes are already held under it.
    """
    ctx.require(Right.VISIT)
    original = picture_bytes(source)
    digest = sha256(original).hexdigest()
    with ctx.reading() as session:
        refuse_photo(session, session.get_one(Visit, visit_id).establishment)
        held = find_photo(session, visit_id, number)
        masks = held.masks if held.original_sha256 == digest else ()
    picture = shrunk(original, masks)
    with ctx.reading() as session:
        _check_fits(session, find_photo(session, visit_id, number), sha256(picture.copy).hexdigest(), digest)
    stored = store(ctx, original, picture, source.name if isinstance(source, Path) else "")
    with ctx.transaction() as session:
        photo = find_photo(session, visit_id, number)
        fill(ctx, session, photo, stored)
        return line_of(photo)


def photo_bytes(ctx: Context, photo: PhotoLine) -> bytes:
    """Return the JPEG of a photo, checked against its hash. Raises LostPhotoError, naming the number."""
    try:
        return blobs.read(ctx, photo.sha256)
    except blobs.LostBlobError as error:
        raise LostPhotoError(photo.number, photo.sha256) from error


def check_unprinted(ctx: Context, visit_id: str) -> None:
    """Raise LostPhotoError, naming the number, where an original or a copy that is not printed is gone or damaged."""
    with ctx.reading() as session:
        photos = [photo for photo in rows_of(session, visit_id) if photo.sha256]
        named = [(photo.number, photo.original_sha256) for photo in photos]
        named += [(photo.number, photo.sha256) for photo in photos if not line_of(photo).printed]
    for number, digest in named:
        if not blobs.is_sound(ctx, digest):
            raise LostPhotoError(number, digest)


def check_picture(source: Path) -> None:
    """Raise UserError when a file cannot be kept as a photo; nothing is kept."""
    shrunk(picture_bytes(source))


def check_open(session: Session, visit_id: str, question_id: str) -> None:
    """Raise UserError where no photo can be put to this question of a visit ("": to the visit as a whole)."""
    visit = find_visit(session, visit_id, Act.FILL)
    refuse_photo(session, visit.establishment)
    if question_id:
        find_question(form_of(session, visit), question_id)


def new_photo(ctx: Context, session: Session, visit_id: str, question_id: str, caption: Caption) -> Photo:
    """Add the row of a photo under the next number. Raises UserError for more than a visit can have."""
    last = session.scalar(select(func.max(Photo.number)).where(Photo.visit == visit_id, Photo.number > 0)) or 0
    if last >= MOST_PHOTOS:
        raise UserError(tr("一次检查最多 {count} 张照片。", count=MOST_PHOTOS), tr("请只补入作为证据的照片。"))
    photo = Photo(
        visit=visit_id,
        number=last + 1,
        question=question_id,
        caption=clean_text(caption.text).strip(),
        place=clean_text(caption.place).strip(),
        taken_at=caption.taken_at,
        taken_by=clean_text(caption.taken_by).strip() or ctx.actor.name,
    )
    session.add(photo)
    session.flush()
    return photo


def find_photo(session: Session, visit_id: str, number: int) -> Photo:
    """Return the row of a photo by its number. Raises UserError when there is none."""
    found = session.scalars(select(Photo).where(Photo.visit == visit_id, Photo.number == number)).first()
    if found is None:
        raise UserError(tr("这次检查没有照片 {number}。", number=number), tr("请先登记照片编号。"))
    return found


def unsigned_photo(session: Session, visit_id: str, number: int) -> Photo:
    """Return the row of a photo that stands on no signed paper yet, also of one that came after the signatures.

    Raises UserError for any other.
    """
    photo, visit = find_photo(session, visit_id, number), find_visit(session, visit_id)
    same = (RecordPhoto.visit == visit_id, RecordPhoto.number == number, RecordPhoto.sha256 == "")
    on_page = exists().where(PagePhoto.visit == visit_id, PagePhoto.number == number)
    if session.scalar(select(RecordPhoto.number).where(*same, ~on_page)) is None:
        check_act(visit.state, Act.FILL)
    return photo


def _check_fits(session: Session, photo: Photo, digest: str, original: str) -> None:
    if not photo.sha256 or photo.sha256 == digest:
        return
    is_final = session.get_one(Visit, photo.visit).state == VisitState.CLOSED
    # The same photo may be stored differently by a newer Pillow; while nothing is signed, the original decides.
    if original != photo.original_sha256 or is_final:
        raise UserError(
            tr("照片 {number} 已经补入，内容不同。", number=photo.number),
            tr("请选择原来的那一张；其他照片请用新的编号。"),
        )


def line_of(photo: Photo) -> PhotoLine:
    """Return what a record says of a photo."""
    return PhotoLine(
        number=photo.number,
        sha256=photo.sha256,
        original_sha256=photo.original_sha256,
        caption=photo.caption,
        place=photo.place,
        taken_at=instant_text(photo.taken_at) if photo.taken_at else "",
        clock_error=photo.clock_error,
        attached_at=instant_text(photo.attached_at) if photo.attached_at else "",
        taken_by=photo.taken_by,
        question=photo.question,
        masked=len(photo.masks),
        sensitive=photo.sensitive,
    )
