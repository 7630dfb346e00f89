"""The record of one visit (现场检查笔录) as it is fingerprinted, printed, signed and sent.

Everything is text, whole numbers and tuples, so that the canonical JSON of a record is the record.
Instants are UTC ("2026-03-02T04:00:00Z"), days are "2026-03-02"; printed times are made from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID, uuid5

from ohdesk.domain.bounds import (
    LARGEST_BLOB,
    MOST_PHOTOS,
    Bound,
    DayIfAny,
    Division,
    Hash,
    HashIfAny,
    Id,
    IdIfAny,
    Instant,
    InstantIfAny,
    Name,
    Number,
    Passage,
    Seconds,
    Text,
    Word,
    items,
    one_of,
    whole,
)
from ohdesk.domain.calendar import instant_in
from ohdesk.domain.evidence import Sensitive
from ohdesk.domain.ids import made_by
from ohdesk.domain.masking import MOST_MASKS
from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark

# The papers that a record comes as, by the keys of their forms, in the order they are read and signed in.
RECORD_PAPERS = RECORD, CHECKLIST, PHOTO_PAGE = "record", "checklist", "photo_page"

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


class Verification(Worded):
    """What is known of the signed PDF of a record or of a page of later photos."""

    GOOD = "good", mark("已核对")
    BAD = "bad", mark("核对不通过")
    # Nothing speaks against it, but not all could be checked: an edition of the drawing that this program has not.
    UNCHECKED = "unchecked", mark("未核")
    WAITING = "waiting", mark("待验")


class SignedIn(Worded):
    """How the people of a record signed it; whoever looks later must know which paper is the original."""

    ELECTRONIC = "electronic", mark("电子签名")
    INK = "ink", mark("纸质签署")
    INK_LATE = "ink_late", mark("纸质签署，检查当天以后才打印或归入")


class Signer(Worded):
    """As whom one signs by hand."""

    PARTY = "party", mark("当事人")
    WITNESS = "witness", mark("见证人")
    INSPECTOR = "inspector", mark("检查人员")
    ASSISTANT = "assistant", mark("协助人员")
    RECORDER = "recorder", mark("记录人")
    TECHNICIAN = "technician", mark("技术人员")


class Hand(NamedTuple):
    """Somebody who may sign by hand: as whom, and the name."""

    role: Signer
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The body that inspects, and in which mode: "own" 以镇街名义, "entrusted" 受委托, "off-site" 非现场检查."""

    authority: Name
    division: Division
    mode: Word
    mode_name: Name
    confirmed_by_county: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedBody:
    """The employer as it stood in the roll on the day."""

    id: Id
    name: Name
    uscc: Text
    address: Text
    legal_representative: Text
    person_in_charge: Text
    phone: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person of the office on the record. `field` is the PDF signature field of an inspector, else empty."""

    person: Id
    name: Name
    certificate_no: Word
    unit: Name
    field: Word = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A technical person who came along (技术人员), who inspects nothing; the role as printed, of a plan by its key."""

    name: Name = ""
    unit: Name = ""
    role: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was shown and told on arrival; empty text where it was not done (the gap stays internal).

    code_serial: the number the platform gave for showing or scanning the code (流水号)
    """

    code_way: Text
    code_at: InstantIfAny
    notice_given: Text
    certificates_shown: Text
    rights_told: Text
    recusal_answer: Text
    code_serial: Text = ""


AnswerCode = Annotated[str, one_of({"met", "not_met", "not_applicable", "not_inspected"})]


Cells = Annotated[tuple[Text, ...], items(40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailTable:
    """What was filled in row by row (posts, samples, devices), as printed; each row has a cell for every column."""

    title: Text
    columns: Cells
    rows: Annotated[tuple[Cells, ...], items(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One checklist line as printed. `answer` is met, not_met, not_applicable or not_inspected; `word` its Chinese."""

    number: Number
    question: Word
    section: Text
    text: Text
    answer: AnswerCode
    word: Word
    remark: Passage
    fact: Passage
    details: Annotated[tuple[Passage, ...], items(100)]
    tables: Annotated[tuple[DetailTable, ...], items(20)] = ()
    duty: Annotated[tuple[Text, ...], items(100)]
    photos: Annotated[tuple[Number, ...], items(MOST_PHOTOS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as printed: the fact, the duty breached, the evidence, what was ordered and until when."""

    number: Number
    question: Word
    fact: Passage
    duty: Annotated[tuple[Text, ...], items(100)]
    evidence: Passage
    disposal: Text
    due_on: DayIfAny


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoLine:
    """A photo of the visit. `sha256` is that of the stored JPEG; empty while the photo is only announced.

    original_sha256: of the file as the telephone gave it, which stays with the town
    taken_at:        when it was shot, as far as that is known
    clock_error:     seconds that were taken off what the telephone's clock said
    attached_at:     when the file came into the program
    masked:          how many places of the copy are covered; the original is as it was
    sensitive:       why it is not for everybody: such a photo is printed nowhere
    """

    number: Number
    sha256: HashIfAny
    original_sha256: HashIfAny
    caption: Text
    place: Text
    taken_at: InstantIfAny
    clock_error: Seconds
    attached_at: InstantIfAny
    taken_by: Name
    question: Word
    masked: Annotated[int, whole(0, MOST_MASKS)] = 0
    sensitive: Sensitive = Sensitive.NO

    @property
    def printed(self) -> bool:
        """True where it stands on papers: it is here and no secret of anybody."""
        return bool(self.sha256) and self.sensitive is Sensitive.NO

    @property
    def announced(self) -> bool:
        """True while only the number is known and the bytes are to be brought in later."""
        return not self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatement:
    """How the inspected party ended the record, and the words that go with it; empty where the way asks for none."""

    way: Way  # never taken for granted: a record that does not say it is none
    name: Name = ""
    position: Name = ""
    statement: Passage = ""
    reason: Passage = ""
    witness: Text = ""
    video: Text = ""


Signatories = Annotated[tuple[Signatory, ...], items(100)]
Photos = Annotated[tuple[PhotoLine, ...], items(MOST_PHOTOS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRecord:
    """The whole record, without signatures.  Its canonical JSON's SHA-256 is the 文档指纹.

    wording:  the set of `resources/documents` it is printed with · forms_sha256: of the forms of its papers
    renderer: the edition of the drawing, so that whoever checks the pages draws them the same way
    form_sha256: of the checklist in the edition that was filled, "" without one
    draw:     the id of the draw that sent the inspectors, "" without one
    means:    how one looked from the office, "" where one went to `place`
    kind:     of the inspection (daily, campaign, case); what led to it, and who approved it, is no business of the
              party, who gets every word of this
    """

    fmt: Annotated[str, one_of({FORMAT})]
    wording: Word
    forms_sha256: Hash
    renderer: Word
    number: Word
    title: Name
    office: Office
    body: InspectedBody
    visit: Id
    draw: IdIfAny
    kind: Word
    kind_name: Name
    started_at: Instant
    ended_at: Instant
    means: Text
    place: Text
    inspectors: Signatories
    assistants: Signatories
    technicians: Annotated[tuple[Technician, ...], items(20)] = ()
    accompanied_by: Text
    arrival: Arrival
    outcome: Word
    outcome_name: Name
    outcome_proof: Passage
    form: Word
    form_version: Word
    form_sha256: HashIfAny
    form_title: Text
    situation: Annotated[tuple[Passage, ...], items(1000)]
    answers: Annotated[tuple[AnswerLine, ...], items(1000)]
    findings: Annotated[tuple[FindingLine, ...], items(1000)]
    photos: Photos
    party: PartyStatement

    @property
    def papers(self) -> tuple[str, ...]:
        """The papers it comes as: itself, the checklist where one was answered, the photos where any are there."""
        has_photos = not all(photo.announced for photo in self.photos)
        there = ((RECORD, True), (CHECKLIST, bool(self.answers)), (PHOTO_PAGE, has_photos))
        return tuple(key for key, is_there in there if is_there)

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Who may sign by hand besides the party and its witness; any of those who went there may be the recorder."""
        went = (*self.inspectors, *self.assistants)
        return (
            *(Hand(Signer.INSPECTOR, each.name) for each in self.inspectors),
            *(Hand(Signer.ASSISTANT, each.name) for each in self.assistants),
            *(Hand(Signer.TECHNICIAN, each.name) for each in self.technicians),
            *(Hand(Signer.RECORDER, each.name) for each in went),
        )

    def id_of(self, paper: str) -> str:
        """Return what the code on the pages of a paper of it names: the visit; for those beside it an id of both."""
        return self.visit if paper == RECORD else str(uuid5(UUID(self.visit), paper))

    def number_of(self, paper: str) -> str:
        """Return the number of one of its papers: those beside it carry its own with theirs behind."""
        place = self.papers.index(paper)
        return f"{self.number}-{place}" if place else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPageRecord:
    """A 照片说明页: photos announced in a final record and brought in later, bound to that record by its hashes.

    number: that of the record, with the page's own behind it · finalized_at: when the record became final
    """

    fmt: Annotated[str, one_of({PHOTO_PAGE_FORMAT})]
    wording: Word
    forms_sha256: Hash
    renderer: Word
    number: Word
    title: Name
    visit: Id
    record_number: Word
    record_title: Name
    record_sha256: Hash
    record_pdf_sha256: Hash
    finalized_at: Instant
    inspectors: Signatories
    photos: Photos


MOST_POINTS = 20_000
LARGEST_PAD = 100_000  # 1/100 mm: one metre
HARDEST = 1000  # pressure
Points = tuple[tuple[tuple[int, int, int], ...], ...]


def _is_written(strokes: Points) -> bool:
    """True for what a pad gives: few enough points, all on the largest pad there is."""
    return sum(map(len, strokes)) <= MOST_POINTS and all(
        0 <= x <= LARGEST_PAD and 0 <= y <= LARGEST_PAD and 0 <= pressure <= HARDEST
        for stroke in strokes
        for x, y, pressure in stroke
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeSet:
    """One handwritten signature: who, in which role, when, over which record, and the pen's way.

    strokes: each stroke a run of points (x, y, pressure): x and y in 1/100 mm from the upper left
             corner of the pad, pressure 0 to 1000
    width, height: the pad, 1/100 mm
    at, record_sha256: empty until it is bound to the record it stands under
    """

    role: Signer
    name: Name
    at: InstantIfAny = ""
    record_sha256: HashIfAny = ""
    width: Annotated[int, whole(1, LARGEST_PAD)]
    height: Annotated[int, whole(1, LARGEST_PAD)]
    strokes: Annotated[Points, items(MOST_POINTS), Bound(mark("手写板上的笔迹"), _is_written)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPaper:
    """A paper of a record that was signed in ink, as its pictures came back, bound into one PDF.

    sha256, size: of that PDF, with which the file begins that the inspectors signed by certificate
    originals: SHA-256 of the pictures as they were taken
    """

    paper: Annotated[str, one_of({RECORD, CHECKLIST, PHOTO_PAGE})]
    sha256: Hash
    size: Annotated[int, whole(1, LARGEST_BLOB)]
    originals: Annotated[tuple[Hash, ...], items(300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContent:
    """What an operation carries of a final record, and the PDF of each of its papers embeds, with which one it is.

    scans: of a record signed in ink (纸质签名), one for each of its papers; no strokes then
    printed_at: when the fair copies were printed · is_late: they were, or came back, on a later day
    """

    paper: Annotated[str, one_of({RECORD, CHECKLIST, PHOTO_PAGE})] = RECORD
    record: InspectionRecord
    strokes: Annotated[tuple[StrokeSet, ...], items(20)]
    scans: Annotated[tuple[ScannedPaper, ...], items(10)] = ()
    printed_at: InstantIfAny = ""
    is_late: bool = False

    @property
    def signed_in(self) -> SignedIn:
        """How it was signed."""
        if not self.scans:
            return SignedIn.ELECTRONIC
        return SignedIn.INK_LATE if self.is_late else SignedIn.INK


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBeside:
    """A paper that was signed in one act with a record and says what that says: which, and the hash of its PDF."""

    paper: Annotated[str, one_of({CHECKLIST, PHOTO_PAGE})]
    title: Name
    pdf_sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What an operation carries of a photo page, and its PDF embeds; nobody signs one by hand."""

    paper: Annotated[str, one_of({PHOTO_PAGE})] = PHOTO_PAGE
    record: PhotoPageRecord
    strokes: Annotated[tuple[StrokeSet, ...], items(0)] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signed a PDF, by the certificate in it: its division, the key (SHA-256), and the time the signer stated."""

    person: str
    name: str
    division: str
    key: str
    at: datetime


def inspected(record: Mapping[str, Any] | None, person: str, division: str) -> tuple[datetime, ...]:
    """Return when a record says that an inspection began and ended, for an inspector lent from elsewhere.

    Nothing for one of the division's own: who inspects at home signs with whatever key is good at the signing, but who
    is lent for a time inspects and signs in that time.
    """
    if record is None or made_by(person, division):
        return ()
    return tuple(at for key in ("started_at", "ended_at") if (at := instant_in(str(record.get(key)))) is not None)


# Where the certificate signatures over a scan are said to stand: at its lower edge, where no text is, in points.
_EDGE, _WIDTH, _HEIGHT = 6.0, 30.0, 10.0


class SignatureBox(NamedTuple):
    """Where an inspector's signature field stands: page from 0, box (x1, y1, x2, y2) in points from the lower left."""

    field: str
    page: int
    box: tuple[float, float, float, float]


def scan_boxes(fields: Sequence[str]) -> tuple[SignatureBox, ...]:
    """Return the boxes of these signature fields on a scan: side by side at the foot of its first page."""
    return tuple(
        SignatureBox(field, 0, (_EDGE + _WIDTH * place, _EDGE, _EDGE + _WIDTH * (place + 1), _EDGE + _HEIGHT))
        for place, field in enumerate(fields)
    )
