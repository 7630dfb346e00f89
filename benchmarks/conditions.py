"""Which questions of a long checklist are put, worked out anew after every answer."""

import time
from collections.abc import Iterator

from msgspec.structs import replace

from benchmarks.rounds import Figure, middle, right
from benchmarks.scale import Scale
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.applicability import not_applying
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import load_form

GOALS = ("conditions of a long checklist",)
QUESTIONS, CONDITIONS = 200, 60
_TRAITS = {
    "hazard": frozenset({"噪声", "矽尘", "粉尘", "物理因素"}),
    "kind": frozenset({"用人单位"}),
    "size": frozenset({"小型"}),
    "post": frozenset(f"岗位{number}" for number in range(40)),
}
_TABLES = (
    ({"hazard": "苯"}, {"hazard": "噪声", "size": "大型"}),
    ({"post": "电焊"}, {"kind": "放射诊疗单位"}),
    ({"Q000": "not_met"},),
)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    form = _form()
    answers = {each.id: Answer(AnswerValue.MET) for each in form.questions if not each.applies}
    right(len(not_applying(form, _TRAITS, answers)) == CONDITIONS, "every condition falls away")
    taken = []
    for _ in range(max(scale.rounds, 20)):
        began = time.perf_counter()
        not_applying(form, _TRAITS, answers)
        taken.append((time.perf_counter() - began) * 1000)
    yield middle(GOALS[0], "ms", taken)


def _form() -> Form:
    shipped = load_form("employer-general")
    first = replace(shipped.questions[0], applies=())
    plain = [replace(first, id=f"Q{number:03}") for number in range(QUESTIONS)]
    asked = [replace(each, applies=_TABLES[number % len(_TABLES)]) for number, each in enumerate(plain[-CONDITIONS:])]
    questions = (*plain[:-CONDITIONS], *asked)
    return replace(shipped, questions=questions)
