"""What the screen 问题整改 shows of findings: plain frozen values."""

from dataclasses import dataclass

from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import Later, Standing
from ohdesk.forms.work_calendar import due_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationRow:
    """One line of the list.

    record: number of the final record, "" while the visit is open · town: name of the office that found it
    number: of the finding on its record · found_on, due_on: days · finalized_at: instant as text
    days: since the deadline, negative before it
    re_inspection: visit that is arranged, re_inspection_on its day ("" while open)
    later: the record that answered the question again
    verified: what is known of the record's PDF
    """

    id: str
    visit: str
    number: int
    question: str
    establishment: str
    name: str
    town: str
    record: str = ""
    found_on: str
    finalized_at: str = ""
    fact: str
    duty: tuple[str, ...]
    disposal: str
    due_on: str
    state: Standing
    days: int
    re_inspection: str = ""
    re_inspection_on: str = ""
    later: Later | None = None
    verified: Verification = Verification.GOOD

    @property
    def word(self) -> str:
        """The state in words."""
        return self.state.word_after(self.days)

    @property
    def due(self) -> str:
        """The last day of the deadline as shown; "" without one."""
        return due_shown(self.due_on)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing known of a finding: the day, what happened, and the visit it happened at; `ahead` while to come."""

    day: str
    what: str
    visit: str
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class RectificationDetail:
    """A finding with all that is known of it.

    text: the question's wording · evidence: as printed · inspectors: who found it, as names
    held: its visit is on this laptop · deadline_unconfirmed: the usual length of deadlines is only a proposal
    """

    row: RectificationRow
    text: str
    evidence: str
    photos: tuple[int, ...]
    inspectors: tuple[str, ...]
    timeline: tuple[Step, ...]
    held: bool
    deadline_unconfirmed: bool
