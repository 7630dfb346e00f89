"""A draw of this office, and the frozen sheet that this laptop keeps of it."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, DrawSheet, FrozenFile, FrozenPiece
from ohdesk.db.queries.draws import files_of
from ohdesk.domain.draw.checks import read_sheet
from ohdesk.domain.draw.drawing import Sheet
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.local_rows import refuse_changed


def own_draw(session: Session, ctx: Context, draw_id: str) -> Draw:
    """Return a draw of this office. Raises UserError when there is none."""
    draw = session.get(Draw, draw_id)
    if draw is None:
        raise UserError(tr("找不到这次抽取。"), tr("请在抽取列表中查看。"))
    # The county holds its towns' draws to check them; to move one of them on would be to draw in the town's name.
    if draw.division != ctx.office.division:
        raise UserError(tr("这次抽取由另一单位举行，这里只能查看和复核。"), tr("请由该单位在自己的电脑上办理。"))
    return draw


def frozen_sheet(session: Session, draw: Draw) -> Sheet:
    """Return the sheet of a draw of this office: as published, and before the result as kept here, without its nonce.

    Raises MachineError where that was changed elsewhere or is gone.
    """
    files = files_of(session, draw)
    if files is not None:
        return read_sheet(files.sheet)
    sheet_of_draw(session, draw.id)
    return read_sheet(b"".join(frozen_file(session, draw.id, FrozenFile.SHEET)))


def frozen_file(session: Session, draw_id: str, file: FrozenFile) -> Iterator[bytes]:
    """Yield a file of a draw that was frozen on this laptop in its pieces; none where it is not kept here."""
    of_file = (FrozenPiece.draw == draw_id, FrozenPiece.file == file)
    wanted = select(FrozenPiece.data).where(*of_file).order_by(FrozenPiece.place)
    # One at a time: of a roll of a million a file has sixty megabytes.
    return iter(session.scalars(wanted.execution_options(yield_per=1)))


def sheet_of_draw(session: Session, draw_id: str) -> DrawSheet:
    """Return the sheet kept on this laptop.

    Raises MachineError when it was changed elsewhere or is gone: the draw can only be voided then.
    """
    refuse_changed(session, draw_id)
    kept = session.get(DrawSheet, draw_id)
    if kept is None or session.get(FrozenPiece, (draw_id, FrozenFile.SHEET, 0)) is None:
        raise MachineError(tr("本机没有这次抽取的抽取单。"), tr("请从备份恢复；无法恢复时作废这次抽取并说明原因。"))
    return kept
