"""Bundles: where one is written to and how that went, and the columns of those exchanged."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ohdesk.domain.people import Right
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import sending
from ohdesk.services.exchange.history import Exchanged
from ohdesk.services.exchange.lost_blobs import lost_text
from ohdesk.services.exchange.quarantine import RefusedBundle
from ohdesk.services.exchange.sampling import sampled_text
from ohdesk.services.exchange.sending import Exported, Pending, written_text
from ohdesk.services.office import drives
from ohdesk.services.office.drives import Stick
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, button, focus_offered, primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import column, grow, muted, repaint_state, row, say, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import counts_text, grouped, minute_text, size_text
from ohdesk.ui.theme.icons import icon

_SHOWN_LENGTH = 60
_STATES = {
    "received": (mark("已收到"), "ok"),
    "partly": (mark("部分收到"), "warn"),
    "open": (mark("未确认"), "warn"),
    "receipts": (mark("只有回执"), "plain"),
    "blobs": (mark("只有附件"), "plain"),
    "applied": (mark("已收下"), "ok"),
    "parked": (mark("等前面的包"), "warn"),
    "refused": (mark("收不进来"), "bad"),
}


class PlaceChoice(Page):
    """Offers the sticks found and folders chosen; the one chosen last stays chosen."""

    settled = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, label: str) -> None:
        super().__init__(ctx, jobs)
        self._label = label
        self.sticks: tuple[Stick, ...] = ()  # found at the last look
        self._folder: Path | None = None
        self.choice = LongChoice()
        self.choice.setAccessibleName(label)
        self.other = action("folder", tr("文件夹…(&D)"), self.choose)
        self.again = button(tr("查找(&F)"), act=self.look, quiet=True)
        self.setFocusProxy(self.choice)
        row(grow(self.choice), self.other, self.again, of=self)
        self._show()

    @property
    def place(self) -> Path | None:
        """The folder chosen; None while there is neither a stick nor a folder."""
        return self.choice.currentData()  # type: ignore[no-any-return]

    @property
    def is_stick(self) -> bool:
        """True when what is chosen has to be pulled out."""
        return any(stick.path == self.place for stick in self.sticks)

    def look(self) -> None:
        """Look for sticks, on the worker: a bad one may take its time."""
        self.work(lambda: drives.sticks(), self.show_sticks)

    def show_sticks(self, sticks: Sequence[Stick]) -> None:
        """Offer these sticks."""
        self.sticks = tuple(sticks)
        self._show()
        self.settled.emit()

    def choose(self) -> None:
        """Ask for a folder."""
        folder = choose_folder(self, self._label)
        if folder is not None:
            self.choose_folder(folder)
            self.again.setFocus()
            self.again.focusNextChild()  # the place is settled: on to what is done with it

    def choose_folder(self, folder: Path) -> None:
        self._folder = folder
        self._show(folder)
        self.settled.emit()

    def _show(self, chosen: Path | None = None) -> None:
        held = chosen or self.place
        name = tr("{path}　{label}　可用 {free}")
        found: dict[Path | None, str] = {
            each.path: _shortened(name.format(path=each.path, label=each.label, free=size_text(each.free)))
            for each in self.sticks
        }
        if self._folder is not None:
            found[self._folder] = _shortened(str(self._folder))
        self.choice.offer((found or {None: tr("没有找到优盘：请插入后再查找，或选择文件夹")}).items())
        self.choice.setCurrentIndex(max(0, self.choice.findData(held)))


class OutcomePanel(QFrame):
    """What became of the last writing, in large: whether the stick may be pulled out, or what to do first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outcome")
        self._mark = Label()
        self.headline = text("", "title")
        self.detail = text()
        self.fingerprint = muted()
        head = row(self._mark, grow(self.headline))
        column(head, self.detail, self.fingerprint, of=self, gap="gap_tiny", edges=("gap_small", "gap_small"))
        self.hide()

    def tell(self, kind: str, headline: str, detail: str, fingerprint: str = "") -> None:
        """Say how it stands; kind: "ok", "warn" or "bad"."""
        role = {"ok": "ok", "warn": "usb", "bad": "warning"}[kind]
        self._mark.setPixmap(icon(role, kind).pixmap(theme.size("icon"), theme.size("icon")))
        repaint_state(self, "kind", kind)
        say(self.headline, headline)
        say(self.detail, detail)
        say(self.fingerprint, fingerprint)
        self.show()


class WriteCard(Page):
    """Writes a bundle with everything the other side lacks; says in its own place how it went."""

    def __init__(self, ctx: Context, jobs: Jobs, title: str, action: str, partner: str) -> None:
        """partner: what the other side is called"""
        super().__init__(ctx, jobs)
        self._title, self._partner = title, partner
        self._job: Job | None = None
        self._to_stick = False
        self.news, self.again = text(), muted()
        self.again.hide()
        self.places = PlaceChoice(ctx, jobs, tr("写到"))
        self.button = primary_action("usb", action, self.write)
        self.allow(Right.BUNDLE, self.button)
        self.outcome = OutcomePanel()
        place, foot = Field(tr("写到"), self.places), row(grow(), self.button)
        column(Card(title, "export", self.news, self.again, place, foot, self.outcome, grow()), of=self)
        self.hand_on(self.places)

    def focus_first(self) -> None:
        """The focus is on the button that writes."""
        focus_offered(self.button, self.places)

    def show_pending(self, pending: Pending) -> None:
        """Say what the next bundle carries."""
        counts = counts_text(pending.new)
        if pending.since is None:
            text = tr("还没有写出过；共有 {counts}") if counts else tr("还没有写出过，也还没有可写的内容")
        else:
            text = tr("自 {since} 起新增：{counts}") if counts else tr("自 {since} 起没有新的内容")
        since = "" if pending.since is None else minute_text(pending.since)
        self.news.setText(text.format(since=since, counts=counts))
        again = tr("以前写出、{partner}还没有确认的 {count} 项会再带一次，收到过也不会重复。")
        said = again.format(partner=self._partner, count=pending.again) if pending.again else ""
        if pending.unwritten:
            said = tr("上次的一套还有 {count} 卷没有写，先接着写完。", count=pending.unwritten)
        say(self.again, said)

    def write(self) -> None:
        """Write the bundle where it was chosen to go."""
        place = self.places.place
        if self._job is not None:
            return
        if place is None:
            self.outcome.tell("bad", tr("还没有选择写到哪里"), tr("请插入优盘后再查找，或选择一个文件夹。"))
            self.places.setFocus()
            return
        self._to_stick = self.places.is_stick
        self.outcome.tell("warn", tr("正在写入，请不要拔出优盘"), tr("写完后会逐字节读回核对。"))
        ctx = self.ctx
        self._job = self.work_reporting(
            lambda report: sending.export(ctx, place, report), self._written, self._title, self._fail
        )
        self._job.cancelled.connect(self._cancelled)
        self._job.ended.connect(self._ended)

    def _written(self, exported: Exported) -> None:
        pull = tr("可以拔出优盘") if self._to_stick else tr("已写好并读回核对")
        lines = [
            _files(exported),
            tr("收件：{names}", names=tr("、").join(exported.recipients)),
            sampled_text(exported.sampled),
        ]
        lines += written_text(exported)
        if exported.lost:
            lines += [lost_text(exported.lost), tr("；").join(blob.what for blob in exported.lost)]
        mark = tr("指纹 {groups}", groups=grouped(exported.head_sha256))
        if exported.unwritten:
            pull = tr("只写了一部分，可以拔出优盘") if self._to_stick else tr("只写了一部分")
        self.outcome.tell("warn" if exported.lost or exported.unwritten else "ok", pull, "\n".join(lines), mark)
        self.changed.emit(Change.SYNC)

    def _fail(self, error: Exception) -> None:
        self.outcome.hide()
        self.refusal(lambda refused: self.outcome.tell("bad", refused.message, refused.remedy))(error)

    def _cancelled(self) -> None:
        kept = tr("没写完的文件没有留下；写完的卷照样算数，再写一次会接着写。资料都还在本机。")
        self.outcome.tell("warn", tr("已取消，可以拔出优盘"), kept)

    def _ended(self) -> None:
        self._job = None


def _files(exported: Exported) -> str:
    about = {"size": size_text(exported.size), "blobs": exported.blobs}
    if len(exported.volumes) > 1:
        return tr("{count} 个文件，共 {size}，附件 {blobs} 个", count=len(exported.volumes), **about)
    return tr("文件 {name}，{size}，附件 {blobs} 个", name=exported.path.name, **about)


def exchanged_columns() -> tuple[Column[Exchanged], ...]:
    """Return the columns of the bundles written and taken in."""
    return (
        Column(tr("时间"), lambda row: minute_text(row.at), 136),
        Column(tr("方向"), lambda row: tr("写出") if row.sent else tr("收到"), 60),
        Column(tr("回执"), exchanged_state, 110, kind=_kind),
        Column(tr("对方"), lambda row: row.partner or tr("各镇街"), 140),
        Column(tr("内容"), _content, 240),
        Column(tr("文件"), lambda row: row.name, 226),
        Column(tr("指纹"), lambda row: grouped(row.fingerprint, digits=16), 164),
    )


def refused_list(name: str) -> ListWithPane[RefusedBundle]:
    """Return a list of the bundles that were refused; name: under which widths and order of its columns are kept."""
    nothing = EmptyState(
        tr("没有留存的拒收包"),
        tr("发送方、签名或收件人不对的包，连同原因留在这里作证据；只是没拷好、选错的文件不留，重新拷贝就行。"),
    )
    columns: tuple[Column[RefusedBundle], ...] = (
        Column(tr("时间"), lambda row: minute_text(row.came_at), 136),
        Column(tr("自称来自"), lambda row: row.sender or tr("读不出"), 170, sought=True),
        Column(tr("原因"), lambda row: row.reason, 500, kind=lambda _row: "bad"),
        Column(tr("文件"), lambda row: row.name, 226),
        Column(tr("大小"), lambda row: size_text(row.size), 90, numeric=True, by=lambda row: row.size),
    )
    return ListWithPane(name, tr("留存的拒收包"), columns, nothing, edges=None)


def refused_particulars(row: RefusedBundle) -> str:
    """Return what is to be said of a refused bundle below its list."""
    kept = tr("原文件留在工作区的 quarantine 文件夹，名称 {file}，可作为证据。", file=f"{row.id[:16]}….ohb")
    if not row.kept:
        kept = tr("原文件没有再保留（隔离的文件过多或过大），只留这条记录。")
    return f"{row.reason}{kept}"


def exchanged_state(row: Exchanged) -> str:
    """Return in a word how far a bundle is acknowledged, or what became of it here."""
    if row.state == "applied" and row.reason:
        return tr("已收下，要核对")
    if row.returned:
        return tr("退回 {count} 项", count=row.returned)
    return tr(_STATES[row.state][0])


def _content(row: Exchanged) -> str:
    said = counts_text(row.counts)
    if row.blobs:
        said = tr("、").join(filter(None, (said, tr("附件 {count} 个", count=row.blobs))))
    return said or tr("只有回执")


def _kind(row: Exchanged) -> str:
    if row.returned:
        return "bad"
    return "warn" if row.state == "applied" and row.reason else _STATES[row.state][1]


def _shortened(text: str) -> str:
    """Return a long path by its end, which tells more than its beginning."""
    return text if len(text) <= _SHOWN_LENGTH else f"…{text[-_SHOWN_LENGTH:]}"
