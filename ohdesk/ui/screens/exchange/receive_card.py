"""Taking in what the county sends down: choose a file, see each check, take it in; and its receipt by telephone."""

from functools import partial
from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import inbox, receipts, receiving
from ohdesk.services.exchange.inbox import Preview
from ohdesk.services.exchange.receiving import Outcome, Taken
from ohdesk.services.office.drives import Stick
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.bundles import OutcomePanel
from ohdesk.ui.kit.card import Card, CheckLines
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.verifying import Verifying
from ohdesk.ui.kit.wording import size_text

_CODE = Field("code", mark("县级在电话里读出的回执码"), required=True, help=mark("例如 184-7KQ2M5XA"))


class ReceiveCard(Page):
    """Checks a bundle before it is taken in; nothing changes until then."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._preview: Preview | None = None
        self.files = LongChoice()
        self.files.setAccessibleName(tr("优盘上的包"))
        self.files.activated.connect(self._choose_listed)
        self.open = action("folder", tr("选择文件…(&O)"), self.choose)
        self.about = text()
        self.checks = CheckLines()
        self.take = button(tr("接收(&T)"), act=self.take_in)
        self.outcome, self.verifying = OutcomePanel(), Verifying(ctx, jobs)
        self.ask_code = button(tr("登记回执…(&G)"), act=lambda: self.ask({}))
        self.allow(Right.BUNDLE, self.ask_code)
        self.form = Form((_CODE,))
        self.form.submitted.connect(self._register)
        self.form.closed.connect(self._show_button)
        found = (self.about, self.checks, row(grow(), self.take), self.outcome, self.verifying)
        code = (row(grow(), self.ask_code), self.form)
        column(Card(tr("接收下发"), "import", row(grow(self.files), self.open), *found, grow(), *code), of=self)
        self.hand_on(self.verifying)
        self._reset()
        self.show_found(())

    def look_at(self, sticks: tuple[Stick, ...]) -> None:
        """Look for bundles of others on these sticks, on the worker."""
        self.work(partial(_found, self.ctx, sticks), self.show_found)

    def show_found(self, files: tuple[Path, ...]) -> None:
        """Offer these files."""
        self.files.clear()
        for file in files:
            self.files.addItem(file.name, file)
        if files:
            self.files.setPlaceholderText(tr("优盘上有 {count} 个可接收的包，请选择", count=len(files)))
            self.files.setCurrentIndex(-1)
        else:
            self.files.addItem(tr("优盘上没有可接收的包，可以另选文件"), None)

    def choose(self) -> None:
        """Ask for a file and check it."""
        if file := choose_file(self, tr("选择县级下发的包"), tr("上报包 (*.ohb);;所有文件 (*)")):
            self.check(file)

    def check(self, file: Path) -> None:
        """Check a bundle, on the worker, and show what was found."""
        self._reset()
        self.about.setText(tr("正在检查 {name} …", name=file.name))
        self.about.show()
        title = tr("检查 {name}", name=file.name)
        self.work(partial(inbox.look, self.ctx, file), self._show, title, self._fail)

    def take_in(self) -> None:
        """Take in the bundle that was checked."""
        if self._preview is None or not self.take.isEnabled():
            return
        self.take.setEnabled(False)  # not hidden: who presses Enter twice must not press what comes to its place
        self.outcome.tell("warn", tr("正在接收，请不要拔出优盘"), "")
        take_in = partial(receiving.take_in, self.ctx, self._preview.path)
        self.work(take_in, self._taken, tr("接收下发"), self._fail)

    def ask(self, typed: Values) -> None:
        """Ask for the receipt code that the county reads out; typed: what was typed before a lock."""
        self.ask_code.hide()
        self.form.ask(tr("登记回执"), tr("登记(&R)"), typed, held={})

    def _register(self) -> None:
        try:
            acked = receipts.register_code(self.ctx, self.form.value("code"))
        except UserError as error:
            self.form.show_problems(ProblemsError("", (Problem("", "", "", error.whole, field="code"),)))
            return
        self.form.close_form()
        self.done.emit(tr("已登记：县级已收到本机第 {seq} 号及以前的全部内容。", seq=acked))
        self.changed.emit(Change.SYNC)

    def _show_button(self) -> None:
        self.ask_code.show()
        self.ask_code.setFocus()

    def _reset(self) -> None:
        self._preview = None
        self.take.hide()
        self.outcome.hide()
        self.checks.show_facts(())
        say(self.about, tr("把县级给的优盘插好，从上面选择文件；检查通过后才能接收。"))

    def _choose_listed(self, row: int) -> None:
        file = self.files.itemData(row)
        if file is not None:
            self.check(file)

    def _show(self, preview: Preview) -> None:
        self._preview = preview
        self.checks.show_facts(preview.facts)
        parts = [preview.path.name, size_text(preview.size)]
        if preview.head is not None and preview.sender:
            about = tr("{sender}，第 {seq} 号，内容 {operations} 项，附件 {blobs} 个")
            seq, counts = preview.head.bundle_seq, preview.head.counts
            parts.append(about.format(sender=preview.sender, seq=seq, operations=counts.ops, blobs=counts.blobs))
            if (volume := preview.head.volume).n > 1:
                parts.append(tr("第 {i} 卷，共 {n} 卷", i=volume.i, n=volume.n))
        say(self.about, "　".join(parts))
        if not preview.sound:
            self.outcome.tell("bad", tr("不能接收，本机资料没有变化"), preview.remedy)
            return
        self.take.setVisible(not preview.held)
        self.allow(Right.BUNDLE, self.take)
        if preview.held:
            self.outcome.tell("ok", tr("已经收过这个包"), tr("不用再收一次，可以拔出优盘。"))
        elif preview.waits:
            self.outcome.tell("warn", tr("要先有前面的包"), _waiting(preview.waits))
        if self.take.isVisible():
            self.take.setFocus()

    def _taken(self, taken: Taken) -> None:
        self.take.hide()
        if taken.outcome is Outcome.PARKED:
            self.outcome.tell("warn", tr("已暂存，可以拔出优盘"), _waiting(taken.waits))
        else:
            self.outcome.tell("ok", tr("已接收，可以拔出优盘"), _particulars(taken), _spoken(taken))
        self.changed.emit(Change.SHARED)
        self.verifying.start_again()

    def _fail(self, error: Exception) -> None:
        for widget in (self.take, self.about, self.outcome):
            widget.hide()
        self.refusal(lambda refused: self.outcome.tell("bad", refused.message, refused.remedy))(error)


def _found(ctx: Context, sticks: tuple[Stick, ...]) -> tuple[Path, ...]:
    files: list[Path] = []
    for stick in sticks:
        try:
            files += inbox.bundles_of_others(ctx, stick.path)
        except UserError:
            continue  # pulled out meanwhile
    return tuple(files)


def _waiting(waits: tuple[str, ...]) -> str:
    return tr("还缺：{what}。这个包先存着，前面的包到了会自动接收；请向发送方要前面的包。", what=tr("；").join(waits))


def _particulars(taken: Taken) -> str:
    lines = [
        tr(
            "{sender}：新收 {applied} 项，原有 {already} 项，附件 {blobs} 个。",
            sender=taken.sender,
            applied=taken.applied,
            already=taken.already,
            blobs=taken.blobs,
        )
    ]
    aside = tr("第 {seq} 号没有采用，已搁置并会在回执里告诉对方：{reason}")
    lines += [aside.format(seq=each.seq, reason=each.reason) for each in taken.set_aside]
    lines += [tr("还没有收到：{what}", what=what) for what in taken.missing]
    if taken.acked is not None:
        lines.append(tr("县级已收到本机第 {seq} 号及以前的全部内容。", seq=taken.acked))
    lines += [tr("暂存的 {name} 已随后接收。", name=name) for name in taken.followed]
    lines += [tr("注意：{text}", text=text) for text in taken.warnings]
    return "\n".join(lines)


def _spoken(taken: Taken) -> str:
    return tr("没有优盘带回时，电话里读给县级的回执码：{code}", code=taken.receipt) if taken.receipt else ""
