"""What the program fills in an entry by itself: the verdict on a measurement, the risk class of an assessment."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ohdesk.domain.calendar import day_in
from ohdesk.domain.hazard.judging import Judgement, Measurement, Verdict, judge
from ohdesk.domain.problems import in_list
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.domain.risk.grading import Exposed, Inputs, risk_class
from ohdesk.domain.risk.scheme import LEVELS, NATURES, Level
from ohdesk.errors import ProblemsError
from ohdesk.forms.hazards import hazards
from ohdesk.forms.risk import CURRENT, schemes, severe_hazards
from ohdesk.i18n import in_chinese, tr


def computed_fields(definition: Definition, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return the computed fields of an entry by its other fields; none for a book that has none."""
    compute = _COMPUTE.get(definition.computes)
    if compute is None:
        return {}
    with in_chinese():  # kept, sent and exported, and so in the language of the book
        return compute(fields)


def _verdict(fields: Mapping[str, Value]) -> dict[str, Value]:
    day = day_in(str(fields.get("sampled_on") or ""))
    if day is None:
        return {}
    texts = {key: str(fields.get(key) or "") for key in ("hazard", "kind", "value", "unit", "condition")}
    found = _judgement(Measurement(day=day, below_lod=fields.get("below_lod") is True, **texts))
    limit = found.limit
    return {
        "limit": "" if limit is None else f"{limit.value} {limit.unit}",
        "standard": "" if limit is None else limit.standard,
        "verdict": str(found.verdict),
        "why": found.why if found.verdict is Verdict.NOT_JUDGED else "",
    }


def _judgement(measured: Measurement) -> Judgement:
    try:
        return judge(hazards(), measured)
    except ProblemsError as error:
        # A book may hold what no limit speaks of: 其他 as the kind, a value below nought.
        return Judgement(Verdict.NOT_JUDGED, None, tr("；").join(map(in_list, error.problems)))


def _risk(fields: Mapping[str, Value]) -> dict[str, Value]:
    exposed = {
        nature: Exposed(_level(fields.get(f"{nature}_level")), _count(fields.get(f"{nature}_exposed")))
        for nature in NATURES
    }
    named = severe_hazards(str(fields.get("hazards") or "").split())
    points, full = _amount(fields.get("points")), _amount(fields.get("points_full"))
    inputs = Inputs(exposed, _count(fields.get("exposed")), points, full, named)
    found = risk_class(schemes()[CURRENT], inputs)
    return {
        "grade": found.grade or None,
        "score": found.score,
        "management": found.management or None,
        "risk_class": found.risk_class or None,
        "scheme": CURRENT,
        "basis": found.basis,
        "why": found.why,
    }


def _level(value: Value) -> Level | None:
    return next((level for level in LEVELS if level == value), None)


def _count(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _amount(value: Value) -> Decimal | None:
    try:
        amount = Decimal(value) if isinstance(value, str) and value else None
    except InvalidOperation:  # another office may have written anything
        return None
    return amount if amount is not None and amount.is_finite() else None


_COMPUTE = {"verdict": _verdict, "risk": _risk}
