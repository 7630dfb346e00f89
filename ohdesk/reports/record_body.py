"""The record proper: who, when and where, what was told, what was seen, what was found."""

from collections import Counter
from collections.abc import Iterator

from ohdesk.domain.calendar import parse_day
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.reports import flowables
from ohdesk.reports.flowables import Table, plain
from ohdesk.reports.record_sheet import Sheet, printed_day, printed_instant
from ohdesk.reports.styles import BODY, CELL, CELL_CENTRE, CELL_SMALL
from ohdesk.reports.wording import Wording

ANSWER_ORDER = ("met", "not_met", "not_applicable", "not_inspected")
FINDING_WIDTHS = (("line", 10), ("fact", 50), ("duty", 36), ("evidence", 24), ("disposal", 36))


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
    yield [field("mode", record.office.mode_name), field("task", record.task_kind)]
    yield [field("source", record.task_source)]
    yield [field("approval", record.approval)]
    times = {"start": printed_instant(record.started_at), "end": printed_instant(record.ended_at)}
    yield [field("period", sheet.words["period"].format(**times))]
    yield [field("place", record.place)]
    yield [field("inspectors", "\n".join(map(sheet.person, record.inspectors)))]
    if record.assistants:
        yield [field("assistants", "\n".join(map(sheet.person, record.assistants)))]
    yield [field("accompanied_by", record.accompanied_by)]


def told(sheet: Sheet) -> None:
    """Set what was shown and told on arrival; a step that was not taken has no line."""
    arrival = sheet.record.arrival
    steps = [
        ("code_way", "　".join(text for text in (arrival.code_way, printed_instant(arrival.code_at)) if text)),
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


def findings(sheet: Sheet) -> None:
    """Set the findings: fact, duty, evidence, disposal and deadline."""
    record, words = sheet.record, sheet.words
    if not record.answers:
        return
    if not record.findings:
        sheet.heading("findings")
        sheet.pages.paragraph(words["findings.none"], BODY)
        return
    sheet.heading("findings", 80)
    table = Table(sheet.pages, sheet.columns(FINDING_WIDTHS))
    for finding in record.findings:
        number = sheet.number_of(finding.question)
        source = "" if number is None else words["findings.question"].format(number=number)
        due = _due(words, finding.due_on) if finding.due_on else ""
        table.row(
            [
                plain(str(finding.number), CELL_CENTRE),
                ((finding.fact, CELL), (source, CELL_SMALL)),
                plain("\n".join(finding.duty) or words["blank"]),
                plain(finding.evidence or words["blank"]),
                ((finding.disposal or words["blank"], CELL), (due, CELL)),
            ]
        )


def _due(words: Wording, due_on: str) -> str:
    known = work_calendar().knows(parse_day(due_on))
    return words["findings.due" if known else "findings.due_doubted"].format(day=printed_day(due_on))


def counts(sheet: Sheet) -> None:
    """Set how many checklist items got which answer."""
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
