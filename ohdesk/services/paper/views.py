"""A paper as a screen shows it: where it stands, what became of it, its pages while it is being typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment
from ohdesk.domain.register.definition import Kind, word
from ohdesk.domain.register.values import problem_of, value_text
from ohdesk.forms.registers import definition
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import is_guarded
from ohdesk.services.paper import drawing
from ohdesk.services.paper.entries import BOOK, PaperEntry, content_of, paper_entry
from ohdesk.services.paper.listing import NOT_READ
from ohdesk.services.paper.subject import Subject
from ohdesk.services.visit.lookup import find_visit

_SAID_ELSEWHERE = NOT_READ | {"title", "life", "body", "made_by", "pages"}


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """A paper with the name of its establishment.

    typed, told: what was typed and what became of it since, by the words of each field
    guarded: nothing of it may be written into an open file
    """

    entry: PaperEntry
    name: str
    typed: tuple[tuple[str, str], ...]
    told: tuple[tuple[str, str], ...]
    guarded: bool


def open_paper(ctx: Context, paper: str) -> OpenPaper:
    """Return a paper by its id. Raises UserError where there is none."""
    with ctx.reading() as session:
        entry = paper_entry(session, paper)
        name = _name(session, entry.subject.establishment)
        guarded = is_guarded(session, entry.subject.establishment)
    asked = [(field, entry.typed.get(field.key, "")) for field in entry.form.asked]
    known = [(field, entry.fields.get(field.key)) for field in definition(BOOK).fields]
    return OpenPaper(
        entry,
        name,
        tuple((word(field.label), value_text(field, text)) for field, text in asked if text),
        tuple(
            (word(field.label), value_text(field, value))
            for field, value in known
            if field.kind is not Kind.FILES and field.key not in _SAID_ELSEWHERE and value not in {None, ""}
        ),
        guarded,
    )


def about(ctx: Context, subject: Subject) -> tuple[Subject, str]:
    """Return what papers are listed of, with the establishment of a visit, and its name."""
    with ctx.reading() as session:
        if subject.visit:
            subject = replace(subject, establishment=find_visit(session, subject.visit).establishment)
        return subject, _name(session, subject.establishment)


def pages(ctx: Context, paper: str, typed: Mapping[str, str] | None = None) -> bytes:
    """Return the PDF of a paper to be looked at or printed.

    typed: what stands in the form of a draft by now; what cannot stand there is left out
    Raises as `drawing.draw`.
    """
    with ctx.reading() as session:
        entry = paper_entry(session, paper)
        fixed = entry.files("pdf")
        if not fixed and typed is not None:
            by_key = {field.key: field for field in entry.form.asked}
            sound = {key: text for key, text in typed.items() if key in by_key and not problem_of(by_key[key], text)}
            entry = replace(entry, typed=sound)
        content = None if fixed else content_of(ctx, entry) or drawing.content_now(ctx, session, entry)
    return blobs.read(ctx, fixed[0][0]) if content is None else drawing.draw(ctx, entry, content).pdf


def _name(session: Session, establishment: str) -> str:
    row = session.get(Establishment, establishment) if establishment else None
    return "" if row is None else row.name
