"""The PDF of a paper: of a draft as it would be now, of what was fixed as it was."""

from sqlalchemy.orm import Session

from ohdesk.domain.calendar import day_in, printed_day
from ohdesk.domain.paper_life import PaperState
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.papers import Filling, RenderedPaper, render_paper
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.paper.entries import Content, PaperEntry
from ohdesk.services.paper.subject import values_of
from ohdesk.services.record.finalizing import across_a_draft


@in_chinese()
def content_now(ctx: Context, session: Session, entry: PaperEntry) -> Content:
    """Return what a paper says as things are now; raises as `values_of`."""
    values = values_of(ctx, session, entry.form, entry.subject, entry.issuing, entry.typed)
    return Content(
        paper=entry.key,
        paper_set=entry.paper_set,
        mode=entry.issuing.mode,
        form_sha256=entry.form.sha256,
        values=values,
    )


@in_chinese()
def draw(ctx: Context, entry: PaperEntry, content: Content, number: str = "", issued_on: str = "") -> RenderedPaper:
    """Return the PDF of what a paper says, with its number and day of issue.

    Raises ProblemsError when a character has no glyph, UserError when a photo is gone.
    """
    return render_paper(entry.form, filling(ctx, entry, content, number, issued_on))


@in_chinese()
def filling(ctx: Context, entry: PaperEntry, content: Content, number: str = "", issued_on: str = "") -> Filling:
    """Return what the form of a paper is filled with. Raises UserError when a photo is gone.

    A draft has the word 草稿 across its pages, and says what is still to be filled in.
    """
    day = day_in(issued_on)
    values = content.values | {"number": number, "issued_on": printed_day(day) if day else ""}
    is_draft = entry.state is PaperState.DRAFT
    if is_draft:
        wanting = [field.key for field in entry.form.asked if field.required and not values.get(field.key)]
        values |= dict.fromkeys(wanting, tr("（未填）"))
    return Filling(
        values=values,
        photos={digest: blobs.read(ctx, digest) for digest in content.photos},
        sha256=content.sha256,
        id=entry.id,
        across=across_a_draft() if is_draft else "",
    )
