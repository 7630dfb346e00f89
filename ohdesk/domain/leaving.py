"""What a reviewer would miss in a visit: looked for before one leaves, and kept with the reason where it stays open."""

from dataclasses import dataclass, replace

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class Omission(Worded):
    """A kind of what is missing."""

    UNANSWERED = "unanswered", mark("没有作答")
    INCOMPLETE = "incomplete", mark("没有填完")
    OPEN_PLACE = "open_place", mark("留有空白，或常用语没有改过")
    UNSETTLED = "unsettled", mark("没有确定处置")
    NO_PHOTO = "no_photo", mark("不合格没有照片")
    NO_CAPTION = "no_caption", mark("照片没有说明或地点")
    NO_ITEM = "no_item", mark("照片没有归入检查项")
    FACES = "faces", mark("照片没有确认遮盖")
    PHOTO_TO_COME = "photo_to_come", mark("照片待补")
    ARRIVAL = "arrival", mark("到场情况没有写全")
    LEFT_AGAIN = "left_again", mark("上次的问题没有检查")
    CALIBRATION = "calibration", mark("仪器检定已过期")
    OVER = "over", mark("超过限值的答为合格")
    REPEATED = "repeated", mark("与当天另一份记录的段落相同")
    TASK_LEFT = "task_left", mark("带来的事项没有办")

    @property
    def blocks(self) -> bool:
        """True where nothing can be signed with it; the others may stay open, with the reason."""
        return self in _BLOCKING


_BLOCKING = {Omission.UNANSWERED, Omission.INCOMPLETE, Omission.OPEN_PLACE, Omission.UNSETTLED}


@dataclass(frozen=True, slots=True)
class LeavingGap:
    """One thing that a reviewer would miss.

    sentence: what is missing, in the words of that day
    about: the question or the task by id, the number of the photo, the fact of the arrival by its key, "faces" of all
    question: where it is put right, by id; empty where it is about none
    reason: why it stays open, internal, never printed
    """

    kind: Omission
    sentence: str
    about: str
    question: str = ""
    reason: str = ""

    @property
    def needs_reason(self) -> bool:
        """True where it may stay open and nobody has said why."""
        return not self.kind.blocks and not self.reason


@dataclass(frozen=True, slots=True)
class Leaving:
    """What stayed open when one left, each gap with its reason, and when that was (UTC)."""

    gaps: tuple[LeavingGap, ...]
    at: str

    def explained(self, gap: LeavingGap) -> LeavingGap:
        """Return a gap with the reason that was given for it on leaving, if it stood there already."""
        kept = (each.reason for each in self.gaps if (each.kind, each.about) == (gap.kind, gap.about))
        return gap if gap.reason else replace(gap, reason=next(kept, ""))
