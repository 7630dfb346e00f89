"""The papers of a final record, filled from it: 现场检查笔录, 现场检查表 and 照片说明页, and the page of later photos.

All of them say what one record says, so that one fingerprint stands on all; each is drawn by its form.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from ohdesk.domain.calendar import parse_instant, printed_minute
from ohdesk.domain.record import (
    CHECKLIST,
    PHOTO_PAGE,
    RECORD,
    AnswerLine,
    Arrival,
    InspectionRecord,
    PhotoLine,
    PhotoPageRecord,
    Signatory,
    Signer,
    StrokeSet,
    Technician,
)
from ohdesk.forms.papers import PaperForm
from ohdesk.reports import fonts
from ohdesk.reports.papers import Filling, Item, RenderedPaper, Signing, render_paper
from ohdesk.reports.record_texts import texts_of

ANSWER_ORDER = ("met", "not_met", "not_applicable", "not_inspected")
_SEAT_OF = {
    Signer.WITNESS: "witness",
    Signer.ASSISTANT: "assistants",
    Signer.RECORDER: "recorder",
    Signer.TECHNICIAN: "technicians",
}
Forms = Mapping[str, PaperForm]


@dataclass(frozen=True, slots=True)
class RecordDrawing:
    """What all papers of one record are drawn from.

    forms: of its papers, by key, as the record's mode has them
    record_sha256: its fingerprint, printed on all of them
    strokes: handwriting, drawn on every one of the papers
    photos: the stored JPEG bytes by SHA-256, of every photo that is printed; embedded unchanged
    across: a word that lies pale across every page of a draft; empty for what is signed
    in_ink: a fair copy that is signed with a pen (纸质签署): no place is for a certificate
    """

    forms: Forms
    record: InspectionRecord
    record_sha256: str
    strokes: Sequence[StrokeSet] = ()
    photos: Mapping[str, bytes] = field(default_factory=dict)
    across: str = ""
    in_ink: bool = False


def render_record_paper(key: str, drawing: RecordDrawing) -> RenderedPaper:
    """Return the PDF of one paper of a record.

    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    if key == RECORD:  # drawn before those beside it; here a problem is named by its place in the record
        fonts.refuse_missing_glyphs(texts_of(drawing.record, drawing.strokes))
    return render_paper(drawing.forms[key], record_filling(key, drawing))


def record_filling(key: str, drawing: RecordDrawing) -> Filling:
    """Return what the form of one paper of a record, of `record.papers`, is filled with."""
    forms, record = drawing.forms, drawing.record
    words = forms[RECORD].words
    seats = _pen_seats(words, record) if drawing.in_ink else _seats(words, record, record.inspectors, drawing.strokes)
    return Filling(
        values=record_values(forms, record) | _of_paper(key, forms[key].words, record),
        seats=seats,
        photos=drawing.photos if key == PHOTO_PAGE else {},
        sha256=drawing.record_sha256,
        id=record.id_of(key),
        warning=_warning(forms[RECORD], record),
        across=drawing.across,
    )


def render_later_photos(
    forms: Forms, page: PhotoPageRecord, record: InspectionRecord, page_sha256: str, photos: Mapping[str, bytes]
) -> RenderedPaper:
    """Return the PDF of the page of photos that came after `record` (照片说明页), bound to it by hashes.

    photos: JPEG bytes by SHA-256, embedded unchanged
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs([*texts_of(page), *texts_of(record)])
    words = forms[PHOTO_PAGE].words
    introduction = words["introduction"].format(
        number=page.record_number, title=page.record_title, finalized=printed_instant(page.finalized_at)
    )
    values = {
        **record_values(forms, record),
        **photo_values(words, record, page.photos),
        "number": page.number,
        "introduction": introduction,
        "record_sha256": page.record_sha256,
        "record_pdf_sha256": page.record_pdf_sha256,
    }
    filling = Filling(
        values=values,
        seats={"inspectors": _inspectors(forms[RECORD].words, page.inspectors, {})},
        photos=photos,
        sha256=page_sha256,
        id=str(uuid5(UUID(page.visit), page.number)),
        warning=_warning(forms[RECORD], record),
    )
    return render_paper(forms[PHOTO_PAGE], filling)


def printed_instant(text: str) -> str:
    """Return a stored instant as printed, in Beijing time; any other text as it is."""
    try:
        return printed_minute(parse_instant(text))
    except ValueError:
        return text


def _warning(form: PaperForm, record: InspectionRecord) -> str:
    return "" if record.office.confirmed_by_county else form.words["unconfirmed_by_county"]


def record_values(forms: Forms, record: InspectionRecord) -> dict[str, str | Sequence[Item]]:
    """Return what every paper of a record may say."""
    words = forms[RECORD].words
    body, times = record.body, {"start": printed_instant(record.started_at), "end": printed_instant(record.ended_at)}
    said = [
        {"title": words[f"annex_{key}"].format(title=forms[key].title, **_said(key, record))}
        for key in record.papers[1:]
    ]
    announced = "、".join(str(photo.number) for photo in record.photos if photo.announced)
    return {
        **{name: getattr(body, name) for name in ("name", "uscc", "address", "legal_representative")},
        "person_in_charge": body.person_in_charge,
        "phone": body.phone,
        "authority": record.office.authority,
        "mode_name": record.office.mode_name,
        "kind_name": record.kind_name,
        "period": words["period"].format(**times),
        "place": record.place,
        "means": record.means,
        "inspectors": "\n".join(_person(words, each) for each in record.inspectors),
        "assistants": "\n".join(_person(words, each) for each in record.assistants),
        "technicians": "\n".join(_technician(words, each) for each in record.technicians),
        "accompanied_by": record.accompanied_by or words["nobody"],
        "steps": _steps(words, record.arrival),
        "situation": [{"text": text} for text in record.situation],
        "ended_early": "" if record.answers else record.outcome_name,
        "outcome": record.outcome_name,
        "outcome_proof": record.outcome_proof,
        "annexes": said,
        "announced": words["announced"].format(numbers=announced) if announced else "",
        "statement": [{"text": text} for text in _statement(words, record)],
        "number": record.number,
        "record_number": record.number,
        "form_title": record.form_title,
        "form_version": record.form_version,
        "introduction": "",
        "record_sha256": "",
        "record_pdf_sha256": "",
    }


def _said(key: str, record: InspectionRecord) -> dict[str, object]:
    """Return what the record says of a paper that is made beside it."""
    count = {CHECKLIST: len(record.answers), PHOTO_PAGE: len(record.photos)}[key]
    form = {"form": record.form_title, "version": record.form_version}
    return {**form, "number": record.number_of(key), "count": count}


def _of_paper(key: str, words: Mapping[str, str], record: InspectionRecord) -> dict[str, str | Sequence[Item]]:
    """Return what one paper of a record says besides."""
    if key == CHECKLIST:
        return {**_answers(words, record.answers), "number": record.number_of(key)}
    if key == PHOTO_PAGE:
        return {**photo_values(words, record, record.photos), "number": record.number_of(key)}
    return {}


def _person(words: Mapping[str, str], person: Signatory) -> str:
    if person.certificate_no:
        return words["certificate"].format(name=person.name, certificate=person.certificate_no)
    return words["without_certificate"].format(name=person.name, unit=person.unit or words["blank"])


def _technician(words: Mapping[str, str], person: Technician) -> str:
    return words["technician"].format(name=person.name, unit=person.unit, role=person.role)


def _steps(words: Mapping[str, str], arrival: Arrival) -> list[Item]:
    """Return what was shown and told on arrival; a step that was not taken has no line."""
    serial = words["code_serial"].format(text=arrival.code_serial) if arrival.code_serial else ""
    steps = {
        "code_way": "　".join(filter(None, (arrival.code_way, printed_instant(arrival.code_at), serial))),
        "notice_given": arrival.notice_given,
        "certificates_shown": arrival.certificates_shown,
        "rights_told": arrival.rights_told,
        "recusal_answer": arrival.recusal_answer,
    }
    return [{"label": words[key], "text": printed_instant(text)} for key, text in steps.items() if text]


def _statement(words: Mapping[str, str], record: InspectionRecord) -> Iterator[str]:
    """Yield how the party ended the record: agreed, objected, refused or absent, with reason and witness."""
    party = record.party
    yield words[str(party.way)]
    if party.statement:
        yield words["party_words"].format(text=party.statement)
    for key in ("reason", "witness", "video"):
        if text := getattr(party, key):
            yield words[key].format(text=text)


def _answers(words: Mapping[str, str], answers: Sequence[AnswerLine]) -> dict[str, str | Sequence[Item]]:
    tally = Counter(line.answer for line in answers)
    # As this checklist words its answers, which is not how another one does.
    word_of = {line.answer: line.word for line in answers}
    counted = [answer for answer in ANSWER_ORDER if tally[answer]]
    parts = [words["count_part"].format(word=word_of[answer], count=tally[answer]) for answer in counted]
    return {
        "answers": [_answer(words, line) for line in answers],
        "tables": [
            {"title": f"{line.number}　{each.title}", "columns": each.columns, "rows": each.rows}
            for line in answers
            for each in line.tables
        ],
        "counts": words["count_sentence"].format(total=len(answers), parts="，".join(parts)),
    }


def _answer(words: Mapping[str, str], line: AnswerLine) -> Item:
    photos = words["photo"].format(numbers="、".join(map(str, line.photos))) if line.photos else ""
    return {
        "number": str(line.number),
        "section": line.section,
        "text": line.text,
        "word": line.word,
        "remark": "\n".join(text for text in (line.fact, line.remark, *line.details, photos) if text),
        "not_met": line.answer == "not_met",
    }


def photo_values(
    words: Mapping[str, str], record: InspectionRecord, photos: Sequence[PhotoLine]
) -> dict[str, str | Sequence[Item]]:
    """Return photos as they are printed, announced or withheld; words: of the form of photos."""
    numbers = {line.question: line.number for line in record.answers}
    return {
        "photos": [
            {
                "sha256": photo.sha256,
                "number": str(photo.number),
                "heading": words["photo"].format(number=photo.number),
                "lines": tuple(filter(None, (photo.caption, *_circumstances(words, numbers, photo)))),
            }
            for photo in photos
            if photo.printed
        ],
        "announced": [
            {
                "number": words["to_be_supplied"].format(number=photo.number),
                "caption": photo.caption or words["blank"],
                "circumstances": "\n".join(_circumstances(words, numbers, photo)),
            }
            for photo in photos
            if photo.announced
        ],
        "withheld": [
            {"number": str(photo.number), "mark": words[str(photo.sensitive)], "sha256": photo.sha256}
            for photo in photos
            if not photo.announced and not photo.printed
        ],
    }


def _circumstances(words: Mapping[str, str], numbers: Mapping[str, int], photo: PhotoLine) -> tuple[str, ...]:
    """Return where; when and by whom; for which question: the lines that have something to say."""
    # When it was attached says nothing of when it was shot: where nothing else is known, it stands under its own word.
    at = "taken_at" if photo.taken_at or not photo.attached_at else "attached_at"
    taken = [
        words[key].format(text=text)
        for key, text in ((at, printed_instant(getattr(photo, at))), ("taken_by", photo.taken_by))
        if text
    ]
    place = words["photo_place"].format(text=photo.place) if photo.place else ""
    question = words["question"].format(number=numbers[photo.question]) if photo.question in numbers else ""
    masked = words["masked"].format(count=photo.masked) if photo.masked else ""
    return tuple(text for text in (place, "　".join(taken), question, masked) if text)


def _seats(
    words: Mapping[str, str],
    record: InspectionRecord,
    inspectors: Sequence[Signatory],
    strokes: Sequence[StrokeSet],
) -> dict[str, list[Signing]]:
    """Return who signs: by hand, and the inspectors by their certificates."""
    party = record.party
    name = words["person"].format(name=party.name, position=party.position) if party.position else party.name
    seats: dict[str, list[Signing]] = {"party": [], **{seat: [] for seat in _SEAT_OF.values()}}
    # The strip stays, with the reason in it: an empty one could be signed later by anybody.
    if not party.way.signs:
        seats["party"].append(Signing((name or words["blank"],), None, words["no_signature"]))
    for one in strokes:
        signed_at = words["at"].format(at=printed_instant(one.at))
        if one.role is Signer.PARTY:
            seats["party"].append(Signing((name, signed_at), one))
        elif one.role in _SEAT_OF:
            seats[_SEAT_OF[one.role]].append(Signing((one.name, signed_at), one))
    by_hand = {one.name: one for one in strokes if one.role is Signer.INSPECTOR}
    return seats | {"inspectors": _inspectors(words, inspectors, by_hand)}


def _pen_seats(words: Mapping[str, str], record: InspectionRecord) -> dict[str, list[Signing]]:
    """Return who signs with a pen: the party where it signs, a witness where there is one, and whoever went there."""
    party, day = record.party, words["day_by_pen"]
    name = words["person"].format(name=party.name, position=party.position) if party.position else party.name
    name = name or words["blank"]
    told = Signing((name, day)) if party.way.signs else Signing((name,), None, words["no_signature"])
    certificate = words["certificate_no"]
    return {
        "party": [told],
        "witness": [Signing((party.witness, day))] if party.witness else [],
        "inspectors": [
            Signing((each.name, certificate.format(text=each.certificate_no or words["blank"]), day))
            for each in record.inspectors
        ],
        "assistants": [Signing((each.name, each.unit, day)) for each in record.assistants],
        "recorder": [Signing((day,))],
        "technicians": [Signing((each.name, each.unit, day)) for each in record.technicians],
    }


def _inspectors(
    words: Mapping[str, str], inspectors: Sequence[Signatory], by_hand: Mapping[str, StrokeSet]
) -> list[Signing]:
    """Return the place of each inspector's certificate signature, with the handwriting where there is any."""
    return [_inspector(words, each, by_hand.get(each.name)) for each in inspectors]


def _inspector(words: Mapping[str, str], each: Signatory, ink: StrokeSet | None) -> Signing:
    certificate = words["certificate_no"].format(text=each.certificate_no or words["blank"])
    at = () if ink is None else (words["at"].format(at=printed_instant(ink.at)),)
    return Signing((each.name, certificate, *at), ink, words["signed_by_certificate"], each.field)
