"""What a blob is, in words: so that somebody can look for the photo or the paper whose file was lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Record, RecordPaper, RecordPhoto
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class LostBlob:
    """A blob whose bytes are not here, by its SHA-256, and what it is, in words."""

    sha256: str
    what: str


def lost_text(lost: Sequence[LostBlob]) -> str:
    """Return what to say of blobs that could not go, and what to do."""
    return tr(
        "有 {count} 个附件的文件已丢失或损坏，没有带上，其余都已写出。"
        "县级或本镇另一台电脑有的，导入对方下次的包就会补回；照片还在的，请按编号重新补入；都没有的，"
        "把备份恢复到一个空文件夹，再把其中的 blobs 文件夹复制过来。",
        count=len(lost),
    )


def what_is(session: Session, digest: str) -> str:
    """Return in words what the final records of this workspace know a blob as."""
    record = session.scalars(select(Record).where(Record.pdf_sha256 == digest)).first()
    if record is not None:
        return tr("{number} {name} 的文书", number=record.number, name=record.establishment_name)
    page = session.scalars(select(RecordPaper).where(RecordPaper.pdf_sha256 == digest)).first()
    if page is not None:
        return tr("{number} {title}", number=page.number, title=page.title)
    photo = session.execute(
        select(RecordPhoto.number, Record.number, Record.establishment_name)
        .join(Record, Record.visit == RecordPhoto.visit)
        .where(RecordPhoto.sha256 == digest)
    ).first()
    if photo is not None:
        return tr("{record} {name} 的照片 {number}", number=photo[0], record=photo[1], name=photo[2])
    # As its index has it: a value that is compared with says nothing of that, and every employer would be looked at.
    proved = Establishment.status_file != literal_column("''")
    name = session.scalar(select(Establishment.name).where(proved, Establishment.status_file == digest).limit(1))
    return tr("{name}的状态依据", name=name) if name else tr("附件 {digest}…", digest=digest[:12])
