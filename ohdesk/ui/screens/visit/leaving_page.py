"""离场: what is still open, what is done about each finding, which photos are to come; then to be signed."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.domain.calendar import parse_day
from ohdesk.domain.problems import at_field
from ohdesk.domain.record import PhotoLine
from ohdesk.errors import UserError
from ohdesk.forms.answers import Counts
from ohdesk.forms.definition import Question
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.finding.drafts import FindingDraft
from ohdesk.services.visit import filling as visit_filling
from ohdesk.services.visit.filling import FillingView
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice, put_value, value_of
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, grid, grow, muted, row, text
from ohdesk.ui.kit.table_view import Column, TableView
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_CHIPS = 3  # side by side
_OPEN_LINES = 5  # shown without scrolling


class OpenItem(NamedTuple):
    """A question that is not done, and what it lacks."""

    question: Question
    lacking: str


class LeavingPage(VisitPage):
    """The summary of a visit before it is signed; emits `question_wanted` to jump to what is open."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "leaving")
        self.rows: list[FindingRow] = []
        self._chips = [StatusChip() for _ in range(5)]
        self.open_items = TableView("open_items", tr("还没有完成的项"), _columns())
        self._open = self.open_items.table
        self.open_items.opened.connect(lambda item: self.question_wanted.emit(item.question.id))
        self._none_open = muted(tr("✓ 每一项都有回答，要填的都填了。"))
        self.reason = QLineEdit()
        self.fields = {"reason": Field(tr("其余各项未检查的原因"), self.reason)}
        self.rest = button(tr("其余记为未检查(&K)"), act=self._save_rest)
        self._photos = muted()
        self._findings = column(gap="gap")
        self.accept = button(tr("都按建议确定(&P)"), act=self._accept)
        self._findings_card = Card(tr("问题和处置"), "", self._findings, row(self.accept, grow()))
        self._submit = button(tr("去签名(&B)"), act=self.submit, primary=True)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        self.visit = view.id
        clear(self._findings)
        self.rows = []
        draft = self.begin(view.id)
        self._read()
        for each in self.rows:
            # Only refused choices are in a draft: what was accepted is part of the visit.
            if each.question in draft:
                each.try_again(draft[each.question])
        (self.open_items if self.open_items.isVisibleTo(self) else self._first_focus()).setFocus()

    def typed(self) -> Typed:
        """Return the reason for what is left open, and choices that were refused, by their question."""
        return {**super().typed(), **{each.question: each.typed() for each in self.rows if each.is_refused}}

    def reload(self) -> None:
        """Read the visit again."""
        if self.visit:
            self._read()

    def submit(self) -> None:
        """Go to the signatures, if nothing is open; what is proposed and not settled has to be looked at first."""
        self._read()  # a photo or an answer may have come since
        if self._open.total:
            self.say_fault(tr("还有 {count} 项没有完成，不能签名。", count=self._open.total))
            self.show_field(self.open_items)
            self.open_items.selectRow(0)
            return
        open_rows = [each for each in self.rows if each.is_refused or not each.is_settled]
        if open_rows:
            self.say_fault(tr("还有 {count} 个问题没有确定处置。", count=len(open_rows)))
            self.show_field(open_rows[0].disposal)
            return
        self.wanted.emit("record", self.visit)

    def _read(self) -> None:
        filling = visit_filling.open_form(self.ctx, self.visit)
        self._show_counts(filling.counts)
        items = _open_items(filling)
        self._open.show_rows(len(items), lambda offset, limit: items[offset : offset + limit])
        lines = min(_OPEN_LINES, len(items)) + 1
        self.open_items.setFixedHeight(lines * theme.size("row") + theme.size("gap_small"))
        self.open_items.setVisible(bool(items))
        self._none_open.setVisible(not items)
        unanswered = filling.counts.unanswered
        self.fields["reason"].setVisible(unanswered > 0)
        self.rest.setVisible(unanswered > 0)
        self.rest.setText(tr("其余 {count} 项记为未检查(&K)", count=unanswered))
        self._show_photos(filling.photos)
        self._show_findings()

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

    def _show_findings(self) -> None:
        found = drafts.draft_findings(self.ctx, self.visit)
        if [row.question for row in self.rows] != [each.question for each in found]:
            self._rebuild(len(found))  # only then: a rebuilt row has lost its focus and what was refused in it
        for shown, finding in zip(self.rows, found, strict=True):
            shown.show_finding(finding)
        self._findings_card.entitle(tr("问题和处置（{count}）", count=len(found)) if found else tr("没有发现问题"))
        self.accept.setVisible(any(not each.settled for each in found))

    def _rebuild(self, count: int) -> None:
        clear(self._findings)
        self.rows = [FindingRow() for _ in range(count)]
        for each in self.rows:
            each.settled.connect(partial(self._settle, each))
            each.question_wanted.connect(self.question_wanted)
            self._findings.addWidget(each)

    def _settle(self, finding: "FindingRow", question: str, disposal: str, due_on: str) -> None:
        try:
            change = drafts.set_disposal(self.ctx, self.visit, question, disposal, due_on)
        except UserError as error:
            finding.show_fault(error)
            return
        finding.is_refused = False
        self.say_fault("")
        self._show_findings()
        self.changed.emit(change)

    def _accept(self) -> None:
        with self.telling():
            count = drafts.accept_proposals(self.ctx, self.visit)
            self.say_fault("")
            self._show_findings()
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
        if self._open.total:
            return self.open_items
        return self.accept if self.accept.isVisibleTo(self) else self._submit

    def _lay_out(self) -> None:
        lines = [row(*self._chips[place : place + _CHIPS], grow()) for place in range(0, len(self._chips), _CHIPS)]
        rest = (self.fields["reason"], row(self.rest, grow()))
        whole = Card(tr("检查情况"), "", *lines, self._none_open, self.open_items, *rest, self._photos)
        self.put_cards((whole,), (self._findings_card,))
        self.add_actions(self._submit)


class FindingRow(QWidget):
    """One finding before the record: the fact, what is done about it, and until when.

    Emits `settled(question, disposal, day)` with each choice, and when the day is left.
    is_refused: what stands here is not what is stored
    """

    settled = Signal(str, str, str)
    question_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.question = ""
        self.is_settled = self.is_refused = False
        self._shown = ("", "")
        self._fact, self._duty, self._state = text(), muted(), StatusChip()
        self.disposal, self.day = LongChoice(), DayEdit()
        self.disposal.offer((rule.id, rule.name) for rule in visit_rules().disposals)
        self.disposal.activated.connect(self._choose)
        self.day.day_changed.connect(self._say_day)
        self.day.returnPressed.connect(self._give)
        self.day.editingFinished.connect(self._give_changed)
        self.day_field = Field(tr("改正期限"), self.day)
        tip = tr("回到这一项修改  Ctrl+J")
        jump = button(tr("看这一项"), tip, act=lambda: self.question_wanted.emit(self.question), quiet=True)
        QShortcut("Ctrl+J", self, jump.click, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        fields = grid((Field(tr("处置"), self.disposal), self.day_field), (1, 1))
        foot = row(self._state, grow(), jump, gap="")
        column(self._fact, self._duty, fields, foot, of=self, gap="gap_tiny")

    def show_finding(self, finding: FindingDraft) -> None:
        """Show a finding as it stands, proposed or settled; a choice that was refused stays until it is put right."""
        self.question, self.is_settled = finding.question, finding.settled
        fact = finding.fact or tr("没有写明事实")
        self._fact.setText(tr("{number}. {fact}", number=finding.number, fact=fact))
        self._duty.setText(
            tr(
                "第 {number} 项 · {duty} · 证据：{evidence}",
                number=finding.question_number,
                duty="；".join(finding.duty),
                evidence=finding.evidence,
            )
        )
        self._state.show_state(*((tr("✓ 已确定"), "ok") if finding.settled else (tr("○ 建议，未确定"), "warn")))
        if self.is_refused:
            return  # what is stored would write over what is being put right
        self._shown = (finding.disposal, finding.due_on)
        self._put(*self._shown)
        self.day_field.setVisible(self._needs_day())
        self.day_field.clear_error()

    def show_fault(self, error: UserError) -> None:
        """Say beside the deadline why nothing was saved."""
        self.is_refused = True
        self.day_field.show()
        self.day_field.set_error("".join(map(at_field, error.problems)) or error.message)

    def typed(self) -> str:
        """Return a choice that was refused, to be kept."""
        return " ".join(self._given()) if self.is_refused else ""

    def try_again(self, typed: str) -> None:
        """Put back a choice that was refused."""
        disposal, _, day = typed.partition(" ")
        self._put(disposal, day)
        self._give()

    def _put(self, disposal: str, day: str) -> None:
        put_value(self.disposal, disposal)
        self.day.set_day(day)

    def _given(self) -> tuple[str, str]:
        return value_of(self.disposal), self.day.day()

    def _say_day(self, day: str) -> None:
        self.day_field.rename(tr("改正期限"), work_calendar().day_word(parse_day(day)) if self.day.is_day else "")

    def _choose(self) -> None:
        needs = self._needs_day()
        self.day_field.setVisible(needs)
        if not needs:
            self.day.clear()
        elif not self.day.day():
            self.day.setFocus()  # nothing is settled without its day, and nothing is refused before it is asked
            return
        self._give()

    def _give(self) -> None:
        if not self.is_settled or self._given() != self._shown:
            self.settled.emit(self.question, *self._given())

    def _give_changed(self) -> None:
        """Leaving the day settles what was changed; walking past it settles nothing."""
        if self._given() != self._shown:
            self._give()

    def _needs_day(self) -> bool:
        return visit_rules().disposal(value_of(self.disposal)).has_deadline


def _open_items(filling: FillingView) -> list[OpenItem]:
    items = []
    for question in filling.form.questions:
        view = filling.answers.get(question.id)
        if view is None:
            items.append(OpenItem(question, tr("没有作答")))
        elif view.missing:
            items.append(OpenItem(question, at_field(view.missing[0])))
    return items


def _columns() -> tuple[Column[OpenItem], ...]:
    return (
        Column(tr("项"), lambda item: str(item.question.number), 44, numeric=True),
        Column(tr("还缺"), lambda item: item.lacking, 130),
        Column(tr("检查项"), lambda item: item.question.text, 260),
    )
