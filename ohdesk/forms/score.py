"""What the answers of a form come to, where it has a score."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class Scored:
    """Points had of those that could be had.

    band: by its name, "" while nothing was answered that counts · unconfirmed: nobody confirmed the points
    """

    points: int
    full: int
    band: str
    unconfirmed: bool = False

    @property
    def sentence(self) -> str:
        """The score as the window says it; "" while nothing was answered that counts."""
        if not self.full:
            return ""
        band = tr("，{band} 级", band=self.band) if self.band else ""
        said = tr("得 {points} 分，满分 {full} 分{band}", points=self.points, full=self.full, band=band)
        return said + tr("（分值待核）") if self.unconfirmed else said


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
        return Scored(0, 0, "", form.score.unconfirmed)
    # Not rounded: 89.5 of a hundred is below 90.
    reached = Decimal(points * 100) / full
    band = next((each.name for each in form.score.bands if reached >= Decimal(each.least)), "")
    return Scored(points, full, band, form.score.unconfirmed)
