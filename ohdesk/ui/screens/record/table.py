"""Columns and filters of the list of documents."""

from ohdesk.domain.record import SignedIn, Verification
from ohdesk.i18n import mark, tr
from ohdesk.services.record.views import BAD, FINAL, OPEN, PHOTOS, READY, DocumentRow
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import Column

FILTER_WORDS = {
    READY: mark("待签名"),
    FINAL: mark("已定稿"),
    PHOTOS: mark("照片待补"),
    BAD: mark("核对不通过"),
    OPEN: mark("待验和未核"),
}


def document_columns() -> tuple[Column[DocumentRow], ...]:
    """Return the columns, in the language in force."""
    return (
        Column(tr("文号"), lambda row: row.number or "—", 122),
        Column(tr("单位"), lambda row: row.name, 152, sought=True),
        Column(tr("检查日期"), lambda row: row.day, 92),
        Column(tr("结果"), lambda row: row.outcome or tr("按检查表"), 142),
        Column(tr("状态"), _state, 110, kind=_kind),
    )


def empty_states() -> dict[str, EmptyState]:
    """Return what each filter says while nothing is listed under it."""
    return {
        READY: EmptyState(
            tr("没有等待签名的检查"),
            tr("检查表每一项都有回答，或者检查因单位关闭等结束后，就在这里核对、签名、定稿。"),
            tr("去检查(&G)"),
        ),
        FINAL: EmptyState(
            tr("还没有定稿的文书"), tr("当事人和两名检查人员签名之后，笔录就定稿，存在这里，可以打印和另存。")
        ),
        PHOTOS: EmptyState(tr("没有待补的照片"), tr("签名时只登记了编号的照片会列在这里，补入后另做照片说明页。")),
    }


def verified_word(verified: Verification, *, revoked: bool) -> str:
    """Return what is to be said of a PDF that came from elsewhere; nothing where it is good."""
    if verified is Verification.BAD:
        return tr("✗ 核对不通过")
    if revoked:
        return tr("⚑ 密钥已吊销")
    return "" if verified is Verification.GOOD else tr("◌ {state}", state=verified.word)


def _state(row: DocumentRow) -> str:
    if not row.is_final:
        return tr("◐ 待归入扫描件") if row.is_printed else tr("○ 待签名")
    if row.held and (said := verified_word(row.verified, revoked=row.revoked)):
        return said
    if row.awaited:
        return tr("◐ 待补照片 {count}", count=len(row.awaited))
    if not row.held:
        return tr("✗ 文件未到")
    if row.signed_in is SignedIn.INK_LATE:
        return tr("! 隔日纸质，有更正") if row.amendments else tr("! 隔日纸质")
    if row.signed_in is SignedIn.INK:
        return tr("✔ 纸质定稿，有更正") if row.amendments else tr("✔ 纸质定稿")
    return tr("✔ 已定稿，有更正") if row.amendments else tr("✔ 已定稿")


def _kind(row: DocumentRow) -> str:
    if not row.is_final:
        return "active"
    if row.held and verified_word(row.verified, revoked=row.revoked):
        return "bad" if row.verified is Verification.BAD else "warn"
    if row.awaited or row.signed_in is SignedIn.INK_LATE:
        return "warn"
    return "ok" if row.held else "bad"
