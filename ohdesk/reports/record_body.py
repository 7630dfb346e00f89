"""The record proper: who, when and where, what was told, seen and found, what the party says to it, and who signs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ohdesk.domain.calendar import parse_instant, printed_minute
from ohdesk.domain.record import InspectionRecord, Signatory, SignatureBox, Signer, StrokeSet, Technician
from ohdesk.reports import flowables
from ohdesk.reports.flowables import Column, Strip
from ohdesk.reports.pages import Pages
from ohdesk.reports.styles import BODY
from ohdesk.reports.wording import Wording

ANSWER_ORDER = ("met", "not_met", "not_applicable", "not_inspected")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One record being laid out: what its parts share. `photos` are JPEG bytes by SHA-256."""

    record: InspectionRecord
    words: Wording
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
        return [(self.words[f"columns.{name}"], width) for name, width in widths]

    def number_of(self, question: str) -> int | None:
        """Return the printed number of a question; None when it is not on this record's checklist."""
        return next((line.number for line in self.record.answers if line.question == question), None)

    def person(self, person: Signatory) -> str:
        """Return a person with certificate number, or with the unit where there is none."""
        if person.certificate_no:
            return self.words["certificate"].format(name=person.name, certificate=person.certificate_no)
        return self.words["without_certificate"].format(name=person.name, unit=person.unit or self.words["blank"])

    def technician(self, person: Technician) -> str:
        """Return a technical person with unit and role."""
        return self.words["technician"].format(name=person.name, unit=person.unit, role=person.role)


def printed_instant(text: str) -> str:
    """Return a stored instant as printed, in Beijing time; any other text as it is."""
    try:
        return printed_minute(parse_instant(text))
    except ValueError:
        return text


def particulars(sheet: Sheet) -> None:
    """Set the table of who, where and when."""
    flowables.fields(sheet.pages, _particulars(sheet))


def _particulars(sheet: Sheet) -> Iterator[list[tuple[str, str]]]:
    record, body, field = sheet.record, sheet.record.body, sheet.field
    yield [field("body", body.name)]
    yield [field("uscc", body.uscc), field("phone", body.phone)]
    yield [
        field("legal_representative", body.legal_representative),
        field("person_in_charge", body.person_in_charge),
    ]
    yield [field("address", body.address)]
    yield [field("authority", record.office.authority)]
    yield [field("mode", record.office.mode_name), field("task", record.kind_name)]
    times = {"start": printed_instant(record.started_at), "end": printed_instant(record.ended_at)}
    yield [field("period", sheet.words["period"].format(**times))]
    yield [field("means", record.means) if record.means else field("place", record.place)]
    yield [field("inspectors", "\n".join(map(sheet.person, record.inspectors)))]
    if record.assistants:
        yield [field("assistants", "\n".join(map(sheet.person, record.assistants)))]
    if record.technicians:
        yield [field("technicians", "\n".join(map(sheet.technician, record.technicians)))]
    yield [field("accompanied_by", record.accompanied_by or sheet.words["nobody"])]


def told(sheet: Sheet) -> None:
    """Set what was shown and told on arrival; a step that was not taken has no line."""
    arrival = sheet.record.arrival
    serial = sheet.words["code_serial"].format(text=arrival.code_serial) if arrival.code_serial else ""
    steps = [
        ("code_way", "　".join(filter(None, (arrival.code_way, printed_instant(arrival.code_at), serial)))),
        ("notice_given", arrival.notice_given),
        ("certificates_shown", arrival.certificates_shown),
        ("rights_told", arrival.rights_told),
        ("recusal_answer", arrival.recusal_answer),
    ]
    rows = [[sheet.field(key, printed_instant(text))] for key, text in steps if text]
    if rows:
        sheet.heading("told")
        flowables.fields(sheet.pages, rows)


def situation(sheet: Sheet) -> None:
    """Set the paragraphs on what was seen."""
    if sheet.record.situation:
        sheet.heading("situation")
        for paragraph in sheet.record.situation:
            sheet.pages.paragraph(paragraph, BODY)


def ended_early(sheet: Sheet) -> None:
    """Set why there is no checklist, and the proof of it."""
    if not sheet.record.answers:
        sheet.heading("ended_early")
        rows = [
            [sheet.field("outcome", sheet.record.outcome_name)],
            [sheet.field("outcome_proof", sheet.record.outcome_proof)],
        ]
        flowables.fields(sheet.pages, rows)


def counts(sheet: Sheet) -> None:
    """Set how many checklist items got which answer, and what they come to where the form is scored."""
    answers = sheet.record.answers
    if not answers:
        return
    sheet.heading("counts")
    tally = Counter(line.answer for line in answers)
    # As this checklist words its answers, which is not how another one does.
    word_of = {line.answer: line.word for line in answers}
    parts = [
        sheet.words["counts.part"].format(word=word_of[answer], count=tally[answer])
        for answer in ANSWER_ORDER
        if answer in tally
    ]
    sentence = sheet.words["counts.sentence"].format(total=len(answers), parts="，".join(parts))
    sheet.pages.paragraph(sentence, BODY)
    if sheet.record.score:
        sheet.pages.paragraph(sheet.record.score, BODY)


def statement(sheet: Sheet) -> None:
    """Set how the party ended the record: agreed, objected, refused or absent, with reason and witness."""
    party, words = sheet.record.party, sheet.words
    sheet.heading("statement")
    paragraphs = [words[f"statement.{party.way}"]]
    if party.statement:
        paragraphs.append(words["statement.words"].format(text=party.statement))
    for key, text in (("reason", party.reason), ("witness", party.witness), ("video", party.video)):
        if text:
            paragraphs.append(words[f"statement.{key}"].format(text=text))
    for paragraph in paragraphs:
        sheet.pages.paragraph(paragraph, BODY)


def signatures(
    sheet: Sheet, inspectors: Sequence[Signatory], handwritten: Iterable[Strip] = ()
) -> tuple[SignatureBox, ...]:
    """Draw the strips to sign in, the handwritten ones first; return the box of each inspector, in their order."""
    words, others = sheet.words, list(handwritten)
    strips = [*others, *(_inspector_strip(words, inspector) for inspector in inspectors)]
    sheet.heading("signatures", flowables.strips_height(strips))
    rectangles = flowables.signature_strips(sheet.pages, strips)[len(others) :]
    page = len(sheet.pages.pages) - 1
    return tuple(SignatureBox(each.field, page, box) for each, box in zip(inspectors, rectangles, strict=True))


def handwritten(sheet: Sheet) -> Iterator[Strip]:
    """Yield the strips of those who sign by hand."""
    party, words = sheet.record.party, sheet.words
    name = words["statement.person"].format(name=party.name, position=party.position) if party.position else party.name
    # The strip stays, with the reason in it: an empty one could be signed later by anybody.
    if not party.way.signs:
        yield Strip(words["roles.party"], None, words["signatures.no_signature"], (name or words["blank"],))
    for strokes in sheet.strokes:
        who = name if strokes.role is Signer.PARTY else strokes.name
        signed_at = words["signatures.at"].format(at=printed_instant(strokes.at))
        yield Strip(words[f"roles.{strokes.role}"], strokes, "", (who, signed_at))


def _inspector_strip(words: Wording, inspector: Signatory) -> Strip:
    certificate = words["signatures.certificate_no"].format(text=inspector.certificate_no or words["blank"])
    return Strip(words["signatures.inspector"], None, words["signatures.box"], (inspector.name, certificate))
