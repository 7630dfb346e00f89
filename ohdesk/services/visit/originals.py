"""Originals of photos (原始文件): as the telephone gave them, they lie with the town alone and leave by this door only.

What goes out is for a case file (案卷) or for the authority that takes a case over (移送); beside the files lies a list
that says of each what a reader needs to trust it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Photo, Record
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import all_or_none, hand_out, refuse_used_folder, safe_stem
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import line_of, rows_of

LIST = "manifest.json"


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the list.

    sha256, size: of the file · copy_sha256: of the copy in papers and bundles · maker: who took it
    said_at: instant by the telephone's clock; taken_at: with what that clock was ahead (clock_error, seconds) taken off
    """

    file: str
    number: int
    sha256: str
    size: int
    copy_sha256: str
    maker: str
    device: str
    said_at: str
    taken_at: str
    clock_error: int
    attached_at: str
    place: str
    caption: str
    question: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The list beside the files: of which visit they are, who took them out of the program (提取人), and when."""

    visit: str
    establishment: str
    record: str
    extracted_by: str
    extracted_at: str
    files: tuple[Original, ...]


@dataclass(frozen=True, slots=True)
class WrittenOriginals:
    """Where they lie now, and what the list says."""

    folder: Path
    manifest: Manifest


def write_originals(ctx: Context, visit_id: str, folder: Path, report: Progress = unwatched) -> WrittenOriginals:
    """Write the originals of a visit's photos, bit for bit, and their list, into a folder that is empty or new.

    They are not encrypted.  Raises UserError where there is none, ProblemsError naming those whose bytes are lost, when
    the others are written.
    """
    ctx.require(Right.RECORD)
    refuse_used_folder(folder)
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        refuse_file(session, visit.establishment)
        about = session.get_one(Establishment, visit.establishment).name
        record = session.get(Record, visit_id)
        number = record.number if record else ""
        listed = _listed(session, visit_id)
    if not listed:
        raise UserError(tr("这次检查没有照片原件。"), tr("先登记编号、还没有补入的照片没有原件。"))
    with all_or_none(folder, [*(each.file for each in listed), LIST]):
        manifest = Manifest(
            visit=visit_id,
            establishment=about,
            record=number,
            extracted_by=ctx.actor.name,
            extracted_at=instant_text(ctx.now()),
            files=tuple(_written(ctx, listed, folder, report)),
        )
        encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        hand_out(folder / LIST, encoded + b"\n")
    lost = [each.number for each in listed if each not in manifest.files]
    if lost:
        raise ProblemsError(
            tr("已写出 {count} 张照片的原件，{lost} 张的原件已丢失或损坏。", count=len(manifest.files), lost=len(lost)),
            tuple(Problem(tr("照片 {number}", number=each), tr("原件"), tr("已丢失或损坏")) for each in lost),
            tr("请从备份恢复，或从手机重新补入同一张照片。"),
        )
    return WrittenOriginals(folder, manifest)


def _listed(session: Session, visit_id: str) -> list[Original]:
    photos = [photo for photo in rows_of(session, visit_id) if photo.original_sha256]
    sizes = blobs.held(session, [photo.original_sha256 for photo in photos])
    return [_original(photo, sizes.get(photo.original_sha256, -1)) for photo in photos]


def _original(photo: Photo, size: int) -> Original:
    line, given = line_of(photo), PurePath(photo.file)
    return Original(
        file=f"{line.number:03}_{safe_stem(given.stem)}{given.suffix.lower() or '.jpg'}",
        number=line.number,
        sha256=line.original_sha256,
        size=size,
        copy_sha256=line.sha256,
        maker=line.taken_by,
        device=photo.device,
        said_at=instant_text(photo.shot_at) if photo.shot_at else "",
        taken_at=line.taken_at,
        clock_error=line.clock_error,
        attached_at=line.attached_at,
        place=line.place,
        caption=line.caption,
        question=line.question,
    )


def _written(ctx: Context, listed: Sequence[Original], folder: Path, report: Progress) -> Iterator[Original]:
    """Write the files and yield those that were there to be written."""
    for done, each in enumerate(listed):
        report(done, len(listed))
        with suppress(blobs.LostBlobError):
            hand_out(folder / each.file, blobs.read(ctx, each.sha256))
            yield each
    report(len(listed), len(listed))
