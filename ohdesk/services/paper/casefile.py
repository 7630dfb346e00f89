"""The file of a visit (案卷): a main volume, and a side volume with what no party may read.

Approvals, what tells of a complaint and opinions of lawyers are in the side volume and in nothing that is made for the
main one: what may be there is chosen, not what is kept out.  Signed papers go in as they are, byte for byte.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment, LocalEntry, Record, Visit
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.evidence import Evidence, EvidenceKind, Sensitive
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import RECORD_PAPERS
from ohdesk.domain.register.definition import Kind, word
from ohdesk.domain.register.values import value_text
from ohdesk.domain.visit import VisitState
from ohdesk.domain.worded import Worded
from ohdesk.errors import UserError
from ohdesk.files import all_or_none, hand_out, refuse_used_folder, safe_stem
from ohdesk.forms.papers import PaperForm
from ohdesk.forms.retention import retention
from ohdesk.i18n import in_chinese, mark, tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.office import paper_forms
from ohdesk.services.paper.archiving import Archived, archive
from ohdesk.services.paper.batch import LeftOut
from ohdesk.services.paper.binding import Front, Leaf, made, place, write_bound
from ohdesk.services.paper.entries import paper_entry
from ohdesk.services.paper.issuing import issuing_of
from ohdesk.services.paper.listing import PaperRow, of_visit
from ohdesk.services.paper.subject import Issuing, Subject
from ohdesk.services.register.books import book
from ohdesk.services.register.entries import held_entry
from ohdesk.services.visit import before_papers, evidence
from ohdesk.services.visit.lookup import find_visit

_APPROVAL = "approval"
_NAMED = frozenset({Kind.ENTRY, Kind.PERSON, Kind.ESTABLISHMENT, Kind.FILES})  # fields that hold no words to print
_FOR_THE_PARTY = frozenset({"party", "public", "authority"})
_PDF = ".pdf"


class Volume(Worded):
    """A volume of a file."""

    MAIN = "main", mark("正卷")
    SIDE = "side", mark("副卷")


@dataclass(frozen=True, slots=True)
class Made:
    """A volume that was written: where, under which 档号, with how many numbered pages and papers."""

    volume: Volume
    path: Path
    archived: Archived
    pages: int
    papers: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What was written, and the papers that are in neither volume, each with the reason."""

    volumes: tuple[Made, ...]
    left_out: tuple[LeftOut, ...]


class _Contents(NamedTuple):
    """What goes into a volume: papers in the order they arose, and evidence, with the files of it that are here."""

    leaves: tuple[Leaf, ...]
    evidence: tuple[Evidence, ...]
    left_out: tuple[LeftOut, ...]


def write(
    ctx: Context, visit_id: str, target: Path, volume: Volume | None = None, report: Progress = unwatched
) -> CaseFile:
    """Write the file of a visit that has ended, and set down each volume in the book `archive`.

    target: ends in .pdf for a printable copy with running page numbers, the originals in it as attachments; else an
        empty or new folder with the originals · volume: one of them only; both are two files, or two folders
    Raises UserError for a visit that has not ended and for an employer of whom no file is made, MachineError from the
    medium.
    """
    ctx.require(Right.REGISTER)
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        refuse_file(session, visit.establishment)
        if visit.state != VisitState.CLOSED:
            raise UserError(tr("这次检查还没有结束，不能立卷。"), tr("请先签名定稿，或结束检查。"))
    is_pdf = target.suffix.lower() == _PDF
    if not is_pdf:
        refuse_used_folder(target)
    wanted = tuple(Volume) if volume is None else (volume,)
    contents = {each: _contents(ctx, visit_id, each) for each in wanted}
    # An empty side volume is not made: there is nothing to keep from anybody.
    filled = [each for each in wanted if contents[each].leaves or each is not Volume.SIDE or volume is Volume.SIDE]
    works = [_Work(ctx, visit_id, each, contents[each]) for each in filled]
    if is_pdf:
        done = [work.as_pdf(_beside(target, work.volume, many=volume is None), report) for work in works]
    else:
        with all_or_none(target):
            done = [work.as_folder(target / work.volume.word if volume is None else target, report) for work in works]
    left_out = [each for found in contents.values() for each in found.left_out]
    return CaseFile(tuple(done), (*left_out, *(each for work in works for each in work.unreadable)))


def _beside(target: Path, volume: Volume, *, many: bool) -> Path:
    return target if volume is Volume.MAIN or not many else target.with_name(f"{target.stem}_{volume.word}{_PDF}")


@in_chinese()
def _contents(ctx: Context, visit_id: str, volume: Volume) -> _Contents:
    leaves: list[Leaf] = []
    left_out: list[LeftOut] = []
    with ctx.reading() as session:
        rows = of_visit(session, visit_id)
        for row in rows:
            if row.state is PaperState.WITHDRAWN or _volume_of(session, row) is not volume:
                continue
            if pdf := _fixed(session, row):
                leaves.append(_leaf(row.paper, row.title, row.number, row.day, partial(blobs.read, ctx, pdf)))
            else:
                reason = tr("还没有定下来：{state}", state=row.state.word)
                left_out.append(LeftOut(row.id, f"{row.title} {row.number}".strip(), reason))
        visit = session.get_one(Visit, visit_id)
        if volume is Volume.SIDE:
            leaves += _of_before(ctx, visit, {row.paper for row in rows})
            leaves += _of_books(ctx, session, visit)
    shown = tuple(each for each in evidence.schedule(ctx, visit_id) if _is_open(each) is (volume is Volume.MAIN))
    return _Contents(tuple(sorted(leaves, key=lambda leaf: leaf.day)), shown, tuple(left_out))


def _volume_of(session: Session, row: PaperRow) -> Volume:
    if row.paper in RECORD_PAPERS and row.id == row.pdf:
        return Volume.MAIN
    form = paper_entry(session, row.id).form
    return Volume.MAIN if form.volume == "main" and form.for_ in _FOR_THE_PARTY else Volume.SIDE


def _is_open(item: Evidence) -> bool:
    """True for evidence that the party may see; a secret may be that of whoever complained."""
    return item.sensitive is Sensitive.NO


def _fixed(session: Session, row: PaperRow) -> str:
    """Return the SHA-256 of a paper as it was fixed, the signed scan before the fair copy; "" for a draft."""
    if row.id == row.pdf:
        return row.pdf
    return paper_entry(session, row.id).fixed


def _of_before(ctx: Context, visit: Visit, papers: set[str]) -> Iterator[Leaf]:
    """Yield the approval of a visit, unless it was made as a paper of its own."""
    approval = visit.approval
    if approval is not None and _APPROVAL not in papers:
        authority = visit.start.authority if visit.start else ""
        drawn = partial(before_papers.approval_pdf, ctx, visit.id, authority)
        yield _leaf(_APPROVAL, tr("行政检查审批表"), approval.number, approval.on, drawn)


def _of_books(ctx: Context, session: Session, visit: Visit) -> Iterator[Leaf]:
    """Yield what books say of where a visit came from and of what lawyers said, and the files put to it."""
    for register in retention().side_books:
        for entry in _entries(session, register, visit):
            definition, held = book(ctx, register), held_entry(session, entry)[1]
            day, number = str(held.fields.get("opened_on") or ""), str(held.fields.get("number") or "")
            title = word(definition.title)
            yield _leaf(register, title, number, day, partial(_entry_page, ctx, visit.id, entry))
            for field in definition.fields:
                files = held.fields.get(field.key) if field.kind is Kind.FILES else None
                for digest, name in files if isinstance(files, tuple | list) else ():
                    if str(name).lower().endswith(_PDF):
                        yield _leaf(register, str(name), number, day, partial(blobs.read, ctx, str(digest)))


def _entries(session: Session, register: str, visit: Visit) -> Iterator[str]:
    for model in (Entry, LocalEntry):
        here = model.values["visit"].as_string() == visit.id
        found = select(model.id).where(model.register == register, ~model.withdrawn)
        yield from session.scalars(found.where(here | (model.id == (visit.task.entry or ""))).order_by(model.id))


def _entry_page(ctx: Context, visit_id: str, entry: str) -> bytes:
    """Return what a book says of something, printed; with what it keeps on this laptop: it is for the office alone."""
    with ctx.reading() as session:
        register, held = held_entry(session, entry)
        definition = book(ctx, register)
        said = [
            {"label": word(field.label), "text": text}
            for field in definition.fields
            if field.kind not in _NAMED and (text := value_text(field, held.fields.get(field.key)))
        ]
        subject = _subject(session, visit_id)
        form, issuing = _form(ctx, session, "case_entry", subject)
        return made(ctx, session, form, subject, issuing, {"book_title": word(definition.title)}, {"steps": said}).pdf


def _leaf(paper: str, title: str, number: str, day: str, pdf: Callable[[], bytes]) -> Leaf:
    return Leaf(paper, title, number, day, "", pdf)


def _subject(session: Session, visit_id: str) -> Subject:
    return Subject(visit=visit_id, establishment=session.get_one(Visit, visit_id).establishment)


def _form(ctx: Context, session: Session, key: str, subject: Subject) -> tuple[PaperForm, Issuing]:
    """Return the form of a page that the program makes of a file, and in whose name: that of the visit."""
    # A file is made long after a visit, under powers that may have ended: in whose name one acted is what counts.
    start = session.get_one(Visit, subject.visit).start
    mode, authority = (start.mode, start.authority) if start else ("", ctx.office.name)
    issue = paper_forms.page(session, "case_cover", legal_day(ctx.now())).form.issue.get(mode)
    issuing = issuing_of(session, mode, issue.body if issue else "town", authority)
    return paper_forms.page(session, key, legal_day(ctx.now())).of(mode), issuing


class _Work:
    """A volume being put together."""

    def __init__(self, ctx: Context, visit_id: str, volume: Volume, contents: _Contents) -> None:
        self._ctx, self._visit, self.volume, self._contents = ctx, visit_id, volume, contents
        leaves = list(contents.leaves)
        if contents.evidence:
            leaves.append(self._evidence_list())
        self._bound, self.unreadable = place(leaves)
        self._pages = self._bound[-1].last if self._bound else 0

    def as_pdf(self, target: Path, report: Progress) -> Made:
        """Write it as one PDF: a copy to be printed, with the originals as attachments."""
        archived = self._archived()
        front, behind = self._front(archived), self._behind()
        title = f"{archived.ref} {self.volume.word}"
        write_bound(target, title, front, self._bound, behind, self._files(), report)
        return Made(self.volume, target, archived, self._pages, len(self._bound))

    def as_folder(self, folder: Path, report: Progress) -> Made:
        """Write it as a folder of the originals, in their order, with cover, contents and closing page."""
        folder.mkdir(exist_ok=True)
        archived = self._archived()
        pages = [*self._front(archived), *self._behind()]
        for number, page in enumerate(pages):
            hand_out(folder / f"00-{number + 1}_{safe_stem(page.title)}{_PDF}", page.pdf)
        files = list(self._files())
        for done, (name, content) in enumerate(files):
            report(done, len(files))
            hand_out(folder / name, content())
        report(len(files), len(files))
        return Made(self.volume, folder, archived, self._pages, len(self._bound))

    def _archived(self) -> Archived:
        papers = {each.leaf.paper for each in self._bound}
        with self._ctx.transaction() as session:
            visit = session.get_one(Visit, self._visit)
            papers |= {row.paper for row in of_visit(session, self._visit) if row.state is not PaperState.WITHDRAWN}
            title = self._title(session, visit)
            return archive(self._ctx, session, visit.id, self.volume, title, self._pages, papers)

    @staticmethod
    def _title(session: Session, visit: Visit) -> str:
        record = session.get(Record, visit.id)
        # As it was called then.
        name = record.establishment_name if record else session.get_one(Establishment, visit.establishment).name
        return tr("{name}职业卫生检查案卷", name=name)

    @in_chinese()
    def _front(self, archived: Archived) -> list[Front]:
        """Return cover and contents."""
        with self._ctx.reading() as session:
            title = self._title(session, session.get_one(Visit, self._visit))
            typed = {
                "archive_number": archived.ref,
                "volume_kind": str(self.volume),
                "case_title": title,
                "kept_for": archived.keep,
                "case_pages": str(self._pages),
            }
            rows = [{**each.row, "note": ""} for each in self._bound]
            return [self._page(session, "case_cover", typed), self._page(session, "case_contents", {}, papers=rows)]

    @in_chinese()
    def _behind(self) -> list[Front]:
        """Return the closing page (备考表)."""
        said = tr("签名文书的原件随卷保存，未作改动。")
        if self.unreadable:
            said += tr("未能编入：{names}。", names="、".join(each.name for each in self.unreadable))
        with self._ctx.reading() as session:
            return [self._page(session, "case_closing", {"condition": said})]

    @in_chinese()
    def _evidence_list(self) -> Leaf:
        rows = [_evidence_row(each) for each in self._contents.evidence]
        with self._ctx.reading() as session:
            page = self._page(session, "case_evidence", {}, evidence=rows)
        day = legal_day(self._ctx.now()).isoformat()
        return _leaf("case_evidence", page.title, "", day, lambda: page.pdf)

    def _page(self, session: Session, key: str, typed: Mapping[str, str], **lists: Sequence[object]) -> Front:
        subject = _subject(session, self._visit)
        form, issuing = _form(self._ctx, session, key, subject)
        return made(self._ctx, session, form, subject, issuing, typed, lists)

    def _files(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield the originals under the names that keep their order: papers, then files of evidence that are here."""
        for number, each in enumerate(self._bound, 1):
            yield f"{number:02}_{safe_stem(each.leaf.stem)}{_PDF}", each.leaf.pdf
        for item in self._contents.evidence:
            # Photos stand on the page of photos; recordings are kept elsewhere, the list says where.
            if item.kind in {EvidenceKind.RECORDING, EvidenceKind.PHOTO} and _is_open(item):
                continue
            if item.kind is not EvidenceKind.RECORDING:
                name = safe_stem(Path(item.name).stem)
                yield f"{tr('证据')}{item.number:02}_{name}{_suffix(item)}", partial(evidence.content, self._ctx, item)


def _suffix(item: Evidence) -> str:
    return ".jpg" if item.kind is EvidenceKind.PHOTO else Path(item.name).suffix.lower()


def _evidence_row(item: Evidence) -> dict[str, str]:
    return {
        "name": f"{item.kind.word}　{item.name or item.about}",
        "source": item.maker,
        "made_at": evidence.beijing_text(item.at or item.added_at),
        "pages": item.extent,
        "sha256": item.copy_sha256 or item.sha256,
    }
