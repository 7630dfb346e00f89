"""What is covered on the copy of a photo (遮盖): rectangles over faces and names."""

from collections.abc import Sequence
from dataclasses import dataclass

from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr

MOST_MASKS = 50
LEAST_SIDE = 8  # pixels: of less nobody means anything


@dataclass(frozen=True, slots=True)
class Mask:
    """A rectangle in pixels of the copy, from its left upper corner; what of it lies outside covers nothing."""

    x: int
    y: int
    width: int
    height: int


def read_masks(texts: Sequence[str]) -> tuple[Mask, ...]:
    """Return rectangles typed as "x,y,width,height". Raises ProblemsError naming each that is none."""
    masks, problems = [], []
    for text in texts:
        parts = text.replace("，", ",").split(",")
        if len(parts) == 4 and all(part.strip().isascii() and part.strip().isdecimal() for part in parts):
            masks.append(Mask(*map(int, parts)))
        else:
            problems.append(Problem(tr("遮盖"), tr("左,上,宽,高（副本的像素）"), text[:40], example="400,120,160,200"))
    if problems:
        raise ProblemsError(tr("照片没有遮盖。"), tuple(problems))
    check_masks(masks)
    return tuple(masks)


def check_masks(masks: Sequence[Mask]) -> None:
    """Raise ProblemsError for too many, and for each that is too small to cover anything."""
    problems = [
        Problem(tr("遮盖"), tr("宽、高不少于 {least} 像素", least=LEAST_SIDE), f"{each.width}×{each.height}")
        for each in masks
        if min(each.width, each.height) < LEAST_SIDE or min(each.x, each.y) < 0
    ]
    if len(masks) > MOST_MASKS:
        problems.append(Problem(tr("遮盖"), tr("不超过 {most} 处", most=MOST_MASKS), str(len(masks))))
    if problems:
        raise ProblemsError(tr("照片没有遮盖。"), tuple(problems))
