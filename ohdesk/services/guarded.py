"""涉密单位: of an employer that handles state secrets no photo is kept, and nothing is written into an open file.

The roll says who is one; while that is in dispute, it counts as one.  What was merged into it, and what it was merged
into, is the same employer.
"""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ohdesk.db.models import ContestedField, Establishment, Merged
from ohdesk.errors import UserError
from ohdesk.i18n import tr


def guarded() -> Select[str]:
    """Select the ids of all entries of the roll that stand for an employer which handles state secrets."""
    disputed = select(ContestedField.establishment).where(ContestedField.field == "state_secrets")
    flagged = select(Establishment.id).where(Establishment.state_secrets.is_(True) | Establishment.id.in_(disputed))
    merged = select(Merged.establishment).where(Merged.into.in_(flagged))
    goes_on = select(Merged.into).where(Merged.establishment.in_(flagged), Merged.into != "")
    return select(flagged.union(merged, goes_on).subquery().c.id)


def is_guarded(session: Session, establishment: str) -> bool:
    """True for an entry that stands for such an employer."""
    asked = select(Establishment.id).where(Establishment.id == establishment, Establishment.id.in_(guarded()))
    return session.scalar(asked) is not None


def refuse_photo(session: Session, establishment: str) -> None:
    """Raise UserError where no photo may be kept of this employer."""
    if is_guarded(session, establishment):
        raise UserError(
            tr("这是涉密单位，本程序不存它的照片。"),
            tr("请按保密规定用保密设备拍摄、保管，在笔录里写明事实；标错了的，请在单位名录更正“涉密单位”。"),
        )


def refuse_file(session: Session, establishment: str) -> None:
    """Raise UserError where nothing about this employer may be written into an open file."""
    if is_guarded(session, establishment):
        raise no_file()


def no_file() -> UserError:
    """Return what to say where something about such an employer was to be written into an open file."""
    return UserError(
        tr("这是涉密单位，不导出它的资料和文书。"),
        tr("要送达的文书请直接打印，纸质件按保密规定保管；标错了的，请在单位名录更正“涉密单位”。"),
    )
