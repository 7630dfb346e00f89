"""Documents and signatures (文书签名): the list, signing a visit's record, photos that come later."""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.list_query import ListQuery
from ohdesk.services.record import finalizing, views
from ohdesk.services.record.views import (
    BAD,
    FINAL,
    OPEN,
    READY,
    DocumentRow,
    Documents,
    OpenRecord,
    Paper,
)
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.form import Form, Values
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, stack
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.record.booklet_page import BookletPage
from ohdesk.ui.screens.record.flow import SigningFlow
from ohdesk.ui.screens.record.paper_page import Typed
from ohdesk.ui.screens.record.papers_flow import VISIT, PapersFlow
from ohdesk.ui.screens.record.photos_page import PhotosPage
from ohdesk.ui.screens.record.record_pane import RecordPane
from ohdesk.ui.screens.record.table import FILTER_WORDS, document_columns, empty_states
from ohdesk.ui.screens.record.together import Together
from ohdesk.ui.screens.record.typing_page import TypingPage
from ohdesk.ui.screens.record.verify_page import VerifyPage

_AMENDMENT = (  # 更正: the record stays as signed
    Field("statement", mark("更正内容"), Kind.NOTE, required=True),
    Field("reason", mark("更正理由"), required=True),
)
_TYPING = "typing:"  # before the visit that is to be typed into other systems
_PANE_SHARES = (42, 60)  # per cent of the page: beside the list, and over it


class Draft(NamedTuple):
    """What is kept over a lock: the visit being signed, else the record being corrected and what was typed."""

    signing: str
    amending: str
    typed: dict[str, str]


_NO_DRAFT = Draft("", "", {})


class RecordsScreen(Screen):
    """The list; in its place the signing of one visit, the photos of one record, the papers of a visit or employer."""

    reloads_on = Change.RECORDS | Change.VISITS | Change.PEOPLE | Change.SYNC | Change.REGISTERS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._in_town = ctx.office.role == OfficeRole.TOWN
        self._may_sign = self._in_town and may(ctx, Right.RECORD)
        self._opening = Latest(self)
        self._is_read = False
        self._behind: QWidget | None = None  # the page that was in front before files were looked at
        self._to_open, self._draft, self._amending = "", _NO_DRAFT, ""
        self.pane, self.amend_form = RecordPane(jobs), Form(_AMENDMENT)
        self.amend_form.setParent(self)  # never asked, it would stand in no layout and outlive the lock
        self.allow(Right.RECORD, self.pane.amend, binding=True)
        self.allow(Right.RECORD, self.pane.photos)
        self.list = self._make_list()
        self.header = Header(tr("文书签名") if self._in_town else tr("文书"))
        self.check = action("document", tr("校验文件…(&V)"), lambda: self.verify(()), tr("也可以把文件拖到窗口里"))
        self.many = action("export", tr("导出和合订…(&O)"), self._bind, tr("导出、打印多份，案卷，册子，系统录入对照"))
        what = tr("这次检查的全部文书，和可以制作的文书")
        self.of_visit = action("document", tr("本次文书(&B)"), self._show_papers_of_visit, what)
        self.printing = Printing(jobs, self)
        self.printing.done.connect(self.done)
        self.printing.failed.connect(self.failed)
        self.together = Together(ctx, jobs, self.list, self.printing)
        self.together.setParent(self)
        self.hand_on(self.together)
        self.header.add(self.of_visit, self.check, self.many)
        self._pages = stack(box(column(self.header, grow(self.list), gap="")))
        column(self._pages, of=self, gap="")
        self._connect()

    @cached_property
    def flow(self) -> SigningFlow:
        """The signing of one visit; made when it is first wanted, which the list need not wait for."""
        flow = SigningFlow(self.ctx, self.jobs)
        flow.kiosk_wanted.connect(self.kiosk_wanted)
        flow.closed.connect(self._flow_closed)
        flow.result.print_wanted.connect(self._print)
        flow.result.save_wanted.connect(self._save)
        return self.add_page(self._pages, flow)

    @cached_property
    def lives(self) -> PapersFlow:
        """The papers of a visit or an employer; made when first wanted."""
        lives = PapersFlow(self.ctx, self.jobs)
        lives.closed.connect(self._back_to_list)
        return self.add_page(self._pages, lives)

    @cached_property
    def photos(self) -> PhotosPage:
        """The photos of one record that come later; made when first wanted."""
        photos = PhotosPage(self.ctx, self.jobs)
        photos.back_wanted.connect(self._back_to_list)
        photos.advanced.connect(self._photo_page_made)
        return self.add_page(self._pages, photos)

    @cached_property
    def checks(self) -> VerifyPage:
        """Files that somebody hands in; made when first wanted."""
        checks = VerifyPage(self.ctx, self.jobs)
        checks.back_wanted.connect(self._back_from_checks)
        return self.add_page(self._pages, checks)

    def verify(self, files: Sequence[Path]) -> None:
        """Look at files; with none, ask for some. Whoever was signing goes on there afterwards."""
        checks = self.checks
        if self._pages.currentWidget() is not checks:
            self.leave()
            self._behind = self._pages.currentWidget()
            self._pages.setCurrentWidget(checks)
        checks.focus_first()
        if files:
            checks.verify(files)
        elif not checks.verdicts:
            checks.submit()

    @cached_property
    def booklet(self) -> BookletPage:
        """The booklet of a period; made when first wanted."""
        page = BookletPage(self.ctx, self.jobs, self.together)
        page.back_wanted.connect(self._back_to_list)
        return self.add_page(self._pages, page)

    @cached_property
    def typing_in(self) -> TypingPage:
        """What is typed of a visit into other systems; made when first wanted."""
        page = TypingPage(self.ctx, self.jobs)
        page.back_wanted.connect(self._back_to_list)
        return self.add_page(self._pages, page)

    def focus_first(self) -> None:
        """Read the list the first time; go on where one was."""
        if not self._is_read:
            self.reload()
        front = self._pages.currentWidget()
        if isinstance(front, Page):
            front.focus_first()
        elif self.list.is_asking:
            self.amend_form.focus_first()
        else:
            self.list.focus_list()

    def leave(self) -> None:
        """Keep what was just typed."""
        if self._signs:
            self.flow.leave()

    def reload(self) -> None:
        """Read the list again, and what is being prepared."""
        self._read()
        if self._signs:
            self.flow.reload()
        if self._has_papers:
            self.lives.reload()

    def open(self, thing: str) -> None:
        """Show the final record of a visit by its id, or prepare its signing; or a part of the list by its key.

        Or papers, as `PapersFlow` says.
        """
        if self.list.is_asking:
            self.amend_form.give_up(lambda: self._open(thing))
        elif self._has_papers:
            self.lives.leave_for(lambda: self._open(thing))
        else:
            self._open(thing)

    def draft(self) -> Draft | Typed | None:
        """Return what was typed into a paper or a correction, or the visit being signed, whose words are kept."""
        if self._signs and self.flow.visit:
            return Draft(self.flow.visit, "", {})
        if self._has_papers and (of_paper := self.lives.draft()):
            return of_paper
        typed = self.amend_form.draft()
        return Draft("", self._amending, typed) if typed else None

    def take_draft(self, draft: object) -> None:
        """Go on where one was; what was signed by hand has to be signed again."""
        if isinstance(draft, Typed):
            self._pages.setCurrentWidget(self.lives)
            self.lives.take_draft(draft)
        if not isinstance(draft, Draft):
            return
        if draft.signing:
            self._sign(draft.signing)
        else:
            self._draft = draft
            self.open(draft.amending)

    def save_to(self, paper: Paper, target: Path) -> None:
        """Write a document to a file and read it back."""
        said = tr("已另存为 {file}，读回核对一致。", file=target)
        self.work(partial(views.save_copy, paper, target), lambda path: self.saved.emit(said, path), tr("正在另存文书"))

    @property
    def _signs(self) -> bool:
        """True once a visit was to be signed, so that there is a flow."""
        return "flow" in vars(self)

    @property
    def _has_papers(self) -> bool:
        """True while papers are in front."""
        return isinstance(self._pages.currentWidget(), PapersFlow)

    def _make_list(self) -> ListWithPane[DocumentRow]:
        empty = empty_states()
        empty[READY].wanted.connect(lambda: self.wanted.emit("visit", ""))
        made = ListWithPane(
            "records",
            tr("文书"),
            document_columns(),
            empty[READY if self._may_sign else FINAL],
            tr("文号、单位、拼音首字母  Ctrl+F"),
            self.pane,
            nothing_in=empty,
            shares=_PANE_SHARES,
        )
        made.asked.connect(self._read)
        made.selected.connect(self._show_selected)
        made.view.opened.connect(self._open_row)
        return made

    def _connect(self) -> None:
        self.pane.sign_wanted.connect(lambda: self._open_row(self.list.current))
        self.pane.amend_wanted.connect(self.amend)
        self.pane.photos_wanted.connect(self._bring_photos)
        self.pane.print_wanted.connect(self._print)
        self.pane.save_wanted.connect(self._save)
        self.together.typing_wanted.connect(self._type_in)
        self.amend_form.submitted.connect(self._amend)
        self.amend_form.closed.connect(self.list.back)
        self.on_key("Ctrl+F", self.list.focus_search)
        self.on_key("Ctrl+P", self._print_in_front)

    def _read(self) -> None:
        query = self.list.query(views.ORDERS, READY)
        self.latest.ask(partial(_read, self.ctx, query, self.list.current_id), partial(self._show, query.part))

    def _show(self, part: str, read: tuple[Documents, Paged[DocumentRow]]) -> None:
        listed, rows = read
        first, self._is_read = not self._is_read, True
        counts = listed.counts
        ready, final = counts[READY], counts[FINAL]
        signed_here = self._may_sign or ready
        offered = [
            part for part in FILTER_WORDS if part == FINAL or (counts[part] if part in {BAD, OPEN} else signed_here)
        ]
        self.list.chips.show_chips([(part, tr(FILTER_WORDS[part]), counts[part]) for part in offered])
        if first and not ready and final:  # an empty list is not what one comes for
            self.list.chips.choose(FINAL)
        if self.list.chips.current != part:
            self._read()
            return
        self.together.show_listed(listed)
        self.list.show_paged(rows, is_empty=not (ready or final))
        self._open_wanted()

    def _show_papers_of_visit(self) -> None:
        if (row := self.list.current) is not None:
            self._open(f"{VISIT}:{row.visit}")

    def _open(self, visit: str) -> None:
        if PapersFlow.opens(visit):
            self._pages.setCurrentWidget(self.lives)
            self.lives.open(visit)
            return
        if visit.startswith(_TYPING):
            self._type_in(visit.removeprefix(_TYPING))
            return
        if self._may_sign and visit not in FILTER_WORDS and not views.is_final(self.ctx, visit):
            self._sign(visit)
        else:
            self._to_open = visit
            self._back_to_list()

    def _open_wanted(self) -> None:
        """Select the line of the visit that was asked for, under whatever filter it stands; or show the part."""
        wanted, self._to_open = self._to_open, ""
        if wanted in FILTER_WORDS:
            self.list.choose(wanted)
        elif wanted and self.list.select(wanted):
            self.list.open_pane()
        elif wanted:
            part = FINAL if views.is_final(self.ctx, wanted) else READY
            if part != self.list.chips.current or self.list.search.text():
                self._to_open = wanted  # once that part is listed
                self.list.choose(part)

    def _show_selected(self, row: DocumentRow | None) -> None:
        self.of_visit.setEnabled(row is not None)
        if row is None:
            self.pane.show_nothing()
        elif row.is_final:
            self.pane.show_loading(row)
            self._opening.ask(partial(views.open_record, self.ctx, row.visit), self._show_record)
        else:
            self.pane.show_ready(row, may_sign=self._may_sign)

    def _show_record(self, record: OpenRecord) -> None:
        row = self.list.current
        if row is None or row.visit != record.visit:
            return  # a line was selected since for which nothing has to be read
        self.pane.show_record(record, adds=self._in_town and record.own)
        draft, self._draft = self._draft, _NO_DRAFT
        if draft.amending == record.visit:
            self.amend(draft.typed)

    def _open_row(self, row: DocumentRow | None) -> None:
        if row is not None and not row.is_final and self._may_sign:
            self._sign(row.visit)

    def _sign(self, visit: str) -> None:
        self._pages.setCurrentWidget(self.flow)
        self.flow.open(visit)

    def _flow_closed(self) -> None:
        """Go back to the list, unless files are looked at meanwhile: then from there."""
        if self._pages.currentWidget() is self.flow:
            self._back_to_list()
        else:
            self._behind = None

    def _back_from_checks(self) -> None:
        if isinstance(self._behind, SigningFlow | PhotosPage):
            self._pages.setCurrentWidget(self._behind)
            self._behind.focus_first()
        else:
            self._back_to_list()

    def _back_to_list(self) -> None:
        if isinstance(self._pages.currentWidget(), PhotosPage):
            self.photos.seats.clear()
        self._pages.setCurrentIndex(0)
        self.reload()
        if self.list.is_asking:
            self.amend_form.focus_first()
        else:
            self.list.back()

    def _print(self, paper: Paper) -> None:
        self.printing.print_pdf(paper.pdf, f"{paper.title} {paper.number}")

    def _print_in_front(self) -> None:
        """Ctrl+P: what the button that is in sight would print."""
        offered = (self.pane.print, self.flow.result.print) if self._signs else (self.pane.print,)
        for button in offered:
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _save(self, paper: Paper) -> None:
        if target := choose_target(self, tr("另存文书"), paper.file_name, tr("PDF 文书 (*.pdf)")):
            self.save_to(paper, target)

    def amend(self, typed: Values | None = None) -> None:
        """Ask what is right in the record that is shown; typed: what was typed before a lock."""
        record = self.pane.record
        if record is not None:
            self._amending = record.visit
            self.list.ask(self.amend_form)
            title = tr("更正 {number}　{name}", number=record.number, name=record.name)
            note = tr("已定稿的笔录不能改动；更正作为补充说明记在后面，随上报包送县级。")
            self.amend_form.ask(title, tr("记入更正(&R)"), typed or {}, note, held={})

    def _type_in(self, visit: str) -> None:
        """Show what is to be typed of a visit into other systems."""
        self._pages.setCurrentWidget(self.typing_in)
        self.typing_in.begin(visit)

    def _bind(self) -> None:
        self._pages.setCurrentWidget(self.booklet)
        self.booklet.begin()

    def _amend(self) -> None:
        form = self.amend_form
        try:
            change = finalizing.amend(self.ctx, self._amending, form.value("statement"), form.value("reason"))
        except UserError as error:
            form.show_problems(error)
            return
        form.close_form()
        self.done.emit(tr("更正已记入，笔录本身没有改动。"))
        self.reload()
        self.changed.emit(change)

    def _bring_photos(self) -> None:
        record = self.pane.record
        if record is not None:
            self._pages.setCurrentWidget(self.photos)
            self.photos.begin(record)

    def _photo_page_made(self) -> None:
        self._to_open = self.photos.visit
        self._back_to_list()
        self.changed.emit(Change.RECORDS)


def _read(ctx: Context, query: ListQuery, selected: str) -> tuple[Documents, Paged[DocumentRow]]:
    listed = views.documents(ctx, query)
    return listed, Paged(listed.visits, partial(views.document_rows, ctx, listed)).read_ahead(selected)
