"""How the record ends: what the inspected party says, and who signed."""

from collections.abc import Iterator, Sequence

from ohdesk.domain.record import Signatory, SignatureBox, StrokeSet
from ohdesk.reports import flowables
from ohdesk.reports.flowables import Rectangle, Strip
from ohdesk.reports.pages import Pages
from ohdesk.reports.record_sheet import Sheet, printed_instant
from ohdesk.reports.styles import BODY
from ohdesk.reports.wording import Wording

UNSIGNED_WAYS = frozenset({"refused", "absent"})


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


def signatures(sheet: Sheet) -> tuple[SignatureBox, ...]:
    """Draw the strips to sign in; return the box of each inspector, in their order."""
    inspectors = sheet.record.inspectors
    others = list(_handwritten(sheet))
    strips = [*others, *_inspector_strips(sheet.words, inspectors)]
    sheet.heading("signatures", flowables.strips_height(strips))
    rectangles = flowables.signature_strips(sheet.pages, strips)
    return _boxes(sheet.pages, inspectors, rectangles[len(others) :])


def inspector_signatures(pages: Pages, words: Wording, inspectors: Sequence[Signatory]) -> tuple[SignatureBox, ...]:
    """Draw the strips of the inspectors alone; return the box of each, in their order."""
    strips = list(_inspector_strips(words, inspectors))
    flowables.heading(pages, words["sections.signatures"], flowables.strips_height(strips))
    return _boxes(pages, inspectors, flowables.signature_strips(pages, strips))


def _boxes(pages: Pages, inspectors: Sequence[Signatory], rectangles: Sequence[Rectangle]) -> tuple[SignatureBox, ...]:
    page = len(pages.pages) - 1
    return tuple(
        SignatureBox(inspector.field, page, rectangle)
        for inspector, rectangle in zip(inspectors, rectangles, strict=True)
    )


def _handwritten(sheet: Sheet) -> Iterator[Strip]:
    party, words = sheet.record.party, sheet.words
    name = words["statement.person"].format(name=party.name, position=party.position) if party.position else party.name
    # The strip stays, with the reason in it: an empty one could be signed later by anybody.
    if party.way in UNSIGNED_WAYS:
        yield Strip(words["roles.party"], None, words["signatures.no_signature"], (name or words["blank"],))
    for strokes in sheet.strokes:
        who = name if strokes.role == "party" else strokes.name
        yield Strip(words[f"roles.{strokes.role}"], strokes, "", (who, _signed_at(sheet, strokes)))


def _signed_at(sheet: Sheet, strokes: StrokeSet) -> str:
    return sheet.words["signatures.at"].format(at=printed_instant(strokes.at))


def _inspector_strips(words: Wording, inspectors: Sequence[Signatory]) -> Iterator[Strip]:
    for inspector in inspectors:
        certificate = words["signatures.certificate_no"].format(text=inspector.certificate_no or words["blank"])
        yield Strip(words["signatures.inspector"], None, words["signatures.box"], (inspector.name, certificate))
