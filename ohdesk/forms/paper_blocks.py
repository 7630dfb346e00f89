"""The blocks that a paper is made of, as its file says them; `reports/papers.py` draws each kind.

Every text may hold `{places}`.  In a block `of` a list, the places of the list's items stand beside those of the paper.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec


class Text(NamedTuple):
    """A text with places: where it stands, in words, what is written there, and of which list its items are."""

    where: str
    text: str
    of: str = ""


class _Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    """What every block may say.

    key: by which a derived file changes it · when: a place; the block is drawn only where that has something
    heading: above it
    """

    key: str = ""
    when: str = ""
    heading: str = ""

    @property
    def list_of(self) -> str:
        """The list that the block goes through, "" for none."""
        return str(getattr(self, "of", ""))

    @property
    def texts(self) -> Iterator[Text]:
        """Every text of the block."""
        if self.heading:
            yield Text(self.heading, self.heading)


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label and what stands beside it.

    blank: what stands there where nothing is known, "" to be written by hand
    optional: its row is left out where nothing is known of any fact in it
    """

    label: str
    text: str
    blank: str = "／"
    optional: bool = False


class Facts(_Block, frozen=True, tag="facts"):
    """A table of facts, one or two in a row; with `of` the rows stand once for every item of a list."""

    rows: tuple[tuple[Fact, ...], ...]
    of: str = ""

    @property
    def texts(self) -> Iterator[Text]:
        """The heading, and every label with its text."""
        yield from super().texts
        for row in self.rows:
            for fact in row:
                yield Text(fact.label, fact.label, self.of)
                yield Text(fact.label, fact.text, self.of)


class Paragraph(_Block, frozen=True, tag="paragraph"):
    """Running text; a line feed begins another paragraph."""

    text: str
    indent: bool = True

    @property
    def texts(self) -> Iterator[Text]:
        """Heading and text."""
        yield from super().texts
        yield Text(self.heading, self.text)


class Items(_Block, frozen=True, tag="items"):
    """A paragraph for each item of a list; `none` where the list is empty, "" for nothing at all."""

    of: str
    text: str
    none: str = ""
    indent: bool = True

    @property
    def texts(self) -> Iterator[Text]:
        """Heading and the text of an item."""
        yield from super().texts
        yield Text(self.heading, self.text, self.of)
        yield Text(self.heading, self.none)


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column: heading, width in mm, the text of its cells, a smaller one below, and the place that makes it bold.

    blank: what stands in a cell of which nothing is known
    """

    title: str
    width: int
    text: str
    below: str = ""
    align: Literal["left", "centre"] = "left"
    bold: str = ""
    blank: str = ""


class Table(_Block, frozen=True, tag="table"):
    """A headed table with a row for each item of a list.

    band: the place of an item that makes a row over all columns where it changes
    none: a line instead of the table where the list is empty · rows: blank rows to be filled by hand below
    """

    of: str
    columns: tuple[Column, ...]
    band: str = ""
    none: str = ""
    rows: int = 0

    @property
    def texts(self) -> Iterator[Text]:
        """Heading, headings of columns, and cells."""
        yield from super().texts
        yield Text(self.heading, self.none)
        for column in self.columns:
            yield from (Text(column.title, text, self.of) for text in (column.text, column.below))


class Tables(_Block, frozen=True, tag="tables"):
    """A small table for each item of a list that is a table itself: what was filled in row by row at a question."""

    of: str


class Photos(_Block, frozen=True, tag="photos"):
    """Photos, two in a row, each with its number and its particulars; those of a secret are left out.

    height: of one in mm, 0 for the usual one
    """

    of: str = "photos"
    height: int = 0


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place to sign.

    lines: what is to be written beside it · who: those of the visit who sign here, each on a row of their own
    """

    label: str
    lines: tuple[str, ...] = ()
    who: Literal["", "party", "witness", "inspectors", "assistants", "recorder", "technicians"] = ""


class Seats(_Block, frozen=True, tag="seats"):
    """Places to sign, on one page."""

    seats: tuple[Seat, ...]

    @property
    def texts(self) -> Iterator[Text]:
        """Heading, and what stands beside the places."""
        yield from super().texts
        yield from (Text(seat.label, line) for seat in self.seats for line in (seat.label, *seat.lines))


class _Lines(_Block, frozen=True):
    lines: tuple[str, ...]

    @property
    def texts(self) -> Iterator[Text]:
        """Heading and lines."""
        yield from super().texts
        yield from (Text(self.heading, line) for line in self.lines)


class Seal(_Lines, frozen=True, tag="seal"):
    """Who issues it and the day, at the right, with room for the seal over both."""


class Slip(_Lines, frozen=True, tag="slip"):
    """What is torn off and comes back: below a dashed line, with the paper's number and its QR."""


class Annex(_Block, frozen=True, tag="annex"):
    """The beginning of an annex: a new page with its title."""

    title: str

    @property
    def texts(self) -> Iterator[Text]:
        """The title."""
        yield Text(self.title, self.title)


Block = Facts | Paragraph | Items | Table | Tables | Photos | Seats | Seal | Slip | Annex
KINDS = ("facts", "paragraph", "items", "table", "tables", "photos", "seats", "seal", "slip", "annex")
