"""收件: take in the towns' bundles one after the other, and see what is missing from whom."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.progress import Progress
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.county import merging
from ohdesk.services.county.merging import TownState
from ohdesk.services.exchange import inbox
from ohdesk.services.exchange.inbox import Arrival
from ohdesk.services.exchange.receiving import Outcome
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.exchanged import ListOrWhy
from ohdesk.ui.kit.files import choose_files
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import muted, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.places import PlaceChoice
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import grouped, minute_text

TAKEN_IN = Change.SYNC | Change.ROLL | Change.PEOPLE | Change.DRAWS | Change.VISITS | Change.FINDINGS | Change.RECORDS
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Line:
    """One file of this run as it is shown."""

    file: str
    sender: str
    kind: str
    result: str
    particulars: str
    name: str


class InboxPage(Page):
    """Takes many files; each gets its own line, and what is refused changes nothing."""

    _arrived = Signal(object)  # Arrival, from the worker

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._job: Job | None = None
        self._lines: list[_Line] = []
        self._stale = True
        self.setAcceptDrops(True)
        self.places = PlaceChoice(ctx, jobs, tr("优盘或文件夹"))
        self.files = action("document", tr("选择文件…(&O)"), self.choose)
        self.button = primary_action("import", tr("全部汇入(&W)"), self.take_place)
        self.towns = ListOrWhy(
            "county_towns",
            tr("各镇街"),
            _town_columns(ctx),
            EmptyState(tr("还没有镇街"), tr("在“镇街登记”里写出县级名片、给镇街签发答复，镇街就会排在这里。")),
        )
        self.results = ListOrWhy(
            "county_results",
            tr("本次收件"),
            _line_columns(),
            EmptyState(tr("本次还没有收件"), tr("插入镇街的优盘后全部汇入，或选择文件，或把文件拖到这里。")),
        )
        self.which = FilterChips(tr("收件"))
        self.which.chosen.connect(self._turn_to)
        self.summary = text()
        self.particulars = muted()
        self.digest = muted()
        self.digest.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.copy = QPushButton(tr("复制指纹(&C)"))
        self.copy.setProperty("quiet", True)
        self.copy.clicked.connect(self._copy)
        self._fill()
        self._show_chips(0)
        self._arrived.connect(self._show_arrival)
        self.results.view.selected.connect(self._select_line)
        self.towns.view.selected.connect(self._select_town)
        self.hand_on(self.places)

    def reload(self) -> None:
        """Read again what came from the towns; the fingerprint when the page is in front."""
        ctx = self.ctx
        self.places.look()
        self.work(lambda: merging.town_states(ctx), self._show_towns)
        self._forget_digest()
        if self.isVisible():
            self.arrive()

    def arrive(self) -> None:
        """Come to the front: the fingerprint is worked out again if anything changed."""
        if self._stale and self._job is None:
            self._stale = False
            ctx = self.ctx
            self.work(lambda: merging.digest(ctx), self._show_digest)

    def focus_first(self) -> None:
        """Put the focus where one begins."""
        self.button.setFocus()

    def choose(self) -> None:
        """Ask for files and take them in."""
        self.take(choose_files(self, tr("选择镇街的上报包"), tr("上报包 (*.ohb);;所有文件 (*)")))

    def take_place(self) -> None:
        """Take in every bundle on the stick or in the folder chosen."""
        place = self.places.place
        if place is None:
            self.summary.setText(tr("还没有优盘：请插入优盘后再查找，或选择文件夹、文件。"))
            return
        self._start((place,))

    def take(self, paths: tuple[Path, ...]) -> None:
        """Take in these files and what lies in these folders."""
        if paths:
            self._start(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take(tuple(_local(url) for url in event.mimeData().urls() if url.isLocalFile()))

    def _fill(self) -> None:
        source = Card(tr("汇入上报包"), "import")
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap_small"))
        for widget, share in ((self.places, 1), (self.files, 0), (self.button, 0)):
            row.addWidget(widget, share)
        source.column.addLayout(row)
        foot = QHBoxLayout()
        foot.setSpacing(theme.size("gap_small"))
        foot.addWidget(self.summary, 3)
        foot.addWidget(self.digest, 2)
        foot.addWidget(self.copy)
        source.column.addLayout(foot)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        column.addWidget(source)
        column.addWidget(self.which)
        self._lists = QStackedWidget()
        for table in (self.towns, self.results):
            self._lists.addWidget(table)
        column.addWidget(self._lists, 1)
        column.addWidget(self.particulars)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(body))
        self.particulars.hide()
        self.copy.hide()

    def _start(self, paths: tuple[Path, ...]) -> None:
        if self._job is not None:
            return
        self._lines = []
        self.results.show_rows(())
        self._show_chips(self.towns.table.total)
        self.which.choose("results")
        self.summary.setText(tr("正在汇入，请不要拔出优盘"))
        self._forget_digest()
        say(self.particulars, "")
        ctx, arrived = self.ctx, self._arrived.emit
        self._job = self.work_reporting(
            lambda report: _take_in(ctx, paths, report, arrived), self._ended_well, tr("汇入上报包"), self._ended_badly
        )
        self._job.cancelled.connect(self._cancelled)

    def _show_arrival(self, arrival: Arrival) -> None:
        followed = arrival.taken.followed if arrival.taken else ()
        self._lines = [_followed(line) if line.name in followed else line for line in self._lines]
        self._lines.append(_line(arrival))
        self.results.show_rows(tuple(self._lines))
        self._show_chips(self.towns.table.total)

    def _ended_well(self, count: int) -> None:
        self._job = None
        refused = sum(line.kind == "bad" for line in self._lines)
        if not count:
            self.summary.setText(tr("这里没有上报包（.ohb）。请让镇街重新写出，或选择别的文件夹。"))
            return
        text = (
            tr("共 {count} 个文件，可以拔出优盘。")
            if not refused
            else tr("共 {count} 个文件，拒收 {refused} 个，可以拔出优盘。")
        )
        self._after(text.format(count=count, refused=refused))

    def _ended_badly(self, error: Exception) -> None:
        self._job = None
        if isinstance(error, UserError):
            self.summary.setText(error.whole)
        else:
            self.summary.setText("")
            self.failed.emit(error)
        if self._lines:
            self.changed.emit(TAKEN_IN)

    def _cancelled(self) -> None:
        self._job = None
        self._after(tr("已停下，汇入了 {count} 个文件，其余没有动过，可以拔出优盘。", count=len(self._lines)))

    def _after(self, text: str) -> None:
        self.summary.setText(text)
        bad = next((row for row, line in enumerate(self._lines) if line.kind == "bad"), 0)
        self.results.view.selectRow(bad)
        self.changed.emit(TAKEN_IN)

    def _show_chips(self, towns: int) -> None:
        chips = (("towns", tr("各镇街(&N)"), towns), ("results", tr("本次收件(&R)"), len(self._lines)))
        self.which.show_chips(chips)

    def _turn_to(self, which: str) -> None:
        self._lists.setCurrentWidget(self.results if which == "results" else self.towns)
        say(self.particulars, "")
        if which == "results":
            self._select_line(self.results.view.current())
        else:
            self._select_town(self.towns.view.current())

    def _select_line(self, line: _Line | None) -> None:
        say(self.particulars, "" if line is None else line.particulars)

    def _select_town(self, town: TownState | None) -> None:
        if town is None or not town.parked:
            say(self.particulars, "")
            return
        text = tr("{name} 有先存着的包，等：{what}。请向镇街要前面的包，到了会自动汇入。")
        say(self.particulars, text.format(name=town.name, what=tr("；").join(town.parked)))

    def _show_towns(self, towns: list[TownState]) -> None:
        self.towns.show_rows(towns)
        self._show_chips(len(towns))

    def _forget_digest(self) -> None:
        """What was shown is of yesterday: nobody may copy it any more."""
        self._stale = True
        self.digest.clear()
        self.copy.hide()

    def _show_digest(self, digest: str) -> None:
        self.digest.setText(tr("汇总指纹 {groups}", groups=grouped(digest)))
        self.digest.setProperty("digest", digest)
        self.copy.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self.digest.property("digest")))
        self.done.emit(tr("已复制汇总指纹（64 位）。"))


def _take_in(ctx: Context, paths: tuple[Path, ...], report: Progress, arrived: object) -> int:
    assert callable(arrived)  # noqa: S101 - the bound emit of a signal, for which the stubs have no type
    files: list[Path] = []
    for path in paths:
        files += inbox.bundles_of_others(ctx, path) if path.is_dir() else [path]
    inbox.take_in_all(ctx, files, report, arrived)
    return len(files)


def _line(arrival: Arrival) -> _Line:
    taken, refusal = arrival.taken, arrival.refusal
    if taken is None:
        assert refusal is not None  # noqa: S101 - a file is taken or refused
        says = tr("{message}{remedy}", message=refusal.message, remedy=refusal.remedy)
        return _Line(arrival.path.name, "", "bad", tr("拒收：{reason}", reason=refusal.message), says, "")
    if taken.outcome is Outcome.PARKED:
        waits = tr("；").join(taken.waits)
        result = tr("等待：{what}", what=waits)
        says = tr("{name} 先存着，等：{what}。前面的包到了会自动汇入。", name=taken.name, what=waits)
        return _Line(arrival.path.name, taken.sender, "warn", result, says, taken.name)
    if taken.outcome is Outcome.ALREADY:
        says = tr("这个包以前收过，没有重复汇入。回执码（电话读给镇街）：{code}", code=taken.receipt)
        return _Line(arrival.path.name, taken.sender, "plain", tr("已有，没有重复汇入"), says, taken.name)
    result = tr("已汇入 {applied} 项", applied=taken.applied)
    if taken.set_aside:
        result = tr("已汇入 {applied} 项，搁置 {aside} 项", applied=taken.applied, aside=len(taken.set_aside))
    lines = [tr("原有 {count} 项，附件 {blobs} 个。", count=taken.already, blobs=taken.blobs)]
    aside = tr("第 {seq} 号没有采用，已保留并会在回执里告诉镇街：{reason}")
    lines += [aside.format(seq=each.seq, reason=each.reason) for each in taken.set_aside]
    lines += [tr("先存着的 {name} 已随后汇入。", name=name) for name in taken.followed]
    lines += [tr("注意：{text}", text=text) for text in taken.warnings]
    lines.append(tr("回执码（没有优盘带回时，电话读给镇街）：{code}", code=taken.receipt))
    kind = "warn" if taken.set_aside or taken.warnings else "ok"
    return _Line(arrival.path.name, taken.sender, kind, result, "\n".join(lines), taken.name)


def _followed(line: _Line) -> _Line:
    return _Line(line.file, line.sender, "ok", tr("前面的包到了，已汇入"), tr("前面的包到了，已自动汇入。"), line.name)


def _line_columns() -> tuple[Column[_Line], ...]:
    return (
        Column(tr("结果"), lambda line: line.result, 300, kind=lambda line: line.kind),
        Column(tr("镇街"), lambda line: line.sender or tr("不明"), 180, sought=True),
        Column(tr("文件"), lambda line: line.file, 400),
    )


def _town_columns(ctx: Context) -> tuple[Column[TownState], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 170, sought=True),
        Column(tr("状态"), lambda town: _state(town)[0], 130, kind=lambda town: _state(town)[1]),
        Column(tr("最近一号"), lambda town: str(town.last or tr("无")), 110, numeric=True),
        Column(tr("缺号"), _missing, 140),
        Column(tr("最近收到"), lambda town: minute_text(town.heard_at) if town.heard_at else tr("还没有"), 140),
        Column(tr("距今（天）"), lambda town: _days(ctx, town), 100, numeric=True),
        Column(tr("代码"), lambda town: town.division, 100),
        Column(tr("电脑"), lambda town: town.replica[:8], 86),
    )


def _state(town: TownState) -> tuple[str, str]:
    if town.parked:
        return tr("有包在等前面的"), "warn"
    if not town.last:
        return tr("还没有收到"), "plain"
    return tr("到齐"), "ok"


def _missing(town: TownState) -> str:
    if not town.missing:
        return tr("无")
    numbers = tr("、").join(str(number) for number in town.missing)
    return numbers if town.parked else tr("{numbers}（内容已随后到齐）", numbers=numbers)


def _days(ctx: Context, town: TownState) -> str:
    if town.heard_at is None:
        return ""
    return str((legal_day(ctx.now()) - legal_day(town.heard_at)) // _DAY)


def _local(url: QUrl) -> Path:
    return Path(url.toLocalFile())
