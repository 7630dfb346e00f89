"""The self-check of an employer: which questions it is asked, what it may answer, and the words of its workbook."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import msgspec

from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.risk import CURRENT, schemes
from ohdesk.paths import resources

MARK_DIGITS = 16  # of the SHA-256 of a form, by which a workbook names its very wording


class SelfAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer of the employer, as it is chosen, and that of the inspectors which says the same."""

    word: str
    value: AnswerValue


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How points are given. unconfirmed: nobody has compared it with the original."""

    unconfirmed: bool
    source: str


class SelfCheckRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `resources/visits/self_check.toml` says. words, comparison: of the two workbooks, by key."""

    valid_from: date
    source: str
    answers: tuple[SelfAnswer, ...]
    not_asked: tuple[str, ...]
    score: Scoring
    words: Mapping[str, str | tuple[str, ...]]
    comparison: Mapping[str, str]

    def word(self, key: str) -> str:
        """Return one of the words of the workbook."""
        return str(self.words[key])

    def said(self, value: AnswerValue) -> str:
        """Return an answer as the employer chooses it."""
        return next(each.word for each in self.answers if each.value is value)

    def value(self, word: str) -> AnswerValue | None:
        """Return the answer that a word of the list means; None for any other word."""
        return next((each.value for each in self.answers if each.word == word), None)

    def asked(self, form: Form) -> tuple[Question, ...]:
        """Return the questions of a form that an employer is asked about itself."""
        return tuple(question for question in form.questions if question.id not in self.not_asked)


@cache
def self_check_rules() -> SelfCheckRules:
    """Return the rules shipped."""
    file = resources() / "visits" / "self_check.toml"
    return msgspec.toml.decode(file.read_bytes(), type=SelfCheckRules)


def grade_of(points: int, full: int) -> str:
    """Return the band of so many points by the current scheme; "" where nothing applies and nothing can be graded."""
    management = schemes()[CURRENT].management
    if management is None or not full:
        return ""
    return management.band[management.place(Decimal(points), Decimal(full))].name
