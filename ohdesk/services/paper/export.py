"""A paper as a file: the draft as it would be now, else the very bytes that were fixed."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment, Record, RecordPaper
from ohdesk.errors import UserError
from ohdesk.files import hand_out, safe_stem
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.paper import drawing
from ohdesk.services.paper.entries import BOOK, PaperEntry, content_of, paper_entry


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper to be shown, printed or written: its PDF and under which name a copy is proposed."""

    title: str
    number: str
    pdf: bytes
    stem: str


def find(ctx: Context, text: str) -> str:
    """Return the id of a paper by its id or its number; of one of a final record by its number or the hash of its PDF.

    Raises UserError where none or several are called so.
    """
    with ctx.reading() as session:
        entries = select(Entry.id).where(Entry.register == BOOK, ~Entry.withdrawn)
        found = set(session.scalars(entries.where((Entry.id == text) | ((Entry.number == text) & (text != "")))))
        for model in (Record, RecordPaper):
            fits = (model.pdf_sha256 == text) | (model.number == text)
            found |= set(session.scalars(select(model.pdf_sha256).where(fits)))
    if len(found) != 1:
        message = tr("没有文书“{text}”。") if not found else tr("有多份文书叫“{text}”。")
        raise UserError(message.format(text=text[:40]), tr("请用编号指明（paper list 列出全部文书）。"))
    return found.pop()


def signed_paper(session: Session, digest: str) -> Record | RecordPaper | None:
    """Return the paper of a final record that has this PDF; None where there is none."""
    signed = session.scalars(select(Record).where(Record.pdf_sha256 == digest)).first()
    return signed or session.scalars(select(RecordPaper).where(RecordPaper.pdf_sha256 == digest)).first()


def paper_file(ctx: Context, paper: str) -> PaperFile:
    """Return a paper as it stands: the fixed PDF, or the draft drawn now; raises as `drawing.draw`."""
    with ctx.reading() as session:
        row = signed_paper(session, paper)
        if row is not None:
            record = session.get_one(Record, row.visit)
            refuse_file(session, record.establishment)
            return _file(row.title, row.number, record.establishment_name, blobs.read(ctx, paper))
        entry = paper_entry(session, paper)
        refuse_file(session, entry.subject.establishment)
        fixed, name = entry.files("pdf"), name_of(session, entry)
        content = None if fixed else content_of(ctx, entry) or drawing.content_now(ctx, session, entry)
    pdf = blobs.read(ctx, fixed[0][0]) if content is None else drawing.draw(ctx, entry, content).pdf
    return _file(entry.form.title, entry.number, name, pdf)


def name_of(session: Session, entry: PaperEntry) -> str:
    """Return what the establishment that a paper is about is called; empty where it is about none."""
    row = session.get(Establishment, entry.subject.establishment)
    return "" if row is None else row.name


def export(ctx: Context, paper: str, target: Path) -> None:
    """Write a paper into a file. Raises as `paper_file`, MachineError from the medium."""
    hand_out(target, paper_file(ctx, paper).pdf)


def _file(title: str, number: str, name: str, pdf: bytes) -> PaperFile:
    return PaperFile(title, number, pdf, safe_stem("_".join(filter(None, (title, number, name)))))
