"""Writing a bundle: what is new, where it goes, and when the stick may be pulled out."""

from PySide6.QtWidgets import QFrame, QLabel

from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import sending
from ohdesk.services.exchange.sending import Exported, Pending
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import column, grow, muted, repaint_state, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.places import PlaceChoice
from ohdesk.ui.kit.wording import counts_text, grouped, minute_text, size_text
from ohdesk.ui.theme.icons import icon


class OutcomePanel(QFrame):
    """What became of the last writing, in large: whether the stick may be pulled out, or what to do first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outcome")
        self._mark = QLabel()
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
        say(self.again, again.format(partner=self._partner, count=pending.again) if pending.again else "")

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
            tr(
                "文件 {name}，{size}，附件 {blobs} 个",
                name=exported.path.name,
                size=size_text(exported.size),
                blobs=exported.blobs,
            ),
            tr("收件：{names}", names=tr("、").join(exported.recipients)),
        ]
        if exported.waiting_blobs:
            lines.append(tr("还有 {count} 个附件放不下，随下一个包发送。", count=exported.waiting_blobs))
        mark = tr("指纹 {groups}", groups=grouped(exported.head_sha256))
        self.outcome.tell("ok", pull, "\n".join(lines), mark)
        self.changed.emit(Change.SYNC)

    def _fail(self, error: Exception) -> None:
        self.outcome.hide()
        self.refusal(lambda refused: self.outcome.tell("bad", refused.message, refused.remedy))(error)

    def _cancelled(self) -> None:
        self.outcome.tell("warn", tr("已取消，没有留下文件，可以拔出优盘"), tr("资料都还在本机，可以再写一次。"))

    def _ended(self) -> None:
        self._job = None
