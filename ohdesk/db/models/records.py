"""Final records and what follows from them: shared tables, written only by `db.apply`.

Instants are texts as they stand in the record ("2026-03-02T04:00:00Z"), so that they compare as they are printed.
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ohdesk.db.models.base import Base, Instant, Shared, state_of
from ohdesk.domain.record import SignedIn, Verification


# Stored a second time, what papers say would be half of a county's database.
def _carried() -> ForeignKeyConstraint:
    """Return the link to the operation that carries what a paper says, which stands nowhere else."""
    return ForeignKeyConstraint(["replica", "seq"], ["operation.replica", "operation.seq"])


class Record(Shared):
    """The final record (定稿) of one visit; immutable. What lists and counts ask for, and where all else stands.

    listed_under: the entry of the roll it is listed with: `establishment`, or the one that goes on for it
    inspected_on: the legal day on which the visit started
    answers: how many questions it answers, 0 when the visit ended without a checklist · findings: how many it has
    """

    __tablename__ = "record"
    # In the order of the list, for which the rows need not be read then.
    __table_args__ = (_carried(), Index("ix_record_finalized_at", "finalized_at", "visit"))

    visit: Mapped[str] = mapped_column(String(36), primary_key=True)
    division: Mapped[str] = mapped_column(String(9), index=True)
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(40))
    establishment: Mapped[str] = mapped_column(String(36), index=True)
    establishment_name: Mapped[str] = mapped_column(Text)
    listed_under: Mapped[str] = mapped_column(String(36), index=True)
    draw: Mapped[str] = mapped_column(String(36))  # that sent the inspectors, "" without one
    kind: Mapped[str] = mapped_column(String(60))  # of the inspection: daily, campaign, case; "" where none was said
    form: Mapped[str] = mapped_column(String(60))
    off_site: Mapped[bool]  # looked at from the office (非现场检查)
    signed_in: Mapped[SignedIn] = mapped_column(state_of(SignedIn))
    outcome: Mapped[str] = mapped_column(String(8))
    outcome_name: Mapped[str] = mapped_column(Text)
    inspected_on: Mapped[date] = mapped_column(Date)
    started_at: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[str] = mapped_column(String(20))
    finalized_at: Mapped[str] = mapped_column(String(20))
    record_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    answers: Mapped[int] = mapped_column(Integer)
    findings: Mapped[int] = mapped_column(Integer)
    replica: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int] = mapped_column(Integer)


class PdfVerdict(Base):
    """What this workspace found of a signed PDF of a visit, its record or one beside; no row while it waits (待验).

    By the visit as well as the PDF: a good PDF proves nothing of another visit that names it too.
    verdict: never "waiting" · reason: in words, why it is not good or could not be judged
    together: of the record itself the worst of what is known of it and of the papers that were signed with it
    program, certificates: the version that judged, and how many certificates of the county it knew
    """

    __tablename__ = "pdf_verdict"

    visit: Mapped[str] = mapped_column(String(36), primary_key=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    verdict: Mapped[Verification] = mapped_column(state_of(Verification))
    together: Mapped[Verification] = mapped_column(state_of(Verification), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    program: Mapped[str] = mapped_column(String(20))
    certificates: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)


class PdfSigner(Base):
    """A key (SHA-256) that signed a PDF, and the legal day its owner stated; so that one taken back is flagged."""

    __tablename__ = "pdf_signer"

    visit: Mapped[str] = mapped_column(String(36), primary_key=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date)


class RecordInspector(Shared):
    """An inspector (执法人员) on a final record, by seat from 0."""

    __tablename__ = "record_inspector"

    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), primary_key=True)
    seat: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(36))  # no link: a record stands without the person being set down here
    name: Mapped[str] = mapped_column(Text)


class RecordAnswer(Shared):
    """What a final record answered to a question: met, not_met, not_applicable or not_inspected."""

    __tablename__ = "record_answer"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy wants it

    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), primary_key=True)
    question: Mapped[str] = mapped_column(String(60), primary_key=True)
    answer: Mapped[str] = mapped_column(String(20))


class RecordPhoto(Shared):
    """A photo on a final record; `sha256` is empty while the photo is only announced."""

    __tablename__ = "record_photo"
    __table_args__ = (Index("ix_record_photo_announced", "visit", "number", sqlite_where=text("sha256 = ''")),)

    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))


class Finding(Shared):
    """A finding (问题) of a final record; due_on: the last day of its deadline, None without one."""

    __tablename__ = "finding"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # visit id, a colon, the finding's number
    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    question: Mapped[str] = mapped_column(String(60))
    fact: Mapped[str] = mapped_column(Text)
    disposal: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)


class FindingDuty(Shared):
    """A duty that a finding breached (law and article, as printed), in the order printed."""

    __tablename__ = "finding_duty"

    finding: Mapped[str] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    duty: Mapped[str] = mapped_column(Text)


class RecordPaper(Shared):
    """A signed paper beside a record: its checklist, its photos, or photos that came later.

    What it says stands in the operation that carried it.
    later: signed after the record, not with it
    """

    __tablename__ = "record_paper"
    __table_args__ = (_carried(),)

    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), primary_key=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    paper: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(60))
    later: Mapped[bool]
    at: Mapped[str] = mapped_column(String(20))
    replica: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int] = mapped_column(Integer)


class PagePhoto(Shared):
    """A photo that came with a photo page, by its number on the record."""

    __tablename__ = "page_photo"
    __table_args__ = (ForeignKeyConstraint(["visit", "page"], ["record_paper.visit", "record_paper.pdf_sha256"]),)

    visit: Mapped[str] = mapped_column(String(36), primary_key=True)
    page: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class Amendment(Shared):
    """A statement added to a final record."""

    __tablename__ = "amendment"

    operation: Mapped[str] = mapped_column(String(40), primary_key=True)  # the first 40 digits of its first hash
    visit: Mapped[str] = mapped_column(ForeignKey("record.visit"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[str] = mapped_column(String(20))
