"""Handwriting for the demonstration: strokes as a pen on the pad would leave them."""

import math
import random

from ohdesk.domain.record import Signer, StrokeSet

PAD_WIDTH, PAD_HEIGHT = 9000, 3000  # 1/100 mm
_POINTS = 18


def signature(name: str) -> StrokeSet:
    """Return an invented signature of the party: a few strokes for each character, always the same for a name."""
    chance = random.Random(name)  # noqa: S311 - a drawing, not a secret
    strokes: list[tuple[tuple[int, int, int], ...]] = []
    step = PAD_WIDTH // (len(name) + 1)
    for place, _ in enumerate(name):
        left = step // 2 + place * step
        strokes += [_stroke(chance, left, step) for _ in range(chance.randint(3, 5))]
    return StrokeSet(role=Signer.PARTY, name=name, width=PAD_WIDTH, height=PAD_HEIGHT, strokes=tuple(strokes))


def _stroke(chance: random.Random, left: int, step: int) -> tuple[tuple[int, int, int], ...]:
    x, y = left + chance.randint(0, step // 2), chance.randint(500, 2000)
    reach_x, reach_y = chance.randint(step // 4, step), chance.randint(-300, 800)
    bend = chance.uniform(-2.2, 2.2)
    points = []
    for index in range(_POINTS):
        part = index / (_POINTS - 1)
        px = x + reach_x * part + 160 * math.sin(part * 3 + bend)
        py = y + reach_y * part + 260 * math.sin(part * 4 * bend)
        pressure = int(350 + 500 * math.sin(math.pi * part))
        points.append((_within(px, PAD_WIDTH), _within(py, PAD_HEIGHT), pressure))
    return tuple(points)


def _within(value: float, limit: int) -> int:
    return max(0, min(limit, round(value)))
