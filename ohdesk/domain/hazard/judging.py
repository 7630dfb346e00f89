"""Whether a measurement kept to the limit: said only where the limit is known to be the right one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ohdesk.domain.hazard.conditions import Axis, Reading, fits, read, words_in
from ohdesk.domain.hazard.limits import Hazard, Hazards, Limit, LimitKind, PeakRule, kind_called
from ohdesk.domain.hazard.units import converted
from ohdesk.domain.problems import blank
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import mark, tr

# Written as a report prints it. Decimal() alone would also take "1e9999", "NaN", "1_0" and the digits of other scripts.
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_LONGEST = {"hazard": 100, "kind": 40, "unit": 40, "condition": 300}  # characters
_SHOWN = 40  # characters of what was typed
# Where what was not said decides nothing, it is not asked: a result over both limits is over.
_MAY_BE_UNSAID = frozenset({Axis.FRACTION, Axis.OUTDOOR})
# All of Guangdong lies lower; said is only what is otherwise.
_USUAL = frozenset({Axis.ALTITUDE})


class Verdict(Worded):
    """What is said of a measurement."""

    WITHIN = "within", mark("合格")
    OVER = "over", mark("超标")
    NOT_JUDGED = "not_judged", mark("不判定")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A result as a report prints it, each part a text; `day` is that of the sampling.

    below_lod: nothing was found, and the value is the limit of detection
    """

    hazard: str
    kind: str
    value: str
    unit: str
    day: date
    condition: str = ""
    below_lod: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict; the limit it goes by, or would go by if it were confirmed; and why, in a sentence."""

    verdict: Verdict
    limit: Limit | None
    why: str


class _UndecidedError(Exception):
    """Why there is no verdict, and the limit that would be gone by if it were confirmed."""

    def __init__(self, why: str, limit: Limit | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.limit = limit


def judge(hazards: Hazards, measured: Measurement) -> Judgement:
    """Return the verdict on a measurement. At the limit is within.

    Not judged, and the reason named: a hazard or a limit that is not known, none in force on the day, a unit that
    cannot be converted exactly, a condition that is missing or not understood, a limit that nobody has confirmed.
    Raises ProblemsError, with all problems, for parts that say nothing: a value that is no number, a kind there is not.
    """
    value, kind = _checked(measured)
    try:
        hazard = _the_one(hazards.meant(measured.hazard, measured.condition), measured.hazard.strip())
        limits = _in_force(_of_kind(hazard, kind), hazard.name, measured.day)
        amounts = _in_their_units(value, measured.unit.strip(), limits)
        fitting = _fitting([limit for limit, _amount in amounts], hazard, measured)
        compared = [(limit, amount) for limit, amount in amounts if limit in fitting]
        if kind is LimitKind.PEAK_EXPOSURE:
            found = _agreed([_peak(amount, limit, hazards.peak) for limit, amount in compared])
        else:
            found = _agreed([_against(amount, limit) for limit, amount in compared])
    except _UndecidedError as undecided:
        return Judgement(Verdict.NOT_JUDGED, undecided.limit, undecided.why)
    if measured.below_lod and found.verdict is Verdict.OVER:
        why = tr("检出限高于限值，看不出是否超过：{why}", why=found.why)
        return Judgement(Verdict.NOT_JUDGED, found.limit, why)
    return found


def shown(limit: Limit) -> str:
    """Return a limit in one line: its kind, value and unit, its condition, the standard and since when it holds."""
    about = tr("；").join(filter(None, (limit.condition, limit.standard, tr("{day} 起", day=limit.valid_from))))
    text = tr("{kind} {value} {unit}（{about}）", kind=limit.kind, value=limit.value, unit=limit.unit, about=about)
    return text if limit.confirmed else tr("{limit} 未核实", limit=text)


def dated(limit: Limit) -> str:
    """Return a limit in one line, with its last day where another took its place."""
    last = limit.valid_to
    return shown(limit) if last is None else tr("{limit}，到 {day} 止", limit=shown(limit), day=last)


def _checked(measured: Measurement) -> tuple[Decimal, LimitKind]:
    """Return value and kind. Raises ProblemsError with whatever is not understood in any part."""
    places = {
        "hazard": (measured.hazard, tr("危害因素")),
        "kind": (measured.kind, tr("指标")),
        "value": (measured.value, tr("结果")),
        "unit": (measured.unit, tr("单位")),
        "condition": (measured.condition, tr("条件")),
    }
    problems = [_wrong(key, text, place) for key, (text, place) in places.items()]
    kind = kind_called(measured.kind)
    found = tuple(problem for problem in problems if problem)
    if found or kind is None:
        raise ProblemsError(tr("检测结果没有写清楚，没有判定。"), found)
    return Decimal(measured.value.strip()), kind


def _wrong(key: str, text: str, place: str) -> Problem | None:
    if not text.strip():
        return None if key == "condition" else blank(place, key)
    most = _LONGEST.get(key, 0)
    if most and len(text) > most:
        found = tr("{count} 个字", count=len(text))
        return Problem(place, tr("不超过 {most} 个字的文字", most=most), found, field=key)
    if key == "kind" and kind_called(text) is None:
        return Problem(place, tr("{kinds} 中的一项", kinds="、".join(LimitKind)), text.strip(), field=key)
    if key == "value" and not _AMOUNT.fullmatch(text.strip()):
        remedy = tr("只写半角数字和小数点，不写单位、正负号和逗号。")
        return Problem(place, tr("数字"), text.strip()[:_SHOWN], remedy, key, "1.5")
    return None


def _the_one(found: Sequence[Hazard], name: str) -> Hazard:
    if not found:
        raise _UndecidedError(tr("危害因素库里没有“{name}”，没有限值可以对照。", name=name))
    if len(found) > 1:
        names = tr("、").join(each.name for each in found)
        raise _UndecidedError(tr("“{name}”可以是几种危害因素，要写明是哪一种：{names}。", name=name, names=names))
    return found[0]


def _of_kind(hazard: Hazard, kind: LimitKind) -> list[Limit]:
    peak = kind is LimitKind.PEAK_EXPOSURE
    if peak and any(limit.kind is LimitKind.STEL for limit in hazard.limits):
        raise _UndecidedError(tr("{name}有 PC-STEL，短时间的结果按 PC-STEL 判定。", name=hazard.name))
    limits = [limit for limit in hazard.limits if limit.kind is (LimitKind.TWA if peak else kind)]
    if not hazard.limits:
        raise _UndecidedError(tr("库里没有{name}的限值。", name=hazard.name))
    if not limits:
        kinds = tr("、").join(dict.fromkeys(limit.kind for limit in hazard.limits))
        raise _UndecidedError(
            tr("库里{name}的限值只有 {kinds}，没有 {kind}。", name=hazard.name, kinds=kinds, kind=kind)
        )
    return limits


def _in_force(limits: Sequence[Limit], name: str, day: date) -> list[Limit]:
    found = [limit for limit in limits if limit.in_force(day)]
    if not found:
        known = tr("；").join(dated(limit) for limit in limits if not limit.raised)
        raise _UndecidedError(
            tr("{day} 这一天，库里没有{name}可用的限值。有的是：{known}。", day=day, name=name, known=known)
        )
    return found


def _in_their_units(value: Decimal, unit: str, limits: Sequence[Limit]) -> list[tuple[Limit, Decimal]]:
    """Return each limit that can be compared with the value, and what the value is in its unit."""
    amounts = []
    for limit in limits:
        also = (converted(value, unit, other) for other in (limit.unit, *limit.also))
        amount = next((each for each in also if each is not None), None)
        if amount is not None:
            amounts.append((limit, amount))
    if not amounts:
        wanted = tr("、").join(dict.fromkeys(limit.unit for limit in limits))
        raise _UndecidedError(
            tr("限值的单位是 {wanted}，“{unit}”不能准确换算成它，没有比较。", wanted=wanted, unit=unit)
        )
    return amounts


def _fitting(limits: Sequence[Limit], hazard: Hazard, measured: Measurement) -> list[Limit]:
    """Return the limits that hold under what was said; several only where the difference may be left unsaid."""
    axes = {axis for limit in limits for axis in limit.when}
    reading = read(measured.condition, axes)
    said = {**words_in(measured.hazard, axes), **reading.said}
    fitting = [limit for limit in limits if fits(limit.when, said)]
    if fitting and not any(limit.confirmed for limit in fitting):
        raise _unconfirmed(fitting)
    if axes:
        _refuse_unclear(reading)
    missing = [axis for axis in Axis if axis in axes and axis not in said and axis not in _MAY_BE_UNSAID | _USUAL]
    if missing:
        words = tr("、").join(axis.word for axis in missing)
        raise _UndecidedError(tr("还缺条件：{words}。{name}的限值随它不同。", words=words, name=hazard.name))
    if not fitting:
        known = tr("；").join(limit.condition for limit in limits if not limit.raised)
        raise _UndecidedError(tr("库里没有{name}在这个条件下的限值。有的是：{known}。", name=hazard.name, known=known))
    return fitting


def _refuse_unclear(reading: Reading) -> None:
    if reading.clash:
        raise _UndecidedError(tr("条件里的{axis}前后不一致。", axis=reading.clash.word))
    if reading.rest:
        raise _UndecidedError(tr("条件里的“{text}”看不懂，没有判定。", text=reading.rest[:_SHOWN]))


def _unconfirmed(limits: Sequence[Limit]) -> _UndecidedError:
    known = tr("；").join(map(shown, limits))
    sources = tr("；").join(dict.fromkeys(limit.source for limit in limits))
    why = tr("限值未核实，不据以判定：{known}。来源：{sources}。", known=known, sources=sources)
    return _UndecidedError(why, limits[0] if len(limits) == 1 else None)


def _against(amount: Decimal, limit: Limit) -> Judgement:
    values = {"amount": _plain(amount), "unit": limit.unit, "limit": shown(limit)}
    if amount > limit.value:
        return Judgement(Verdict.OVER, limit, tr("{amount} {unit} 超过 {limit}。", **values))
    return Judgement(Verdict.WITHIN, limit, tr("{amount} {unit} 不超过 {limit}。", **values))


def _plain(amount: Decimal) -> str:
    """Return a number without the noughts that a conversion leaves behind it."""
    return f"{amount.normalize():f}"


def _peak(amount: Decimal, twa: Limit, rule: PeakRule) -> Judgement:
    """Judge a peak where there is no PC-STEL: up to so many times the PC-TWA is within, above so many more is over."""
    short, never = (
        replace(twa, kind=LimitKind.PEAK_EXPOSURE, value=twa.value * times) for times in (rule.short, rule.never)
    )
    if short.value < amount <= never.value:
        why = tr(
            "{amount} {unit} 在 PC-TWA 的 {short} 倍和 {never} 倍之间，要看每次多久、一天几次，没有判定。",
            amount=_plain(amount),
            unit=twa.unit,
            short=rule.short,
            never=rule.never,
        )
        return Judgement(Verdict.NOT_JUDGED, short, why)
    return _against(amount, short if amount <= short.value else never)


def _agreed(verdicts: Sequence[Judgement]) -> Judgement:
    """Return the verdict that several limits agree on; where they do not, what has to be known for one."""
    limits = [each.limit for each in verdicts if each.limit]
    differing = [axis for axis in Axis if len({limit.when.get(axis) for limit in limits}) > 1]
    words = tr("、").join(axis.word for axis in differing)
    if len({each.verdict for each in verdicts}) > 1:
        known = tr("；").join(map(shown, limits))
        raise _UndecidedError(
            tr("还缺条件：{words}。结果超过其中一些限值，不超过另一些：{known}。", words=words, known=known)
        )
    # Within all is within the lowest, over all is over the highest: the one that says most.
    chosen = min if verdicts[0].verdict is Verdict.WITHIN else max
    found = chosen(verdicts, key=lambda each: each.limit.value if each.limit else 0)
    if not differing:
        return found
    return replace(found, why=tr("{why}没有写明{words}，两种情况都是这个结论。", why=found.why, words=words))
