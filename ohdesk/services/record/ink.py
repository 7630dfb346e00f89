"""A record signed in ink (纸质签署): fair copies printed on the spot, their pictures taken back as the final papers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.domain.calendar import instant_text, legal_day, parse_instant
from ohdesk.domain.canonical import canonical
from ohdesk.domain.paper_mark import DIGITS
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import PartyStatement, RecordContent, ScannedPaper, scan_boxes
from ohdesk.domain.scan import ByHand, Expected, Scanned
from ohdesk.domain.visit import FairCopy
from ohdesk.errors import ProblemsError, UserError
from ohdesk.files import hand_out, safe_stem
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.record import finalizing
from ohdesk.services.record.composing import Composed, compose, compose_in
from ohdesk.services.record.finalizing import DraftPaper, FinalRecord
from ohdesk.services.record.party_statement import keep_party, party_before
from ohdesk.services.record.signing import SecondSigner, open_signers, sign_document
from ohdesk.services.register import county_papers
from ohdesk.services.scans.binding import scan_in
from ohdesk.services.scans.taking import original_of
from ohdesk.services.visit import photos as visit_photos
from ohdesk.services.visit.lookup import find_visit

NOTHING_BY_HAND = ByHand({}, {})


@dataclass(frozen=True, slots=True)
class FairCopies:
    """The fair copies of a record, to be printed: each paper by its title, and what is known again of them.

    voids: they say something else than earlier ones, which count no more
    """

    papers: tuple[DraftPaper, ...]
    copy: FairCopy
    voids: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is printed and to come back. outdated: why it is not what the record says by now, else ""."""

    copy: FairCopy
    papers: tuple[Expected, ...]
    outdated: str


def fair_copies(ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str] = ()) -> FairCopies:
    """Return the papers of a visit to be printed and signed in ink; the number on them is kept for this record.

    Printed again after something was changed, the earlier ones are known as outdated; unchanged, they are the same
    papers, as of when they were first printed.
    Raises ProblemsError for what keeps the record from being final.
    """
    ctx.require(Right.RECORD)
    composed = compose(ctx, visit_id, party, situation)
    if composed.problems:
        message = tr("笔录还不能定稿，有 {count} 处要处理。", count=len(composed.problems))
        raise ProblemsError(message, composed.problems)
    papers = finalizing.rendered(ctx, composed, in_ink=True)
    keep_party(ctx, visit_id, party, situation)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id)
        earlier = visit.fair_copy
        voids = earlier is not None and earlier.record_sha256 != composed.record_sha256
        if earlier is not None and not voids:
            copy = earlier
        else:
            copy = visit.fair_copy = FairCopy(
                number=composed.record.number,
                record_sha256=composed.record_sha256,
                at=instant_text(ctx.now()),
                pages={key: paper.pages for key, paper in papers.items()},
                is_late=_is_late(ctx, composed),
            )
    drafts = tuple(DraftPaper(composed.forms[key].title, paper.pdf) for key, paper in papers.items())
    return FairCopies(drafts, copy, voids)


def write_fair_copies(
    ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str], folder: Path
) -> list[Path]:
    """Write the fair copies into a folder, under the titles of the papers; raises as `fair_copies`."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    files = []
    for paper in fair_copies(ctx, visit_id, party, situation).papers:
        files.append(folder / f"{safe_stem(paper.title)}.pdf")
        hand_out(files[-1], paper.pdf)
    return files


def is_usual(ctx: Context) -> bool:
    """True unless the county consented in writing, in force today, that an electronic record is the original."""
    with ctx.reading() as session:
        consent = county_papers.in_force(session, county_papers.ELECTRONIC, legal_day(ctx.now()))
    return consent is None


def awaited(ctx: Context, visit_id: str) -> Awaited | None:
    """Return what was printed of a visit and is to come back; None where nothing was."""
    with ctx.reading() as session:
        copy = find_visit(session, visit_id).fair_copy
    if copy is None:
        return None
    try:
        return Awaited(copy, expected(ctx, visit_id), "")
    except UserError as error:
        return Awaited(copy, (), error.message)


def expected(ctx: Context, visit_id: str) -> tuple[Expected, ...]:
    """Return the papers of which pictures are to come back.

    Raises UserError where none were printed, or the record says something else by now.
    """
    copy, composed = _as_printed(ctx, visit_id)
    record, digits = composed.record, copy.record_sha256[:DIGITS]
    return tuple(
        Expected(paper=record.id_of(key), name=composed.forms[key].title, pages=copy.pages.get(key, 1), digits=digits)
        for key in record.papers
    )


def finalize_in_ink(
    ctx: Context,
    visit_id: str,
    files: Sequence[Path],
    *colleagues: SecondSigner,
    by_hand: ByHand = NOTHING_BY_HAND,
    report: Progress = unwatched,
) -> FinalRecord:
    """Make the record final with the pictures of its papers as they were signed, and close the visit.

    files: photos and scans in any order · by_hand: which page a picture is, where its mark cannot be read
    Raises as `finalize_scanned`, and ProblemsError for pages missing, twice, of another paper or outdated; then the
    papers stay open.
    """
    ctx.require(Right.RECORD)
    return finalize_scanned(ctx, visit_id, scan_in(expected(ctx, visit_id), files, by_hand, {}, report), *colleagues)


def finalize_scanned(ctx: Context, visit_id: str, scanned: Sequence[Scanned], *colleagues: SecondSigner) -> FinalRecord:
    """Make the record final with its papers bound from their pictures, in the order of `expected`.

    Both inspectors sign the bound scans by certificate, so that nobody changes them later.
    Raises UserError when the record says something else by now than what was printed, or somebody cannot sign.
    """
    ctx.require(Right.RECORD)
    copy, composed = _as_printed(ctx, visit_id)
    visit_photos.check_unprinted(ctx, visit_id)
    signers = open_signers(ctx, composed.record.inspectors, colleagues)
    keys = composed.record.papers
    content = RecordContent(
        record=composed.record,
        strokes=(),
        scans=tuple(
            ScannedPaper(paper=key, sha256=each.sha256, size=len(each.pdf), originals=tuple(each.originals.values()))
            for key, each in zip(keys, scanned, strict=True)
        ),
        printed_at=copy.at,
        is_late=copy.is_late or _is_late(ctx, composed),
    )
    reason = f"{composed.record.title} {composed.record.number}"
    boxes = scan_boxes([each.field for each in composed.record.inspectors])
    pdfs = {
        key: sign_document(ctx, each.pdf, boxes, canonical(replace(content, paper=key)), signers, reason)
        for key, each in zip(keys, scanned, strict=True)
    }
    party, situation = party_before(ctx, visit_id)

    def again(session: Session) -> Composed:
        return compose_in(ctx, session, visit_id, party, situation)

    return finalizing.set_down(ctx, composed, content, pdfs, signers, again, _originals(ctx, scanned))


def _as_printed(ctx: Context, visit_id: str) -> tuple[FairCopy, Composed]:
    """Return what was printed, and the record that says the same. Raises UserError where it says something else."""
    with ctx.reading() as session:
        copy = _printed(session, visit_id)
    composed = compose(ctx, visit_id, *party_before(ctx, visit_id))
    if composed.record_sha256 != copy.record_sha256:
        raise _outdated()
    return copy, composed


def _printed(session: Session, visit_id: str) -> FairCopy:
    copy = find_visit(session, visit_id).fair_copy
    if copy is None:
        raise UserError(tr("这次检查还没有打印过待签的文书。"), tr("请先打印（命令行为 record fair-copy）。"))
    return copy


def _is_late(ctx: Context, composed: Composed) -> bool:
    """True on a later day than that of the inspection: when people drove off is known to nobody but them."""
    return legal_day(ctx.now()) > legal_day(parse_instant(composed.record.ended_at))


def _outdated() -> UserError:
    return UserError(
        tr("打印之后笔录内容有了变化，纸上的不是现在的内容。"), tr("请重新打印、签名；或者把内容改回打印时的样子。")
    )


def _originals(ctx: Context, scanned: Sequence[Scanned]) -> dict[str, int]:
    """Keep the pictures as they were taken; return their hashes with their lengths in bytes."""
    taken = {path: digest for each in scanned for path, digest in each.originals.items()}
    pictures = [original_of(path, digest) for path, digest in taken.items()]
    return {blobs.put(ctx, picture): len(picture) for picture in pictures}
