"""Under what conditions a limit holds, and what a text says of them: the share of SiO2, the contact rate …

One reader for both: the conditions of the limits are texts in the data, and whoever asks writes a text too.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ohdesk.domain.hazard.spelling import folded
from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark

_ENDLESS = Decimal("Infinity")
_WHOLE = Decimal(100)  # percent


class Axis(Worded):
    """What a condition is about."""

    SILICA = "silica", mark("游离 SiO₂ 含量")
    ASBESTOS = "asbestos", mark("石棉含量")
    FRACTION = "fraction", mark("总尘或呼尘")
    ALTITUDE = "altitude", mark("是否高原")
    RATE = "rate", mark("接触时间率")
    LABOUR = "labour", mark("体力劳动强度分级")
    IMPULSES = "impulses", mark("每天的脉冲次数")
    OUTDOOR = "outdoor", mark("室外通风设计温度")
    ARC = "arc", mark("是否电焊弧光")


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers from `least` to `most`; `above`, `below`: without the end itself."""

    least: Decimal
    most: Decimal
    above: bool = False
    below: bool = False

    def holds(self, other: "Span") -> bool:
        """True where every number of the other one is in this one."""
        low = other.least > self.least or (other.least == self.least and (other.above or not self.above))
        high = other.most < self.most or (other.most == self.most and (other.below or not self.below))
        return low and high


Said = Mapping[Axis, Span | str]  # on each axis: the numbers, or the word


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: `said` on each axis, `clash` where it says two things, `rest` what was not understood."""

    said: Said
    clash: Axis | None = None
    rest: str = ""


# Axes of words: the word, and how it is written. The first that is found is taken out, so 非高原 is not also 高原.
_WORDS: dict[Axis, dict[str, str]] = {
    Axis.FRACTION: {"总尘": r"总粉?尘(?:浓度)?|total", "呼尘": r"呼吸性粉?尘(?:浓度)?|呼尘|呼吸性|respirable"},
    Axis.ALTITUDE: {"非高原": r"非高原(?:地区)?|平原", "高原": r"高原(?:地区)?|海拔|plateau"},
    Axis.ARC: {"电焊弧光": r"电焊?弧光?"},
    Axis.LABOUR: {
        "Ⅳ": r"(?<![a-z])iv(?![a-z])级?|(?<!\d)[4四]级|极重劳动",
        "Ⅲ": r"(?<![a-z])iii(?![a-z])级?|(?<!\d)[3三]级|重劳动",
        "Ⅱ": r"(?<![a-z])ii(?![a-z])级?|(?<!\d)[2二]级|中等劳动",
        "Ⅰ": r"(?<![a-z])i(?![a-z])级?|(?<!\d)[1一]级|轻劳动",
    },
}
# Axes of numbers: what they are called, and the unit that tells them.
_NUMBERS: dict[Axis, tuple[str, str]] = {
    Axis.SILICA: (r"矽|游离二氧化硅|二氧化硅|游离硅|结晶硅", "%"),
    Axis.ASBESTOS: (r"石棉|asbestos", "%"),
    Axis.RATE: (r"接触时间率|接触率|时间率|contactrate", "%"),
    Axis.IMPULSES: (r"脉冲|次数|impulses|n", "次"),
    Axis.OUTDOOR: (r"室外|通风设计温度|outdoor", "°c"),
}
_SIGNS = (  # longest first
    *(("freesilica", "矽"), ("silica", "矽"), ("labourgrade", ","), ("grade", ","), ("class", ",")),
    *(("sio2", "矽"), ("<=", "≤"), (">=", "≥"), ("≦", "≤"), ("≧", "≥"), ("⩽", "≤"), ("⩾", "≥")),
    *(("不超过", "≤"), ("不大于", "≤"), ("不高于", "≤"), ("不小于", "≥"), ("不低于", "≥"), ("不少于", "≥")),
    *(("超过", ">"), ("大于", ">"), ("高于", ">"), ("低于", "<"), ("小于", "<"), ("少于", "<"), ("不到", "<")),
    *(("～", "~"), ("—", "~"), ("–", "~"), ("-", "~"), ("至", "~"), ("到", "~"), ("℃", "°c"), ("度(", "(")),
)
_N, _U, _GAP = r"\d{1,9}(?:\.\d{1,9})?", r"(?:%|°c|次)?", r"[^\d<>≤≥=~%]*"
_EXPRESSION = re.compile(
    rf"(?P<low>{_N}){_U}(?P<over>[<≤])(?P<name>{_GAP})(?P<under>[<≤])(?P<high>{_N})(?P<unit>{_U})"
    rf"|(?P<first>{_N}){_U}~(?P<last>{_N})(?P<unit2>{_U})"
    rf"|(?P<sign>[<>≤≥=]?)(?P<number>{_N})(?P<unit3>{_U})"
)
_FILLING = re.compile(
    r"[,;:,。、；：()\[\]/+和及与且\s]|含量|含|为|是|约|游离|粉?尘|工作场所|地区|每[天日]|接触|次数?|分级|体力|劳动|强度|质量|分数"
    r"|浓度|的|在|按|n|个?工作日|个|本|夏季|夏天|[天日]|dust|aday|perday"
)


def read(text: str, axes: Collection[Axis]) -> Reading:
    """Return what a text says on these axes; on others it is not understood."""
    plain = _plain(text)
    said: dict[Axis, Span | str] = {}
    clash: Axis | None = None
    for axis in _WORDS:
        if axis not in axes:
            continue
        words, plain = _words(axis, plain)
        if words:
            said[axis] = words[0]
            clash = axis if len(words) > 1 else clash
    rest = ""
    numbers = [axis for axis in _NUMBERS if axis in axes]
    end = 0
    for match in _EXPRESSION.finditer(plain):
        around = plain[end : match.start()] + (match["name"] or "")
        end = match.end()
        rest += _left(around, numbers)
        number = _number(match, around, numbers)
        if number is None:
            rest += match[0]
            continue
        named, span = number
        clash = named if said.get(named, span) != span else clash
        said[named] = span
    return Reading(said, clash, rest + _left(plain[end:], numbers))


def words_in(name: str, axes: Collection[Axis]) -> Said:
    """Return what the name of a hazard says by itself on the axes of words: 电焊弧光."""
    return {axis: word for axis, word in read(name, axes).said.items() if axis in _WORDS}


def fits(condition: Said, said: Said) -> bool:
    """True where nothing that was said is outside a limit's condition; what was not said is not asked."""
    for axis, wanted in condition.items():
        given = said.get(axis, wanted)
        inside = wanted.holds(given) if isinstance(wanted, Span) and isinstance(given, Span) else given == wanted
        if not inside:
            return False
    return True


def _plain(text: str) -> str:
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", folded(text))  # 1,000 is a thousand
    for written, meant in _SIGNS:
        plain = plain.replace(written, meant)
    return plain


def _words(axis: Axis, plain: str) -> tuple[list[str], str]:
    """Return the words of one axis in a text, and the text without them."""
    found = []
    for word, pattern in _WORDS[axis].items():
        without = re.sub(pattern, ",", plain)
        if without != plain:
            found.append(word)
        plain = without
    return found, plain


def _number(match: re.Match[str], around: str, numbers: list[Axis]) -> tuple[Axis, Span] | None:
    """Return on which axis a number stands, and the number; None where that is not clear."""
    unit = match["unit"] or match["unit2"] or match["unit3"] or ""
    axis, span = _axis_of(around, unit, numbers), _span_of(match)
    return None if axis is None or not _sensible(axis, span, unit) else (axis, span)


def _axis_of(around: str, unit: str, numbers: list[Axis]) -> Axis | None:
    called = [axis for axis in numbers if re.search(_NUMBERS[axis][0], around)]
    measured = [axis for axis in numbers if unit and _NUMBERS[axis][1] == unit]
    # A bare number is what is asked first; nobody gives the temperature outside without saying so.
    candidates = called or measured or ([] if unit else [axis for axis in numbers if axis is not Axis.OUTDOOR])
    return candidates[-1] if called else candidates[0] if len(candidates) == 1 else None


def _span_of(match: re.Match[str]) -> Span:
    if match["low"]:
        return Span(Decimal(match["low"]), Decimal(match["high"]), match["over"] == "<", match["under"] == "<")
    if match["first"]:
        return Span(Decimal(match["first"]), Decimal(match["last"]))
    number, sign = Decimal(match["number"]), match["sign"]
    if sign in {"<", "≤"}:
        return Span(Decimal(0), number, below=sign == "<")
    if sign in {">", "≥"}:
        return Span(number, _ENDLESS, above=sign == ">")
    return Span(number, number)


def _sensible(axis: Axis, span: Span, unit: str) -> bool:
    """False for a share of more than the whole, or one that may be meant as a part of one: 0.3."""
    if _NUMBERS[axis][1] != unit and unit:
        return False
    if span.least > span.most:
        return False
    if _NUMBERS[axis][1] != "%":
        return True
    ends = [end for end in (span.least, span.most) if end != _ENDLESS]
    return all(end <= _WHOLE and (unit or end == 0 or end >= 1) for end in ends)


def _left(around: str, numbers: list[Axis]) -> str:
    for axis in numbers:
        around = re.sub(_NUMBERS[axis][0], "", around)
    return _FILLING.sub("", around)
