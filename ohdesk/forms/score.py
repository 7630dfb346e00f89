"""What the answers of a form come to, where it has a score."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Form


@dataclass(frozen=True, slots=True)
class Scored:
    """Points had of those that could be had; band: by its name, "" while nothing was answered that counts."""

    points: int
    full: int
    band: str


def scored(form: Form, answers: Mapping[str, Answer], fallen: Collection[str] = ()) -> Scored | None:
    """Return the score of a form; None where it has none.

    合理缺项 and 未检查 leave the points that could be had; what nobody has answered yet does as well.
    """
    if form.score is None:
        return None
    points = full = 0
    for question in form.questions:
        answer = answers.get(question.id)
        if answer is None or question.id in fallen or answer.value not in {AnswerValue.MET, AnswerValue.NOT_MET}:
            continue
        worth = question.points or form.score.points
        full += worth
        points += worth if answer.value is AnswerValue.MET else 0
    if not full:
        return Scored(0, 0, "")
    # Not rounded: 89.5 of a hundred is below 90.
    reached = Decimal(points * 100) / full
    band = next((each.name for each in form.score.bands if reached >= Decimal(each.least)), "")
    return Scored(points, full, band)
