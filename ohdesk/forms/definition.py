"""What a checklist is: a form of sections and questions, each with its legal basis.

The classes are also what the files under `resources/checklists` are decoded into: a key of a file is a field here.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Literal

import msgspec

from ohdesk.i18n import said, tr


class AnswerType(StrEnum):
    """How a question is put; all three are answered with the same four values.

    pass_fail_na: the four words as they are · yes_no: 是 means 合格, 否 means 不合格 ·
    count: besides the verdict, the numbers of `fields` are needed
    """

    PASS_FAIL_NA = "pass_fail_na"  # noqa: S105 - not a password
    YES_NO = "yes_no"
    COUNT = "count"


class FieldKind(StrEnum):
    """What a detail field holds.

    text · int: a whole number · date: "2026-03-02" · number: a decimal number, with a unit · choice: one of `choices`
    by its key · counter: a whole number that one key counts up · repeat: rows of its own `columns`
    """

    TEXT = "text"
    INT = "int"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    COUNTER = "counter"
    REPEAT = "repeat"

    @property
    def is_whole(self) -> bool:
        """True where a whole number stands."""
        return self in {FieldKind.INT, FieldKind.COUNTER}

    @property
    def is_number(self) -> bool:
        """True where any number stands."""
        return self is FieldKind.NUMBER or self.is_whole


class InspectionMode(StrEnum):
    """Where a question can be answered: on site only, from papers (非现场), or either."""

    ONSITE = "onsite"
    OFFSITE_OK = "offsite_ok"
    BOTH = "both"


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A law, the edition meant and the article in it; or words that could not be taken apart.

    law:         name without brackets, as in `laws.toml`; empty when only `text` is known
    edition:     day that identifies the edition; None for standards and where it is not known
    article:     as printed, "第二十条（一）"; may be empty
    text:        the source's own words, where they are not a plain citation
    unconfirmed: the article rests on memory or a second-hand source (待核)
    standing:    a standard is a technical ground, a plan asks for more than the law: neither can be broken
    """

    law: str = ""
    edition: date | None = None
    article: str = ""
    text: str = ""
    unconfirmed: bool = False
    standing: Literal["law", "standard", "plan"] = "law"

    @property
    def citation(self) -> str:
        """The basis as printed: 《职业病防治法》第二十条（一）, with （待核） where it is not confirmed."""
        named = f"《{self.law}》{self.article}" if self.law else ""
        words = "：".join(part for part in (named, self.text) if part)
        return words + tr("（待核）") if self.unconfirmed else words


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What may be chosen: its key, as it is stored, and its words."""

    key: str
    zh: str
    en: str

    @property
    def said(self) -> str:
        """The word in the language of the screen."""
        return said(self.zh, self.en)


class Computation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a field is computed by, never typed: a function of `computed.py`, over which fields, with which numbers.

    of: keys of fields beside it, or "posts.worn" for a column of a repeat over all its rows
    """

    by: str
    of: tuple[str, ...]
    numbers: tuple[str, ...] = ()


class Judging(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """By which limit a number is judged: hazard and kind as `ohdesk hazard judge` takes them.

    needs: keys of the fields beside it without which there is no verdict: instrument and day of its calibration, or
           the number of the report · day: key of the field with the day of sampling, "" for the day of the visit
    screening: read on the spot with what is at hand, and printed as no basis for anything
    """

    hazard: str
    kind: str
    needs: tuple[str, ...]
    condition: str = ""
    day: str = ""
    screening: bool = False


class DetailField(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"columns": "column"},
):
    """A further entry of a question (专职人数 …), or a column of a repeat.

    required:  has to be filled before the record is final
    unit:      of a number, as printed · unit_in: key of the choice beside it that says the unit instead
    least, most: bounds of a number, both included; of a repeat, how many rows
    at_most:   key of the field beside it whose number it may not exceed · sum_of: keys of those it is the sum of
    press:     the key that counts a counter up, one character
    instrument: of a text, it names an instrument by its number, as the book of equipment has it
    choices:   of a choice · columns: of a repeat; none of them is a repeat itself
    """

    key: str
    label: str
    kind: FieldKind
    label_en: str = ""
    required: bool = False
    unit: str = ""
    unit_in: str = ""
    least: str = ""
    most: str = ""
    at_most: str = ""
    sum_of: tuple[str, ...] = ()
    press: str = ""
    instrument: bool = False
    choices: tuple[Choice, ...] = ()
    columns: tuple["DetailField", ...] = ()
    computed: Computation | None = None
    judged: Judging | None = None

    @property
    def named(self) -> str:
        """The label with the unit, as over a column: 噪声（dB(A)）."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def said(self) -> str:
        """The label in the language of the screen."""
        return said(self.label, self.label_en)

    @property
    def said_with_unit(self) -> str:
        """The label in the language of the screen, with the unit."""
        return f"{self.said}（{self.unit}）" if self.unit else self.said

    def word(self, text: str) -> str:
        """Return what is stored as it is printed: the word of a choice, else the text itself."""
        return next((each.zh for each in self.choices if each.key == text), text)

    def said_word(self, text: str) -> str:
        """Return the same in the language of the screen."""
        return next((each.said for each in self.choices if each.key == text), text)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a form: its letter or key, and its heading."""

    id: str
    title: str
    title_en: str = ""

    @property
    def said(self) -> str:
        """The heading in the language of the screen."""
        return said(self.title, self.title_en)


class QuestionEntry(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    omit_defaults=True,
    rename={"fields": "field"},
):
    """One line of a checklist (检查项) as its file has it. `id` is never reused.

    text:       the wording, quoting the law · how: how to look · evidence: what proves the answer
    na_when:    when 合理缺项 fits; empty where the source names no case
    photo:      a breach should be shown in a photo
    phrase:     beginning of the fact text of a breach (F2)
    duty, penalty: legal bases; the penalty never stands on a 现场检查笔录
    disposal:   key of the proposed disposal, empty for the one that goes with the severity
    core:       one of the items every inspection of this kind covers
    applies:    tables of equalities, {hazard = "噪声", size = "大型"}: the question is put where all of one table
                hold, or where there is no table; `applicability.py` says of what they may speak
    points:     what 合格 brings, in a form with a score
    """

    id: str
    text: str
    text_en: str = ""
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
    applies: tuple[Mapping[str, str], ...] = ()
    points: int = 0


class Question(QuestionEntry, frozen=True, kw_only=True):
    """A question of a form: in which section it stands, and its place in the whole form, from 1."""

    number: int
    section: str

    @property
    def said(self) -> str:
        """The wording in the language of the screen; on paper stands `text`."""
        return said(self.text, self.text_en)

    @property
    def printed_duty(self) -> tuple[str, ...]:
        """The duty as it may stand on a document: the confirmed citations, else the laws without their articles.

        An article that nobody has compared with the text stands on no paper; neither does one that is also the
        penalty's.  A standard is no duty; where only a plan asks for it, that is what stands there.
        """
        penalties = {(basis.law, basis.article) for basis in self.penalty if basis.article}
        if self.duty and all(basis.standing == "plan" for basis in self.duty):
            return (tr("规划要求"),)
        laws = [basis for basis in self.duty if basis.standing == "law"]
        duties = [basis for basis in laws if (basis.law, basis.article) not in penalties]
        confirmed = tuple(basis.citation for basis in duties if not basis.unconfirmed)
        return confirmed or tuple(dict.fromkeys(f"《{basis.law}》" for basis in duties if basis.law))

    @property
    def shown_duty(self) -> tuple[str, ...]:
        """The duty as it stands on the screen: every citation, those that are not confirmed marked as such."""
        return tuple(basis.citation for basis in self.duty)

    @property
    def unconfirmed(self) -> bool:
        """True where a citation, of the duty or the penalty, was confirmed by nobody."""
        return any(basis.unconfirmed for basis in (*self.duty, *self.penalty))


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A band of a score: from how many per cent on, and what it is called."""

    least: str
    name: str


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the answers of a form are scored.

    points: what 合格 brings at a question that says nothing itself · bands: the highest first
    """

    points: int
    bands: tuple[Band, ...] = ()
    unconfirmed: bool = False


class FormHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a form says of itself.

    kinds:         of establishments it is meant for
    off_site:      for what is looked at from the office (非现场检查)
    self_check:    filled by the employer itself, in no visit · from_findings: takes its questions from what failed
    county_matter: 县级事项: a town inspects by it only where its powers name it
    score:         how its answers are scored, None where they are not
    """

    id: str
    version: str
    title: str
    title_en: str = ""
    kinds: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    off_site: bool = False
    self_check: bool = False
    from_findings: bool = False
    county_matter: bool = False
    score: Score | None = None

    @property
    def mode(self) -> str:
        """Where it is filled: "on-site", "off-site" or "self-check"."""
        if self.self_check:
            return "self-check"
        return "off-site" if self.off_site else "on-site"

    @property
    def said(self) -> str:
        """The title in the language of the screen."""
        return said(self.title, self.title_en)

    @property
    def is_for_visits(self) -> bool:
        """True where a visit can be planned with the form as it is."""
        return not (self.self_check or self.from_findings)


class Form(FormHead, frozen=True, kw_only=True, dict=True):
    """A checklist (检查表) of one version."""

    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    @cached_property
    def content(self) -> bytes:
        """All of the form, as it is kept: what is left out stands for its default, so later keys change no hash."""
        return msgspec.json.encode(self, order="sorted")

    @cached_property
    def sha256(self) -> str:
        """By which an edition is known, however it is called."""
        return sha256(self.content).hexdigest()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by their ids."""
        return {question.id: question for question in self.questions}

    @property
    def papers(self) -> tuple[str, ...]:
        """What proves the answers that papers alone can give, each once: to be ready when one comes."""
        papers = [question.evidence for question in self.questions if question.mode is InspectionMode.OFFSITE_OK]
        return tuple(dict.fromkeys(filter(None, papers)))

    @cached_property
    def conditional(self) -> tuple[Question, ...]:
        """The questions that are not put to everybody."""
        return tuple(question for question in self.questions if question.applies)

    def section(self, section_id: str) -> Section:
        """Return a section of this form."""
        return next(section for section in self.sections if section.id == section_id)
