"""Handwritten signatures as the pad gives them, checked, and bound to the record they were given over."""

from collections.abc import Sequence
from dataclasses import dataclass

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.record import SIGNING_WAYS, PartyStatement, StrokeSet
from ohdesk.errors import Problem
from ohdesk.i18n import tr

ROLES = ("party", "witness", "inspector", "assistant")
MOST_POINTS = 20_000
LARGEST_PAD = 100_000  # 1/100 mm: one metre
HARDEST = 1000  # pressure

Points = tuple[tuple[tuple[int, int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Strokes:
    """One signature from the pad. role: "party", "witness", "inspector" or "assistant".

    width, height: the pad, 1/100 mm · strokes: runs of points (x, y, pressure) as in `StrokeSet`
    """

    role: str
    name: str
    width: int
    height: int
    strokes: Points

    def bound(self, record_sha256: str, at: str) -> StrokeSet:
        """Return the signature with its time and the fingerprint of the record it stands under."""
        return StrokeSet(
            role=self.role,
            name=clean_text(self.name).strip(),
            at=at,
            record_sha256=record_sha256,
            width=self.width,
            height=self.height,
            strokes=self.strokes,
        )


def stroke_problems(party: PartyStatement, strokes: Sequence[Strokes]) -> tuple[Problem, ...]:
    """Return what is wrong with the signatures: the party's is there exactly when the party signs."""
    problems = [problem for one in strokes for problem in _problems(one)]
    signed = [one for one in strokes if one.role == "party"]
    wanted = 1 if party.way in SIGNING_WAYS else 0
    if len(signed) != wanted:
        expected = tr("一份手写签名") if wanted else tr("没有签名（拒签或不在场）")
        problems.append(Problem(tr("当事人签名"), expected, tr("{count} 份").format(count=len(signed))))
    elif signed and clean_text(signed[0].name).strip() != party.name:
        problems.append(Problem(tr("当事人签名"), party.name, signed[0].name or tr("没有姓名")))
    return tuple(problems)


def _problems(one: Strokes) -> list[Problem]:
    place = tr("手写签名（{name}）").format(name=one.name or one.role)
    if one.role not in ROLES:
        return [Problem(place, " / ".join(ROLES), one.role)]
    if not one.name.strip():
        return [Problem(place, tr("签名人姓名"), tr("空白"))]
    if not one.strokes or not all(one.strokes):
        return [Problem(place, tr("笔迹"), tr("没有笔迹"), tr("请重新签名。"))]
    if not (0 < one.width <= LARGEST_PAD and 0 < one.height <= LARGEST_PAD):
        return [Problem(place, tr("手写板尺寸"), f"{one.width} × {one.height}")]
    count = sum(map(len, one.strokes))
    if count > MOST_POINTS:
        return [Problem(place, tr("不超过 {limit} 个点").format(limit=MOST_POINTS), str(count), tr("请重新签名。"))]
    inside = all(
        0 <= x <= one.width and 0 <= y <= one.height and 0 <= pressure <= HARDEST
        for stroke in one.strokes
        for x, y, pressure in stroke
    )
    return [] if inside else [Problem(place, tr("手写板范围内的笔迹"), tr("有超出范围的点"), tr("请重新签名。"))]
