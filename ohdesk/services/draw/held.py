"""A draw of this office, and the frozen sheet that this laptop keeps of it."""

from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, DrawSheet
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
    return read_sheet(sheet_of_draw(session, draw.id).sheet.encode() if files is None else files.sheet)


def sheet_of_draw(session: Session, draw_id: str) -> DrawSheet:
    """Return the sheet kept on this laptop.

    Raises MachineError when it was changed elsewhere or is gone: the draw can only be voided then.
    """
    refuse_changed(session, draw_id)
    kept = session.get(DrawSheet, draw_id)
    if kept is None or not kept.sheet:
        raise MachineError(tr("本机没有这次抽取的抽取单。"), tr("请从备份恢复；无法恢复时作废这次抽取并说明原因。"))
    return kept
