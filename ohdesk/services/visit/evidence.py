"""Evidence of a visit beside its photos: files put to it, recordings registered where they lie, one schedule of all.

Nothing of it travels: the schedule is the town's, for its case file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Photo, Visit, VisitFile
from ohdesk.domain.bounds import LARGEST_BLOB, LONGEST_NAME, LONGEST_TEXT
from ohdesk.domain.calendar import beijing, instant_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.evidence import KIND_OF, Evidence, EvidenceKind, Sensitive
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.secrecy import secret_mark
from ohdesk.domain.sound_length import seconds_of
from ohdesk.domain.visit import VisitState
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.files import hand_out, handed_in_whole, reading_told, safe_stem
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file, refuse_photo
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import rows_of, unsigned_photo
from ohdesk.services.written_out import WrittenOut

_PIECE = 1 << 20  # bytes of a recording read together
_PDF = ".pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What is said of a recording: device, length as "25:07" or "1:25:07", where it is kept."""

    device: str
    length: str
    kept_at: str


def attach(ctx: Context, visit_id: str, sources: Sequence[Path], sensitive: Sensitive = Sensitive.NO) -> Change:
    """Put files to a visit, all of them or none, each with how many pages it has or how long it is.

    Raises UserError before the start and for an employer that handles state secrets, ProblemsError naming each file.
    """
    ctx.require(Right.VISIT)
    with ctx.reading() as session:
        _begun(session, visit_id)
    read = _read(sources)
    stored = [(name, kind, blobs.put(ctx, content), content) for name, kind, content in read]
    with ctx.transaction() as session:
        _begun(session, visit_id)
        held = set(session.scalars(select(VisitFile.sha256).where(VisitFile.visit == visit_id)))
        for name, kind, digest, content in stored:
            if digest in held:
                continue
            blobs.note(session, digest, len(content))
            extent = {
                "pages": _pages(content) if name.endswith(_PDF) else 0,
                "seconds": seconds_of(content) if kind is EvidenceKind.SOUND else 0,
            }
            session.add(_row(ctx, visit_id, name, kind, digest, len(content), sensitive=sensitive, **extent))
    return Change.VISITS


def register_recording(
    ctx: Context, visit_id: str, source: Path, said: Recording, report: Progress = unwatched
) -> Change:
    """Set down a recording of a body camera: its name, length, size and SHA-256; it is read and not copied.

    report: told megabytes
    Raises ProblemsError for what is not said or no length, UserError for a file that cannot be read.
    """
    ctx.require(Right.VISIT)
    seconds = _checked(said)
    with ctx.reading() as session:
        _begun(session, visit_id)
    digest, size = _summed(source, report)
    with ctx.transaction() as session:
        _begun(session, visit_id)
        row = _row(ctx, visit_id, source.name, EvidenceKind.RECORDING, digest, size, seconds=seconds)
        row.device, row.kept_at = clean_text(said.device).strip(), clean_text(said.kept_at).strip()
        session.add(row)
    return Change.VISITS


def mark(ctx: Context, visit_id: str, evidence: Evidence, sensitive: Sensitive) -> Change:
    """Set down what a piece of evidence is sensitive for; of a photo until it is signed, as its record says so."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        _begun(session, visit_id)
        if evidence.kind is EvidenceKind.PHOTO:
            unsigned_photo(session, visit_id, evidence.number).sensitive = sensitive
        else:
            _file(session, visit_id, evidence).sensitive = sensitive
    return Change.VISITS


def remove(ctx: Context, visit_id: str, evidence: Evidence) -> Change:
    """Take a file or recording off the schedule; a photo is taken away among the photos."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        if _begun(session, visit_id).state is VisitState.CLOSED:
            raise UserError(tr("这次检查已经结束，证据不能移除。"), tr("可以另加附件。"))
        session.delete(_file(session, visit_id, evidence))
    return Change.VISITS


def schedule(ctx: Context, visit_id: str) -> tuple[Evidence, ...]:
    """Return all evidence of a visit: its photos by number, then the files in the order they came."""
    with ctx.reading() as session:
        find_visit(session, visit_id)
        photos = [photo for photo in rows_of(session, visit_id) if photo.sha256]
        sizes = blobs.held(session, [photo.original_sha256 for photo in photos])
        of_visit = select(VisitFile).where(VisitFile.visit == visit_id)
        files = session.scalars(of_visit.order_by(VisitFile.id)).all()
        shown = [_of_photo(photo, sizes.get(photo.original_sha256, -1)) for photo in photos]
        first = max((photo.number for photo in photos), default=0) + 1
        return (*shown, *(_of_file(file, number) for number, file in enumerate(files, first)))


def find(ctx: Context, visit_id: str, number: int) -> Evidence:
    """Return a line of the schedule by its number. Raises UserError when there is none."""
    found = next((each for each in schedule(ctx, visit_id) if each.number == number), None)
    if found is None:
        raise UserError(tr("证据清单里没有第 {number} 件。", number=number), tr("请先列出证据清单。"))
    return found


def content(ctx: Context, evidence: Evidence) -> bytes:
    """Return the bytes of a file, checked against its hash. Raises LostBlobError, or UserError for a recording."""
    ctx.require(Right.READ)
    if evidence.kind is EvidenceKind.RECORDING:
        raise UserError(tr("录像不在本程序里：{place}", place=evidence.kept), tr("请到保存处查看，可用 SHA-256 核对。"))
    return blobs.read(ctx, evidence.copy_sha256 or evidence.sha256)


def write_out(ctx: Context, visit_id: str, evidence: Evidence, target: Path) -> None:
    """Write a file where a person wants it, unencrypted. Raises UserError for whoever handles state secrets."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    hand_out(target, content(ctx, evidence))


def export(ctx: Context, visit_id: str, target: Path) -> WrittenOut:
    """Write the schedule into a workbook. Raises UserError for an employer that handles state secrets."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    listed = schedule(ctx, visit_id)
    headings = [
        tr("序号"),
        tr("种类"),
        tr("名称"),
        tr("证明什么"),
        tr("页数或时长"),
        tr("字节数"),
        tr("拍摄或录制时间"),
    ]
    headings += [
        tr("制作人"),
        tr("设备"),
        tr("保存处"),
        tr("标记"),
        tr("SHA-256（原件）"),
        tr("SHA-256（文书中的副本）"),
    ]
    hand_out(target, workbook([Sheet(tr("证据清单"), headings, map(_line, listed))]))
    return WrittenOut(len(listed))


def _line(each: Evidence) -> tuple[str, ...]:
    return (
        *(str(each.number), each.kind.word, each.name, each.about, each.extent, str(each.size)),
        *(beijing_text(each.at), each.maker, each.device, each.kept, each.sensitive.word),
        *(each.sha256, each.copy_sha256),
    )


def beijing_text(instant: str) -> str:
    """Return an instant as people read it, "" for none."""
    return f"{beijing(datetime.fromisoformat(instant)):%Y-%m-%d %H:%M:%S}" if instant else ""


def _of_photo(photo: Photo, size: int) -> Evidence:
    return Evidence(
        id=f"photo:{photo.id}",
        number=photo.number,
        kind=EvidenceKind.PHOTO,
        name=photo.file,
        about="；".join(filter(None, (photo.caption, photo.place, photo.question))),
        sha256=photo.original_sha256,
        copy_sha256=photo.sha256,
        size=size,
        pages=0,
        seconds=0,
        at=instant_text(photo.taken_at) if photo.taken_at else "",
        maker=photo.taken_by,
        device=photo.device,
        kept=tr("本程序"),
        sensitive=photo.sensitive,
        added_at=instant_text(photo.attached_at) if photo.attached_at else "",
    )


def _of_file(file: VisitFile, number: int) -> Evidence:
    return Evidence(
        id=str(file.id),
        number=number,
        kind=file.kind,
        name=file.name,
        about="",
        sha256=file.sha256,
        copy_sha256="",
        size=file.size,
        pages=file.pages,
        seconds=file.seconds,
        at="",
        maker=file.added_by,
        device=file.device,
        kept=file.kept_at or tr("本程序"),
        sensitive=file.sensitive,
        added_at=instant_text(file.added_at),
    )


def _begun(session: Session, visit_id: str) -> Visit:
    """Return a visit that has begun, also one that has ended: recordings come out of their station days later."""
    visit = find_visit(session, visit_id)
    if visit.started_at is None:
        raise UserError(tr("检查还没有开始，不能附证据。"), tr("请先登记到场。"))
    refuse_photo(session, visit.establishment)
    return visit


def _file(session: Session, visit_id: str, evidence: Evidence) -> VisitFile:
    row = None if evidence.kind is EvidenceKind.PHOTO else session.get(VisitFile, int(evidence.id))
    if row is None or row.visit != visit_id:
        raise UserError(tr("没有这件证据，或者它是照片。"), tr("照片请在“照片”里移除（命令行为 visit arrange）。"))
    return row


def _row(
    ctx: Context,
    visit_id: str,
    name: str,
    kind: EvidenceKind,
    digest: str,
    size: int,
    *,
    pages: int = 0,
    seconds: int = 0,
    sensitive: Sensitive = Sensitive.NO,
) -> VisitFile:
    return VisitFile(
        visit=visit_id,
        kind=kind,
        name=clean_text(name)[:LONGEST_NAME],
        sha256=digest,
        size=size,
        pages=pages,
        seconds=seconds,
        sensitive=sensitive,
        added_at=ctx.now(),
        added_by=ctx.actor.name,
    )


def _read(sources: Sequence[Path]) -> list[tuple[str, EvidenceKind, bytes]]:
    """Return name, kind and bytes of files. Raises ProblemsError naming each that cannot be put to a visit."""
    read: list[tuple[str, EvidenceKind, bytes]] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            read.append(_one_read(source))
        except MachineError:
            raise
        except UserError as error:
            problems.append(Problem(source.name, "", "", error.whole))
    if problems:
        raise ProblemsError(tr("附件没有保存，有 {count} 个文件不能用。", count=len(problems)), tuple(problems))
    return read


def _one_read(source: Path) -> tuple[str, EvidenceKind, bytes]:
    if marked := secret_mark(source.stem):
        raise UserError(
            tr("文件名标有国家秘密标志“{mark}”，没有读取。", mark=marked),
            tr("涉密文件不得存入本程序，请按保密规定处理；标错了的，请先更正标志。"),
        )
    ending = source.suffix.lower()
    if ending not in KIND_OF:
        kinds = "、".join(sorted(each.removeprefix(".") for each in KIND_OF))
        raise UserError(
            tr("不是可以作附件的文件类型：{ending}", ending=ending or "—"),
            tr("可以用：{kinds}；照片请用“收入照片”，录像请登记、不复制。", kinds=kinds),
        )
    too_large = UserError(
        tr("超过 {most} MB。", most=LARGEST_BLOB >> 20), tr("请压缩或拆成几个文件；扫描件用 200 dpi 即可。")
    )
    held = handed_in_whole(source, LARGEST_BLOB, too_large)
    if not held:
        raise UserError(tr("文件是空的。"), tr("请重新导出或复制这个文件。"))
    return safe_stem(PurePath(source.name).stem) + ending, KIND_OF[ending], held


def _pages(pdf: bytes) -> int:
    """Return how many pages a PDF has; 0 of one that does not open."""
    from pypdfium2 import PdfDocument, PdfiumError  # late: 7 MB that few commands need

    try:
        with PdfDocument(pdf) as document:
            return len(document)
    except PdfiumError:
        return 0


def _checked(said: Recording) -> int:
    """Return the length in seconds. Raises ProblemsError for everything that is not said, or wrong."""
    asked = (
        ("device", tr("设备"), said.device),
        ("length", tr("时长"), said.length),
        ("kept_at", tr("保存处"), said.kept_at),
    )
    problems = [blank(label, key) for key, label, text in asked if not text.strip()]
    problems += [
        Problem(label, tr("不超过 {most} 个字", most=LONGEST_TEXT), tr("{count} 个字", count=len(text)), field=key)
        for key, label, text in asked
        if len(text) > LONGEST_TEXT
    ]
    seconds = _seconds(said.length)
    if said.length.strip() and not seconds:
        problems.append(Problem(tr("时长"), tr("时长"), said.length[:40], field="length", example="25:07"))
    if problems:
        raise ProblemsError(tr("录像没有登记。"), tuple(problems))
    return seconds


def _seconds(length: str) -> int:
    """Return the seconds of "25:07" or "1:25:07"; 0 for what is none."""
    parts = clean_text(length).strip().replace("：", ":").split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 2 for part in parts):
        return 0
    *hours, minutes, seconds = map(int, parts)
    return sum(hours) * 3600 + minutes * 60 + seconds if seconds < 60 and (minutes < 60 or not hours) else 0


def _summed(source: Path, report: Progress) -> tuple[str, int]:
    digest, size = sha256(), 0
    with reading_told(source), source.open("rb") as file:
        whole = max(1, source.stat().st_size >> 20)
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            report(size >> 20, whole)
    if not size:
        raise UserError(tr("文件是空的。"), tr("请重新导出或复制这个文件。"))
    return digest.hexdigest(), size
