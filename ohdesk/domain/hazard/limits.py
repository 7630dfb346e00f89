"""Hazards with their limits, and how one is found by what somebody calls it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ohdesk.domain.hazard.conditions import Said
from ohdesk.domain.hazard.spelling import folded
from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark

_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
# A hyphen may be there or not, a middle dot too; commas and digits are what tells 1,2 from 1,1.
_PASSED_OVER = dict.fromkeys(map(ord, "-·•・'′ʹ’"), "") | {ord("、"): ","}
_IN_BRACKETS = re.compile(r"(.+)\(([^()]+)\)")


class HazardClass(Worded):
    """The six classes of 《职业病危害因素分类目录》 (国卫疾控发〔2015〕92号)."""

    DUST = "dust", mark("粉尘")
    CHEMICAL = "chemical", mark("化学因素")
    PHYSICAL = "physical", mark("物理因素")
    RADIOLOGICAL = "radiological", mark("放射性因素")
    BIOLOGICAL = "biological", mark("生物因素")
    OTHER = "other", mark("其他因素")


class LimitKind(Worded):
    """What is limited: the mean of a shift, that of fifteen minutes, a peak …"""

    TWA = "PC-TWA", mark("时间加权平均容许浓度")
    STEL = "PC-STEL", mark("短时间接触容许浓度")
    MAC = "MAC", mark("最高容许浓度")
    PEAK_EXPOSURE = "PE", mark("峰接触浓度")
    LEX_8H = "LEX,8h", mark("8 小时等效声级")
    LEX_40H = "LEX,40h", mark("40 小时等效声级")
    PEAK_LEVEL = "peak", mark("声压级峰值")
    WBGT = "WBGT", mark("WBGT 指数")
    VIBRATION = "ahw,4h", mark("4 小时等能量频率计权振动加速度")
    IRRADIANCE = "irradiance", mark("辐照度")
    FIELD = "E", mark("电场强度")


# In Chinese whatever language is spoken: books and lists are written in it.
_ALSO_CALLED = {
    LimitKind.TWA: ("TWA", "时间加权平均容许浓度", "时间加权平均浓度"),
    LimitKind.STEL: ("STEL", "短时间接触容许浓度", "短时间接触浓度"),
    LimitKind.MAC: ("最高容许浓度", "最高浓度"),
    LimitKind.PEAK_EXPOSURE: ("峰接触浓度", "峰浓度"),
    LimitKind.LEX_8H: ("LEX8", "8小时等效声级", "8h等效声级"),
    LimitKind.LEX_40H: ("LEX40", "40小时等效声级", "40h等效声级"),
    LimitKind.PEAK_LEVEL: ("声压级峰值", "峰值", "peak level"),
    LimitKind.WBGT: ("WBGT指数",),
    LimitKind.VIBRATION: ("ahw", "a(w)", "ahw(4)", "4小时等能量频率计权振动加速度", "4h等能量频率计权振动加速度"),
    LimitKind.IRRADIANCE: ("辐照度", "有效辐照度", "8h辐照度"),
    LimitKind.FIELD: ("电场强度", "E-field"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. At the limit is within it.

    unit, also: its unit as `units.is_unit` knows it, and others that mean the same here
    condition: as it is printed · when: the same, as conditions are compared · raised: by the rule for hot regions
    valid_to: the last day, None while it is in force · confirmed: judged by; if not, only shown
    source: where the number was taken from
    """

    kind: LimitKind
    value: Decimal
    unit: str
    also: tuple[str, ...]
    condition: str
    when: Said
    standard: str
    valid_from: date
    valid_to: date | None
    confirmed: bool
    source: str
    raised: bool = False

    def in_force(self, day: date) -> bool:
        """True on a day on which what is measured is judged by it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard. cas: the substance, then its isomers · marks: G1 · limits: with those raised by rule."""

    name: str
    hazard_class: HazardClass
    synonyms: tuple[str, ...]
    cas: tuple[str, ...]
    marks: tuple[str, ...]
    note: str
    limits: tuple[Limit, ...]

    @property
    def printed_limits(self) -> tuple[Limit, ...]:
        """The limits as the standard's tables print them."""
        return tuple(limit for limit in self.limits if not limit.raised)


@dataclass(frozen=True, slots=True)
class PeakRule:
    """How high a peak may be where there is a PC-TWA and no PC-STEL: times the PC-TWA, for a short time, and ever."""

    short: Decimal
    never: Decimal


class Hazards:
    """All hazards known, each found by any of its names."""

    def __init__(self, hazards: Iterable[Hazard], peak: PeakRule) -> None:
        self.all = tuple(hazards)
        self.peak = peak
        self._named: dict[str, list[Hazard]] = defaultdict(list)
        for hazard in self.all:
            for key in {*_name_keys(hazard), *hazard.cas}:
                self._named[key].append(hazard)

    def find(self, text: str) -> tuple[Hazard, ...]:
        """Return what is called so, by name, synonym or CAS number; several where the name does not tell them apart.

        Width, case, spaces and hyphens do not matter; the figures and commas of a name do: 1,2-二氯乙烷 is not
        1,1-二氯乙烷. What stands in brackets behind a name may be another of its names.
        """
        key = _name_key(text)
        found = self._named.get(key) or self._named.get(_cas_key(text))
        if not found and (parts := _IN_BRACKETS.fullmatch(key)):
            bare, inner = parts.groups()
            found = [each for each in self._named.get(bare, ()) if each in self._named.get(inner, ())]
        return tuple(found or ())

    def meant(self, text: str, condition: str) -> tuple[Hazard, ...]:
        """Return what is called so; of several those that the condition names: 铅烟, 可溶."""
        found, said = self.find(text), _name_key(condition)
        if len(found) < 2 or not said:
            return found
        return (
            tuple(each for each in found if any(said in key or key in said for key in _own_keys(each, found))) or found
        )

    def knows(self, text: str) -> bool:
        """True for a text that as a whole is the name of a hazard, so that it must not be cut at a comma."""
        return bool(self.find(text))

    def count(self) -> tuple[int, int]:
        """Return how many printed limits are confirmed, and how many are not."""
        limits = [limit for hazard in self.all for limit in hazard.printed_limits]
        confirmed = sum(limit.confirmed for limit in limits)
        return confirmed, len(limits) - confirmed


def kind_called(text: str) -> LimitKind | None:
    """Return the kind of limit that a text names: "PC-TWA", 峰值, "LEX,8h"; None for none."""
    return _KINDS.get(_kind_key(text))


def is_cas(text: str) -> bool:
    """True for a CAS number whose check digit is right."""
    match = _CAS.fullmatch(text)
    if match is None:
        return False
    digits = match[1] + match[2]
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10 == int(match[3])


def _name_key(text: str) -> str:
    return folded(text).translate(_DASHES).translate(_PASSED_OVER)


def _own_keys(hazard: Hazard, among: Iterable[Hazard]) -> set[str]:
    """Return the names of one of several hazards that no other of them has."""
    others = {key for each in among if each is not hazard for key in _name_keys(each)}
    return _name_keys(hazard) - others


def _name_keys(hazard: Hazard) -> set[str]:
    return set(map(_name_key, (hazard.name, *hazard.synonyms)))


def _cas_key(text: str) -> str:
    return folded(text).translate(_DASHES).removeprefix("cas").lstrip(":号no.")


def _kind_key(text: str) -> str:
    return "".join(each for each in folded(text) if unicodedata.category(each)[0] in "LN")


_KINDS = {_kind_key(text): kind for kind in LimitKind for text in (kind, *_ALSO_CALLED[kind])}
