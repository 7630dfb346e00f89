"""A visit being planned and filled: drafts of this laptop, saved at once, never in the journal."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohdesk.db.models.base import Base, Held, Instant, state_of
from ohdesk.domain.evidence import EvidenceKind, Sensitive
from ohdesk.domain.leaving import Leaving
from ohdesk.domain.masking import Mask
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import Approval, Cancellation, Ending, FairCopy, Mode, PartnerOfficer, Start, Task, VisitState
from ohdesk.forms.answers import AnswerValue


class FormEdition(Base):
    """A checklist as a visit here was planned with it, by its SHA-256: kept for ever, whatever this program ships."""

    __tablename__ = "form_edition"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class Visit(Base):
    """One visit (一次检查).

    start: None until it has started · ending: how it ended without a checklist · note: what helpers saw (协管巡查)
    form_reason: why it has the checklist of another kind
    technicians: who goes along beside inspectors and assistants · tasks_done: of those taken along, by id
    partners: officers of other departments, by department · partner_results: what those found, as they said
    leaving: what stayed open when one left, None before · fair_copy: what was printed to be signed in ink
    place: the question where one stopped
    """

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    establishment: Mapped[str] = mapped_column(ForeignKey("establishment.id"), index=True)
    draw: Mapped[str | None] = mapped_column(ForeignKey("draw.id"), default=None)
    state: Mapped[VisitState] = mapped_column(state_of(VisitState), index=True)
    form: Mapped[str] = mapped_column(String(60), default="")
    form_sha256: Mapped[str] = mapped_column(ForeignKey("form_edition.sha256"))
    form_reason: Mapped[str] = mapped_column(Text, default="")
    task: Mapped[Task] = mapped_column(Held(Task))
    technicians: Mapped[tuple[Technician, ...]] = mapped_column(Held(tuple[Technician, ...]), default=())
    partners: Mapped[tuple[PartnerOfficer, ...]] = mapped_column(Held(tuple[PartnerOfficer, ...]), default=())
    partner_results: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    tasks_done: Mapped[tuple[str, ...]] = mapped_column(Held(tuple[str, ...]), default=())
    approval: Mapped[Approval | None] = mapped_column(Held(Approval), default=None)
    start: Mapped[Start | None] = mapped_column(Held(Start), default=None)
    ending: Mapped[Ending | None] = mapped_column(Held(Ending), default=None)
    leaving: Mapped[Leaving | None] = mapped_column(Held(Leaving), default=None)
    fair_copy: Mapped[FairCopy | None] = mapped_column(Held(FairCopy), default=None)
    cancelled: Mapped[Cancellation | None] = mapped_column(Held(Cancellation), default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)

    members: Mapped[list["VisitMember"]] = relationship(
        lazy="selectin", order_by="VisitMember.seat", cascade="all, delete-orphan"
    )

    @property
    def inspectors(self) -> tuple[str, ...]:
        """The inspectors by person id, the leading one first."""
        return tuple(member.person for member in self.members if not member.assists)

    @property
    def assistants(self) -> tuple[str, ...]:
        """The assistants (协管员) by person id."""
        return tuple(member.person for member in self.members if member.assists)

    @property
    def is_patrol(self) -> bool:
        """True for a round of helpers, which judges nothing."""
        return self.start is not None and self.start.mode == Mode.PATROL


class VisitMember(Base):
    """A person on a visit, by seat from 0; assists: as assistant (协管员), else as inspector."""

    __tablename__ = "visit_member"

    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    assists: Mapped[bool] = mapped_column(primary_key=True)
    seat: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)


class LastStop(Base):
    """Where one stood, the only row: a page of a visit, of a new plan for an establishment, or of none."""

    __tablename__ = "last_stop"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit: Mapped[str | None] = mapped_column(ForeignKey("visit.id"))
    establishment: Mapped[str | None] = mapped_column(ForeignKey("establishment.id"))
    page: Mapped[str] = mapped_column(String(60))


class ReInspection(Base):
    """What a re-inspection (复查) is arranged for: a visit, and one finding it is to look at again."""

    __tablename__ = "re_inspection"

    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    # No link: another laptop's record of the same visit may come to hold, and have no such finding.
    finding: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)


class Answer(Base):
    """One saved step of filling: what the answer to a question became. Steps are only ever appended.

    bulk: given together with others, by one key

    The last step of a question that is not undone is its answer; the others are the edit trail.  Without rowid and
    other indexes, the steps of a visit lie side by side and saving one touches one page.
    """

    __tablename__ = "answer"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy wants it

    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(String(60))
    value: Mapped[AnswerValue] = mapped_column(state_of(AnswerValue))
    reason: Mapped[str] = mapped_column(Text, default="")
    fact: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, str]] = mapped_column(Held(dict[str, str]), default=dict)
    disposal: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[str] = mapped_column(String(10), default="")
    saved_at: Mapped[datetime] = mapped_column(Instant)
    bulk: Mapped[bool] = mapped_column(default=False)
    undone: Mapped[bool] = mapped_column(default=False)


class Photo(Base):
    """A photo of a visit, numbered within it; `sha256` is empty while it is only announced.

    original_sha256: of the bytes the telephone gave, which stay here · file: what they were called
    shot_at: as the telephone said · clock_error: seconds by which its clock was ahead · taken_at: as it really was
    attached_at: when the bytes came · device: maker and model · removed: the number it had before that, else 0
    settled: somebody said where it belongs, be it to the visit as a whole
    masks: what is covered on the copy · cleared: somebody said that no face or name can be seen on it
    """

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("visit", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    number: Mapped[int] = mapped_column(Integer)  # below 0 once it was taken away
    removed: Mapped[int] = mapped_column(Integer, default=0)
    question: Mapped[str] = mapped_column(String(60), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    original_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    file: Mapped[str] = mapped_column(Text, default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text, default="")
    shot_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    clock_error: Mapped[int] = mapped_column(Integer, default=0)
    taken_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    attached_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    taken_by: Mapped[str] = mapped_column(Text, default="")
    device: Mapped[str] = mapped_column(Text, default="")
    sensitive: Mapped[Sensitive] = mapped_column(state_of(Sensitive), default=Sensitive.NO)
    settled: Mapped[bool] = mapped_column(default=False)
    masks: Mapped[tuple[Mask, ...]] = mapped_column(Held(tuple[Mask, ...]), default=())
    cleared: Mapped[bool] = mapped_column(default=False)


class SelfCheck(Base):
    """What an employer said of itself for a visit (自查), as its workbook came back: no part of the visit itself.

    form_sha256: of the edition it was asked by · filled_by, filled_on: as typed there · sha256: of the file that came
    answers: by question the value of the answer and the note beside it
    """

    __tablename__ = "self_check"

    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    form_sha256: Mapped[str] = mapped_column(ForeignKey("form_edition.sha256"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[str] = mapped_column(Text)
    filled_by: Mapped[str] = mapped_column(Text)
    filled_on: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, tuple[str, str]]] = mapped_column(Held(dict[str, tuple[str, str]]))


class VisitFile(Base):
    """A file put to a visit, or a recording that lies elsewhere and is only registered; it never travels.

    pages, seconds: 0 where there are none · kept_at: where a recording lies, empty for what lies in the evidence store
    """

    __tablename__ = "visit_file"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(state_of(EvidenceKind))
    name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    device: Mapped[str] = mapped_column(Text, default="")
    kept_at: Mapped[str] = mapped_column(Text, default="")
    sensitive: Mapped[Sensitive] = mapped_column(state_of(Sensitive), default=Sensitive.NO)
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[str] = mapped_column(Text)
