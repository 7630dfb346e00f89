"""Which questions of a form are put to an employer: decided by equalities over what is known, and told with the reason.

Nothing unknown takes a question away: it falls away only where something that is known says so, and even then it may be
answered, for the inspector sees what the roll does not know.
"""

from collections.abc import Iterator, Mapping

from ohdesk.domain.worded import Worded
from ohdesk.forms.answers import Answer, AnswerValue, question_place
from ohdesk.forms.definition import Form, Question
from ohdesk.i18n import mark, tr


class Trait(Worded):
    """What a condition may ask of an employer; values are the words of the roll and the names of hazards."""

    HAZARD = "hazard", mark("职业病危害因素")
    KIND = "kind", mark("单位类别")
    SIZE = "size", mark("企业规模")
    GRADE = "grade", mark("职业病危害程度")
    POST = "post", mark("岗位")


# By the name of a trait every value that holds; a trait that is not there is not known.
Traits = Mapping[str, frozenset[str]]
TRAITS = frozenset(Trait)


def not_applying(form: Form, traits: Traits, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return why questions do not apply, by their ids; a question that was answered is never among them."""
    reasons = {}
    for question in form.conditional:
        if question.id not in answers and not any(_may_hold(table, traits, answers) for table in question.applies):
            reasons[question.id] = _reason(question, traits, form)
    return reasons


def _may_hold(table: Mapping[str, str], traits: Traits, answers: Mapping[str, Answer]) -> bool:
    """True unless something that is known says that one of the equalities does not hold."""
    for name, wanted in table.items():
        known = traits.get(name) if name in TRAITS else _answered(name, answers)
        if known is not None and wanted not in known:
            return False
    return True


def _answered(name: str, answers: Mapping[str, Answer]) -> frozenset[str] | None:
    """Return what was answered to "E07", or filled in at "E07.over"; None where nothing was."""
    question, _, detail = name.partition(".")
    answer = answers.get(question)
    if answer is None:
        return None
    if not detail:
        return frozenset({answer.value.value})
    held = answer.details.get(detail)
    return None if held is None else frozenset({held})


def _reason(question: Question, traits: Traits, form: Form) -> str:
    wanted = tr("；或").join(dict.fromkeys(tr("，").join(_said(table, form)) for table in question.applies))
    known = tr("；").join(
        tr("{trait}：{values}", trait=trait.word, values=tr("、").join(sorted(traits[trait])))
        for trait in Trait
        if trait in traits and any(trait in table for table in question.applies)
    )
    if known:
        return tr("本项适用于{wanted}。已登记的是{known}。", wanted=wanted, known=known)
    return tr("本项适用于{wanted}。", wanted=wanted)


def _said(table: Mapping[str, str], form: Form) -> Iterator[str]:
    for name, value in table.items():
        if name in TRAITS:
            yield tr("{trait}为{value}", trait=Trait(name).word, value=value)
        else:
            yield _said_answer(name, value, form)


def _said_answer(name: str, value: str, form: Form) -> str:
    """Return in words that a question was answered so, or its detail filled so."""
    id_, _, key = name.partition(".")
    question = form.by_id[id_]
    place = question_place(question)
    if not key:
        return tr("{place}为{value}", place=place, value=AnswerValue(value).word)
    field = next(each for each in question.fields if each.key == key)
    return tr("{place}{label}为{value}", place=place, label=field.label, value=field.word(value))
