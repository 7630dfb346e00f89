"""上报同步: write what is new to a stick for the county, take in what comes back, and see what the county has."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import history, sending
from ohdesk.services.exchange.history import Exchanged, RecordReceipt
from ohdesk.services.exchange.sending import Pending
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import Standing
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.exchanged import ListOrWhy, exchanged_columns, receipt_columns
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import muted, say, text
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.kit.write_card import Wording, WriteCard
from ohdesk.ui.screens.exchange.enrol_card import EnrolCard
from ohdesk.ui.screens.exchange.receive_card import ReceiveCard

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _View:
    standing: Standing
    pending: Pending
    exchanged: list[Exchanged]
    receipts: list[RecordReceipt]


class SyncScreen(Screen):
    """Two cards above, what was exchanged below; in their place the way into the county while it is not gone."""

    reloads_on = Change.SYNC | Change.ROLL | Change.RECORDS | Change.DRAWS | Change.PEOPLE

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._view: _View | None = None
        self._enrolling = False
        self.header = Header(tr("上报同步"))
        self.late = StatusChip()
        self.header.add(self.late)
        wording = Wording(tr("上报县级"), tr("生成上报包(&W)"), tr("县级"))
        self.send = WriteCard(ctx, jobs, wording)
        self.receive = ReceiveCard(ctx, jobs)
        self.send.places.settled.connect(self._sticks_found)
        self.hand_on(self.send, self.receive)
        self.unconfirmed = text()
        self.certify = QPushButton(tr("补发证书…(&P)"))
        self.certify.clicked.connect(self._open_enrolment)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(Scrolled(self._body()), 1)

    @cached_property
    def enrol(self) -> EnrolCard:
        """The way into the county, made when it is first gone."""
        enrol = EnrolCard(self.ctx, self.jobs)
        enrol.closed.connect(self._close_enrolment)
        self.hand_on(enrol)
        self._column.insertWidget(self._column.indexOf(self.which), enrol)
        return enrol

    @cached_property
    def receipts(self) -> ListOrWhy:
        """The receipts by record, made when they are first looked at."""
        why = EmptyState(tr("还没有定稿的文书"), tr("文书定稿后在这里能看到县级是否已经收到。"))
        receipts = ListOrWhy("receipts", tr("逐份文书的回执"), receipt_columns(), why)
        self._lists.addWidget(receipts)
        if self._view is not None:
            receipts.show_rows(self._view.receipts)
        return receipts

    def arrive(self) -> None:
        """Come to the front: look for sticks, read what is new."""
        self.reload()
        self.focus_first()

    def reload(self) -> None:
        """Read again where this office stands with its county."""
        ctx = self.ctx
        self.send.places.look()
        self.work(lambda: _read(ctx), self._show)

    def draft(self) -> object | None:
        """Return the receipt code that was typed and is not registered yet."""
        return self.receive.code.text() or None

    def take_draft(self, draft: object) -> None:
        """Put back what was typed before the program was locked."""
        self.receive.code.setText(str(draft))

    def _body(self) -> QWidget:
        self.exchanged = ListOrWhy(
            "exchanged",
            tr("收发记录"),
            exchanged_columns(),
            EmptyState(tr("还没有收发过"), tr("写出的上报包和收到的下发包会按时间排在这里，连同县级的回执。")),
        )
        self.particulars = muted()
        self.particulars.hide()
        self.exchanged.view.selected.connect(self._show_particulars)
        self.which = FilterChips(tr("收发记录"))
        self.which.chosen.connect(self._turn_to)
        self._lists_area = QWidget()
        self._lists = QStackedLayout(self._lists_area)
        self._lists.addWidget(self.exchanged)
        body = QWidget()
        side, top = theme.size("page_side"), theme.size("page_top")
        column = self._column = QVBoxLayout(body)
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        self._strip = _row(self.unconfirmed, self.certify, stretch=(1, 0))
        self._cards = _row(self.send, self.receive, stretch=(1, 1))
        for widget in (self._strip, self._cards, self.which):
            column.addWidget(widget)
        column.addWidget(self._lists_area, 1)
        column.addWidget(self.particulars)
        column.addStretch(0)
        for widget in (self._strip, self._cards, self.which, self._lists_area):
            widget.hide()
        self._show_chips(0, 0)
        return body

    def _show(self, view: _View) -> None:
        self._view = view
        self.send.show_pending(view.pending)
        self.exchanged.show_rows(view.exchanged)
        if "receipts" in vars(self):
            self.receipts.show_rows(view.receipts)
        self._show_chips(len(view.exchanged), len(view.receipts))
        self._show_about(view.pending, sum(row.state != "received" for row in view.receipts))
        names = tr("、").join(view.standing.unconfirmed)
        text = tr("这些人员的签名密钥还没有县级证书：{names}。他们签的文书照常有效，补发后外单位也能核验。")
        self.unconfirmed.setText(text.format(names=names))
        self._show_parts()

    def _show_parts(self) -> None:
        if self._view is None:
            return
        standing = self._view.standing
        enrolling = not standing.county or self._enrolling
        if enrolling or "enrol" in vars(self):
            self.enrol.show_standing(standing)
            self.enrol.setVisible(enrolling)
        for widget in (self._cards, self.which, self._lists_area):
            widget.setVisible(not enrolling)
        self._strip.setVisible(bool(standing.county) and bool(standing.unconfirmed) and not enrolling)
        self.focus_first()

    def _show_about(self, pending: Pending, unconfirmed: int) -> None:
        if pending.since is None:
            self.header.say(tr("离线 · 还没有上报过"))
            self.late.show_state("", "plain")
            return
        days = max(0, (legal_day(self.ctx.now()) - legal_day(pending.since)) // _DAY)
        about = tr("离线 · 上次上报 {days} 天前") if days else tr("离线 · 今天上报过")
        waiting = tr(" · {count} 份文书县级还没有确认", count=unconfirmed) if unconfirmed else ""
        self.header.say(about.format(days=days) + waiting)
        late = theme.layout("reported_late_after_days")
        self.late.show_state(tr("超过 {days} 天没有上报", days=late) if days > late else "", "warn")

    def _show_chips(self, bundles_: int, records: int) -> None:
        chips = (("bundles", tr("收发记录(&L)"), bundles_), ("records", tr("文书回执(&E)"), records))
        self.which.show_chips(chips)

    def _turn_to(self, which: str) -> None:
        self._lists.setCurrentWidget(self.receipts if which == "records" else self.exchanged)
        self._show_particulars(self.exchanged.view.current() if which == "bundles" else None)

    def _show_particulars(self, row: Exchanged | None) -> None:
        say(self.particulars, _particulars(row))

    def _sticks_found(self) -> None:
        self.receive.show_sticks(self.send.places.sticks)

    def _open_enrolment(self) -> None:
        self._enrolling = True
        self._show_parts()

    def _close_enrolment(self) -> None:
        self._enrolling = False
        self._show_parts()

    def focus_first(self) -> None:
        """Put the focus where one begins, unless it is somewhere already."""
        focused = self.focusWidget()
        if focused is None or not focused.isVisible():
            if self._view is not None and self._cards.isHidden():
                self.enrol.focus_first()
            else:
                self.send.button.setFocus()


def _read(ctx: Context) -> _View:
    return _View(
        standing=joining.standing(ctx),
        pending=sending.pending(ctx),
        exchanged=history.exchanged(ctx),
        receipts=history.record_receipts(ctx),
    )


def _row(*widgets: QWidget, stretch: tuple[int, ...]) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.size("gap"))
    for widget, share in zip(widgets, stretch, strict=True):
        row.addWidget(widget, share)
    return whole


def _particulars(row: Exchanged | None) -> str:
    if row is None:
        return ""
    if row.state == "parked":
        return tr("{name} 先存着，等：{reason}。前面的包到了会自动接收。", name=row.name, reason=row.reason)
    if row.returned:
        return tr("{name} 里有 {count} 项县级没有采用，原因见“文书回执”。", name=row.name, count=row.returned)
    if row.state in {"open", "partly"}:
        text = tr("{name} 还没有县级的回执。带回县级的优盘，或在电话里问县级要回执码；没有回执的内容下次会再带一次。")
        return text.format(name=row.name)
    return ""
