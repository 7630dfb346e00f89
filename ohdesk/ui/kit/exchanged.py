"""Columns of the bundles that were exchanged, for the town and for the county."""

from ohdesk.i18n import mark, tr
from ohdesk.services.exchange.history import Exchanged
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import counts_text, grouped, minute_text

_STATES = {
    "received": (mark("已收到"), "ok"),
    "partly": (mark("部分收到"), "warn"),
    "open": (mark("未确认"), "warn"),
    "receipts": (mark("只有回执"), "plain"),
    "applied": (mark("已收下"), "ok"),
    "parked": (mark("等前面的包"), "warn"),
}


def exchanged_columns() -> tuple[Column[Exchanged], ...]:
    """Return the columns of the bundles written and taken in."""
    return (
        Column(tr("时间"), lambda row: minute_text(row.at), 136),
        Column(tr("方向"), lambda row: tr("写出") if row.sent else tr("收到"), 60),
        Column(tr("回执"), exchanged_state, 110, kind=_kind),
        Column(tr("对方"), lambda row: row.partner or tr("各镇街"), 140),
        Column(tr("内容"), lambda row: counts_text(row.counts) or tr("只有回执"), 170),
        Column(tr("文件"), lambda row: row.name, 226),
        Column(tr("指纹"), lambda row: grouped(row.fingerprint, digits=16), 164),
    )


def exchanged_state(row: Exchanged) -> str:
    """Return in a word how far a bundle is acknowledged, or what became of it here."""
    if row.returned:
        return tr("退回 {count} 项", count=row.returned)
    return tr(_STATES[row.state][0])


def _kind(row: Exchanged) -> str:
    return "bad" if row.returned else _STATES[row.state][1]
