"""Answers to a checklist: the four values, what is malformed, what is still missing, and the counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ohdesk.domain.canonical import clean_text
from ohdesk.domain.problems import blank
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem
from ohdesk.forms.definition import AnswerType, Form, Question
from ohdesk.forms.detail_values import LONGEST_TEXT, lacking, too_long, value_problems
from ohdesk.forms.open_places import open_places
from ohdesk.forms.relations import relation_problems
from ohdesk.i18n import tr


class AnswerValue(Worded):
    """The four answers; 未检查 never counts as 合格 and never stops a record."""

    MET = "met", "合格"
    NOT_MET = "not_met", "不合格"
    NOT_APPLICABLE = "not_applicable", "合理缺项"
    NOT_INSPECTED = "not_inspected", "未检查"

    @property
    def word(self) -> str:
        """The word on screen, paper and xlsx: the form's own, so no other language has another."""
        return self.said

    @property
    def digit(self) -> str:
        """The digit that gives this answer, "1" to "4"."""
        return str(list(AnswerValue).index(self) + 1)


# A yes-no question is put so that 是 is as the law wants it; its four answers are the same.
_OTHER_WORDS = {"是": AnswerValue.MET, "否": AnswerValue.NOT_MET, "不涉及": AnswerValue.NOT_APPLICABLE}
_BY_WORD = {word: value for value in AnswerValue for word in (value.value, value.word)}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    reason:  why 合理缺项 or 未检查 · fact: what was seen, for 不合格 (and a remark otherwise)
    details: key of the question's `fields` → text; numbers and days as text too, a repeat as `rows_text` gives it
    """

    value: AnswerValue
    reason: str = ""
    fact: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def cleaned(self) -> "Answer":
        """The same answer as it is stored: NFC, trimmed, without control characters and empty details."""
        details = {key: clean_text(text).strip() for key, text in self.details.items()}
        return Answer(
            self.value,
            clean_text(self.reason).strip(),
            clean_text(self.fact).strip(),
            {key: text for key, text in details.items() if text},
        )

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by the key of its field: "reason", "fact" or that of a detail; nothing empty."""
        texts = {"reason": self.reason, "fact": self.fact, **self.details}
        return {key: text for key, text in texts.items() if text}

    def with_texts(self, texts: Mapping[str, str]) -> "Answer":
        """Return the same answer with other texts in the fields named; an empty text empties its field."""
        details = {**self.details, **{key: text for key, text in texts.items() if key not in {"reason", "fact"}}}
        answer = Answer(self.value, texts.get("reason", self.reason), texts.get("fact", self.fact), details)
        return answer.cleaned


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions of a form have which answer."""

    total: int
    met: int
    not_met: int
    not_applicable: int
    not_inspected: int

    @property
    def answered(self) -> int:
        """Questions with any of the four answers."""
        return self.met + self.not_met + self.not_applicable + self.not_inspected

    @property
    def unanswered(self) -> int:
        """Questions nobody has answered yet."""
        return self.total - self.answered


def answer_value(word: str, question: Question) -> AnswerValue:
    """Return the value meant by a word, a key ("not_met") or, on a yes-no question, 是 / 否 / 不涉及.

    Raises ValueError for any other word.
    """
    text = word.strip()
    if text in _BY_WORD:
        return _BY_WORD[text]
    if question.answer_type is AnswerType.YES_NO and text in _OTHER_WORDS:
        return _OTHER_WORDS[text]
    raise ValueError(word)


def malformed(answer: Answer, question: Question) -> list[Problem]:
    """Return what keeps an answer from being stored at all: unknown details, no number, no day, endless text.

    Numbers that do not fit each other (more worn correctly than worn) are among it: they are stopped where they are
    typed.  A problem names its field by key, a cell of a repeat as `cell_key` does.
    """
    place = question_place(question)
    problems = [
        too_long(f"{place} {name}", text, key)
        for name, text, key in ((tr("理由"), answer.reason, "reason"), (tr("事实"), answer.fact, "fact"))
        if len(text) > LONGEST_TEXT
    ]
    if not answer.details:
        return problems
    wrong = value_problems(place, question.fields, answer.details)
    # Only of what is a number at all can be said whether it fits.
    return problems + (wrong or list(relation_problems(place, question.fields, answer.details)))


def missing(answer: Answer, question: Question) -> list[Problem]:
    """Return what an answer still lacks before the record can be made final; saving it is allowed meanwhile."""
    place = question_place(question)
    if answer.value is AnswerValue.NOT_APPLICABLE and not answer.reason:
        return [blank(place, "reason", tr("请写明合理缺项的理由。{when}", when=question.na_when))]
    if answer.value is AnswerValue.NOT_INSPECTED and not answer.reason:
        return [blank(place, "reason", tr("请写明未检查的原因，例如当日停产、负责人不在。"))]
    problems = left_open(answer, question)
    if answer.value not in {AnswerValue.MET, AnswerValue.NOT_MET}:
        return problems
    is_count = question.answer_type is AnswerType.COUNT
    if answer.value is AnswerValue.NOT_MET and not answer.fact:
        problems.insert(0, no_fact(place))
    return problems + lacking(place, question.fields, answer.details, whole_too=is_count)


def left_open(answer: Answer, question: Question) -> list[Problem]:
    """Return what is wrong with texts that still have the open places of a ready sentence, or are one untouched."""
    place, phrase = question_place(question), question.phrase if answer.value is AnswerValue.NOT_MET else ""
    problems = []
    for key, text in answer.texts.items():
        if pieces := open_places(text, phrase):
            words = "、".join(f"“{each}”" for each in dict.fromkeys(pieces))
            problems.append(blank(place, key, tr("还有{pieces}没有写：请写全，不需要的删去。", pieces=words)))
        elif key == "fact" and text == phrase:
            remedy = tr("还是没有改过的常用语：请写明在哪里、看到什么、多少。")
            problems.append(blank(place, key, remedy))
    return problems


def no_fact(place: str) -> Problem:
    """Return the problem of a breach of which nobody wrote what was seen; `place` names its question."""
    return blank(place, "fact", tr("请写明不合格的事实：看到的具体情形。"))


def photo_wanted(value: AnswerValue | None, question: Question, photos: int) -> bool:
    """True when a breach that a photo should show has none; a hint, it never stops a record."""
    return question.photo and value is AnswerValue.NOT_MET and photos == 0


def may_be_in_bulk(question: Question) -> bool:
    """True where 合格 may be given together with others: nothing to fill in, to show in a photo or severe."""
    return not (question.photo or question.severity == "严重" or question.fields)


def counts(form: Form, answers: Mapping[str, Answer], fallen: Collection[str] = ()) -> Counts:
    """Return the counts over the questions of `form`; those that fall away count as 合理缺项, as on the record."""
    values = [answers[question.id].value for question in form.questions if question.id in answers]
    values += [AnswerValue.NOT_APPLICABLE for question in form.questions if question.id in fallen]
    return Counts(len(form.questions), *(values.count(value) for value in AnswerValue))


def question_place(question: Question) -> str:
    """Return how a question is named to the user: 第 5 项（A05）."""
    return tr("第 {number} 项（{id}）", number=question.number, id=question.id)
