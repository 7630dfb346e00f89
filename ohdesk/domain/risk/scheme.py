"""A scheme of the classes 甲乙丙, as `resources/risk/` has it: which is the lowest risk, and how one is worked out."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from ohdesk.domain.register.definition import Words
from ohdesk.i18n import tr

Nature = Literal["severe", "general"]
Level = Literal["met", "not_met"]
CLASSES = 3
NATURES: tuple[Nature, ...] = ("severe", "general")
LEVELS: tuple[Level, ...] = ("met", "not_met")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a table: which one it is, where it was read, and whether anybody has confirmed it."""

    version: str
    confirmed: bool
    source: str


class Exposure(Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Axis one. grades: from the lowest · persons: with which each band begins · general, severe: level → grades

    counted: whose number decides, of those exposed to hazards of that nature or of all exposed
    """

    grades: tuple[str, ...]
    persons: tuple[int, ...]
    counted: Literal["nature", "all"]
    general: Mapping[Level, tuple[str, ...]]
    severe: Mapping[Level, tuple[str, ...]]

    def grade(self, nature: Nature, level: Level, persons: int) -> str:
        """Return the grade of hazards of one nature."""
        row = self.severe[level] if nature == "severe" else self.general[level]
        return row[sum(least <= persons for least in self.persons) - 1]


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A band of management: from so many points out of 100."""

    name: str
    least: Decimal


class Management(Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Axis two. band: the best first, the last from nought."""

    band: tuple[Band, ...]

    def place(self, points: Decimal, full: Decimal) -> int:
        """Return the place of the band of so many points out of those that could be had. Nothing is rounded."""
        return next(place for place, band in enumerate(self.band) if points * 100 >= band.least * full)


class Matrix(Table, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"classes": "class"}):
    """Both axes together: grade → a class for each band of management."""

    classes: Mapping[str, tuple[str, ...]]


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scheme; without its tables nothing is classed by it. classes: from the lowest risk · since: as far as known."""

    key: str
    title: Words
    classes: tuple[str, ...]
    since: str
    source: str
    exposure: Exposure | None = None
    management: Management | None = None
    matrix: Matrix | None = None

    def faults(self) -> Iterator[str]:
        """Yield what does not fit together, in words."""
        if len({*self.classes}) != CLASSES:
            yield tr("classes 有三个不同的类别")
        if self.exposure is None or self.management is None or self.matrix is None:
            if self.exposure or self.management or self.matrix:
                yield tr("exposure、management、matrix 要么都有，要么都没有")
            return
        exposure, bands = self.exposure, self.management.band
        if list(exposure.persons) != sorted({*exposure.persons, 0}):
            yield tr("persons 从 0 起，从小到大")
        for rows in (exposure.general, exposure.severe):
            cells = [cell for level in LEVELS for cell in rows.get(level, ())]
            if len(cells) != len(LEVELS) * len(exposure.persons) or not {*cells} <= {*exposure.grades}:
                yield tr("general 和 severe 的每一行，每个人数段有一个风险级别")
        leasts = [band.least for band in bands]
        if not leasts or leasts != sorted(leasts, reverse=True) or leasts[-1] != 0:
            yield tr("band 从高分到低分，最后一个从 0 分起")
        if {*self.matrix.classes} != {*exposure.grades}:
            yield tr("matrix 每个风险级别有一行")
        for row in self.matrix.classes.values():
            if len(row) != len(bands) or not {*row} <= {*self.classes}:
                yield tr("matrix 的每一行，每个管理等级有一个类别")
