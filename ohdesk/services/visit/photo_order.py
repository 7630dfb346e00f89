"""The photos of a visit before it is signed: what each shows and where it belongs, their order, taken away and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Photo, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.bounds import LONGEST_TEXT
from ohdesk.domain.calendar import BEIJING, beijing
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.masking import Mask
from ohdesk.domain.people import Right
from ohdesk.domain.photo_time import Moment, moment, nearest
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.visit import Act
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit.lookup import find_question, find_visit
from ohdesk.services.visit.photos import find_photo, line_of, rows_of
from ohdesk.services.visit.steps import steps_of

MOST_OFFERS = 9  # as many as there are keys for them
_CLOCKS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%H:%M:%S", "%H:%M")


@dataclass(frozen=True, slots=True)
class VisitPhoto:
    """A photo of a visit, and what can be said of it while it is put in order.

    key: of its row · file: what it was called · device: maker and model of the telephone
    offers: questions, the one answered nearest in time first; none for a photo that was taken outside of the visit
    settled: somebody said where it belongs · cleared: and that no face or name can be seen on it
    """

    key: int
    line: PhotoLine
    file: str
    device: str
    shot_at: datetime | None
    moment: Moment
    offers: tuple[str, ...]
    settled: bool
    masks: tuple[Mask, ...]
    cleared: bool

    @property
    def id(self) -> str:
        """By which a list finds it again."""
        return str(self.key)

    @property
    def lacks(self) -> bool:
        """True while place or caption is not said."""
        return not (self.line.place and self.line.caption)


@dataclass(frozen=True, slots=True)
class PhotosView:
    """The photos of a visit by number; removed: how many were taken away and can come back."""

    form: Form
    photos: tuple[VisitPhoto, ...]
    removed: int

    @property
    def unsettled(self) -> int:
        """Of how many nobody has said where they belong."""
        return sum(not each.settled for each in self.photos)

    @property
    def uncleared(self) -> int:
        """On how many somebody has to look for faces and names: those that papers show."""
        return sum(each.line.printed and not each.cleared for each in self.photos)

    @property
    def lacking(self) -> int:
        """Of how many place or caption is not said."""
        return sum(each.lacks for each in self.photos)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said of a photo; None leaves it as it is."""

    question: str | None = None
    caption: str | None = None
    place: str | None = None


def view(ctx: Context, visit_id: str) -> PhotosView:
    """Return the photos of a visit with what can be said of them."""
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        answered = {step.question: step.saved_at for step in steps_of(session, visit_id)}
        left = visit.ended_at or ctx.now()
        photos = tuple(_seen(photo, visit, left, answered) for photo in rows_of(session, visit_id))
        removed = session.scalar(select(func.count()).where(Photo.visit == visit_id, Photo.number < 0)) or 0
        return PhotosView(form_of(session, visit), photos, removed)


def describe(ctx: Context, visit_id: str, number: int, said: Particulars) -> Change:
    """Set down what a photo shows, where, and for which question ("": the visit as a whole).

    Raises UserError for no such photo or question, or where nothing can be changed any more.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit, photo = _open(session, visit_id, number)
        if said.question:
            find_question(form_of(session, visit), said.question)
        if said.question is not None:
            photo.question, photo.settled = said.question, True
        photo.caption = photo.caption if said.caption is None else _worded("caption", tr("照片说明"), said.caption)
        photo.place = photo.place if said.place is None else _worded("place", tr("拍摄地点"), said.place)
    return Change.VISITS


def settle_all(ctx: Context, visit_id: str) -> int:
    """Put every photo that belongs to no question yet to the one offered first; return how many there were."""
    ctx.require(Right.VISIT)
    offered = {each.line.number: each.offers[0] for each in view(ctx, visit_id).photos if each.offers}
    with ctx.transaction() as session:
        find_visit(session, visit_id, Act.FILL)
        unsettled = [each for each in rows_of(session, visit_id) if not is_settled(each) and each.number in offered]
        for photo in unsettled:
            photo.question, photo.settled = offered[photo.number], True
    return len(unsettled)


def move(ctx: Context, visit_id: str, number: int, to: int) -> Change:
    """Give a photo another number; those between move up or down. Raises UserError for a number that is none."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        _, photo = _open(session, visit_id, number)
        order = rows_of(session, visit_id)
        if not 1 <= to <= len(order):
            raise UserError(tr("没有第 {number} 个位置。", number=to), tr("请写 1 到 {count}。", count=len(order)))
        order.remove(photo)
        order.insert(to - 1, photo)
        _number(session, order)
    return Change.VISITS


def remove(ctx: Context, visit_id: str, number: int) -> Change:
    """Take a photo away from the visit; the numbers behind it close up. `restore` brings it back, its bytes stay."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        _, photo = _open(session, visit_id, number)
        lowest = session.scalar(select(func.min(Photo.number)).where(Photo.visit == visit_id)) or 0
        # Below all others: the one taken away last is the lowest.
        photo.number, photo.removed = min(lowest, 0) - 1, number
        session.flush()
        _number(session, rows_of(session, visit_id))
    return Change.VISITS


def restore(ctx: Context, visit_id: str) -> int:
    """Bring back the photo that was taken away last, to its place; return its number. Raises UserError for none."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        find_visit(session, visit_id, Act.FILL)
        gone = select(Photo).where(Photo.visit == visit_id, Photo.number < 0).order_by(Photo.number).limit(1)
        photo = session.scalars(gone).first()
        if photo is None:
            raise UserError(tr("没有移除过的照片。"), tr("这次检查的照片都在。"))
        order = rows_of(session, visit_id)
        order.insert(photo.removed - 1, photo)
        photo.removed = 0
        _number(session, order)
        return photo.number


def correct_clock(ctx: Context, visit_id: str, number: int, shown: str) -> int:
    """Correct the times of a telephone's photos by one that shows this laptop's clock; return how many it has.

    shown: what the clock on that photo says, "09:15:07" of the day of the visit or "2026-03-02 09:15:07"
    Raises ProblemsError for what is no time, UserError for a photo without a time of its own.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit, photo = _open(session, visit_id, number)
        if photo.shot_at is None:
            raise UserError(
                tr("照片 {number} 里没有拍摄时间，不能用来校正。", number=number),
                tr("请换一张由手机直接拍下、没有经过微信转发的照片。"),
            )
        day = beijing(visit.started_at or photo.shot_at)
        error = round((photo.shot_at - _clock(shown, day)).total_seconds())
        same = [each for each in rows_of(session, visit_id) if each.device == photo.device and each.shot_at]
        for each in same:
            each.clock_error = error
            each.taken_at = each.shot_at - timedelta(seconds=error) if each.shot_at else None
        return len(same)


def _seen(photo: Photo, visit: Visit, left: datetime, answered: Mapping[str, datetime]) -> VisitPhoto:
    lies = moment(photo.taken_at, visit.started_at, left)
    offers = nearest(photo.taken_at, answered)[:MOST_OFFERS] if photo.taken_at and lies is Moment.WITHIN else ()
    said = (is_settled(photo), photo.masks, photo.cleared)
    return VisitPhoto(photo.id, line_of(photo), photo.file, photo.device, photo.shot_at, lies, offers, *said)


def is_settled(photo: Photo) -> bool:
    """True where somebody said to which question a photo belongs, or that it belongs to the visit as a whole."""
    return photo.settled or bool(photo.question)


def _open(session: Session, visit_id: str, number: int) -> tuple[Visit, Photo]:
    visit = find_visit(session, visit_id, Act.FILL)
    return visit, find_photo(session, visit_id, number)


def _worded(field: str, label: str, text: str) -> str:
    words = clean_text(text).strip()
    if len(words) > LONGEST_TEXT:
        wrong = Problem(
            label, tr("不超过 {most} 个字", most=LONGEST_TEXT), tr("{count} 个字", count=len(words)), field=field
        )
        raise ProblemsError(tr("没有保存。"), (wrong,))
    return words


def _number(session: Session, order: list[Photo]) -> None:
    """Number photos in this order from 1 on."""
    start = max((photo.number for photo in order), default=0) + len(order)
    # Twice, as no two may have one number in between.
    for first in (start + 1, 1):
        for number, photo in enumerate(order, first):
            photo.number = number
        session.flush()


def _clock(shown: str, day: datetime) -> datetime:
    typed = clean_text(shown).strip().replace("：", ":")
    for form in _CLOCKS:
        try:
            at = datetime.strptime(typed, form).replace(tzinfo=BEIJING)
        except ValueError:
            continue
        return at if "%Y" in form else datetime.combine(day, at.timetz())
    wrong = Problem(tr("照片上电脑显示的时间"), tr("时刻"), shown, field="shown", example="09:15:07")
    raise ProblemsError(tr("没有校正。"), (wrong,))
