"""What is said of a visit's photos beside them: how many, where one belongs, when it was taken, what is offered."""

from collections.abc import Sequence

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.photo_time import Moment
from ohdesk.domain.record import PhotoLine
from ohdesk.forms.definition import Question
from ohdesk.i18n import tr
from ohdesk.services.visit.photo_order import PhotosView, VisitPhoto

_OFFERED, _LINE = 4, 34  # lines of what is offered, and characters of each


def counted(view: PhotosView) -> str:
    """Return how many there are, and of how many something is still to be said."""
    said = [tr("{count} 张", count=len(view.photos))]
    if view.unsettled:
        said.append(tr("{count} 张待归入", count=view.unsettled))
    if view.lacking:
        said.append(tr("{count} 张没有说明或地点", count=view.lacking))
    if view.uncleared:
        said.append(tr("{count} 张没有确认遮盖", count=view.uncleared))
    return " · ".join(said)


def state(photo: VisitPhoto, numbers: dict[str, int]) -> str:
    """Return where a photo belongs, in a few signs; numbers: of the questions by id."""
    if photo.line.announced:
        return tr("○ 待补")
    if photo.line.question:
        return tr("✓ 第 {number} 项", number=numbers.get(photo.line.question, 0))
    if photo.offers:
        return tr("？第 {number} 项", number=numbers.get(photo.offers[0], 0))
    return "" if photo.moment is Moment.WITHIN else f"⚠ {photo.moment.word}"


def about(photo: VisitPhoto) -> str:
    """Return when and by what it was taken, and whether faces are covered."""
    line = photo.line
    taken = tr("拍摄 {at}", at=_at(line.taken_at)) if line.taken_at else tr("没有拍摄时间")
    said = [taken, photo.moment.word] if line.taken_at else [taken]
    if line.clock_error:
        ahead = tr("手机快 {seconds} 秒，已校正") if line.clock_error > 0 else tr("手机慢 {seconds} 秒，已校正")
        said.append(ahead.format(seconds=abs(line.clock_error)))
    if line.attached_at:
        said.append(tr("附入 {at}", at=_at(line.attached_at)))
    if photo.masks:
        said.append(tr("已遮盖 {count} 处", count=len(photo.masks)))
    elif photo.cleared:
        said.append(tr("已看过，无人脸"))
    return " · ".join(filter(None, (*said, photo.device)))


def offered_lines(questions: Sequence[Question]) -> str:
    """Return the first questions offered, each with its digit."""
    return "\n".join(f"{key}  {_cut(named(each))}" for key, each in enumerate(questions[:_OFFERED], 1))


def _cut(words: str) -> str:
    """Return words on one line; the choice below has them whole."""
    return words if len(words) <= _LINE else f"{words[: _LINE - 1]}…"


def named(question: Question) -> str:
    """Return a question with its number."""
    return tr("第 {number} 项 {text}", number=question.number, text=question.said)


def _at(instant: str) -> str:
    return f"{beijing(parse_instant(instant)):%m-%d %H:%M:%S}"


def clock(line: PhotoLine) -> str:
    """Return the time of day it was taken at."""
    return f"{beijing(parse_instant(line.taken_at)):%H:%M}" if line.taken_at else "—"
