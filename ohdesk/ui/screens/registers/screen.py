"""登记簿: the books of the office, each with its entries; made from definitions."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import NamedTuple

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import word
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register import books
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, stack
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.registers.assessments_page import AssessmentsPage
from ohdesk.ui.screens.registers.book_page import BookPage
from ohdesk.ui.screens.registers.books_page import BooksPage
from ohdesk.ui.screens.registers.hazards_page import HazardsPage


class Draft(NamedTuple):
    """A form that was being filled: of which book, and what was typed."""

    register: str
    typed: object


class RegistersScreen(Screen):
    """The list of books; in its place the book that is open, or the hazards with their limits."""

    reloads_on = Change.REGISTERS | Change.ROLL | Change.SYNC

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._made: dict[str, BookPage] = {}
        self.books = BooksPage(ctx, jobs)
        self.books.opened.connect(self.open)
        self.hand_on(self.books)
        self._pages = stack(self.books)
        column(self._make_header(), grow(self._pages), of=self, gap="")
        self.on_key("Ctrl+F", self._search)
        self.on_key("Ctrl+N", self._add.click)
        self._turned()
        self.books.reload()

    @property
    def book(self) -> BookPage | None:
        """The book that is open."""
        front = self._pages.currentWidget()
        return front if isinstance(front, BookPage) else None

    @cached_property
    def hazards(self) -> HazardsPage:
        """The hazards, made when they are first wanted."""
        page = HazardsPage(self.ctx, self.jobs)
        page.opened.connect(self.open)
        return self.add_page(self._pages, page)

    @property
    def _front(self) -> BookPage | BooksPage | HazardsPage:
        front = self._pages.currentWidget()
        return front if isinstance(front, BookPage | HazardsPage) else self.books

    def focus_first(self) -> None:
        """The focus is in the list in front, or in the form that is open."""
        self._front.focus_first()

    def reload(self) -> None:
        """Read again what is in front."""
        self._front.reload()

    def open(self, thing: str) -> None:
        """Show a book by its id, or with "BOOK:ENTRY" one of its entries."""
        register, _, entry = thing.partition(":")
        self._leave_form_for(partial(self._open, register, entry))

    def open_for(self, thing: str) -> None:
        """Ask for an entry about an employer, of the book "BOOK:EMPLOYER"."""
        register, _, employer = thing.partition(":")
        self._open(register)
        if self.book is not None:
            self.book.add(employer)

    def back(self) -> None:
        """Show the list of books."""
        self._leave_form_for(self._show_books)

    def show_hazards(self) -> None:
        """Show the hazards with their limits, and who has them."""
        self._turn_to(self.hazards)

    def draft(self) -> Draft | None:
        """Return what was typed into the form that is open and is not saved."""
        typed = None if self.book is None else self.book.draft()
        return None if typed is None or self.book is None else Draft(self.book.definition.id, typed)

    def take_draft(self, draft: object) -> None:
        """Open the form again as it was."""
        if isinstance(draft, Draft):
            self._open(draft.register)
            if self.book is not None:
                self.book.take_draft(draft.typed)

    def _make_header(self) -> Header:
        self._header = Header(tr("登记簿"))
        self._back = action("back", tr("全部登记簿(&B)"), self.back)
        self._hazards = action("indicator", tr("危害因素和限值(&H)"), self.show_hazards)
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._add = primary_action("add", tr("新增登记(&N)"), self._ask_new, "Ctrl+N")
        self._import = action("import", tr("导入…(&I)"), self._choose_list)
        self._undo = action("undo", tr("撤销导入(&U)"), self._ask_undo)
        self._header.add(self._hazards, self._back, self._undo, self._import, self._export, self._add)
        return self._header

    def _open(self, register: str, entry: str = "") -> None:
        with self.telling():
            if register not in self._made:
                definition = books.book(self.ctx, register)
                made = AssessmentsPage if definition.computes == "risk" else BookPage
                page = made(self.ctx, self.jobs, definition)
                self.hand_on(page)
                page.turned.connect(self._turned)
                self._made[register] = page
                self._pages.addWidget(page)
            page = self._made[register]
            self._pages.setCurrentWidget(page)
            page.show_entries(entry)
            self._turned()
            page.focus_first()

    def _show_books(self) -> None:
        self._turn_to(self.books)

    def _turn_to(self, page: BooksPage | HazardsPage) -> None:
        self._pages.setCurrentWidget(page)
        page.reload()
        self._turned()
        page.focus_first()

    def _turned(self) -> None:
        """Say what is in front, and offer what can be done there."""
        book = self.book
        listed = book is not None and book.is_listing
        at_books = self._front is self.books
        title = tr("登记簿") if at_books else tr("危害因素和限值")
        self._header.entitle(title if book is None else word(book.definition.title))
        self._header.say(self.ctx.office.name if book is None else _said(book))
        self._hazards.setVisible(at_books)
        self._back.setVisible(not at_books and (book is None or listed))
        self._export.setVisible(listed)
        self._import.setVisible(listed)
        self._undo.setVisible(listed)
        self._add.setVisible(listed)
        self.allow(
            Right.REGISTER, self._add, self._import, self._undo, when=book is not None and not book.definition.read_only
        )

    def _leave_form_for(self, act: Callable[[], object]) -> None:
        if self.book is not None and self.book.is_filling:
            self.book.leave_form_for(act)
        else:
            act()

    def _ask_new(self) -> None:
        if self.book is not None:
            self.book.add()

    def _choose_list(self) -> None:
        if self.book is not None:
            self.book.choose_list()

    def _ask_undo(self) -> None:
        if self.book is not None:
            self.book.ask_undo()

    def _choose_export(self) -> None:
        if self.book is not None:
            self.book.choose_export()

    def _search(self) -> None:
        if self.book is None or self.book.is_listing:
            self._front.list.focus_search()


def _said(book: BookPage) -> str:
    """Return where the entries of a book go, and that nobody has looked up what it rests on."""
    goes = tr("只留本机") if book.definition.travels == "no" else tr("随上报包发送")
    return tr("{goes} · 依据待县级确认", goes=goes) if book.definition.unconfirmed else goes
