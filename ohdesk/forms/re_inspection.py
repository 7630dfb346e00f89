"""The checklist of a re-inspection (复查): all that failed, from whatever forms, worded as it was when it failed."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from ohdesk.domain.record import AnswerLine
from ohdesk.forms.definition import AnswerType, Form, InspectionMode, LegalBasis, Question, Section
from ohdesk.forms.loader import load_form
from ohdesk.i18n import in_chinese, tr

RE_INSPECTION_FORM = "re-inspection"


def re_inspection_form(failed: Sequence[tuple[Form, Collection[str]]]) -> Form:
    """Return the checklist that asks again what failed: forms with ids of questions in them, the latest form last.

    Its questions keep their ids, by which an answer settles a finding, and are numbered anew: those of the fullest
    form first.  One that failed in several is asked once, as it was worded last.  It has a hash of its own.
    Raises ValueError for a question that is in none of the forms.
    """
    bases = sorted((form for form, _ in failed), key=lambda form: -len(form.questions))
    sections = {section.id: section for base in bases for section in base.sections}
    again = {id_: form.by_id[id_] for form, ids in failed for id_ in ids if id_ in form.by_id}
    if missing := {id_ for _, ids in failed for id_ in ids} - again.keys():
        raise ValueError(missing)
    places = {id_: place for place, id_ in enumerate(each.id for base in bases for each in base.questions)}
    order = list(sections)
    put = sorted(again.values(), key=lambda each: (order.index(each.section), places[each.id]))
    head = load_form(RE_INSPECTION_FORM)
    return msgspec.structs.replace(
        head,
        title=_title(head, bases),
        sections=tuple(sections[id_] for id_ in dict.fromkeys(each.section for each in put)),
        # A condition may speak of a question that is not asked again: what failed is looked at whatever the roll says.
        questions=tuple(msgspec.structs.replace(each, number=number, applies=()) for number, each in enumerate(put, 1)),
    )


def with_recorded(base: Form, lines: Iterable[AnswerLine]) -> Form:
    """Return a form with questions it does not have, as a record of another edition says them."""
    of_title = {section.title: section for section in base.sections}
    questions = list(base.questions)
    for line in lines:
        section = of_title.setdefault(line.section, Section(id=line.question, title=line.section))
        questions.append(_recorded(line, len(questions) + 1, section.id))
    return msgspec.structs.replace(base, sections=tuple(of_title.values()), questions=tuple(questions))


def _recorded(line: AnswerLine, number: int, section: str) -> Question:
    return Question(
        id=line.question,
        number=number,
        section=section,
        text=line.text,
        how="",
        answer_type=AnswerType.PASS_FAIL_NA,
        mode=InspectionMode.BOTH,
        phrase="",
        duty=tuple(LegalBasis(text=each) for each in line.duty),
        severity="一般",
    )


@in_chinese()  # it stands on the record
def _title(head: Form, bases: Iterable[Form]) -> str:
    # What fails a second time comes from the checklist of a re-inspection, which need not be named within itself.
    names = dict.fromkeys(base.title for base in bases if not base.from_findings)
    return tr("{title}（{base}）", title=head.title, base="、".join(names)) if names else head.title
