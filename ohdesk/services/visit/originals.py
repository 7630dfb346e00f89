"""Originals of photos (原始文件): as the telephone gave them, they lie with the town alone and leave by this door only.

What goes out is for a case file (案卷) or for the authority that takes a case over (移送): one encrypted file, which
programs for ZIP files open with its password.  In it lies a list that says of each what a reader needs to trust it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Photo, Record
from ohdesk.domain.calendar import beijing, instant_text
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.register.values import Value
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import all_or_none, handing_out, refuse_used_folder, safe_stem
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit import extraction
from ohdesk.services.visit.extraction import Extraction
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import line_of, rows_of

if TYPE_CHECKING:
    from ohdesk.security.encrypted_zip import EncryptedZip

LIST = "manifest.json"


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the list.

    file: what it is called in the encrypted file · name: what it was called when it came
    sha256, size: of the file · copy_sha256: of the copy in papers and bundles · maker: who took it
    said_at: instant by the telephone's clock; taken_at: with what that clock was ahead (clock_error, seconds) taken off
    """

    file: str
    name: str
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
    """The list beside the files: of which visit they are, who took them out (提取人) and when, for whom, and why."""

    visit: str
    establishment: str
    record: str
    purpose: str
    receiver: str
    reason: str
    extracted_by: str
    extracted_at: str
    files: tuple[Original, ...]


@dataclass(frozen=True, slots=True)
class WrittenOriginals:
    """The encrypted file, the password that opens it, which is kept nowhere, and what its list says.

    lost: the numbers of the photos whose originals are gone, and so are not in it
    """

    file: Path
    password: str
    manifest: Manifest
    lost: tuple[int, ...]

    @property
    def problem(self) -> ProblemsError | None:
        """What is to be said of those that are lost; None when there are none."""
        return _lost_told(self.lost, len(self.manifest.files)) if self.lost else None


def write_originals(
    ctx: Context, visit_id: str, folder: Path, said: Extraction, report: Progress = unwatched
) -> WrittenOriginals:
    """Write the originals of a visit's photos, bit for bit, and their list into one encrypted file.

    folder: empty or new
    Raises UserError where there is none, ProblemsError for what is not said, and naming them where the bytes of all are
    lost; of some, the result names those.
    """
    from ohdesk.security.encrypted_zip import EncryptedZip, new_password  # late: 60 ms that few visits need

    ctx.require(Right.RECORD)
    asked = extraction.read(said)
    refuse_used_folder(folder)
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        refuse_file(session, visit.establishment)
        about, name = visit.establishment, session.get_one(Establishment, visit.establishment).name
        record = session.get(Record, visit_id)
        number = record.number if record else ""
        listed = _listed(session, visit_id)
    if not listed:
        raise UserError(tr("这次检查没有照片原件。"), tr("先登记编号、还没有补入的照片没有原件。"))
    file, password = folder / _file_name(number or visit_id), new_password()
    with all_or_none(folder, [file.name]), handing_out(file) as out:
        with EncryptedZip(out, password) as sealed:
            manifest = Manifest(
                visit=visit_id,
                establishment=name,
                record=number,
                extracted_by=ctx.actor.name,
                extracted_at=instant_text(ctx.now()),
                files=tuple(_written(ctx, listed, sealed, report)),
                **extraction.worded(asked),
            )
            lost = tuple(each.number for each in listed if each not in manifest.files)
            if not manifest.files:
                raise _lost_told(lost, 0)
            encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
            sealed.add(LIST, encoded)
            sealed.add(tr("清单") + ".xlsx", _sheet(manifest))
        # Before the file has its name: the book may say of one too many that it left, and of none too few.
        taken: dict[str, Value] = {
            "visit": visit_id,
            "photos": len(manifest.files),
            "list_sha256": sha256(encoded).hexdigest(),
        }
        with ctx.transaction() as session:
            extraction.note(ctx, session, about, {**asked, **taken})
    return WrittenOriginals(file, password, manifest, lost)


def _listed(session: Session, visit_id: str) -> list[Original]:
    photos = [photo for photo in rows_of(session, visit_id) if photo.original_sha256]
    sizes = blobs.held(session, [photo.original_sha256 for photo in photos])
    return [_original(photo, sizes.get(photo.original_sha256, -1)) for photo in photos]


def _original(photo: Photo, size: int) -> Original:
    line = line_of(photo)
    return Original(
        # By its number alone: what a file is called, an encrypted file does not hide.
        file=f"{line.number:03}{PurePath(photo.file).suffix.lower() or '.jpg'}",
        name=photo.file,
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


def _written(ctx: Context, listed: Sequence[Original], sealed: "EncryptedZip", report: Progress) -> Iterator[Original]:
    """Put in the files and yield those that were there."""
    for done, each in enumerate(listed):
        report(done, len(listed))
        with suppress(blobs.LostBlobError):
            sealed.add(each.file, blobs.read(ctx, each.sha256))
            yield each
    report(len(listed), len(listed))


def _lost_told(lost: Sequence[int], written: int) -> ProblemsError:
    return ProblemsError(
        tr("已写出 {count} 张照片的原件，{lost} 张的原件已丢失或损坏。", count=written, lost=len(lost)),
        tuple(Problem(tr("照片 {number}", number=each), tr("原件"), tr("已丢失或损坏")) for each in lost),
        tr("请从备份恢复，或从手机重新补入同一张照片。"),
    )


def _file_name(about: str) -> str:
    return f"{tr('照片原件')}_{safe_stem(about)}.zip"


def _sheet(manifest: Manifest) -> bytes:
    """Return the list as people read it: what it is about, then a line for each file."""
    about = (
        (tr("单位"), manifest.establishment),
        (tr("笔录编号"), manifest.record),
        (tr("用途"), manifest.purpose),
        (tr("接收机关"), manifest.receiver),
        (tr("理由"), manifest.reason),
        (tr("提取人"), manifest.extracted_by),
        (tr("提取时间"), _shown(manifest.extracted_at)),
    )
    headings = [tr("文件"), tr("原文件名"), tr("SHA-256（原件）"), tr("字节数"), tr("SHA-256（文书中的副本）")]
    headings += [
        tr("制作人"),
        tr("设备"),
        tr("拍摄时间"),
        tr("手机快（秒）"),
        tr("附入时间"),
        tr("地点"),
        tr("说明"),
        tr("检查项"),
    ]
    return workbook(
        [Sheet(tr("清单"), headings, map(_line, manifest.files)), Sheet(tr("提取"), [tr("项目"), tr("内容")], about)]
    )


def _line(each: Original) -> tuple[str | int, ...]:
    return (
        *(each.file, each.name, each.sha256, each.size, each.copy_sha256, each.maker, each.device),
        *(_shown(each.taken_at), each.clock_error, _shown(each.attached_at), each.place, each.caption, each.question),
    )


def _shown(instant: str) -> str:
    return f"{beijing(datetime.fromisoformat(instant)):%Y-%m-%d %H:%M:%S}" if instant else ""
