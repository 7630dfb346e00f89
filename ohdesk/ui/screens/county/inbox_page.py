"""收件: take in the towns' bundles one after the other, and see what is missing from whom."""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication

from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.county import towns
from ohdesk.services.county.digest import digest
from ohdesk.services.county.towns import TownState
from ohdesk.services.exchange import inbox
from ohdesk.services.exchange.inbox import Arrival
from ohdesk.services.exchange.quarantine import RefusedBundle, refused_bundles
from ohdesk.services.exchange.receiving import Outcome, Taken
from ohdesk.services.trust import held_back
from ohdesk.services.trust.held_back import HeldBack, ToDo
from ohdesk.ui.kit.actions import action, button, focus_offered, primary_action
from ohdesk.ui.kit.bundles import PlaceChoice, refused_list, refused_particulars
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_files, choose_target
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, muted, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.lists import Lists
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.verifying import Verifying
from ohdesk.ui.kit.wording import grouped, minute_text

_DAY = timedelta(days=1)
_TO_DO_KINDS = {ToDo.UPDATE: "warn", ToDo.CERTIFY: "warn", ToDo.WAIT: "plain", ToDo.CORRECT: "bad"}
# The lists.
_TOWNS, _FILES, _HELD_BACK, _REFUSED = "county_towns", "county_results", "county_held_back", "county_refused"


class _Line(NamedTuple):
    """One file of this run as it is shown; id: its path."""

    id: str
    file: str
    sender: str
    kind: str
    result: str
    particulars: str


class _View(NamedTuple):
    towns: list[TownState]
    held_back: list[HeldBack]
    refused: list[RefusedBundle]


class InboxPage(Page):
    """Takes many files; each gets its own line, and what is refused changes nothing."""

    _arrived = Signal(object)  # Arrival, from the worker

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._job: Job | None = None
        self._arrivals: list[Arrival] = []
        self._lines: list[_Line] = []
        self._fingerprint = Latest(self)
        self.places = PlaceChoice(ctx, jobs, tr("优盘或文件夹"))
        self.files = action("document", tr("选择文件…(&O)"), self.choose)
        self.button = primary_action("import", tr("全部汇入(&W)"), self.take_place)
        self.allow(Right.BUNDLE, self.files, self.button)
        self.setAcceptDrops(self.button.isEnabled())
        self.summary, self.digest = text(), muted()
        self.digest.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.copy = button(tr("复制指纹(&C)"), act=self._copy, quiet=True)
        self.lists = Lists(tr("收件"))
        self.lists.add(_TOWNS, tr("各镇街(&N)"), self._towns_list, _waits)
        self.lists.add(_FILES, tr("本次收件(&R)"), _files_list, lambda line: line.particulars)
        self.lists.add(_HELD_BACK, tr("搁置的内容(&A)"), _held_back_list, _why_held_back)
        self.lists.add(_REFUSED, tr("留存的拒收包(&B)"), lambda: refused_list(_REFUSED), refused_particulars)
        self.export = action("export", tr("导出搁置清单…(&E)"), self._choose_export)
        self.lists.chips.chosen.connect(lambda _key: self._offer_export())
        self.verifying = Verifying(ctx, jobs)
        source = row(grow(self.places), self.files, self.button)
        foot = row(grow(self.summary, 3), grow(self.digest, 2), self.copy)
        taking = Card(tr("汇入上报包"), "import", source, foot, self.verifying)
        body = column(taking, grow(self.lists), row(grow(), self.export))
        column(grow(Scrolled(box(body))), of=self)
        self._arrived.connect(self._show_arrival)
        self.hand_on(self.places, self.verifying)

    def reload(self) -> None:
        """Read again what came from the towns."""
        self.places.look()
        self.latest.ask(partial(_read, self.ctx), self._show)
        self._fingerprint.forget()
        self._show_digest("")  # what was shown is of yesterday
        if self._job is None:
            self.verifying.start()

    def _show(self, view: _View) -> None:
        self.lists.show_rows(_TOWNS, view.towns)
        self.lists.show_rows(_HELD_BACK, view.held_back)
        self.lists.show_rows(_REFUSED, view.refused)
        self._offer_export()

    def _offer_export(self) -> None:
        self.export.setVisible(self.lists.chips.current == _HELD_BACK and bool(self.lists.list_of(_HELD_BACK).shown))

    def _choose_export(self) -> None:
        suggested = tr("{office}搁置的内容.xlsx", office=self.ctx.office.name)
        if path := choose_target(self, tr("导出搁置清单"), suggested, "Excel (*.xlsx)"):
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write what is held back into a workbook, on the worker."""
        rows = tuple(self.lists.list_of(_HELD_BACK).shown)
        said = tr("已导出 {count} 项：{path}")
        self.write_rows(lambda: held_back.export(rows, path), path, tr("导出搁置清单"), said)

    def focus_first(self) -> None:
        """The focus is on the button that takes everything in."""
        focus_offered(self.button, self.places)

    def choose(self) -> None:
        """Ask for files and take them in."""
        self.take(choose_files(self, tr("选择镇街的上报包"), tr("上报包 (*.ohb);;所有文件 (*)")))

    def take_place(self) -> None:
        """Take in every bundle on the stick or in the folder chosen."""
        place = self.places.place
        if place is None:
            self.summary.setText(tr("还没有优盘：请插入优盘后再查找，或选择文件夹、文件。"))
        else:
            self.take((place,))

    def take(self, paths: tuple[Path, ...]) -> None:
        """Take in these files and what lies in these folders, on the worker."""
        if self._job is not None or not paths:
            return
        self._arrivals = []
        self._show_lines()
        self.lists.turn_to(_FILES)
        self.summary.setText(tr("正在汇入，请不要拔出优盘"))
        self._show_digest("")
        ctx, arrived = self.ctx, self._arrived.emit
        self._job = self.work_reporting(
            lambda report: _take_in(ctx, paths, report, arrived), self._show_end, tr("汇入上报包"), self._fail
        )
        self._job.cancelled.connect(self._cancelled)
        self._job.ended.connect(self._ended)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take(tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))

    def _show_arrival(self, arrival: Arrival) -> None:
        self._arrivals.append(arrival)
        self._show_lines()

    def _show_lines(self) -> None:
        followed = {name for each in self._arrivals if each.taken for name in each.taken.followed}
        self._lines = [_line(each, followed) for each in self._arrivals]
        self.lists.show_rows(_FILES, self._lines)

    def _show_end(self, count: int) -> None:
        refused = sum(line.kind == "bad" for line in self._lines)
        said = tr("共 {count} 个文件，可以拔出优盘。")
        if not count:
            said = tr("这里没有上报包（.ohb）。请让镇街重新写出，或选择别的文件夹。")
        elif refused:
            said = tr("共 {count} 个文件，拒收 {refused} 个，可以拔出优盘。")
        self.summary.setText(said.format(count=count, refused=refused))

    def _fail(self, error: Exception) -> None:
        self.summary.clear()
        self.refusal(lambda refused: self.summary.setText(refused.whole))(error)

    def _cancelled(self) -> None:
        said = tr("已停下，汇入了 {count} 个文件，其余没有动过，可以拔出优盘。", count=len(self._lines))
        self.summary.setText(said)

    def _ended(self) -> None:
        self._job = None
        # Who comes back to a long list is shown first what was refused: it is what has to be seen to.
        worst = sorted(self._lines, key=lambda line: line.kind != "bad")
        if worst:
            self.lists.list_of(_FILES).select(worst[0].id)
            self.changed.emit(Change.SHARED)
        self.verifying.start_again()

    def _towns_list(self) -> ListWithPane[TownState]:
        nothing = EmptyState(tr("还没有镇街"), tr("在“镇街登记”里写出县级名片、给镇街签发答复，镇街就会排在这里。"))
        return ListWithPane(_TOWNS, tr("各镇街"), _town_columns(self.ctx), nothing, edges=None)

    def _show_digest(self, digest: str) -> None:
        self.digest.setText(tr("汇总指纹 {groups}", groups=grouped(digest)) if digest else "")
        self.digest.setProperty("digest", digest)

    def _copy(self) -> None:
        # Made when it is asked for: over everything held, it takes as long as there is much.
        self.digest.setText(tr("正在计算汇总指纹 …"))
        self._fingerprint.ask(partial(digest, self.ctx), self._copied)

    def _copied(self, digest: str) -> None:
        self._show_digest(digest)
        QGuiApplication.clipboard().setText(digest)
        self.done.emit(tr("已复制汇总指纹（64 位）。"))


def _read(ctx: Context) -> _View:
    return _View(towns.town_states(ctx), held_back.held_back(ctx), refused_bundles(ctx))


def _take_in(ctx: Context, paths: tuple[Path, ...], report: Progress, arrived: Callable[[Arrival], None]) -> int:
    files: list[Path] = []
    for path in paths:
        files += inbox.bundles_of_others(ctx, path) if path.is_dir() else [path]
    inbox.take_in_all(ctx, files, report, arrived)
    return len(files)


def _line(arrival: Arrival, followed: Collection[str]) -> _Line:
    """Return a file as it is shown; followed: the bundles that had to wait and came in after one they waited for."""
    file, taken, refusal = arrival.path, arrival.taken, arrival.refusal
    if taken is not None:
        return _Line(str(file), file.name, taken.sender, *_told(taken, followed))
    assert refusal is not None  # noqa: S101 - a file is taken or refused
    reason = tr("拒收：{reason}", reason=refusal.message)
    return _Line(str(file), file.name, "", "bad", reason, refusal.whole)


def _told(taken: Taken, followed: Collection[str]) -> tuple[str, str, str]:
    """Return kind, result and particulars of a bundle that was taken."""
    kind, result, particulars = _outcome(taken, followed)
    if taken.volumes > 1:
        result = tr("{result}（第 {i} 卷，共 {n} 卷）", result=result, i=taken.volume, n=taken.volumes)
        missing = [tr("还没有收到：{what}", what=what) for what in taken.missing if what not in taken.waits]
        particulars = "\n".join([particulars, *missing])
    return kind, result, particulars


def _outcome(taken: Taken, followed: Collection[str]) -> tuple[str, str, str]:
    if taken.outcome is Outcome.PARKED and taken.name in followed:
        return "ok", tr("前面的包到了，已汇入"), tr("前面的包到了，已自动汇入。")
    if taken.outcome is Outcome.PARKED:
        waits = tr("；").join(taken.waits)
        said = tr("{name} 先存着，等：{what}。前面的包到了会自动汇入。", name=taken.name, what=waits)
        return "warn", tr("等待：{what}", what=waits), said
    if taken.outcome is Outcome.ALREADY:
        said = tr("这个包以前收过，没有重复汇入。回执码（电话读给镇街）：{code}", code=taken.receipt)
        return "plain", tr("已有，没有重复汇入"), said
    result = tr("已汇入 {applied} 项", applied=taken.applied)
    if taken.blobs and not taken.applied:
        result = tr("已汇入附件 {blobs} 个", blobs=taken.blobs)
    if taken.set_aside:
        result = tr("已汇入 {applied} 项，搁置 {aside} 项", applied=taken.applied, aside=len(taken.set_aside))
    lines = [tr("原有 {count} 项，附件 {blobs} 个。", count=taken.already, blobs=taken.blobs)]
    aside = tr("第 {seq} 号没有采用，已保留并会在回执里告诉镇街：{reason}")
    lines += [aside.format(seq=each.seq, reason=each.reason) for each in taken.set_aside]
    lines += [tr("先存着的 {name} 已随后汇入。", name=name) for name in taken.followed]
    lines += [tr("注意：{text}", text=text) for text in taken.warnings]
    lines.append(tr("回执码（没有优盘带回时，电话读给镇街）：{code}", code=taken.receipt))
    return "warn" if taken.set_aside or taken.warnings else "ok", result, "\n".join(lines)


def _files_list() -> ListWithPane[_Line]:
    nothing = EmptyState(tr("本次还没有收件"), tr("插入镇街的优盘后全部汇入，或选择文件，或把文件拖到这里。"))
    return ListWithPane(_FILES, tr("本次收件"), _line_columns(), nothing, edges=None)


def _held_back_list() -> ListWithPane[HeldBack]:
    nothing = EmptyState(
        tr("没有搁置的内容"),
        tr("镇街写的、签名或内容不能采用的，原样留在这里，说明原因和怎么办；能采用时会自动再试。"),
    )
    return ListWithPane(_HELD_BACK, tr("搁置的内容"), _held_back_columns(), nothing, edges=None)


def _why_held_back(row: HeldBack) -> str:
    return tr("{reason}。{to_do}。", reason=row.reason, to_do=row.to_do.word)


def _line_columns() -> tuple[Column[_Line], ...]:
    return (
        Column(tr("结果"), lambda line: line.result, 440, kind=lambda line: line.kind),
        Column(tr("镇街"), lambda line: line.sender or tr("不明"), 180, sought=True),
        Column(tr("文件"), lambda line: line.file, 400),
    )


def _held_back_columns() -> tuple[Column[HeldBack], ...]:
    return (
        Column(tr("镇街"), lambda row: row.office, 150, sought=True),
        Column(tr("内容"), lambda row: row.subject, 100),
        Column(tr("办理人"), lambda row: row.person, 90),
        Column(tr("时间"), lambda row: minute_text(parse_instant(row.at)) if row.at else "", 136),
        Column(tr("原因"), lambda row: row.reason, 330),
        Column(tr("怎么办"), lambda row: row.to_do.word, 330, kind=lambda row: _TO_DO_KINDS[row.to_do]),
    )


def _town_columns(ctx: Context) -> tuple[Column[TownState], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 170, sought=True),
        Column(tr("状态"), lambda town: _state(town)[0], 130, kind=lambda town: _state(town)[1]),
        Column(tr("最近一号"), lambda town: str(town.last or tr("无")), 110, numeric=True, by=lambda town: town.last),
        Column(tr("缺号"), _missing, 140),
        Column(tr("最近收到"), lambda town: minute_text(town.heard_at) if town.heard_at else tr("还没有"), 140),
        Column(tr("距今（天）"), lambda town: _days(ctx, town), 100, numeric=True),
        Column(tr("代码"), lambda town: town.division, 100),
        Column(tr("电脑"), lambda town: town.id[:8], 86),
    )


def _state(town: TownState) -> tuple[str, str]:
    if town.stuck:
        return tr("有包收不进来"), "bad"
    if town.doubts:
        return tr("有包要核对"), "warn"
    if town.parked:
        return tr("有包在等前面的"), "warn"
    if town.volumes:
        return tr("还缺几卷"), "warn"
    if not town.last:
        return tr("还没有收到"), "plain"
    if town.resets:
        return tr("重置过密码"), "warn"
    return tr("到齐"), "ok"


def _waits(town: TownState) -> str:
    missing = (tr("还没有收到：{what}", what=what) for what in town.volumes)
    lines = [*town.resets, *town.doubts, *missing, *(tr("收不进来的包 {what}", what=what) for what in town.stuck)]
    if town.parked:
        said = tr("{name} 有先存着的包，等：{what}。请向镇街要前面的包，到了会自动汇入。")
        lines.append(said.format(name=town.name, what=tr("；").join(town.parked)))
    return "\n".join(lines)


def _missing(town: TownState) -> str:
    if not town.missing:
        return tr("无")
    numbers = tr("、").join(f"{first}" if first == last else f"{first}–{last}" for first, last in town.missing)
    return numbers if town.parked else tr("{numbers}（内容已随后到齐）", numbers=numbers)


def _days(ctx: Context, town: TownState) -> str:
    if town.heard_at is None:
        return ""
    return str((legal_day(ctx.now()) - legal_day(town.heard_at)) // _DAY)
