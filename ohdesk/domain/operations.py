"""The operations that travel: one frozen dataclass per kind, versioned.

An operation says what happened to one shared record.  The journal numbers it `(replica, seq)`,
chains it to the replica's previous one and applies it; the county applies it again.
Each class names its `kind` with a version.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, ClassVar, Literal

from ohdesk.domain import bounds, establishment, people
from ohdesk.domain.bounds import (
    LARGEST_CERTIFICATE,
    MOST_BLOBS,
    MOST_PARTS,
    Day,
    Division,
    File,
    Hash,
    HashIfAny,
    Id,
    IdIfAny,
    Instant,
    Name,
    Number,
    Passage,
    ReplicaIfAny,
    Text,
    Word,
    items,
    sized,
    spelled,
)
from ohdesk.domain.draw.checks import SEED
from ohdesk.domain.establishment import Value
from ohdesk.domain.receipt import RECEIPT
from ohdesk.domain.record import PageContent, PaperBeside, RecordContent
from ohdesk.domain.register import values as entry_values
from ohdesk.errors import Problem
from ohdesk.i18n import mark

_MOST_REVOCATIONS = 100  # of one key
Source = Literal["import", "hand", "undo", "settle", "proposal"]  # of what is written on the roll


class Writer(Enum):
    """Which office may write a kind of operation (`domain.authority`).

    MAKER: the one whose tag the record's id carries · COUNTY: the county · OWNER: for a roll entry the county and the
    town whose entry it is, others propose
    """

    MAKER = "maker"
    COUNTY = "county"
    OWNER = "owner"
    BOOK = "book"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What every kind has: the record it concerns and the blobs (SHA-256, hexadecimal) it mentions."""

    kind: ClassVar[str]
    binding: ClassVar[bool] = False  # a binding act also carries the acting person's signature
    writer: ClassVar[Writer] = Writer.MAKER

    record: Id
    blobs: Annotated[tuple[Hash, ...], items(MOST_BLOBS)] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield what is out of bounds: of what is written here, and of what comes from elsewhere."""
        yield from bounds.problems(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishmentWritten(Operation):
    """Fields of a roll entry set to new values; the visible value follows from `domain.merge`.

    fields:  key of `establishment.FIELDS` (or "withdrawn") → value of the field's kind; "" or None clears the field
    reason:  why, in the words of the person who wrote; of an import the name of its file, of what undoes it the same
    """

    # Versioned, because operations are kept for ever and read by programs of other versions.
    kind: ClassVar[str] = "establishment.written@1"
    writer: ClassVar[Writer] = Writer.OWNER
    # Only the fields that changed: a whole entry would overwrite what others wrote meanwhile.
    fields: Annotated[dict[str, Value], items(60, 1)]
    reason: Text = ""
    source: Source = "hand"

    def problems(self) -> Iterator[Problem]:
        """Yield what is out of bounds, the values of the fields included."""
        yield from Operation.problems(self)
        for key, value in self.fields.items():
            if found := establishment.value_problem(key, value):
                yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettled(Operation):
    """The county accepts or declines what a town proposed for an entry (`record`) that is not its own.

    proposal: the name of the write that proposes, "replica:seq"; an accepted one is written by the county besides
    """

    kind: ClassVar[str] = "proposal.settled@1"
    writer: ClassVar[Writer] = Writer.COUNTY
    proposal: Annotated[str, spelled(r"[0-9a-f]{16}:[1-9][0-9]{0,11}", mark("一条操作的编号"))]
    accepted: bool
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWritten(Operation):
    """Fields of an entry of a book set to new values; the visible value follows from `domain.merge`.

    register: the id of the book, the same for all that is written of the entry
    fields: key of the book's definition, or of `entry_values.OF_EVERY_ENTRY` → value; "" or None clears the field
    reason: why, in the words of the person who wrote; of an import the name of its file
    """

    # What a definition says is not asked here: an office may hold a newer one, or none, and passes on what it gets.
    kind: ClassVar[str] = "entry.written@1"
    writer: ClassVar[Writer] = Writer.BOOK
    register: Annotated[str, spelled(entry_values.KEY, mark("登记簿的代号"))]
    fields: Annotated[dict[str, entry_values.Value], items(150, 1)]
    reason: Text = ""
    source: Source = "hand"

    def problems(self) -> Iterator[Problem]:
        """Yield what is out of bounds, the values of the fields included."""
        yield from Operation.problems(self)
        for key, value in self.fields.items():
            if found := entry_values.bounds_problem(key, value):
                yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWritten(Operation):
    """A person of the office set down or corrected (执法人员 / 协管员 / 技术人员); written by one replica only.

    fields: name, role (of `people.PersonRole`; never left out the first time), certificate_no,
            certificate_until ("2027-12-31" or None), unit, leads (true | false)
    """

    kind: ClassVar[str] = "person.written@1"
    fields: Annotated[dict[str, str | bool | None], items(20, 1)]

    def problems(self) -> Iterator[Problem]:
        """Yield what is out of bounds, the values of the fields included."""
        yield from Operation.problems(self)
        yield from filter(None, (people.value_problem(key, value) for key, value in self.fields.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKeyReset(Operation):
    """An administrator gave a person's account a new password, and the signing key (SHA-256, or "") is lost with it.

    Whoever looks at a later key of this person sees that it came after a reset.
    """

    kind: ClassVar[str] = "person.key_reset@1"
    key: HashIfAny


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCommitted(Operation):
    """A draw sheet frozen: only its fingerprint travels, the nonce stays at home until the result."""

    kind: ClassVar[str] = "draw.committed@1"
    binding: ClassVar[bool] = True
    plan: Name
    number: Number
    commit: Hash
    pool_sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSeeded(Operation):
    """The seed as thrown, set down before the result is computed; minutes name source and witnesses.

    receipt: by which the county said before that it holds the commit; "" when the draw was not announced
    """

    kind: ClassVar[str] = "draw.seeded@1"
    seed: Annotated[str, spelled(SEED.pattern, mark("10 到 64 位数字"))]
    minutes: Annotated[dict[Word, Text], items(10)]
    receipt: Annotated[str, spelled(RECEIPT, mark("县级回执码，8 个字母或数字"))] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPart(Operation):
    """A piece of a file that a draw's result carries, with a record id of its own: a large one fits in no operation."""

    kind: ClassVar[str] = "draw.part@1"
    text: File


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawComputed(Operation):
    """The result, with the sheet and pool it came from, so that anybody can compute it again.

    sheet_parts, pool_parts, result_parts: the pieces with which a large file begins, by their record ids
    """

    kind: ClassVar[str] = "draw.computed@1"
    sheet: File
    pool_csv: File
    result_csv: File
    sheet_parts: Annotated[tuple[Id, ...], items(MOST_PARTS)] = ()
    pool_parts: Annotated[tuple[Id, ...], items(MOST_PARTS)] = ()
    result_parts: Annotated[tuple[Id, ...], items(MOST_PARTS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawVoided(Operation):
    """A draw declared void, with its reason; its number is never used again."""

    kind: ClassVar[str] = "draw.voided@1"
    binding: ClassVar[bool] = True
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPublished(Operation):
    """The publication package of a draw was made."""

    kind: ClassVar[str] = "draw.published@1"
    package_sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFinalized(Operation):
    """A visit's record is final (定稿): the canonical record, the strokes and the hashes of the signed PDFs.

    beside: the papers signed in the same act, in the order of `record.papers`
    """

    kind: ClassVar[str] = "visit.finalized@1"
    binding: ClassVar[bool] = True
    content: RecordContent = field(hash=False)  # as embedded in the PDF of the record itself
    record_sha256: Hash
    pdf_sha256: Hash
    beside: Annotated[tuple[PaperBeside, ...], items(10)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPageAdded(Operation):
    """Photos announced in a signed record were brought in later (照片说明页), signed by both inspectors."""

    kind: ClassVar[str] = "record.photo_page_added@1"
    binding: ClassVar[bool] = True
    content: PageContent = field(hash=False)
    pdf_sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAmended(Operation):
    """A statement added to a final record; the record itself stays as signed."""

    kind: ClassVar[str] = "record.amended@1"
    binding: ClassVar[bool] = True
    statement: Passage
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued(Operation):
    """The county vouches for a key; `record` is the SHA-256 of the certificate (DER).

    der:   the certificate; all the rest but since, recipient and takes_over stands in it too and must agree
    key:   SHA-256 of the public key · person: whose it is; "" for a device, whose replica is given instead
    since: from when what the key signed counts ("2026-03-01T04:00:00Z"): earlier than the certificate's own term where
           the county confirms what was signed before · until: the last instant of the term
    recipient, mark: of a device, its age key "age1…" and its letter within the division
    takes_over: of a device, the replica it goes on for since a restore or a copy; empty for none
    """

    kind: ClassVar[str] = "certificate.issued@1"
    writer: ClassVar[Writer] = Writer.COUNTY
    record: Hash
    der: Annotated[bytes, sized(LARGEST_CERTIFICATE)]
    key: Hash
    person: IdIfAny
    replica: ReplicaIfAny
    division: Division
    name: Name
    number: Word = ""
    since: Instant
    until: Instant
    recipient: Name = ""
    mark: Word = ""
    takes_over: ReplicaIfAny = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked(Operation):
    """The county takes a key back; `record` is the SHA-256 of the public key.

    since: the first day on which nothing counts that the key signed, "2026-03-02"
    """

    kind: ClassVar[str] = "certificate.revoked@1"
    writer: ClassVar[Writer] = Writer.COUNTY
    record: Hash
    since: Day
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReinstated(Operation):
    """The county takes revocations of a key back, by their ids; `record` is the SHA-256 of the public key."""

    kind: ClassVar[str] = "certificate.reinstated@1"
    writer: ClassVar[Writer] = Writer.COUNTY
    record: Hash
    revocations: Annotated[tuple[Word, ...], items(_MOST_REVOCATIONS, 1)]
    reason: Text


KINDS: dict[str, type[Operation]] = {
    cls.kind: cls
    for cls in (
        EstablishmentWritten,
        ProposalSettled,
        EntryWritten,
        PersonWritten,
        PersonKeyReset,
        DrawCommitted,
        DrawSeeded,
        DrawPart,
        DrawComputed,
        DrawVoided,
        DrawPublished,
        VisitFinalized,
        PhotoPageAdded,
        RecordAmended,
        CertificateIssued,
        CertificateRevoked,
        CertificateReinstated,
    )
}
