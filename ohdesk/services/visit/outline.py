"""The outline of a checklist: a line for each question, and the orders in which one goes through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Question
from ohdesk.forms.ways import Way, way_of
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One line of the outline. `value` is None while unanswered; `incomplete` when something is still missing.

    bulk: answered together with others · note: what was found last time, or why the question is not put
    fallen: it is not put; it may be answered all the same
    """

    question: Question
    section_title: str
    value: AnswerValue | None
    incomplete: bool
    bulk: bool = False
    note: str = ""
    fallen: bool = False

    @property
    def word(self) -> str:
        """The answer in a word."""
        return self.value.word if self.value else tr("未答")


def arranged(
    rows: Sequence[OutlineRow], fallen: Mapping[str, str], waiting: Mapping[str, str], *, by_way: bool
) -> tuple[OutlineRow, ...]:
    """Return the lines in the order one goes through them: what waits since last time first, what is not put last.

    fallen: why questions are not put, by id · waiting: what was found last time and is not put right, by question
    by_way: papers, then the walk, then the talk; else as the form has them
    """
    first, rest, last = [], [], []
    for row in rows:
        if row.question.id in fallen:
            last.append(replace(row, section_title=tr("不适用"), note=fallen[row.question.id], fallen=True))
        elif row.question.id in waiting:
            first.append(replace(row, section_title=tr("上次的问题"), note=waiting[row.question.id]))
        else:
            rest.append(row)
    if by_way:
        ways = list(Way)
        rest = [replace(row, section_title=way_of(row.question).word) for row in rest]
        rest.sort(key=lambda row: ways.index(way_of(row.question)))
    return (*first, *rest, *last)
