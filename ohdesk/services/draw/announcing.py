"""Whether the county held the commit of a draw before its seed: its receipt, by a bundle or over the telephone."""

from sqlalchemy.orm import Session

from ohdesk.db.models import Draw
from ohdesk.db.queries.draws import commit_entries, commit_hash
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.receipt import draw_receipt, typed_receipt
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw.held import own_draw, sheet_of_draw
from ohdesk.services.trust.keys import county_peer


def register_receipt(ctx: Context, draw_id: str, code: str) -> Change:
    """Take the receipt of a frozen draw that the county read out; it says that the county holds the commit.

    Raises UserError for a code that is not this draw's, and once there is a seed: then it proves nothing any more.
    """
    ctx.require(Right.DRAW)
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        if draw.state != DrawState.COMMITTED:
            raise UserError(
                tr("种子已经产生，现在登记回执不能再证明事先报过。"), tr("记录和公示照实写明，不用再登记。")
            )
        expected = draw_receipt(commit_hash(session, draw_id))
        if typed_receipt(code) != expected:
            raise UserError(
                tr("回执码不是这次抽取的。"), tr("请县级在“抽取复核”里找到这次抽取，再读一遍：八个字母或数字（2–7）。")
            )
        sheet_of_draw(session, draw_id).receipt = expected
    return Change.DRAWS


def receipt_before_seed(ctx: Context, session: Session, draw: Draw) -> str:
    """Return the county's receipt as it stands now; "" while there is none, and for a county's own draw."""
    if draw.receipt or draw.state != DrawState.COMMITTED:
        return draw.receipt
    kept = sheet_of_draw(session, draw.id)
    if kept.receipt:
        return kept.receipt
    county = county_peer(session) if ctx.office.role == OfficeRole.TOWN else None
    entries = commit_entries(session, draw.id)
    # Of another laptop of our office we do not know how far the county holds it.
    held = county is not None and any(
        each.replica == ctx.office.replica and each.seq <= county.acked for each in entries
    )
    return draw_receipt(commit_hash(session, draw.id)) if held else ""
