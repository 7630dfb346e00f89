"""下发: one bundle for all towns, and the receipts to read out to those who get no stick back."""

from functools import partial
from typing import NamedTuple

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.exchange import history, sending
from ohdesk.services.exchange.history import Exchanged, ReceiptCode
from ohdesk.services.exchange.sending import Pending
from ohdesk.ui import theme
from ohdesk.ui.kit.bundles import WriteCard, exchanged_columns
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column


class _View(NamedTuple):
    pending: Pending
    codes: list[ReceiptCode]
    written: list[Exchanged]


class DownPage(Page):
    """Writes what the county changed, with a receipt for every town, and shows how far each town holds it."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.send = WriteCard(ctx, jobs, tr("下发给镇街"), tr("写出下发包(&W)"), tr("镇街"))
        self.hand_on(self.send)
        no_towns = EmptyState(tr("还没有镇街"), tr("镇街登记以后，这里列出每个镇街的回执码和下发到哪里。"))
        self.codes = ListWithPane("receipt_codes", tr("各镇街的回执"), _columns(), no_towns, edges=None)
        self.codes.setMinimumWidth(theme.layout("drawer"))  # the card beside it may need the rest
        none_yet = EmptyState(tr("还没有下发过"), tr("写出的下发包会按时间排在这里，各镇街都收到以后标为已收到。"))
        self.written = ListWithPane("written_down", tr("写出的下发包"), exchanged_columns(), none_yet, edges=None)
        codes = column(text(tr("回执码：没有优盘带回时，电话里读给镇街"), "heading"), grow(self.codes))
        top = row(grow(self.send), grow(codes), gap="gap")
        written = column(text(tr("写出的下发包"), "heading"), grow(self.written))
        column(grow(Scrolled(box(column(top, grow(written))))), of=self)

    def reload(self) -> None:
        """Read again what there is to send and what the towns hold."""
        self.send.places.look()
        self.latest.ask(partial(_read, self.ctx), self._show)

    def focus_first(self) -> None:
        """The focus is on the button that writes."""
        self.send.focus_first()

    def _show(self, view: _View) -> None:
        self.send.show_pending(view.pending)
        self.codes.show_all(view.codes)
        self.written.show_all(view.written)


def _read(ctx: Context) -> _View:
    written = [bundle for bundle in history.exchanged(ctx) if bundle.sent]
    return _View(sending.pending(ctx), history.receipt_codes(ctx), written)


def _columns() -> tuple[Column[ReceiptCode], ...]:
    return (
        Column(tr("镇街"), lambda row: row.name, 150, sought=True),
        Column(tr("回执码"), lambda row: row.code or tr("还没有收到"), 150),
        Column(tr("下发到"), _reached, 140),
    )


def _reached(row: ReceiptCode) -> str:
    if row.acked >= row.ours:
        return tr("全部收到")
    return tr("第 {acked} 项，共 {ours} 项", acked=row.acked, ours=row.ours)
