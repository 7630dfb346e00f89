"""Columns of the list of documents."""

from ohdesk.i18n import tr
from ohdesk.services.record.views import DocumentRow
from ohdesk.ui.kit.table_view import Column


def desk_columns() -> tuple[Column[DocumentRow], ...]:
    """Return the columns, in the language in force."""
    return (
        Column(tr("文号"), lambda row: row.number or "—", 92),
        Column(tr("单位"), lambda row: row.name, 182, sought=True),
        Column(tr("检查日期"), lambda row: row.day, 92),
        Column(tr("结果"), lambda row: row.outcome or tr("按检查表"), 142),
        Column(tr("状态"), _state, 110, kind=_kind),
    )


def _state(row: DocumentRow) -> str:
    if not row.is_final:
        return tr("○ 待签名")
    if row.awaited:
        return tr("◐ 待补照片 {count}", count=len(row.awaited))
    if not row.held:
        return tr("✗ 文件未到")
    return tr("✔ 已定稿，有更正") if row.amendments else tr("✔ 已定稿")


def _kind(row: DocumentRow) -> str:
    if not row.is_final:
        return "active"
    if row.awaited:
        return "warn"
    return "ok" if row.held else "bad"
