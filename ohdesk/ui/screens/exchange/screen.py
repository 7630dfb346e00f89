"""上报同步: write what is new to a stick for the county, take in what comes back, and see what the county has."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property, partial
from typing import NamedTuple

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import history, sending
from ohdesk.services.exchange.history import Exchanged, Receipts, RecordReceipt
from ohdesk.services.exchange.quarantine import RefusedBundle, refused_bundles
from ohdesk.services.exchange.sending import Pending
from ohdesk.services.list_query import ListQuery
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import Standing
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.bundles import WriteCard, exchanged_columns, refused_list, refused_particulars
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.lists import Lists
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text
from ohdesk.ui.screens.exchange.enrol_card import EnrolCard
from ohdesk.ui.screens.exchange.receive_card import ReceiveCard

_DAY = timedelta(days=1)
_RECEIPTS = {
    "received": (mark("已收到"), "ok"),
    "open": (mark("未确认"), "warn"),
    "returned": (mark("县级退回"), "bad"),
}


class _View(NamedTuple):
    standing: Standing
    pending: Pending
    exchanged: list[Exchanged]
    receipts: Receipts
    refused: list[RefusedBundle]


class ExchangeScreen(Screen):
    """Two cards above, what was exchanged below; in their place the way into the county while it is not gone."""

    reloads_on = Change.SYNC | Change.ROLL | Change.RECORDS | Change.DRAWS | Change.PEOPLE

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._view: _View | None = None
        self._enrolling = False
        self._receipts_query = ListQuery()
        self.header = Header(tr("上报同步"))
        self.late = StatusChip()
        self.header.add(self.late)
        self.send = WriteCard(ctx, jobs, tr("上报县级"), tr("生成上报包(&W)"), tr("县级"))
        self.receive = ReceiveCard(ctx, jobs)
        self.send.places.settled.connect(lambda: self.receive.look_at(self.send.places.sticks))
        self.hand_on(self.send, self.receive)
        self.wanting = text()
        self.certify = button(tr("申请证书…(&P)"), act=lambda: self._enrol(now=True))
        self.allow(Right.TRUST, self.certify)
        self._strip = box(row(grow(self.wanting), self.certify, gap="gap"))
        self._cards = box(row(grow(self.send), grow(self.receive), gap="gap"))
        for widget in (self._strip, self._cards):
            widget.hide()  # until it is known whether this office belongs to a county
        parts = (self._strip, self._cards, grow(share=0))  # the last for when there are no lists
        self._column = column(*parts, gap="gap", edges=("page_side", "page_top"))
        column(self.header, grow(FollowingScroll(box(self._column))), of=self, gap="")

    @cached_property
    def enrol(self) -> EnrolCard:
        """The way into the county, made when it is first gone."""
        enrol = EnrolCard(self.ctx, self.jobs)
        enrol.closed.connect(lambda: self._enrol(now=False))
        self.hand_on(enrol)
        self._column.insertWidget(0, enrol)
        return enrol

    @cached_property
    def lists(self) -> Lists:
        """What was exchanged, made when this office belongs to a county."""
        lists = Lists(tr("收发记录"))
        lists.add("exchanged", tr("收发记录(&L)"), _exchanged_list, _particulars)
        lists.add("receipts", tr("文书回执(&E)"), self._receipts_list)
        lists.add("refused", tr("留存的拒收包(&B)"), lambda: refused_list("refused"), refused_particulars)
        self._column.insertWidget(self._column.count() - 1, lists, 1)
        return lists

    def _receipts_list(self) -> ListWithPane[RecordReceipt]:
        made, latest = _receipts_list(), Latest(self)

        def ask() -> None:
            self._receipts_query = made.query(history.ORDERS)
            latest.ask(partial(history.record_receipts, self.ctx, self._receipts_query), self._show_receipts)

        made.asked.connect(ask)
        return made

    def arrive(self) -> None:
        """Come to the front: look for sticks, read what is new."""
        self.reload()
        self.focus_first()

    def reload(self) -> None:
        """Read again where this office stands with its county."""
        self.send.places.look()
        self.latest.ask(partial(_read, self.ctx, self._receipts_query), self._show)

    def focus_first(self) -> None:
        """The focus is on the button that writes, or in the way into the county; where it is already, it stays."""
        focused = self.focusWidget()
        # Qt leaves the focus on the screen itself when it turns pages before what should have it can be seen.
        if focused is None or focused is self or not focused.isVisible():
            if self._view is not None and self._cards.isHidden():
                self.enrol.focus_first()
            else:
                self.send.focus_first()

    def draft(self) -> dict[str, str] | None:
        """Return the receipt code that was typed and is not registered yet."""
        return self.receive.form.draft()

    def take_draft(self, draft: object) -> None:
        """Put back what was typed before the program was locked."""
        if isinstance(draft, dict):
            self.receive.ask(draft)

    def _show(self, view: _View) -> None:
        self._view = view
        self.send.show_pending(view.pending)
        if view.standing.county:
            self.lists.show_rows("exchanged", view.exchanged)
            self._show_receipts(view.receipts)
            self.lists.show_rows("refused", view.refused)
        self._show_about(view.pending, view.receipts.unconfirmed)
        self.wanting.setText("\n".join(_wanting(view.standing)))
        self._show_parts(view.standing)

    def _show_receipts(self, receipts: Receipts) -> None:
        self.lists.show_rows("receipts", Paged(receipts.visits, partial(history.receipts_of, self.ctx)))

    def _show_parts(self, standing: Standing) -> None:
        enrolling = not standing.county or self._enrolling
        if enrolling or "enrol" in vars(self):  # not made only to be hidden: few ever go through it again
            self.enrol.show_standing(standing)
            self.enrol.setVisible(enrolling)
        self._cards.setVisible(not enrolling)
        if standing.county:
            self.lists.setVisible(not enrolling)
        self._strip.setVisible(bool(standing.county) and bool(self.wanting.text()) and not enrolling)
        self.focus_first()

    def _show_about(self, pending: Pending, unconfirmed: int) -> None:
        if pending.since is None:
            self.header.say(tr("离线 · 还没有上报过"))
            self.late.show_state("", "plain")
            return
        # Not below: the clock of a laptop may have been put back since.
        days = max(0, (legal_day(self.ctx.now()) - legal_day(pending.since)) // _DAY)
        about = tr("离线 · 上次上报 {days} 天前") if days else tr("离线 · 今天上报过")
        waiting = tr(" · {count} 份文书县级还没有确认", count=unconfirmed) if unconfirmed else ""
        self.header.say(about.format(days=days) + waiting)
        late = theme.layout("reported_late_after_days")
        self.late.show_state(tr("超过 {days} 天没有上报", days=late) if days > late else "", "warn")

    def _enrol(self, *, now: bool) -> None:
        self._enrolling = now
        if self._view is not None:
            self._show_parts(self._view.standing)
            first = self.enrol.focus_first if now else self.send.focus_first
            first()  # where Qt took the focus, as the button that was pressed went away, one does not begin


def _read(ctx: Context, query: ListQuery) -> _View:
    return _View(
        standing=joining.standing(ctx),
        pending=sending.pending(ctx),
        exchanged=history.exchanged(ctx),
        receipts=history.record_receipts(ctx, query),
        refused=refused_bundles(ctx),
    )


def _wanting(standing: Standing) -> Iterator[str]:
    """Yield why the county has to be asked for certificates again."""
    if standing.takes_over:
        yield tr("这台电脑接替了原来的电脑，还没有县级证书；登记之后才能收发，没有送达的会再送。")
    if standing.unconfirmed:
        names = tr("、").join(standing.unconfirmed)
        yield tr(
            "这些人员的签名密钥还没有县级证书：{names}。补发之前签的，县级先搁置、不计入；请尽快补发。", names=names
        )
    if standing.ending and standing.until:
        said = tr("县级签发的证书最早 {day} 到期。请申请续期，密钥不变，到期以后签的、送的不算数。")
        yield said.format(day=standing.until)


def _particulars(row: Exchanged) -> str:
    if row.state == "parked":
        return tr("{name} 先存着，等：{reason}。前面的包到了会自动接收。", name=row.name, reason=row.reason)
    if row.state == "refused":
        return tr("{name} 先存着，后来收不进来：{reason}", name=row.name, reason=row.reason)
    if row.state == "applied" and row.reason:
        return tr("{name} 已收下；{reason}", name=row.name, reason=row.reason)
    if row.returned:
        return tr("{name} 里有 {count} 项县级没有采用，原因见“文书回执”。", name=row.name, count=row.returned)
    if row.state in {"open", "partly"}:
        said = tr("{name} 还没有县级的回执。带回县级的优盘，或在电话里问县级要回执码；没有回执的内容下次会再带一次。")
        return said.format(name=row.name)
    return ""


def _exchanged_list() -> ListWithPane[Exchanged]:
    nothing = EmptyState(tr("还没有收发过"), tr("写出的上报包和收到的下发包会按时间排在这里，连同县级的回执。"))
    return ListWithPane("exchanged", tr("收发记录"), exchanged_columns(), nothing, edges=None)


def _receipts_list() -> ListWithPane[RecordReceipt]:
    nothing = EmptyState(tr("还没有定稿的文书"), tr("文书定稿后在这里能看到县级是否已经收到。"))
    return ListWithPane("receipts", tr("逐份文书的回执"), _receipt_columns(), nothing, edges=None)


def _receipt_columns() -> tuple[Column[RecordReceipt], ...]:
    return (
        Column(tr("定稿"), lambda row: minute_text(row.finalized_at), 136),
        Column(tr("文号"), lambda row: row.number, 110),
        Column(tr("单位"), lambda row: row.establishment, 200, sought=True),
        Column(tr("回执"), lambda row: tr(_RECEIPTS[row.state][0]), 100, kind=lambda row: _RECEIPTS[row.state][1]),
        Column(tr("说明"), _reason, 190),
        Column(tr("所在的包"), lambda row: row.bundle or tr("还没有写出"), 250),
    )


def _reason(row: RecordReceipt) -> str:
    if row.state == "returned":
        return tr("县级没有采用（{reason}），请电话联系县级管理员", reason=row.reason)
    if row.state == "received":
        return tr("县级已收下")
    return tr("等县级的回执") if row.bundle else tr("随下一个上报包写出")
