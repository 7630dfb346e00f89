"""What the parts of a record share while it is laid out: the record, its wording, the pages so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ohdesk.domain.calendar import parse_instant, printed_minute
from ohdesk.domain.record import InspectionRecord, Signatory, StrokeSet
from ohdesk.reports import flowables
from ohdesk.reports.flowables import Column
from ohdesk.reports.pages import Pages
from ohdesk.reports.styles import MM
from ohdesk.reports.wording import Mode, Wording


@dataclass(frozen=True, slots=True)
class Sheet:
    """One record being laid out. `photos` are JPEG bytes by SHA-256."""

    record: InspectionRecord
    words: Wording
    mode: Mode
    strokes: Sequence[StrokeSet]
    photos: Mapping[str, bytes]
    pages: Pages

    def field(self, label: str, value: str) -> tuple[str, str]:
        """Return a labelled value; what was left blank is struck, so that nothing can be written in later."""
        return self.words[f"labels.{label}"], value or self.words["blank"]

    def heading(self, section: str, following: float = 40.0) -> None:
        """Set the heading of a section."""
        flowables.heading(self.pages, self.words[f"sections.{section}"], following)

    def columns(self, widths: Sequence[tuple[str, float]]) -> list[Column]:
        """Return table columns from their names in the wording and their widths in millimetres."""
        return [Column(self.words[f"columns.{name}"], width * MM) for name, width in widths]

    def number_of(self, question: str) -> int | None:
        """Return the printed number of a question; None when it is not on this record's checklist."""
        return next((line.number for line in self.record.answers if line.question == question), None)

    def person(self, person: Signatory) -> str:
        """Return a person with certificate number, or with the unit where there is none."""
        if person.certificate_no:
            return self.words["certificate"].format(name=person.name, certificate=person.certificate_no)
        return self.words["without_certificate"].format(name=person.name, unit=person.unit or self.words["blank"])


def printed_instant(text: str) -> str:
    """Return a stored instant as printed, in Beijing time; any other text as it is."""
    try:
        return printed_minute(parse_instant(text))
    except ValueError:
        return text


def printed_day(text: str) -> str:
    """Return a stored day, "2026-03-02", as printed; any other text as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"
