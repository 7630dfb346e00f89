"""The verdict on a measurement in a book: the limit in force on the day it was sampled, and what came of comparing."""

from collections.abc import Mapping

from ohdesk.domain.calendar import day_in
from ohdesk.domain.hazard.judging import Judgement, Measurement, Verdict, judge
from ohdesk.domain.problems import in_list
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.errors import ProblemsError
from ohdesk.forms.hazards import hazards
from ohdesk.i18n import in_chinese, tr


def verdict_fields(definition: Definition, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return the computed fields of an entry; none for a book that holds no measurements, or a day that is none."""
    judged = definition.judged
    if judged is None:
        return {}
    day = day_in(str(fields.get(judged.sampled_on) or ""))
    if day is None:
        return {}
    texts = {
        key: str(fields.get(getattr(judged, key)) or "") for key in ("hazard", "kind", "value", "unit", "condition")
    }
    with in_chinese():  # kept, sent and exported, and so in the language of the book
        found = _judgement(Measurement(day=day, below_lod=fields.get(judged.below_lod) is True, **texts))
        limit = found.limit
        return {
            judged.limit: "" if limit is None else f"{limit.value} {limit.unit}",
            judged.standard: "" if limit is None else limit.standard,
            judged.verdict: str(found.verdict),
            judged.why: found.why if found.verdict is Verdict.NOT_JUDGED else "",
        }


def _judgement(measured: Measurement) -> Judgement:
    try:
        return judge(hazards(), measured)
    except ProblemsError as error:
        # A book may hold what no limit speaks of: 其他 as the kind, a value below nought.
        return Judgement(Verdict.NOT_JUDGED, None, tr("；").join(map(in_list, error.problems)))
