"""Receipts: how far the other side holds what is ours, by its bundle or by a code read over the telephone."""

import re

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohdesk.db.mentions import mentioned
from ohdesk.db.models import BundleIn, BundleState, OperationRow, Peer, PeerMissing, PeerRefused, ReplicaHead
from ohdesk.domain.merge import is_county
from ohdesk.domain.people import Right
from ohdesk.domain.receipt import check_characters
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.trust.keys import county_peer
from ohdesk.sync.manifest import Acks
from ohdesk.sync.problems import CopiedHereError

_CODE = re.compile(r"(\d{1,12})-?([A-Z2-7]{8})")


def receipt_code(session: Session, replica: str) -> str:
    """Return the receipt for everything held of `replica`: highest number and eight check characters, "184-7KQ2M5XA".

    The check follows from the operation's hash, so only who holds it can say it; "" when nothing is held.
    """
    head = session.get(ReplicaHead, replica)
    if head is None or not head.seq:
        return ""
    return f"{head.seq}-{_check(replica, head.seq, head.hash)}"


def take_receipt(
    ctx: Context, session: Session, peer: Peer, bundle_seq: int, acks: Acks
) -> tuple[int | None, list[str]]:
    """Set down what `peer` holds of ours, by its bundle number `bundle_seq`; return how far, and what is to be said.

    How far is None when it is silent, or says that it holds operations in our name that we do not have: its word
    proves nothing and is only told.  From the county's machine it is believed: raises CopiedHereError.
    """
    ours = next((held for held in acks.holds if held.replica == ctx.office.replica), None)
    # Sticks are mixed up: an older bundle coming later must not take back what a newer one said.
    if not _is_overtaken(session, peer, bundle_seq):
        for told in (PeerMissing, PeerRefused):
            session.execute(delete(told).where(told.replica == peer.replica))
        missing = mentioned(session, _replicas(session, ctx, peer), acks.missing)
        session.add_all(PeerMissing(replica=peer.replica, sha256=digest) for digest in sorted(missing))
        refused = {each.seq: each.reason for each in acks.refused if each.replica == ctx.office.replica}
        session.add_all(PeerRefused(replica=peer.replica, seq=seq, reason=why) for seq, why in refused.items())
    if ours is None:
        return None, []
    row = session.get(OperationRow, (ctx.office.replica, ours.upto))
    # The other side holds an operation in our name that we never wrote: the workspace was copied, or restored and used
    # again; or the other side lies, for no receipt shows what it holds.
    if row is None or row.hash != ours.hash:
        head = session.get(ReplicaHead, ctx.office.replica)
        held = 0 if head is None else head.seq
        if is_county(peer.division):
            raise CopiedHereError(ctx.office.replica, ours.upto, held)
        return None, [_not_ours(peer, ours.upto, held)]
    # Never backwards: bundles arrive in any order.
    _acknowledge(peer, row)
    return ours.upto, []


def register_code(ctx: Context, code: str) -> int:
    """Take a receipt code read out by the county; return how far it acknowledges our operations.

    Raises UserError for a code that does not fit what we hold.
    """
    ctx.require(Right.BUNDLE)
    # Read over the telephone: spaces and small letters are how people write it down.
    match = _CODE.fullmatch("".join(code.split()).upper())
    with ctx.transaction() as session:
        row = session.get(OperationRow, (ctx.office.replica, int(match[1]))) if match else None
        if match is None or row is None or _check(row.replica, row.seq, row.hash) != match[2]:
            raise UserError(
                tr("回执码不正确，或不是给本机的。"), tr("请对方再读一遍：数字、一个短横、八个字母或数字（2–7）。")
            )
        county = county_peer(session)
        if county is None:
            raise UserError(tr("本机还没有加入县级，没有可登记回执的单位。"), tr("请先用县级名片登记申请，加入县级。"))
        _acknowledge(county, row)
        return row.seq


def _replicas(session: Session, ctx: Context, peer: Peer) -> list[str]:
    """Return whose blobs a peer may ask for: its own office's and ours, not those of another town."""
    offices = {peer.division, ctx.office.division}
    return list(session.scalars(select(ReplicaHead.replica).where(ReplicaHead.division.in_(offices))))


def _not_ours(peer: Peer, upto: int, held: int) -> str:
    return tr(
        "{name}的电脑 {replica} 说收到过本机第 {upto} 号操作，本机没有这一条（本机写到第 {held} 号）。没有据此改动。"
        "本机被复制过或放回过旧备份的，请在“设置 → 备份”里选“作为新电脑继续”；没有的，请电话核对那台电脑。",
        name=peer.name,
        replica=peer.replica[:8],
        upto=upto,
        held=held,
    )


def _acknowledge(peer: Peer, row: OperationRow) -> None:
    if row.seq >= peer.acked:
        peer.acked, peer.acked_hash = row.seq, row.hash


def _is_overtaken(session: Session, peer: Peer, bundle_seq: int) -> bool:
    """True when a later bundle of the same peer was taken in before."""
    later = select(BundleIn.sha256).where(
        BundleIn.replica == peer.replica, BundleIn.bundle_seq > bundle_seq, BundleIn.outcome == BundleState.APPLIED
    )
    return session.scalars(later).first() is not None


def _check(replica: str, seq: int, digest: str) -> str:
    return check_characters(f"receipt {replica}:{seq}:{digest}")
