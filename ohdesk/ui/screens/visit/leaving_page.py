"""离场: what a reviewer would miss, what is done about each finding, which photos are to come; then to be signed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QLineEdit, QListWidgetItem, QWidget

from ohdesk.domain.findings import Disposal
from ohdesk.domain.leaving import LeavingGap, Omission
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.visit import TakenLine
from ohdesk.errors import UserError
from ohdesk.forms.answers import Counts
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.finding.drafts import FindingDraft
from ohdesk.services.record import leave_check
from ohdesk.services.visit import filling as visit_filling
from ohdesk.services.visit import phrases, taken
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, grow, muted, row, say
from ohdesk.ui.kit.low_list import TickLine, TickList
from ohdesk.ui.kit.table_view import Column, TableView
from ohdesk.ui.screens.visit.finding_row import FindingRow
from ohdesk.ui.screens.visit.offered import phrases_for_line
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_CHIPS = 3  # side by side
_GAP_LINES, _TASK_LINES = 6, 4  # shown without scrolling

_OF_PHOTOS = {Omission.NO_CAPTION, Omission.NO_ITEM, Omission.FACES}


class LeavingPage(VisitPage):
    """The check of a visit before it is signed; emits `question_wanted` to jump to what is open.

    reason: why the rest was not inspected · leaving_reason: why something stays open
    """

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "leaving")
        self.rows: list[FindingRow] = []
        self._disposals: Sequence[Disposal] = ()  # of the mode of the visit
        self._chips = [StatusChip() for _ in range(5)]
        self.gaps = TableView("leaving_gaps", tr("审阅时会缺什么"), _columns())
        self._gaps = self.gaps.table
        self.gaps.opened.connect(self._jump)
        self._no_gap = muted(tr("✓ 每一项都有回答，没有缺什么。"))
        self.reason, self.leaving_reason = QLineEdit(), QLineEdit()
        self.fields = {
            "reason": Field(tr("其余各项未检查的原因"), self.reason),
            "leaving_reason": Field(
                tr("没有补齐的理由  F2 选常用语"), self.leaving_reason, tr("只留内部，不印在笔录上。")
            ),
        }
        self._phrases = phrases_for_line(self.leaving_reason, phrases.leaving_phrases)
        self.rest = button(tr("其余记为未检查(&K)"), act=self._save_rest)
        self._score, self._photos = muted(), muted()
        self._all_photos = button(tr("全部照片(&H)"), "Shift+F6", act=lambda: self.page_wanted.emit(Page.PHOTOS))
        self.tasks = TickList(_TASK_LINES)
        self.tasks.setAccessibleName(tr("带来的事项"))
        self.tasks.itemChanged.connect(self._settle_task)
        self._task_lines: list[TickLine] = []
        self._tasks_card = Card("", "", muted(tr("↑ ↓ 移动，空格记为已办；没有办的，离场时写明理由。")), self.tasks)
        self._findings = column(gap="gap")
        self.accept = button(tr("都按建议确定(&P)"), act=self._accept)
        self._findings_card = Card(tr("问题和处置"), "", self._findings, row(self.accept, grow()))
        self._submit = button(tr("去签名(&B)"), act=self.submit, primary=True)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        self.visit = view.id
        self._disposals = visit_rules().disposals_in(view.start.mode)
        clear(self._findings)
        self.rows = []
        draft = self.begin(view.id)
        self._read()
        for each in self.rows:
            # Only refused choices are in a draft: what was accepted is part of the visit.
            if each.question in draft:
                each.try_again(draft[each.question])
        if self._gaps.total:
            self.gaps.selectRow(0)
        self._first_focus().setFocus()

    def typed(self) -> Typed:
        """Return the reasons for what is left open, and choices that were refused, by their question."""
        return {**super().typed(), **{each.question: each.typed() for each in self.rows if each.is_refused}}

    def reload(self) -> None:
        """Read the visit again."""
        if self.visit:
            self._read()

    def submit(self) -> None:
        """Leave, and go to the signatures: nothing that blocks is open, the rest has its reason."""
        found = self._read()  # a photo or an answer may have come since
        if blocking := [gap for gap in found if gap.kind.blocks]:
            self.say_fault(tr("还有 {count} 项没有完成，不能签名。", count=len(blocking)))
            self.show_field(self.gaps)
            self.gaps.selectRow(found.index(blocking[0]))
            return
        open_rows = [each for each in self.rows if each.is_refused or not each.is_settled]
        if open_rows:
            self.say_fault(tr("还有 {count} 个问题没有确定处置。", count=len(open_rows)))
            self.show_field(open_rows[0].disposal)
            return
        with self.refusing():
            change = leave_check.leave(self.ctx, self.visit, self.leaving_reason.text())
            self.leaving_reason.clear()
            self.changed.emit(change)
            self.wanted.emit("record", self.visit)

    def _read(self) -> list[LeavingGap]:
        found = leave_check.leave_check(self.ctx, self.visit)
        self._show_counts(found.counts)
        say(self._score, found.score.sentence if found.score else "")
        # What is done about a finding is chosen beside: a line for it would lead nowhere else.
        gaps = [gap for gap in found.gaps if gap.kind is not Omission.UNSETTLED]
        self._show_gaps(gaps)
        unanswered = found.counts.unanswered
        self.fields["reason"].setVisible(unanswered > 0)
        self.rest.setVisible(unanswered > 0)
        self.rest.setText(tr("其余 {count} 项记为未检查(&K)", count=unanswered))
        self._show_photos(found.photos)
        self._show_tasks(found.tasks)
        self._show_findings(found.findings)
        return gaps

    def _show_gaps(self, gaps: Sequence[LeavingGap]) -> None:
        self._gaps.show_rows(len(gaps), lambda offset, limit: gaps[offset : offset + limit])
        lines = min(_GAP_LINES, len(gaps)) + 1
        self.gaps.setFixedHeight(lines * theme.size("row") + theme.size("gap_small"))
        self.gaps.setVisible(bool(gaps))
        self._no_gap.setVisible(not gaps)
        # Asked last: whoever still has questions to answer may bring some of it in order on the way.
        asked = any(gap.needs_reason for gap in gaps) and not any(gap.kind is Omission.UNANSWERED for gap in gaps)
        self.fields["leaving_reason"].setVisible(asked)
        if not asked:
            self._phrases.hide()

    def _jump(self, gap: LeavingGap) -> None:
        if gap.kind is Omission.TASK_LEFT:
            self.show_field(self.tasks)
        elif gap.kind in _OF_PHOTOS:
            self.page_wanted.emit(Page.PHOTOS)
        elif gap.question:
            self.question_wanted.emit(gap.question)
        elif gap.kind is Omission.ARRIVAL:
            self.page_wanted.emit(Page.ARRIVAL)
        else:
            self.page_wanted.emit(Page.FILLING)

    def _show_tasks(self, tasks: Sequence[TakenLine]) -> None:
        lines = [TickLine(each.task.id, each.task.said, held=each.answered) for each in tasks]
        with QSignalBlocker(self.tasks):  # nobody ticked anything
            if lines != self._task_lines:
                self._task_lines = lines
                self.tasks.show_lines(lines)
            self.tasks.choose(" ".join(each.task.id for each in tasks if each.done))
        self._tasks_card.entitle(tr("带来的事项（{count}）", count=len(tasks)))
        self._tasks_card.setVisible(bool(tasks))

    def _settle_task(self, line: QListWidgetItem) -> None:
        done = line.checkState() == Qt.CheckState.Checked
        with self.refusing():
            self.changed.emit(taken.set_done(self.ctx, self.visit, self.tasks.key_of(line), done=done))
        self._read()

    def _show_counts(self, counts: Counts) -> None:
        shown = (
            (tr("✓ 合格 {count}"), counts.met, "ok"),
            (tr("✗ 不合格 {count}"), counts.not_met, "bad"),
            (tr("— 合理缺项 {count}"), counts.not_applicable, "plain"),
            (tr("○ 未检查 {count}"), counts.not_inspected, "warn"),
            (tr("未答 {count}"), counts.unanswered, "warn" if counts.unanswered else "plain"),
        )
        for chip, (words, count, kind) in zip(self._chips, shown, strict=True):
            chip.show_state(words.format(count=count), kind if count else "plain")

    def _show_photos(self, photos: Sequence[PhotoLine]) -> None:
        to_come = [str(photo.number) for photo in photos if photo.announced]
        words = tr("照片 {count} 张。", count=len(photos)) if photos else tr("没有照片。")
        if to_come:
            words += tr("待补：{numbers} 号；签名后补入的另附照片说明页。", numbers="、".join(to_come))
        self._photos.setText(words)

    def _show_findings(self, found: Sequence[FindingDraft]) -> None:
        if [row.question for row in self.rows] != [each.question for each in found]:
            self._rebuild(len(found))  # only then: a rebuilt row has lost its focus and what was refused in it
        for shown, finding in zip(self.rows, found, strict=True):
            shown.show_finding(finding)
        self._findings_card.entitle(tr("问题和处置（{count}）", count=len(found)) if found else tr("没有发现问题"))
        self.accept.setVisible(any(not each.settled for each in found))

    def _rebuild(self, count: int) -> None:
        clear(self._findings)
        self.rows = [FindingRow(self._disposals) for _ in range(count)]
        for each in self.rows:
            each.settled.connect(partial(self._settle, each))
            each.question_wanted.connect(self.question_wanted)
            self._findings.addWidget(each)

    def _settle(self, finding: FindingRow, question: str, disposal: str, due_on: str) -> None:
        try:
            change = drafts.set_disposal(self.ctx, self.visit, question, disposal, due_on)
        except UserError as error:
            finding.show_fault(error)
            return
        finding.is_refused = False
        self.say_fault("")
        self._show_findings(drafts.draft_findings(self.ctx, self.visit))
        self.changed.emit(change)

    def _accept(self) -> None:
        with self.telling():
            count = drafts.accept_proposals(self.ctx, self.visit)
            self.say_fault("")
            self._show_findings(drafts.draft_findings(self.ctx, self.visit))
            self.done.emit(tr("已按建议确定 {count} 个问题的处置。", count=count))
            self.changed.emit(Change.FINDINGS)
            self._submit.setFocus()

    def _save_rest(self) -> None:
        with self.refusing():
            count = visit_filling.save_rest_as_not_inspected(self.ctx, self.visit, self.reason.text())
            self._read()
            self.reason.clear()
            self.done.emit(tr("其余 {count} 项已记为未检查。", count=count))
            self.changed.emit(Change.VISITS)
            self._first_focus().setFocus()

    def _first_focus(self) -> QWidget:
        if self._gaps.total:
            return self.gaps
        return self.accept if self.accept.isVisibleTo(self) else self._submit

    def _lay_out(self) -> None:
        lines = [row(*self._chips[place : place + _CHIPS], grow()) for place in range(0, len(self._chips), _CHIPS)]
        rest = (self.fields["reason"], row(self.rest, grow()))
        left_open = (self.fields["leaving_reason"], self._phrases)
        whole = Card(
            tr("离场前核对"),
            "",
            *lines,
            self._score,
            self._no_gap,
            self.gaps,
            *rest,
            *left_open,
            row(grow(self._photos), self._all_photos),
        )
        self.put_cards((whole,), (self._tasks_card, self._findings_card))
        self.add_actions(self._submit)


def _columns() -> tuple[Column[LeavingGap], ...]:
    return (
        Column(tr("缺口"), lambda gap: gap.kind.word, 150, kind=_kind),
        Column(tr("说明"), _said, 290),
    )


def _kind(gap: LeavingGap) -> str:
    return "bad" if gap.kind.blocks else "warn" if gap.needs_reason else "plain"


def _said(gap: LeavingGap) -> str:
    return tr("{sentence}（{reason}）", sentence=gap.sentence, reason=gap.reason) if gap.reason else gap.sentence
