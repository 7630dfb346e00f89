"""The record of one visit (现场检查笔录) as it is fingerprinted, printed, signed and sent.

Everything is text, whole numbers and tuples, so that the canonical JSON of a record is the record.
Instants are UTC ("2026-03-02T04:00:00Z"), days are "2026-03-02"; printed times are made from them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark

FORMAT = "ohdesk-record/1"
PHOTO_PAGE_FORMAT = "ohdesk-photo-page/1"


class Way(Worded):
    """How the inspected party ends the record."""

    SIGNED = "signed", mark("核对属实，签名")
    OBJECTED = "objected", mark("有异议，签名")
    REFUSED = "refused", mark("拒绝签名")
    ABSENT = "absent", mark("不在现场")

    @property
    def signs(self) -> bool:
        """True when the party signs by hand: who objects does so as well."""
        return self in SIGNING_WAYS


SIGNING_WAYS = frozenset({Way.SIGNED, Way.OBJECTED})


class Signer(StrEnum):
    """As whom one signs by hand."""

    PARTY = "party"
    WITNESS = "witness"
    INSPECTOR = "inspector"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The body that inspects, and in which mode: "own" 以镇街名义, "entrusted" 受委托, "patrol" 协管巡查."""

    authority: str
    division: str
    mode: str
    mode_name: str
    confirmed_by_county: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedBody:
    """The employer as it stood in the roll on the day."""

    id: str
    name: str
    uscc: str
    address: str
    legal_representative: str
    person_in_charge: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person of the office on the record. `field` is the PDF signature field of an inspector, else empty."""

    person: str
    name: str
    certificate_no: str
    unit: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was shown and told on arrival; empty text where it was not done (the gap stays internal)."""

    code_way: str
    code_at: str
    notice_given: str
    certificates_shown: str
    rights_told: str
    recusal_answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One checklist line as printed. `answer` is met, not_met, not_applicable or not_inspected; `word` its Chinese."""

    number: int
    question: str
    section: str
    text: str
    answer: str
    word: str
    remark: str
    fact: str
    details: tuple[str, ...]
    duty: tuple[str, ...]
    photos: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as printed: the fact, the duty breached, the evidence, what was ordered and until when."""

    number: int
    question: str
    fact: str
    duty: tuple[str, ...]
    evidence: str
    disposal: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoLine:
    """A photo of the visit. `sha256` is that of the stored JPEG; empty while the photo is only announced."""

    number: int
    sha256: str
    caption: str
    place: str
    taken_at: str
    taken_by: str
    question: str

    @property
    def announced(self) -> bool:
        """True while only the number is known and the bytes are to be brought in later."""
        return not self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatement:
    """How the inspected party ended the record, and the words that go with it; empty where the way asks for none."""

    way: Way  # never taken for granted: a record that does not say it is none
    name: str = ""
    position: str = ""
    statement: str = ""
    reason: str = ""
    witness: str = ""
    video: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRecord:
    """The whole record, without signatures.  Its canonical JSON's SHA-256 is the 文档指纹.

    wording: the set of `resources/documents` it is printed with
    """

    fmt: str
    wording: str
    number: str
    title: str
    office: Office
    body: InspectedBody
    visit: str
    task_kind: str
    task_source: str
    approval: str
    started_at: str
    ended_at: str
    place: str
    inspectors: tuple[Signatory, ...]
    assistants: tuple[Signatory, ...]
    accompanied_by: str
    arrival: Arrival
    outcome: str
    outcome_name: str
    outcome_proof: str
    form: str
    form_version: str
    form_title: str
    situation: tuple[str, ...]
    answers: tuple[AnswerLine, ...]
    findings: tuple[FindingLine, ...]
    photos: tuple[PhotoLine, ...]
    party: PartyStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPageRecord:
    """A 照片说明页: photos announced in a final record and brought in later, bound to that record by its hashes.

    number: that of the record, with the page's own behind it · finalized_at: when the record became final
    """

    fmt: str
    wording: str
    number: str
    title: str
    visit: str
    record_number: str
    record_title: str
    record_sha256: str
    record_pdf_sha256: str
    finalized_at: str
    inspectors: tuple[Signatory, ...]
    photos: tuple[PhotoLine, ...]


Points = tuple[tuple[tuple[int, int, int], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeSet:
    """One handwritten signature: who, in which role, when, over which record, and the pen's way.

    strokes: each stroke a run of points (x, y, pressure): x and y in 1/100 mm from the upper left
             corner of the pad, pressure 0 to 1000
    width, height: the pad, 1/100 mm
    at, record_sha256: empty until it is bound to the record it stands under
    """

    role: Signer
    name: str
    at: str = ""
    record_sha256: str = ""
    width: int
    height: int
    strokes: Points


class SignatureBox(NamedTuple):
    """Where an inspector's signature field stands: page from 0, box (x1, y1, x2, y2) in points from the lower left."""

    field: str
    page: int
    box: tuple[float, float, float, float]
