"""Columns of the receipts, record by record."""

from ohdesk.i18n import mark, tr
from ohdesk.services.exchange.history import RecordReceipt
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text

_STATES = {
    "received": (mark("已收到"), "ok"),
    "open": (mark("未确认"), "warn"),
    "returned": (mark("县级退回"), "bad"),
}


def receipt_columns() -> tuple[Column[RecordReceipt], ...]:
    """Return the columns of the receipts per record."""
    return (
        Column(tr("定稿"), lambda row: minute_text(row.finalized_at), 136),
        Column(tr("文号"), lambda row: row.number, 110),
        Column(tr("单位"), lambda row: row.establishment, 200, sought=True),
        Column(tr("回执"), lambda row: tr(_STATES[row.state][0]), 100, kind=lambda row: _STATES[row.state][1]),
        Column(tr("说明"), _reason, 190),
        Column(tr("所在的包"), lambda row: row.bundle or tr("还没有写出"), 250),
    )


def _reason(row: RecordReceipt) -> str:
    if row.state == "returned":
        return tr("县级没有采用（{reason}），请电话联系县级管理员", reason=row.reason)
    if row.state == "received":
        return tr("县级已收下")
    return tr("等县级的回执") if row.bundle else tr("随下一个上报包写出")
