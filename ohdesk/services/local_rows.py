"""This laptop's own rows (drafts, answers, settings, accounts): refused where another program changed them."""

from sqlalchemy.orm import Session

from ohdesk.db import local_rows
from ohdesk.db.models import Draw, Visit
from ohdesk.domain.people import Right
from ohdesk.errors import MachineError
from ohdesk.i18n import tr
from ohdesk.services.context import Context


def refuse_changed(session: Session, group: str) -> None:
    """Raise MachineError when rows of a visit, a draw (by its id) or a table were changed or taken away elsewhere."""
    if local_rows.changed_groups(session, group):
        raise MachineError(
            tr("{what}被别的程序改动过，或者已损坏，没有采用。", what=_named(session, group)),
            tr("请用 ohdesk doctor 检查；可从备份恢复，或由管理员核对后用 ohdesk doctor --accept 认可现状。"),
        )


def problems(session: Session) -> list[str]:
    """Return what of this laptop's own rows does not fit; empty when all does."""
    found = [_named(session, group) for group in local_rows.changed_groups(session)]
    return found if local_rows.has_its_triggers(session) else [*found, tr("记录校验的触发器")]


def accept(ctx: Context) -> list[str]:
    """Take this laptop's own rows as they stand and return what did not fit: an administrator has looked at it."""
    ctx.require(Right.RESTORE)
    with ctx.transaction() as session:
        found = problems(session)
        local_rows.seal(session.connection())
    return found


def _named(session: Session, group: str) -> str:
    if session.get(Visit, group) is not None:
        return tr("检查 {visit} 在本机的数据", visit=group)
    if session.get(Draw, group) is not None:
        return tr("抽取 {draw} 在本机的数据", draw=group)
    return tr("本机的数据（{table}）", table=group)
