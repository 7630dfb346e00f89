"""What a checklist is: a form of sections and questions, each with its legal basis.

The classes are also what the files under `resources/checklists` are decoded into: a key of a file is a field here.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

import msgspec

from ohdesk.i18n import tr


class AnswerType(StrEnum):
    """How a question is put; all three are answered with the same four values.

    pass_fail_na: the four words as they are · yes_no: 是 means 合格, 否 means 不合格 ·
    count: besides the verdict, the numbers of `fields` are needed
    """

    PASS_FAIL_NA = "pass_fail_na"  # noqa: S105 - not a password
    YES_NO = "yes_no"
    COUNT = "count"


class FieldKind(StrEnum):
    """What a detail field holds: free text, a whole number, or a day ("2026-03-02")."""

    TEXT = "text"
    INT = "int"
    DATE = "date"


class InspectionMode(StrEnum):
    """Where a question can be answered: on site only, from papers (非现场), or either."""

    ONSITE = "onsite"
    OFFSITE_OK = "offsite_ok"
    BOTH = "both"


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law, the edition meant and the article in it; or words that could not be taken apart.

    law:         name without brackets, as in `laws.toml`; empty when only `text` is known
    edition:     day that identifies the edition; None for standards and where it is not known
    article:     as printed, "第二十条（一）"; may be empty
    text:        the source's own words, where they are not a plain citation
    unconfirmed: the article rests on memory or a second-hand source (待核)
    """

    law: str = ""
    edition: date | None = None
    article: str = ""
    text: str = ""
    unconfirmed: bool = False

    @property
    def citation(self) -> str:
        """The basis as printed: 《职业病防治法》第二十条（一）, with （待核） where it is not confirmed."""
        named = f"《{self.law}》{self.article}" if self.law else ""
        words = "：".join(part for part in (named, self.text) if part)
        return words + tr("（待核）") if self.unconfirmed else words


class DetailField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further entry of a question (专职人数 …). `at_most` names the field whose number it may not exceed."""

    key: str
    label: str
    kind: FieldKind
    at_most: str = ""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a form: its letter or key, and its heading."""

    id: str
    title: str


class QuestionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"fields": "field"}):
    """One line of a checklist (检查项) as its file has it. `id` is never reused.

    text:       the wording, quoting the law · how: how to look · evidence: what proves the answer
    na_when:    when 合理缺项 fits; empty where the source names no case
    photo:      a breach should be shown in a photo
    phrase:     beginning of the fact text of a breach (F2)
    duty, penalty: legal bases; the penalty never stands on a 现场检查笔录
    disposal:   key of the proposed disposal, empty for the one that goes with the severity
    core:       one of the items every inspection of this kind covers
    """

    id: str
    text: str
    how: str
    evidence: str = ""
    answer_type: AnswerType
    fields: tuple[DetailField, ...] = ()
    na_when: str = ""
    mode: InspectionMode
    photo: bool = False
    phrase: str
    duty: tuple[LegalBasis, ...]
    penalty: tuple[LegalBasis, ...] = ()
    disposal: str = ""
    severity: Literal["提示", "一般", "严重"]
    core: bool = False


class Question(QuestionEntry, frozen=True, kw_only=True):
    """A question of a form: in which section it stands, and its place in the whole form, from 1."""

    number: int
    section: str

    @property
    def printed_duty(self) -> tuple[str, ...]:
        """The duty as it may stand on a document: the confirmed citations, or all (marked) where none is.

        An article that is also the penalty's is left out: none of those stands on a record.
        """
        penalties = {(basis.law, basis.article) for basis in self.penalty if basis.article}
        duties = [basis for basis in self.duty if (basis.law, basis.article) not in penalties]
        confirmed = tuple(basis.citation for basis in duties if not basis.unconfirmed)
        return confirmed or tuple(basis.citation for basis in duties)


class FormHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a form says of itself. `kinds` are the kinds of establishments it is meant for."""

    id: str
    version: str
    title: str
    kinds: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None


class Form(FormHead, frozen=True, kw_only=True, dict=True):
    """A checklist (检查表) of one version."""

    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by their ids."""
        return {question.id: question for question in self.questions}

    def section_title(self, section_id: str) -> str:
        """Return the heading of a section of this form."""
        return next(section.title for section in self.sections if section.id == section_id)
