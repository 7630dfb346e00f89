"""The self-check of an employer: by which form, what it may answer, and the words of its workbook."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import msgspec

from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import form_ids, load_form
from ohdesk.paths import resources

MARK_DIGITS = 16  # of the SHA-256 of a form, by which a workbook names its very wording


class SelfAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer of the employer, as it is chosen, and that of the inspectors which says the same."""

    word: str
    value: AnswerValue


class SelfCheckRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `resources/visits/self_check.toml` says. words, comparison: of the two workbooks, by key."""

    valid_from: date
    source: str
    answers: tuple[SelfAnswer, ...]
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


@cache
def self_check_rules() -> SelfCheckRules:
    """Return the rules shipped."""
    file = resources() / "visits" / "self_check.toml"
    return msgspec.toml.decode(file.read_bytes(), type=SelfCheckRules)


def self_check_form(kind: str) -> Form | None:
    """Return the form that establishments of a kind check themselves by; None where there is none for them."""
    forms = map(load_form, form_ids())
    return next((form for form in forms if form.self_check and kind in form.kinds), None)
