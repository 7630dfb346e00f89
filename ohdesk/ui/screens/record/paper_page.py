"""One paper: at the left its pages; at the right what its form asks, what became of it, and the next step."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.paper_life import PaperAct, PaperState
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.domain.register.values import problem_of
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.office import people
from ohdesk.services.paper import export, life, views
from ohdesk.services.paper.views import OpenPaper
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.asked import NONE, as_typed, show_asked
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, facts, grow, row, say, stack, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.paper import Paper
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.saving import offer_saving
from ohdesk.ui.screens.record.paper_steps import Step, leads, next_of, state_kind, withdrawing

_SHARES = (58, 42)  # of the width: pages, and what is done


class Typed(NamedTuple):
    """What was typed into a draft and is not saved."""

    paper: str
    values: dict[str, str]


class PaperPage(Page):
    """Alt+P is the next step; what it asks is asked in the place of what is known."""

    back_wanted = Signal()
    scan_wanted = Signal(str)  # the id of a paper that is to come back as pictures

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.opened: OpenPaper | None = None
        self._typed: dict[str, str] | None = None  # what stands in the form; the worker reads no widget
        self._drawing = Latest(self, aside=True)
        self._draws = later(self, self._draw, "text_saved_after_ms")
        self.form, self.asking = Form(()), Form(())
        self.header = Header("")
        self.out = Paper(ctx, jobs, self._pages, tr("导出…(&O)"), tr("打印(&R)"), self._write)
        self.hand_on(self.out)
        self.withdraw = action("remove", tr("作废…(&W)"), self.ask_withdrawal)
        self.keep = action("save", tr("保存(&S)"), self.save, "Ctrl+S")
        self.header.add(action("back", tr("返回"), self.go_back, "Esc"), self.out, self.withdraw, self.keep)
        self.pdf = PdfView(jobs)
        self.pane = Pane(tr("办理情况"))
        self.pane.close_button.hide()
        self.next = button("", act=self.ask_next, primary=True)
        self.scan = button(tr("归入扫描件…(&F)"), act=self.bring_back)
        self.pane.add_actions(self.scan, self.next)
        self._right = stack(self.pane, self.form, self.asking)
        self._right.currentChanged.connect(
            lambda _place: self.keep.setVisible(self._right.currentWidget() is self.form)
        )
        column(
            self.header,
            grow(row(grow(self.pdf, _SHARES[0]), grow(self._right, _SHARES[1]), gap="gap", edges=("page_side", "gap"))),
            of=self,
            gap="",
        )
        self.on_key("Esc", self.go_back)
        self.on_key("Ctrl+P", self.out.print.click)
        self.on_key("Ctrl+S", self.keep.click)

    def open(self, paper: str, typed: Mapping[str, str] | None = None) -> None:
        """Show a paper by its id; typed: what was typed before a lock. Raises UserError where there is none."""
        self.opened = opened = views.open_paper(self.ctx, paper)
        entry = opened.entry
        self._typed = None
        self.header.entitle(entry.form.title)
        self.header.say("　".join(filter(None, (opened.name, entry.number))))
        self.out.offer(paper, " ".join(filter(None, (entry.form.title, entry.number))))
        offer_saving(self.out.save, guarded=opened.guarded)
        self.allow(Right.VISIT, self.withdraw, when=entry.allows(PaperAct.WITHDRAW))
        self._make_form(opened)
        self._show(typed)
        self.pdf.clear()
        self._draw()

    def reload(self) -> None:
        """Read the paper again, unless something is being typed."""
        if self.opened is None or self.form.is_touched or self.asking.isVisible():
            return
        paper = self.opened.entry.id
        with self.telling():
            if views.open_paper(self.ctx, paper) != self.opened:
                self.open(paper)

    def focus_first(self) -> None:
        """The focus is where one types, else on the next step."""
        front = self._right.currentWidget()
        if isinstance(front, Form):
            front.focus_first()
        else:
            (self.next if self.next.isVisibleTo(self) and self.next.isEnabled() else self.pdf).setFocus()

    def go_back(self) -> None:
        """Leave what asks, or the paper; where something was typed a question comes first."""
        front = self._right.currentWidget()
        if isinstance(front, Form):
            front.give_up()
        else:
            self.back_wanted.emit()

    def draft(self) -> Typed | None:
        """Return what was typed and is not saved."""
        typed = self.form.draft()
        return Typed(self.opened.entry.id, typed) if typed and self.opened else None

    def save(self) -> None:
        """Keep what was typed into a draft."""
        if self._keep():
            self.done.emit(tr("已保存。"))

    def ask_next(self) -> None:
        """Ask what the next step asks; a signed paper comes back as pictures."""
        if self.opened is None:
            return
        step = next_of(self.ctx, self.opened.entry)
        if step is not None:
            self._ask(step)
        elif self.opened.entry.allows(PaperAct.SIGN):
            self.bring_back()

    def bring_back(self) -> None:
        """Ask for the pictures of the paper as it was signed, sealed, received."""
        if self.opened is not None:
            self.scan_wanted.emit(self.opened.entry.id)

    def ask_withdrawal(self) -> None:
        """Ask why the paper is withdrawn."""
        self._ask(withdrawing())

    def _make_form(self, opened: OpenPaper) -> None:
        """Make the form that a draft asks for."""
        fields = opened.entry.form.asked
        self._right.removeWidget(self.form)
        self.form.deleteLater()
        self.form = form = Form(
            [_typed(each) for each in fields],
            legal_day(self.ctx.now()).isoformat(),
            columns=2,
            check=partial(_against, {each.key: each for each in fields}),
        )
        staff = [(each.name, each.name) for each in people.list_people(self.ctx)]
        for field in fields:
            if field.kind is Kind.PERSON:  # a paper names people
                form.offer(field.key, [NONE, *staff])
        form.edited.connect(self._edited)
        form.submitted.connect(self._go_on)
        form.closed.connect(self.back_wanted)
        self._right.addWidget(form)

    def _show(self, typed: Mapping[str, str] | None = None) -> None:
        """Show the form of a draft, of anything else what is known of it."""
        opened = self.opened
        if opened is None:
            return
        entry = opened.entry
        said = tr("样式待县级确认") if entry.form.unconfirmed else ""
        if entry.allows(PaperAct.CHANGE) and entry.form.asked and may(self.ctx, Right.VISIT):
            self._right.setCurrentWidget(self.form)
            held = {field.key: entry.typed.get(field.key, "") for field in entry.form.asked}
            about = " · ".join(filter(None, (entry.state.word, said)))
            self.form.ask(tr("填写"), leads(entry), held | dict(typed or {}), about, held)
            show_asked(self.form, entry.form.asked)
            return
        self._right.setCurrentWidget(self.pane)
        self.pane.show_head(
            entry.form.title, entry.number, ((entry.state.word, state_kind(entry.state)), (said, "plain"))
        )
        known = [text(tr("填写的内容"), "heading"), facts(opened.typed)] if opened.typed else []
        self.pane.show_parts((facts(opened.told), *known))
        say(self.next, leads(entry))
        fixed = bool(entry.files("pdf")) and entry.state is not PaperState.WITHDRAWN
        self.scan.setVisible(fixed and not entry.allows(PaperAct.SIGN))
        self.allow(Right.VISIT, self.next, self.scan)

    def _edited(self, _key: str) -> None:
        if self.opened is not None:
            show_asked(self.form, self.opened.entry.form.asked)
            self._typed = self.form.values()
            self._draws.start()

    def _draw(self) -> None:
        if self.opened is not None:
            drawn = partial(views.pages, self.ctx, self.opened.entry.id, self._typed)
            self._drawing.ask(drawn, self.pdf.show_again, otherwise=self._say_undrawn)

    def _say_undrawn(self, error: Exception) -> None:
        """Say at its field what cannot be drawn while it is typed; else in the notice bar."""
        if isinstance(error, UserError) and self.form.isVisible():
            self.form.show_problems(error)
        else:
            self.failed.emit(error)

    def _keep(self) -> bool:
        """Save what was typed; False where it is refused, which is said at its field."""
        opened = self.opened
        if opened is None or not self.form.is_touched:
            return opened is not None
        try:
            change = life.change(
                self.ctx, opened.entry.id, {key: text.strip() for key, text in self.form.values().items()}
            )
        except UserError as error:
            self.form.show_problems(error)
            return False
        self.opened = views.open_paper(self.ctx, opened.entry.id)
        self._typed = None
        self._show()
        self.changed.emit(change)
        return True

    def _go_on(self) -> None:
        if self._keep():
            self.ask_next()

    def _ask(self, step: Step) -> None:
        if self.opened is None or not self._keep():
            return
        self._right.removeWidget(self.asking)
        self.asking.deleteLater()
        self.asking = asking = Form(step.fields, legal_day(self.ctx.now()).isoformat(), columns=2)
        asking.submitted.connect(partial(self._do, step))
        asking.closed.connect(self._show)
        self._right.addWidget(asking)
        self._right.setCurrentWidget(asking)
        asking.ask(step.title, step.action, step.values, step.about)

    def _do(self, step: Step) -> None:
        if self.opened is not None:
            paper = self.opened.entry.id
            act = partial(step.act, self.ctx, paper, self.asking.values())
            self.asking.save(self, act, partial(self._done, step, paper))

    def _done(self, step: Step, paper: str, _result: object) -> None:
        self.open(paper)
        self.focus_first()
        self.done.emit(tr("已办：{step}。", step=step.title))
        self.changed.emit(Change.REGISTERS)
        if step.prints:
            self.out.print_paper()

    def _pages(self, ctx: Context, paper: str) -> bytes:
        return views.pages(ctx, paper, self._typed)

    def _write(self, ctx: Context, paper: str, path: Path) -> None:
        """Write what stands there: what was typed is kept first."""
        if self._typed is not None:
            life.change(ctx, paper, self._typed)
        export.export(ctx, paper, path)


def _typed(field: Field) -> Field:
    """Return a field as the form asks it: of words that a paper will say none is chosen for anybody."""
    asked = as_typed(field)
    if field.kind is Kind.CHOICE and field.required and not field.default:
        return msgspec.structs.replace(asked, choices=(("", mark("请选择")), *asked.choices))
    return asked


def _against(fields: Mapping[str, Field], key: str, typed: str) -> Problem | None:
    return problem_of(fields[key], typed)
