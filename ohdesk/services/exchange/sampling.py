"""What is compared when bundles go and come: heads with receipts, a sample of the journal and of the tables."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow, Peer, Setting
from ohdesk.db.queries.digest import heads_digest, sampled_digest
from ohdesk.db.queries.sampling import Sample, sample, wrong_heads
from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.sync.manifest import Digest
from ohdesk.sync.reader import Inner

_SAMPLED = "journal.sampled"  # setting: the row behind which the next sample begins


def check(ctx: Context, session: Session, peers: Iterable[Peer]) -> Sample:
    """Compare heads, the operations that others acknowledged, and a sample; the cost does not follow the history.

    Raises MachineError, naming the first that does not fit: what is damaged here must not travel.
    """
    held = session.get(Setting, _SAMPLED)
    found = sample(session, held.value if held is not None and isinstance(held.value, int) else 0)
    wrong = [*wrong_heads(session), *_denied(ctx, session, peers), *filter(None, [found.problem])]
    if wrong:
        raise MachineError(
            tr("操作日志有损坏，没有导出：第一处在 {place}。", place=wrong[0]),
            tr("请不要删除任何文件；先自检（“设置”的“关于与诊断”，或 ohdesk doctor），再从备份恢复或联系县级管理员。"),
        )
    return found


def note(session: Session, found: Sample) -> None:
    """Let the next sample begin where this one ended."""
    session.merge(Setting(key=_SAMPLED, value=found.next))


def told(session: Session) -> Digest:
    """Return what a bundle says of what is held here."""
    return Digest(heads_digest(session), sampled_digest(session))


def other_tables(session: Session, inner: Inner) -> list[str]:
    """Return that both hold the same operations and yet not the same tables; empty where nothing can be said.

    What one of them set aside is missing from its tables rightly.
    """
    aside = session.scalars(select(OperationRow.seq).where(OperationRow.set_aside != "").limit(1)).first()
    if inner.digest.heads != heads_digest(session) or inner.acks.refused or aside is not None:
        return []
    if inner.digest.rows == sampled_digest(session):
        return []
    return [tr("双方的操作完全相同，各表的摘要却不同，其中一方的数据可能有损坏，请两边都自检（ohdesk doctor）。")]


def _denied(ctx: Context, session: Session, peers: Iterable[Peer]) -> list[str]:
    """Return the operations of ours that a peer acknowledged as another than we hold now."""
    acknowledged = [(peer.acked, peer.acked_hash) for peer in peers if peer.acked_hash]
    rows = [(session.get(OperationRow, (ctx.office.replica, seq)), seq, digest) for seq, digest in acknowledged]
    return [f"{ctx.office.replica}:{seq}" for row, seq, digest in rows if row is None or row.hash != digest]


def sampled_text(count: int) -> str:
    """Return what to say of what was compared before a bundle was written."""
    return tr("写出前已核对回执和日志末端，并抽查了 {count} 条操作。", count=count)
