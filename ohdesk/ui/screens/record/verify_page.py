"""Files that somebody hands in, verified one after the other: what holds, what does not, what could not be checked."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.card import CheckLines
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_files
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, say, text
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import grouped

if TYPE_CHECKING:
    from ohdesk.services.record.file_verdicts import FileVerdict, FileVerdicts

_LONG_HEX = re.compile("[0-9a-f]{32,}")
_LIST_SHARE = 45  # per cent of the page
_STATES = {Verdict.HOLDS: "ok", Verdict.FAILS: "bad", Verdict.UNCHECKED: "warn"}


class VerifyPage(StepPage):
    """Looks at one file at a time, aside: whoever works on meanwhile waits for nothing."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._waiting: deque[Path] = deque()
        self._looks: FileVerdicts | None = None
        self._rows: list[FileVerdict] = []
        self.told: dict[str, tuple[str, ...]] = {}  # of the file selected, the facts under each heading
        self.header = self.put_header(tr("校验文件"), tr("返回列表(&L)"))
        self.header.say(tr("签名文书、上报包、公示包；文件和工作区都不改动"))
        hint = tr("把文件拖到窗口里任何地方，或按“选择文件…”。可以一次多个。")
        self.list = ListOrWhy("verified_files", tr("校验过的文件"), _columns(), EmptyState(tr("还没有文件"), hint))
        self.list.view.selected.connect(self._show_verdict)
        self._name, self._said = text("", "heading"), text()
        self.state = StatusChip(wraps=True)
        self._groups = column(gap="gap")
        self.choose = primary_action("document", tr("选择文件…(&C)"), self.submit)
        self.put_beside(self.list, _LIST_SHARE, left=True)
        for widget in (self._name, self.state, self._said):
            self.cards.addWidget(widget)
        self.cards.addLayout(self._groups)
        self.add_actions(self.choose)
        self._show_verdict(None)

    @property
    def verdicts(self) -> "tuple[FileVerdict, ...]":
        """What was found, the newest first."""
        return tuple(self._rows)

    def verify(self, files: Sequence[Path]) -> None:
        """Look at files, after those that wait already."""
        idle = not self.is_busy
        self._waiting.extend(files)
        if idle:
            self._go_on()
        self.show_state()

    def focus_first(self) -> None:
        """Put the focus into the list, else on what chooses files."""
        (self.list.view if self._rows else self.choose).setFocus()

    def submit(self) -> None:
        """Choose files and look at them."""
        kinds = tr("文书和包 (*.pdf *.ohb *.zip);;所有文件 (*)")
        self.verify(choose_files(self, tr("选择要校验的文件"), kinds))

    def go_back(self) -> None:
        """Leave the page; what waits is given up."""
        self._waiting.clear()
        self.back_wanted.emit()

    def show_state(self) -> None:
        bad = sum(each.verdict is Verdict.FAILS for each in self._rows)
        ready = (
            tr("校验了 {count} 个文件，{bad} 个不通过或没有查。", count=len(self._rows), bad=bad) if self._rows else ""
        )
        if self.is_busy:
            ready = tr("正在校验，还有 {count} 个…", count=len(self._waiting) + 1)
        self.show_missing((), ready)

    def _go_on(self) -> None:
        if not self._waiting:
            return
        path, self.is_busy = self._waiting.popleft(), True
        self.read_aside(partial(self._look, path), self.show_found, partial(self._fail, path))

    def _look(self, path: Path) -> "FileVerdict":
        from ohdesk.services.record.file_verdicts import FileVerdicts  # late, aside: brings pyHanko, 0.4 s

        if self._looks is None:
            self._looks = FileVerdicts(self.ctx)
            self.destroyed.connect(self._looks.close)  # when the program is locked, the child must not be left behind
        return self._looks.of(path)

    def show_found(self, found: "FileVerdict") -> None:
        """Show what was found of a file, and go on with the next."""
        self.is_busy = False
        self._rows.insert(0, found)
        self.list.show_rows(self._rows)
        self.list.view.selectRow(0)
        self._show_verdict(found)
        self._go_on()
        self.show_state()
        if not self.is_busy and self.isVisible():
            self.list.view.setFocus()

    def _fail(self, path: Path, error: Exception) -> None:
        from ohdesk.services.record.file_verdicts import FileVerdict  # loaded by now

        if isinstance(error, UserError):  # the disk, a stick that is gone: of this file, and told as the others are
            self.show_found(FileVerdict(path, None, error.whole))
            return
        self.is_busy = False
        self._waiting.clear()
        self.failed.emit(error)
        self.show_state()

    def _show_verdict(self, row: "FileVerdict | None") -> None:
        say(self._name, "" if row is None else row.path.name)
        self.state.setVisible(row is not None)
        say(self._said, "" if row is None else row.refused)
        if row is not None:
            self.state.show_state(_conclusion(row), _kind(row))
        clear(self._groups)
        self.told = {}
        for heading, facts in _groups(row):
            lines = CheckLines()
            self._groups.addLayout(column(text(heading, "heading"), lines, gap="gap_tiny"))
            lines.show_facts(facts)  # once it has its place, or it would be a window of its own
            self.told[heading] = lines.words


def _groups(row: "FileVerdict | None") -> Iterator[tuple[str, list[Fact]]]:
    """Yield what is said of a file in groups: what fails, what was not checked by each reason, what holds."""
    facts = row.found.facts if row is not None and row.found is not None else ()
    if failing := [fact for fact in facts if fact.verdict is Verdict.FAILS]:
        yield tr("不成立（{count} 项）", count=len(failing)), failing
    left = [fact for fact in facts if fact.verdict is Verdict.UNCHECKED]
    for reason in dict.fromkeys(fact.detail for fact in left):
        those = [replace(fact, detail="") for fact in left if fact.detail == reason]
        yield tr("没有查（{count} 项）：{reason}", count=len(those), reason=reason), those
    if holding := [fact for fact in facts if fact.verdict is Verdict.HOLDS]:
        yield tr("成立（{count} 项）", count=len(holding)), [_wrapping(fact) for fact in holding]


def _wrapping(fact: Fact) -> Fact:
    """Return a fact whose long fingerprints are in groups, between which a line can end."""
    return replace(fact, detail=_LONG_HEX.sub(lambda found: grouped(found[0], 8, len(found[0])), fact.detail))


def _conclusion(row: "FileVerdict") -> str:
    if row.found is None:
        return tr("✗ 没有查")
    if row.found.kind == "unsigned":
        return tr("没有电子签名，不能证明什么")
    return {
        Verdict.HOLDS: tr("✔ 可以核对的都成立"),
        Verdict.FAILS: tr("✗ 核对不通过，不能当作有效文书"),
        Verdict.UNCHECKED: tr("没有查出问题，但签名没有核到县级，不能当作证明"),
    }[row.verdict]


def _kind(row: "FileVerdict") -> str:
    return "warn" if row.found is None else _STATES[row.verdict]


def _columns() -> "tuple[Column[FileVerdict], ...]":
    def word(row: "FileVerdict") -> str:
        if row.found is None:
            return tr("没有查")
        return {Verdict.HOLDS: tr("成立"), Verdict.FAILS: tr("不通过")}.get(row.verdict, tr("不能证明"))

    return (
        Column(tr("文件"), lambda row: row.path.name, 300, sought=True),
        Column(tr("种类"), lambda row: row.found.word if row.found else "—", 110),
        Column(tr("结论"), word, 90, kind=_kind),
    )
