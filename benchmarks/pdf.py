"""A four-page record drawn warm, against the same content put on a reportlab canvas by hand."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from benchmarks.rounds import Row, interleaved
from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.record import InspectionRecord, StrokeSet
from ohdesk.reports import fonts
from ohdesk.reports.inspection_record import render
from ohdesk.reports.record_texts import texts_of
from tests.unit.reports import sample_record

ROUNDS = 25
GOAL = 3.0
PAGES = 4
ANSWERS = 22
SIZE, LEADING = 10.5, 14.0
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, A4[0] - 26 * mm, A4[1] - 25 * mm, 20 * mm
COLUMNS = (LEFT, LEFT + 12 * mm, LEFT + 92 * mm, LEFT + 110 * mm, RIGHT)


def sample() -> tuple[InspectionRecord, tuple[StrokeSet, ...], Mapping[str, bytes]]:
    """Return a record that fills four pages, its strokes and its photos."""
    whole = sample_record.record()
    photos = whole.photos[:2]
    record = replace(whole, answers=whole.answers[:ANSWERS], photos=photos)
    strokes = tuple(
        sample_record.ink(role, name, record, phase)
        for role, name, phase in (("party", "䶮安", 0.0), ("assistant", "田禾", 1.0), ("witness", "𬭎之", 2.0))
    )
    return record, strokes, {photo.sha256: sample_record.PHOTOS[photo.sha256] for photo in photos}


def by_hand(record: InspectionRecord, strokes: Sequence[StrokeSet], photos: Mapping[str, bytes]) -> tuple[bytes, int]:
    """Return the content drawn without any layout machinery, and how many pages it took."""
    held = BytesIO()
    canvas = Canvas(held, pagesize=A4, pageCompression=1)
    sheet = _Sheet(canvas)
    head = replace(record, answers=(), photos=())
    for _, text in texts_of(head, ()):
        sheet.lines(text)
    for line in record.answers:
        sheet.row(
            (str(line.number), line.text, line.word, "；".join((line.remark, line.fact, *line.details, *line.duty)))
        )
    for photo in record.photos:
        sheet.picture(photos[photo.sha256], photo.caption)
    for stroke_set in strokes:
        sheet.ink(stroke_set)
    canvas.save()
    return held.getvalue(), canvas.getPageNumber() - 1


class _Sheet:
    """A canvas, and how far down the page one is."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = TOP
        canvas.setFont(fonts.REGULAR, SIZE)

    def lines(self, text: str) -> None:
        for line in _wrapped(text, RIGHT - LEFT):
            self._room(LEADING)
            self.y -= LEADING
            self.canvas.drawString(LEFT, self.y, line)

    def row(self, cells: Sequence[str]) -> None:
        wrapped = [_wrapped(cell, COLUMNS[n + 1] - COLUMNS[n] - 6) for n, cell in enumerate(cells)]
        height = LEADING * max(map(len, wrapped)) + 4
        self._room(height)
        self.canvas.grid(COLUMNS, [self.y, self.y - height])
        text = self.canvas.beginText()
        for left, lines in zip(COLUMNS, wrapped, strict=False):
            for number, line in enumerate(lines, start=1):
                text.setTextOrigin(left + 3, self.y - LEADING * number)
                text.textOut(line)
        self.canvas.drawText(text)
        self.y -= height

    def picture(self, jpeg: bytes, caption: str) -> None:
        self._room(80 * mm)
        self.y -= 78 * mm
        self.canvas.drawImage(ImageReader(BytesIO(jpeg)), LEFT, self.y, 100 * mm, 75 * mm)
        self.lines(caption)

    def ink(self, held: StrokeSet) -> None:
        self._room(20 * mm)
        path = self.canvas.beginPath()
        for stroke in held.strokes:
            path.moveTo(LEFT + stroke[0][0] / 300, self.y - stroke[0][1] / 300)
            for x, y, _ in stroke[1:]:
                path.lineTo(LEFT + x / 300, self.y - y / 300)
        self.canvas.drawPath(path)
        self.y -= 20 * mm

    def _room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.canvas.setFont(fonts.REGULAR, SIZE)
            self.y = TOP


@cache
def _width(character: str) -> float:
    return float(pdfmetrics.stringWidth(character, fonts.REGULAR, SIZE))


def _wrapped(text: str, width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for character in text:
        step = _width(character)
        if used + step > width:
            lines.append(line)
            line, used = "", 0.0
        line += character
        used += step
    return [*lines, line]


def measure() -> list[Row]:
    """Return the figure of this benchmark; refuses to compare documents of different length."""
    fonts.register()
    record, strokes, photos = sample()
    digest = fingerprint(record)
    _, pages = by_hand(record, strokes, photos)
    drawn = render(record, digest, strokes, photos).pdf.count(b"/Type /Page\n")
    if (drawn, pages) != (PAGES, PAGES):
        sys.exit(f"not the same document: ohdesk draws {drawn} pages, by hand it is {pages}")
    times = interleaved(
        {
            "floor": lambda _: by_hand(record, strokes, photos),
            "ohdesk": lambda _: render(record, digest, strokes, photos),
        },
        ROUNDS,
    )
    return [Row("record of four pages, warm", times["ohdesk"], times["floor"], GOAL)]
