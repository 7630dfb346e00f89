"""The one renderer of papers: a form (`forms/papers.py`) filled with values becomes pages, with places to sign on them.

It sees neither database nor window: the same form, values, strokes and photos give the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.domain.record import SignatureBox, StrokeSet
from ohdesk.errors import UserError
from ohdesk.forms.paper_blocks import (
    Annex,
    Block,
    Facts,
    Items,
    Paragraph,
    Photos,
    Seal,
    Seat,
    Seats,
    Slip,
    Table,
    Tables,
)
from ohdesk.forms.papers import PLACE, PaperForm
from ohdesk.i18n import tr
from ohdesk.reports import flowables, fonts, furniture
from ohdesk.reports.flowables import Cell, PhotoBlock, PhotoGrid, Strip, heading, plain, signature_strips
from ohdesk.reports.furniture import Foot
from ohdesk.reports.pages import Page, Pages, Properties, jpeg_size, paint
from ohdesk.reports.styles import (
    AUTHORITY,
    BODY,
    CELL,
    CELL_BOLD,
    CELL_CENTRE,
    CELL_SMALL,
    FINGERPRINT_DIGITS,
    FOOT,
    FOOT_RIGHT,
    FOOTER_RULE,
    HEADER_LINE,
    LEFT,
    MM,
    NUMBER,
    PLAIN,
    RIGHT,
    TEXT_WIDTH,
    TITLE,
)
from ohdesk.reports.typesetting import shortened, text_width

_GAP = 4.0
_FIRST_ROWS = 80.0  # points: a heading stands with at least this much of its table
_SHORTEST = 5  # characters that a column of a table in a table has room for, beside any other
_TABLE_WIDTH = 156  # millimetres
_STRIP_TOP = FOOTER_RULE + 8 * MM
_SMALL_INK = (26 * MM, 7 * MM)
_PADDING = 3.0
_HEADING_WIDTH = TEXT_WIDTH * 0.75

_SEALED = frozenset({"outward", "letter"})  # lives with a seal, so with one across the pages as well

Item = Mapping[str, Any]
Values = Mapping[str, str | Sequence[Item]]


class Signing(NamedTuple):
    """Who signs at a place: what stands beside it, the strokes or what is said in their place, the field of a PDF."""

    lines: tuple[str, ...]
    ink: StrokeSet | None = None
    hint: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a form is filled with.

    values: text by place, and lists of items · seats: who signs, by who they are ("party", "inspectors" …)
    photos: JPEG bytes by SHA-256, embedded unchanged
    sha256: the fingerprint of what the paper says, "" for none (文档指纹); 16 digits are printed
    id: of the paper, for the code on its pages, which a paper with a fingerprint has; "" for none
    warning: a word in a frame at the head of each page · across: a word that lies pale across each page of a draft
    """

    values: Values
    seats: Mapping[str, Sequence[Signing]] = field(default_factory=dict)
    photos: Mapping[str, bytes] = field(default_factory=dict)
    sha256: str = ""
    id: str = ""
    warning: str = ""
    across: str = ""


class RenderedPaper(NamedTuple):
    """The unsigned PDF, where each certificate signature belongs, and how many pages it has."""

    pdf: bytes
    boxes: tuple[SignatureBox, ...]
    pages: int


def render_paper(form: PaperForm, filling: Filling) -> RenderedPaper:
    """Return the PDF of a paper.

    Raises UserError for a place that has no value and for a photo that is no JPEG, ProblemsError when a character has
    no glyph.
    """
    fonts.register()
    drawing = _Drawing(form, filling)
    fonts.refuse_missing_glyphs(drawing.texts())
    return drawing.paper()


class _Drawing:
    """One paper being laid out."""

    def __init__(self, form: PaperForm, filling: Filling) -> None:
        self._form, self._filling, self._values = form, filling, filling.values
        self._pages = Pages()
        self._boxes: list[SignatureBox] = []
        self._signing_page = 0  # the last one with seats on it

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text that is printed, with the place it stands in; lines are broken where they are drawn."""
        form = self._form
        yield from ((form.title, self._filled(text)) for text in (form.title, form.head, form.number, form.foot))
        for block in form.blocks:
            if not self._stands(block):
                continue
            for where, text, of in block.texts:
                place = self._filled(where) if not of else PLACE.sub("", where)
                for number, item in enumerate(self._items(of), 1) if of else [(0, {})]:
                    counted = f"{place or form.title}（{number}）" if of else place or form.title
                    yield counted, self._filled(text, item)
            yield from self._of_tables(block)
        yield from (
            (form.title, line) for seats in self._filling.seats.values() for seat in seats for line in seat.lines
        )

    def paper(self) -> RenderedPaper:
        """Lay all out and return it painted."""
        form, pages = self._form, self._pages
        pages.paragraph(self._filled(form.head), AUTHORITY)
        pages.paragraph(form.title, TITLE)
        if number := self._filled(form.number):
            pages.paragraph(number, NUMBER)
        else:
            pages.skip(_GAP)
        standing = [block for block in form.blocks if self._stands(block)]
        for before, block, after in zip([None, *standing], standing, [*standing[1:], None], strict=False):
            # Tables of facts that follow one another are one table; all else stands apart.
            if not (isinstance(before, Facts) and isinstance(block, Facts) and not block.heading):
                pages.skip(_GAP)
            if isinstance(after, Seal):
                self._keep_with_seal(block, after)
            self._draw(block)
        properties = Properties(
            f"{form.title} {self._values.get('number', '')}".strip(), self._filled(form.head), self._filling.sha256
        )
        pdf = paint(pages.pages, self._furnish, self._filling.photos, properties, self._filling.across)
        return RenderedPaper(pdf, tuple(self._boxes), len(pages.pages))

    def _draw(self, block: Block) -> None:
        _DRAWN[type(block)](self, block)

    def _keep_with_seal(self, block: Block, seal: Seal) -> None:
        """Begin a new page before a block if the seal behind it would stand on one without a word of the paper."""
        kept = self._pages, list(self._boxes), self._signing_page
        self._pages = Pages()
        top = self._pages.y
        self._draw(block)
        self._draw(seal)
        height = top - self._pages.y if len(self._pages.pages) == 1 else 0.0
        self._pages, self._boxes, self._signing_page = kept
        self._pages.need(height)

    def _stands(self, block: Block) -> bool:
        return not block.when or bool(self._value(block.when, {}))

    def _value(self, place: str, item: Item) -> Any:
        if place in item:
            return item[place]
        if place not in self._values:
            raise UserError(
                tr("《{title}》的式样里，这个空没有内容可填：{place}。", title=self._form.title, place=place),
                tr("请改正文书的式样文件。"),
            )
        return self._values[place]

    def _filled(self, text: str, item: Item | None = None) -> str:
        return PLACE.sub(lambda found: str(self._value(found[1], item or {})), text)

    def _items(self, of: str) -> list[Item]:
        """Return the items of a list, each with what it is counted as."""
        found = self._value(of, {})
        return [{"ordinal": str(ordinal), **item} for ordinal, item in enumerate(found, 1)]

    def _of_tables(self, block: Block) -> Iterator[tuple[str, str]]:
        if isinstance(block, Tables):
            for item in self._items(block.of):
                yield from ((item["title"], text) for row in (item["columns"], *item["rows"]) for text in row)
        if isinstance(block, Photos):
            for item in self._items(block.of):
                yield from ((item["heading"], line) for line in item["lines"])

    def _headed(self, block: Block, following: float = 40.0) -> None:
        if block.heading:
            heading(self._pages, self._filled(block.heading), following)

    def facts(self, block: Facts) -> None:
        """Draw a table of facts, once or for each item."""
        items: list[Item] = self._items(block.of) if block.of else [{}]
        rows = [row for item in items for row in self._fact_rows(block, item)]
        if rows:
            self._headed(block)
            flowables.fields(self._pages, rows)

    def _fact_rows(self, block: Facts, item: Item) -> Iterator[list[tuple[str, str]]]:
        for row in block.rows:
            found = [(fact, self._filled(fact.text, item)) for fact in row]
            if any(text or not fact.optional for fact, text in found):
                yield [(self._filled(fact.label, item), text or fact.blank) for fact, text in found]

    def paragraph(self, block: Paragraph) -> None:
        """Draw running text."""
        self._headed(block)
        self._lines(self._filled(block.text), indent=block.indent)

    def _lines(self, text: str, *, indent: bool) -> None:
        for line in text.splitlines():
            self._pages.paragraph(line.strip(), BODY if indent else PLAIN)

    def items(self, block: Items) -> None:
        """Draw a paragraph for each item."""
        texts = [self._filled(block.text, item) for item in self._items(block.of)] or [self._filled(block.none)]
        if any(texts):
            self._headed(block)
            self._lines("\n".join(texts), indent=block.indent)

    def table(self, block: Table) -> None:
        """Draw a headed table."""
        items = self._items(block.of)
        self._headed(block, _FIRST_ROWS)
        if not items and not block.rows:
            self._lines(self._filled(block.none), indent=True)
            return
        table = flowables.Table(self._pages, [(self._filled(each.title), each.width) for each in block.columns])
        band = ""
        for item in items:
            if block.band and item[block.band] != band:
                band = item[block.band]
                table.band(band)
            table.row([self._cell(column, item) for column in block.columns])
        for _ in range(block.rows):
            table.row([plain("　\n　") for _ in block.columns])

    def _cell(self, column: Any, item: Item) -> Cell:
        style = CELL_CENTRE if column.align == "centre" else CELL
        if column.bold and self._value(column.bold, item):
            style = CELL_BOLD
        return (
            (self._filled(column.text, item) or column.blank, style),
            (self._filled(column.below, item), CELL_SMALL),
        )

    def tables(self, block: Tables) -> None:
        """Draw what was filled in row by row; columns as wide as what stands in them asks."""
        for item in self._items(block.of):
            heading(self._pages, item["title"], _FIRST_ROWS)
            columns, rows = item["columns"], item["rows"]
            wanted = [_wanted(column, cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True)]
            share = _TABLE_WIDTH / sum(wanted)
            widths = [(name, share * width) for name, width in zip(columns, wanted, strict=True)]
            table = flowables.Table(self._pages, widths)
            for row in rows:
                table.row([plain(cell) for cell in row])

    def photos(self, block: Photos) -> None:
        """Draw the photos of which the bytes are there."""
        blocks = []
        for item in self._items(block.of):
            width, height = jpeg_size(self._filling.photos[item["sha256"]])
            blocks.append(PhotoBlock(item["sha256"], width, height, item["heading"], tuple(item["lines"])))
        grid = PhotoGrid(blocks, block.height * MM)
        self._headed(block, max(grid.first_height, _FIRST_ROWS))
        grid.draw(self._pages)

    def seal(self, block: Seal) -> None:
        """Draw who issues it and the day, with room for the seal."""
        furniture.seal(self._pages, [self._filled(line) for line in block.lines])

    def seats(self, block: Seats) -> None:
        """Draw a row for everybody who signs; all stay on one page."""
        signing = [(each, self._strip(seat, each)) for seat in block.seats for each in self._who(seat)]
        if not signing:
            return
        strips = [strip for _, strip in signing]
        self._headed(block, flowables.strips_height(strips))
        for (each, _), box in zip(signing, signature_strips(self._pages, strips), strict=True):
            if each.field:
                self._boxes.append(SignatureBox(each.field, len(self._pages.pages) - 1, box))
        self._signing_page = len(self._pages.pages)

    def _who(self, seat: Seat) -> Sequence[Signing]:
        if not seat.who:
            return [Signing(())]
        return self._filling.seats.get(seat.who, ())

    def _strip(self, seat: Seat, signing: Signing) -> Strip:
        lines = (*signing.lines, *(self._filled(line) for line in seat.lines))
        return Strip(self._filled(seat.label), signing.ink, signing.hint, lines, certified=bool(signing.field))

    def slip(self, block: Slip) -> None:
        """Draw what is torn off."""
        lines = [self._filled(line) for line in block.lines]
        furniture.slip(self._pages, self._form.cut, self._filled(block.heading), lines)

    def annex(self, block: Annex) -> None:
        """Begin an annex on a new page."""
        furniture.annex_heading(self._pages, self._filled(block.heading), self._filled(block.title))

    def _furnish(self, page: Page, number: int, total: int) -> None:
        """Add head and foot of one page."""
        form, filling = self._form, self._filling
        if number > 1:
            running = f"{form.title}　{self._values.get('name', '')}".strip()
            page.write(LEFT, HEADER_LINE, shortened(running, FOOT, _HEADING_WIDTH), FOOT)
        if filling.warning:
            width = text_width(filling.warning, FOOT) + 2 * _PADDING
            page.write(RIGHT - width + _PADDING, HEADER_LINE, filling.warning, FOOT)
            page.frame(RIGHT - width, HEADER_LINE - FOOT.leading - 1, width, FOOT.leading + 2)
        # The page with the signatures themselves needs no second ones.
        if form.strips and self._signing_page and number != self._signing_page:
            self._sign_again(page)
        digits = filling.sha256[:FINGERPRINT_DIGITS]
        fingerprint = form.fingerprint.format(digits=digits) if digits else ""
        counted = form.page.format(number=number, total=total)
        said = self._filled(form.number) or form.title
        mark = PaperMark(filling.id, number, total, digits) if filling.id and digits else None
        furniture.paper_foot(page, Foot(said, counted, fingerprint, self._filled(form.foot)), mark)
        if form.life in _SEALED:
            furniture.seam(page, said, counted, total)

    def _sign_again(self, page: Page) -> None:
        """Say at the foot of a page who signed it: by hand, or by name; or leave room for the pen."""
        words, top = self._form.words, _STRIP_TOP - 5
        if by_pen := words.get("sign_each_page"):
            page.write(LEFT, top, by_pen, FOOT)
            return
        # The party has no part in a page of photos that came later.
        party = next(iter(self._filling.seats.get("party", ())), None)
        if party is not None and party.ink is not None:
            said = words["signed_on_page"].format(page=self._signing_page)
            left = LEFT + text_width(said, FOOT) + _PADDING
            box = (left, FOOTER_RULE + 1.5, left + _SMALL_INK[0], FOOTER_RULE + _SMALL_INK[1])
            page.write(LEFT, top, said, FOOT)
            page.ink.append(flowables.fit_ink(party.ink, box, flowables.SMALL_INK_WIDTH))
        elif party is not None:
            page.write(LEFT, top, shortened(party.hint or words["sign_here"], FOOT, TEXT_WIDTH / 2), FOOT)
        names = "、".join(each.lines[0] for each in self._filling.seats.get("inspectors", ()))
        page.write(
            LEFT, top, shortened(words["inspectors_of_page"].format(names=names), FOOT, TEXT_WIDTH / 2), FOOT_RIGHT
        )


def _wanted(title: str, cells: Sequence[str]) -> float:
    # By the root: a long sentence wraps, and would leave the numbers beside it no room.
    return sqrt(max(_SHORTEST, *(len(text) for text in (title, *cells))))


_DRAWN: Mapping[type[Any], Callable[[_Drawing, Any], None]] = {
    Facts: _Drawing.facts,
    Paragraph: _Drawing.paragraph,
    Items: _Drawing.items,
    Table: _Drawing.table,
    Tables: _Drawing.tables,
    Photos: _Drawing.photos,
    Seal: _Drawing.seal,
    Seats: _Drawing.seats,
    Slip: _Drawing.slip,
    Annex: _Drawing.annex,
}
