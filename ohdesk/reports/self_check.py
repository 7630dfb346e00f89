"""The workbook of an employer's self-check: what stands in it, cell by cell, and the cells that may be filled in.

Whoever reads it back compares every cell with the same layout, so that nothing can have been moved unseen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

from ohdesk.forms.definition import Question
from ohdesk.forms.self_check import self_check_rules
from ohdesk.reports.tables import HEADING_FILL, safe_text

GUIDE, SHEET = "guide", "sheet"  # keys of the names of the two sheets
TEXT, VALUE = 0, 1  # columns of the first sheet
NUMBER, QUESTION, WORDING, HOW, ANSWER, NOTE = range(6)  # columns of the second
FIRST_ROW = 1  # of the questions, from 0: below the headings
_ASKED, _NAMES = ("filled_by", "filled_on"), frozenset({"office", "name", "uscc"})
_HEADINGS = ("number", "question", "text", "how", "answer", "note")
_WIDTHS = {GUIDE: (22, 70), SHEET: (6, 8, 56, 24, 10, 40)}
_OPEN_FILL = "FFF8DC"  # of the cells to fill in
_LARGEST_NOTE = 2000  # characters that a box lets in; the reader takes more


class Place(NamedTuple):
    """A cell: the key of its sheet, row and column from 0."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class SelfCheckSheet:
    """What is asked of whom: title and mark are those of the form, mark names its very wording."""

    title: str
    office: str
    visit: str
    form: str
    version: str
    mark: str
    name: str
    uscc: str
    questions: tuple[Question, ...]

    @property
    def identity(self) -> dict[str, str]:
        """What says to which visit and which edition of the form a workbook belongs, by key."""
        return {"visit": self.visit, "form": self.form, "version": self.version, "mark": self.mark}

    @property
    def fixed(self) -> dict[Place, str]:
        """The text of every cell that nobody may change."""
        return dict(_fixed(self))

    @property
    def loose(self) -> frozenset[Place]:
        """The cells that say by whom and to whom it was sent: both may be called otherwise by now."""
        rows = enumerate(_guide_rows(self))
        return frozenset(Place(GUIDE, row, VALUE) for row, (key, _, _) in rows if key in _NAMES)

    @property
    def open(self) -> dict[Place, str]:
        """The cells to be filled in: what belongs there, "answer", "note" or a key of the first sheet."""
        return dict(_open(self))

    def question_at(self, row: int) -> Question:
        """Return the question that stands in a row of the second sheet."""
        return self.questions[row - FIRST_ROW]


def self_check_workbook(sheet: SelfCheckSheet) -> bytes:
    """Return the workbook: protected, with lists of answers, to be filled in with any spreadsheet program."""
    from openpyxl import Workbook  # late: only whoever writes one should wait for it

    rules, book = self_check_rules(), Workbook()
    pages = {GUIDE: book.active, SHEET: book.create_sheet()}
    for key, page in pages.items():
        _set_up(page, key)
    for place, text in sheet.fixed.items():
        _fix(pages[place.sheet].cell(place.row + 1, place.column + 1), text, place)
    for place in sheet.open:
        _open_up(pages[place.sheet].cell(place.row + 1, place.column + 1))
    _offer(pages[SHEET], len(sheet.questions), [each.word for each in rules.answers])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _guide_rows(sheet: SelfCheckSheet) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the first sheet: key, label and value, which is empty where it is asked."""
    rules = self_check_rules()
    yield "title", sheet.title, ""
    yield "office", "", rules.word("office").format(office=sheet.office)
    yield from (("steps", "", step) for step in rules.words["steps"])
    for key, value in {**sheet.identity, "name": sheet.name, "uscc": sheet.uscc}.items():
        yield key, rules.word(key), value
    for key in _ASKED:
        yield key, rules.word(key), ""


def _fixed(sheet: SelfCheckSheet) -> Iterator[tuple[Place, str]]:
    for row, (_, label, value) in enumerate(_guide_rows(sheet)):
        yield from ((Place(GUIDE, row, column), text) for column, text in ((TEXT, label), (VALUE, value)) if text)
    for column, key in enumerate(_HEADINGS):
        yield Place(SHEET, 0, column), self_check_rules().word(key)
    for row, question in enumerate(sheet.questions, FIRST_ROW):
        texts = (str(question.number), question.id, question.text, question.evidence or question.how)
        for column, text in zip((NUMBER, QUESTION, WORDING, HOW), texts, strict=True):
            yield Place(SHEET, row, column), text


def _open(sheet: SelfCheckSheet) -> Iterator[tuple[Place, str]]:
    for row, (key, _, _) in enumerate(_guide_rows(sheet)):
        if key in _ASKED:
            yield Place(GUIDE, row, VALUE), key
    for row in range(FIRST_ROW, FIRST_ROW + len(sheet.questions)):
        yield Place(SHEET, row, ANSWER), "answer"
        yield Place(SHEET, row, NOTE), "note"


def _set_up(page: Any, key: str) -> None:
    from openpyxl.utils import get_column_letter

    page.title = self_check_rules().word(key)
    page.protection.sheet = True  # without a password: against slips of the hand, the reader finds everything else
    page.protection.formatColumns = page.protection.formatRows = False
    for column, width in enumerate(_WIDTHS[key], 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if key == SHEET:
        page.freeze_panes = "A2"
        page.print_title_rows = "1:1"


def _fix(cell: Any, text: str, place: Place) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    if place.sheet == SHEET and place.column == NUMBER and place.row:
        cell.value = int(text)
    else:
        cell.value = safe_text(text)
        cell.data_type = "s"
    # The title runs over the empty cell beside it: nothing is merged, so that nothing can be.
    cell.alignment = Alignment(vertical="center", wrap_text=place != Place(GUIDE, 0, TEXT))
    if place.row == 0:
        cell.font = Font(bold=True, size=14 if place.sheet == GUIDE else 11)
        if place.sheet == SHEET:
            cell.fill = PatternFill("solid", fgColor=HEADING_FILL)


def _open_up(cell: Any) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side

    thin = Side(style="thin", color="BBBBBB")
    cell.protection = Protection(locked=False)
    cell.fill = PatternFill("solid", fgColor=_OPEN_FILL)
    cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.number_format = "@"  # a report's number is no number, and a day stays as it was typed


def _offer(page: Any, count: int, words: list[str]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    offered.showErrorMessage = True
    offered.error = self_check_rules().word("wrong").format(words="、".join(words))
    offered.add(f"E{FIRST_ROW + 1}:E{FIRST_ROW + count}")
    noted = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(_LARGEST_NOTE), allow_blank=True)
    noted.showErrorMessage = True
    noted.add(f"F{FIRST_ROW + 1}:F{FIRST_ROW + count}")
    for each in (offered, noted):
        page.add_data_validation(each)
