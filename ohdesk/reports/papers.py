"""Papers whose form is data: a file in `resources/documents/<set>` says which blocks stand on them, in which order.

A place in braces is filled from the values handed in; one that nobody fills is refused by its name, never left out.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources
from ohdesk.reports import flowables, fonts
from ohdesk.reports.flowables import STRIP_HEIGHT, Strip, heading, signature_strips
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import AUTHORITY, BODY, NUMBER, PLAIN, TITLE

_SET = "moj-2025"  # the one set that has papers from before a visit
_PLACE = re.compile(r"\{(\w+)\}")
_GAP = 4.0
_ROOM_FOR_SEAL = 30.0

Values = Mapping[str, str]
Text = tuple[str, str]  # where it stands, in words, and what is written there


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label and what stands beside it; blank: what stands there where nothing is known, "" to be written by hand."""

    label: str
    text: str
    blank: str = "／"


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="facts"):
    """A table of facts, one or two in a row."""

    rows: tuple[tuple[Fact, ...], ...]

    @property
    def texts(self) -> Iterator[Text]:
        """Its texts, each with its label."""
        return ((fact.label, fact.text) for row in self.rows for fact in row)

    def draw(self, pages: Pages, values: Values) -> None:
        """Draw the table."""
        rows = [[(fact.label, _filled(fact.text, values) or fact.blank) for fact in row] for row in self.rows]
        flowables.fields(pages, rows)
        pages.skip(_GAP)


class Paragraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="paragraph"):
    """Running text, with a heading or without; a line feed begins another paragraph."""

    text: str
    heading: str = ""
    indent: bool = True

    @property
    def texts(self) -> Iterator[Text]:
        """Its text, by its heading."""
        yield self.heading, self.text

    def draw(self, pages: Pages, values: Values) -> None:
        """Draw heading and text."""
        if self.heading:
            heading(pages, self.heading)
        for line in _filled(self.text, values).splitlines():
            pages.paragraph(line.strip(), BODY if self.indent else PLAIN)
        pages.skip(_GAP)


class Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="seal"):
    """Who issues it and the day, at the right, with room for the seal over both."""

    lines: tuple[str, ...]

    @property
    def texts(self) -> Iterator[Text]:
        """Its lines."""
        return (("", line) for line in self.lines)

    def draw(self, pages: Pages, values: Values) -> None:
        """Draw the lines, which stay on one page."""
        pages.need(2 * _ROOM_FOR_SEAL + NUMBER.leading * len(self.lines))
        pages.skip(_ROOM_FOR_SEAL)
        for line in self.lines:
            pages.paragraph(_filled(line, values), NUMBER)
        pages.skip(_ROOM_FOR_SEAL)


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place to sign, and what is to be written beside it."""

    label: str
    lines: tuple[str, ...]


class Seats(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="seats"):
    """Places to sign, on one page."""

    heading: str
    seats: tuple[Seat, ...]

    @property
    def texts(self) -> Iterator[Text]:
        """What stands beside the places, each with its label."""
        return ((seat.label, line) for seat in self.seats for line in seat.lines)

    def draw(self, pages: Pages, values: Values) -> None:
        """Draw the heading and a row for each."""
        heading(pages, self.heading, STRIP_HEIGHT * len(self.seats))
        strips = [
            Strip(seat.label, None, "", tuple(_filled(line, values) for line in seat.lines)) for seat in self.seats
        ]
        signature_strips(pages, strips)


class PaperForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a paper.

    unconfirmed: nobody compared it with the original · head: in whose name · number: as it stands below the title
    foot: what every page says of itself, "" for nothing · page: how pages are counted
    words: by which values are worded that are no texts themselves
    """

    title: str
    source: str
    unconfirmed: bool
    head: str
    number: str
    foot: str
    page: str
    words: dict[str, str]
    block: tuple[Facts | Paragraph | Seal | Seats, ...]

    @property
    def texts(self) -> Iterator[Text]:
        """Every text with places, and where it stands."""
        yield from ((self.title, text) for text in (self.head, self.number))
        for block in self.block:
            yield from ((place or self.title, text) for place, text in block.texts)


@cache
def paper_form(name: str) -> PaperForm:
    """Return the form of a paper by the name of its file, "approval" or "notice"."""
    file = resources() / "documents" / _SET / f"{name}.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), PaperForm)


def render_paper(form: PaperForm, values: Values) -> bytes:
    """Return the PDF of a paper, the places of its form filled with these values.

    Raises UserError for a place that has no value, ProblemsError when a character has no glyph.
    """
    _refuse_unfilled(form, values)
    fonts.register()
    fonts.refuse_missing_glyphs((place, _filled(text, values)) for place, text in form.texts)
    pages = Pages()
    pages.paragraph(_filled(form.head, values), AUTHORITY)
    pages.paragraph(form.title, TITLE)
    pages.paragraph(_filled(form.number, values), NUMBER)
    pages.skip(_GAP)
    for block in form.block:
        block.draw(pages, values)

    def furniture(page: Page, number: int, total: int) -> None:
        flowables.foot(page, form.title, form.page.format(number=number, total=total), form.foot)

    return paint(pages.pages, furniture, {}, Properties(form.title, _filled(form.head, values), ""))


def _refuse_unfilled(form: PaperForm, values: Values) -> None:
    places = [place for _, text in form.texts for place in _PLACE.findall(text) if place not in values]
    if places:
        named = "、".join(dict.fromkeys(places))
        raise UserError(
            tr("《{title}》的式样里，这些空没有内容可填：{places}。", title=form.title, places=named),
            tr("请改正文书的式样文件。"),
        )


def _filled(text: str, values: Values) -> str:
    return _PLACE.sub(lambda found: values[found[1]], text)
