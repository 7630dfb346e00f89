"""The annexes of a record: the checklist with every answer, and the photos."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import NamedTuple

from ohdesk.domain.record import AnswerLine, DetailTable, PhotoLine
from ohdesk.reports import flowables
from ohdesk.reports.flowables import Cell, PhotoBlock, PhotoGrid, Table, plain
from ohdesk.reports.pages import jpeg_size
from ohdesk.reports.record_body import Sheet, printed_instant
from ohdesk.reports.styles import (
    BODY,
    BOTTOM,
    CELL,
    CELL_BOLD,
    CELL_CENTRE,
    CELL_SMALL,
    PLAIN,
    TOP,
)

SHARES_PAGE_ABOVE = (TOP - BOTTOM) * 0.3  # an annex begins on a new page unless this much of the last one is free
FIRST_ROWS = 80.0  # points: a heading stands with at least this much of its table
CHECKLIST_WIDTHS = (("line", 10), ("question", 84), ("answer", 17), ("remark", 45))
SHORTEST = 5  # characters that a column has room for side by side, beside any other
ROWS_WIDTH = sum(width for _name, width in CHECKLIST_WIDTHS)  # millimetres


class Annex(NamedTuple):
    """An annex: its line in the list of annexes, its title, and how it is laid out under its heading."""

    listed: str
    title: str
    lay_out: Callable[[Sheet, str], None]


def annexes_of(sheet: Sheet) -> list[Annex]:
    """Return the annexes this record has, in order."""
    record, words = sheet.record, sheet.words
    annexes = []
    if record.answers:
        listed = words["annexes.checklist"].format(
            title=record.form_title, version=record.form_version, count=len(record.answers)
        )
        annexes.append(Annex(listed, words["annexes.checklist_title"], _checklist))
    if record.photos:
        announced = [photo for photo in record.photos if not photo.sha256]
        numbers = "、".join(words["to_be_supplied"].format(number=photo.number) for photo in announced)
        listed = words["annexes.photos_announced" if announced else "annexes.photos"].format(
            count=len(record.photos), announced=numbers
        )
        annexes.append(Annex(listed, words["annexes.photos_title"], _photos))
    return annexes


def list_annexes(sheet: Sheet) -> None:
    """Set the list of annexes in the record proper."""
    annexes = annexes_of(sheet)
    if annexes:
        sheet.heading("annexes", PLAIN.leading * len(annexes))
    for ordinal, annex in enumerate(annexes, start=1):
        sheet.pages.paragraph(f"{ordinal}. {annex.listed}", BODY)


def lay_out_annexes(sheet: Sheet) -> None:
    """Lay out the annexes behind the record."""
    for ordinal, annex in zip(sheet.words["annexes.ordinals"], annexes_of(sheet), strict=False):
        # Less paper in every folder, unless the annex would only show its heading there.
        if sheet.pages.room < SHARES_PAGE_ABOVE:
            sheet.pages.start_page()
        else:
            sheet.pages.skip(8)
        title = sheet.words["annexes.heading"].format(number=ordinal, title=annex.title)
        annex.lay_out(sheet, title)


def _checklist(sheet: Sheet, heading: str) -> None:
    flowables.heading(sheet.pages, heading, FIRST_ROWS)
    table = Table(sheet.pages, sheet.columns(CHECKLIST_WIDTHS))
    section = ""
    for line in sheet.record.answers:
        if line.section != section:
            section = line.section
            table.band(section)
        table.row(_answer_cells(sheet, line))
    for line in sheet.record.answers:
        for each in line.tables:
            _rows_of(sheet, line, each)


def _rows_of(sheet: Sheet, line: AnswerLine, filled: DetailTable) -> None:
    """Set what was filled in row by row at one question; columns as wide as what stands in them asks."""
    title = sheet.words["annexes.rows"].format(number=line.number, title=filled.title)
    flowables.heading(sheet.pages, title, FIRST_ROWS)
    wanted = [
        _width(column, cells) for column, cells in zip(filled.columns, zip(*filled.rows, strict=True), strict=True)
    ]
    share = ROWS_WIDTH / sum(wanted)
    table = Table(sheet.pages, [(name, share * width) for name, width in zip(filled.columns, wanted, strict=True)])
    for row in filled.rows:
        table.row([plain(cell) for cell in row])


def _width(heading: str, cells: Sequence[str]) -> float:
    # By the root: a long sentence wraps, and would leave the numbers beside it no room.
    return sqrt(max(SHORTEST, *(len(text) for text in (heading, *cells))))


def _answer_cells(sheet: Sheet, line: AnswerLine) -> list[Cell]:
    words = sheet.words
    basis = words["basis"].format(duty="；".join(line.duty)) if line.duty else ""
    photos = words["photos.heading"].format(number="、".join(map(str, line.photos))) if line.photos else ""
    remarks = [text for text in (line.fact, line.remark, *line.details, photos) if text]
    return [
        plain(str(line.number), CELL_CENTRE),
        ((line.text, CELL), (basis, CELL_SMALL)),
        plain(line.word, CELL_BOLD if line.answer == "not_met" else CELL_CENTRE),
        plain("\n".join(remarks)),
    ]


def _photos(sheet: Sheet, heading: str) -> None:
    photos = sheet.record.photos
    grid = _grid(sheet, photos)
    flowables.heading(sheet.pages, heading, max(grid.first_height, FIRST_ROWS))
    _shown(sheet, grid, photos)
    announced = [photo for photo in photos if not photo.sha256]
    if announced:
        _announced(sheet, announced)


def _announced(sheet: Sheet, photos: Sequence[PhotoLine]) -> None:
    sheet.pages.need(FIRST_ROWS)
    sheet.pages.skip(6)
    sheet.pages.paragraph(sheet.words["photos.announced_note"], PLAIN)
    sheet.pages.skip(2)
    table = Table(sheet.pages, sheet.columns((("photo", 20), ("shows", 62), ("circumstances", 74))))
    for photo in photos:
        number = sheet.words["to_be_supplied"].format(number=photo.number)
        table.row(
            [
                plain(number, CELL_CENTRE),
                plain(photo.caption or sheet.words["blank"]),
                tuple((text, CELL) for text in _circumstances(sheet, photo)),
            ]
        )


def draw_photos(sheet: Sheet, photos: Sequence[PhotoLine]) -> None:
    """Draw the photos that are there; those that are somebody's secret are named by their hash alone."""
    _shown(sheet, _grid(sheet, photos), photos)


def _shown(sheet: Sheet, grid: PhotoGrid, photos: Sequence[PhotoLine]) -> None:
    grid.draw(sheet.pages)
    withheld = [photo for photo in photos if not photo.announced and not photo.printed]
    if withheld:
        sheet.pages.need(FIRST_ROWS)
        sheet.pages.skip(6)
        sheet.pages.paragraph(sheet.words["photos.withheld_note"], PLAIN)
        sheet.pages.skip(2)
        table = Table(sheet.pages, sheet.columns((("photo", 20), ("mark", 30), ("digest", 106))))
        for photo in withheld:
            mark = sheet.words[f"photos.{photo.sensitive}"]
            table.row([plain(str(photo.number), CELL_CENTRE), plain(mark), plain(photo.sha256)])


def _grid(sheet: Sheet, photos: Sequence[PhotoLine]) -> PhotoGrid:
    """Return the photos that are printed, each with number, place, time, who took it, what it shows, to be drawn."""
    blocks = []
    for photo in filter(lambda each: each.printed, photos):
        width, height = jpeg_size(sheet.photos[photo.sha256])
        heading = sheet.words["photos.heading"].format(number=photo.number)
        lines = tuple(text for text in (photo.caption, *_circumstances(sheet, photo)) if text)
        blocks.append(PhotoBlock(photo.sha256, width, height, heading, lines))
    return PhotoGrid(blocks)


def _circumstances(sheet: Sheet, photo: PhotoLine) -> tuple[str, ...]:
    """Return where; when and by whom; for which question: the lines that have something to say."""
    words, number = sheet.words, sheet.number_of(photo.question)
    # When it was attached says nothing of when it was shot: where nothing else is known, it stands under its own word.
    at = "taken_at" if photo.taken_at or not photo.attached_at else "attached_at"
    taken = [
        words[f"photos.{key}"].format(text=text)
        for key, text in ((at, printed_instant(getattr(photo, at))), ("taken_by", photo.taken_by))
        if text
    ]
    place = words["photos.place"].format(text=photo.place) if photo.place else ""
    question = "" if number is None else words["photos.question"].format(number=number)
    masked = words["photos.masked"].format(count=photo.masked) if photo.masked else ""
    return tuple(text for text in (place, "　".join(taken), question, masked) if text)
