"""The checklist of a re-inspection (复查): only what failed, worded as it was when it failed."""

from collections.abc import Collection

import msgspec

from ohdesk.forms.definition import Form
from ohdesk.forms.loader import load_form
from ohdesk.i18n import tr

RE_INSPECTION = "re-inspection"


def re_inspection_form(base: Form, failed: Collection[str]) -> Form:
    """Return the checklist that asks again the questions of `base` that failed, numbered anew in their order.

    It keeps the id and the edition of its base: an answer settles the finding of the same question of the same
    checklist.  It has a hash of its own.  Raises ValueError where none of the questions is in the base.
    """
    again = [question for question in base.questions if question.id in failed]
    if not again:
        raise ValueError(failed)
    sections = {question.section for question in again}
    # A condition may speak of a question that is not asked again: what failed is looked at whatever the roll says.
    questions = (msgspec.structs.replace(each, number=number, applies=()) for number, each in enumerate(again, 1))
    return msgspec.structs.replace(
        base,
        title=tr("{title}（{base}）", title=load_form(RE_INSPECTION).title, base=base.title),
        sections=tuple(section for section in base.sections if section.id in sections),
        questions=tuple(questions),
    )
