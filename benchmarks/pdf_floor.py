"""The floor of a record: the same facts, rows, photos and strokes put on three reportlab canvases by hand, no more.

The record is made from a seed: 60 rows, 6 photos of 1600 by 1200, 3 sets of strokes on each of its three papers.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, replace
from hashlib import sha256
from io import BytesIO

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.record import AnswerLine, InspectionRecord, PhotoLine, StrokeSet
from ohdesk.reports import fonts
from tests.unit.reports import sample_record

ROWS, PHOTOS = 60, 6
PHOTO_SIZE = (1600, 1200)
LEFT, TOP, BOTTOM = 42.0, 800.0, 36.0
WIDTHS = (35.0, 255.0, 45.0, 175.0)
HEAD_WIDTHS = (70.0, 190.0, 70.0, 180.0)
SIZE, LEADING = 9.0, 12.0
NOTES = ("现场查阅资料齐全", "通风罩口风速不足", "询问当班工人三名", "查看配电房及打磨车间", "检测报告编号齐全")


def sample(seed: int) -> tuple[InspectionRecord, tuple[StrokeSet, ...], Mapping[str, bytes]]:
    """Return an invented record that follows from `seed`, its strokes and its photos."""
    chance = random.Random(seed)  # noqa: S311 - invented content
    pictures = [_picture(chance) for _ in range(PHOTOS)]
    photos = {sha256(picture).hexdigest(): picture for picture in pictures}
    lines = tuple(
        PhotoLine(
            number=number,
            sha256=digest,
            original_sha256=digest[::-1],
            caption=f"{chance.choice(NOTES)}，{number} 号机位",
            place="打磨车间",
            taken_at="2026-03-02T02:15:00Z",
            clock_error=0,
            attached_at="2026-03-02T03:40:00Z",
            taken_by="周衡",
            question="",
        )
        for number, digest in enumerate(photos, start=1)
    )
    answers = tuple(_answer(chance, number) for number in range(1, ROWS + 1))
    record = sample_record.record(answers=answers, photos=lines, number=f"2026-{seed % 10000:04d}")
    strokes = tuple(
        _ink(chance, role, name, record)
        for role, name in (("party", "䶮安"), ("witness", "田禾"), ("assistant", "田禾"))
    )
    return record, strokes, photos


def draw(record: InspectionRecord, strokes: Sequence[StrokeSet], photos: Mapping[str, bytes]) -> list[bytes]:
    """Return the PDFs of the floor: the same three papers by hand; no running lines, no codes, no checks."""
    fonts.register()
    return [_drawn(record, strokes, rest) for rest in (_facts(record), _rows(record), _pictures(record, photos))]


def _drawn(record: InspectionRecord, strokes: Sequence[StrokeSet], rest: "Callable[[_Floor], None]") -> bytes:
    """Return one paper: title, head, what it says, strokes."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    sheet = _Floor(canvas)
    canvas.setFont(fonts.BOLD, 18)
    canvas.drawCentredString(A4[0] / 2, sheet.y, record.title)
    canvas.setFont(fonts.REGULAR, SIZE)
    sheet.y -= 24
    canvas.drawString(LEFT, sheet.y, record.number)
    sheet.y -= 8
    body = record.body
    sheet.row(("被检查单位", body.name, "信用代码", body.uscc), HEAD_WIDTHS)
    sheet.row(("地址", body.address, "检查地点", record.place), HEAD_WIDTHS)
    sheet.y -= 6
    rest(sheet)
    for stroke_set in strokes:
        sheet.ink(stroke_set)
    canvas.save()
    return out.getvalue()


def _facts(record: InspectionRecord) -> "Callable[[_Floor], None]":
    def facts(sheet: "_Floor") -> None:
        for text in filter(None, (*astuple(record.arrival), *record.situation)):
            sheet.row((text,), (sum(WIDTHS),))

    return facts


def _rows(record: InspectionRecord) -> "Callable[[_Floor], None]":
    def rows(sheet: "_Floor") -> None:
        for line in record.answers:
            remark = "".join((line.fact, line.remark, *line.details))
            sheet.row((str(line.number), line.text, line.word, remark), WIDTHS)

    return rows


def _pictures(record: InspectionRecord, photos: Mapping[str, bytes]) -> "Callable[[_Floor], None]":
    def pictures(sheet: "_Floor") -> None:
        for place, photo in enumerate(record.photos):
            x, y = LEFT + place % 2 * 255, sheet.y - 190 * (place // 2 + 1)
            _picture_on(sheet.canvas, photo.sha256, photos[photo.sha256], x, y)
        sheet.page()

    return pictures


class _Floor:
    """A canvas and how far down the page one is."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = TOP
        self._widths: dict[str, float] = {}

    def page(self) -> None:
        self.canvas.showPage()
        self.canvas.setFont(fonts.REGULAR, SIZE)
        self.y = TOP

    def row(self, cells: Sequence[str], widths: Sequence[float]) -> None:
        wrapped = [self._wrap(cell, width - 10) for cell, width in zip(cells, widths, strict=True)]
        height = LEADING * max(map(len, wrapped)) + 6
        if self.y - height < BOTTOM:
            self.page()
        edges = [LEFT + sum(widths[:count]) for count in range(len(widths) + 1)]
        self.canvas.grid(edges, [self.y, self.y - height])
        text = self.canvas.beginText()
        for edge, lines in zip(edges, wrapped, strict=False):
            for number, line in enumerate(lines, start=1):
                text.setTextOrigin(edge + 5, self.y - LEADING * number)
                text.textOut(line)
        self.canvas.drawText(text)
        self.y -= height

    def ink(self, stroke_set: StrokeSet) -> None:
        self.canvas.drawString(LEFT, self.y, stroke_set.name)
        path = self.canvas.beginPath()
        for stroke in stroke_set.strokes:
            path.moveTo(150 + stroke[0][0] / 60, self.y - stroke[0][1] / 60)
            for x, y, _ in stroke[1:]:
                path.lineTo(150 + x / 60, self.y - y / 60)
        self.canvas.drawPath(path)
        self.y -= 55

    def _wrap(self, text: str, width: float) -> list[str]:
        lines, line, used = [], [], 0.0
        for char in text:
            advance = self._widths.get(char)
            if advance is None:
                advance = self._widths[char] = pdfmetrics.stringWidth(char, fonts.REGULAR, SIZE)
            if used + advance > width:
                lines.append("".join(line))
                line, used = [], 0.0
            line.append(char)
            used += advance
        return [*lines, "".join(line)]


def _picture_on(canvas: Canvas, name: str, jpeg: bytes, x: float, y: float) -> None:
    image = PDFImageXObject(name)
    image.loadImageFromJPEG(BytesIO(jpeg))
    canvas._doc.addForm(name, image)  # noqa: SLF001 - drawImage would decode the picture first
    canvas.saveState()
    canvas.transform(240, 0, 0, 180, x, y)
    canvas.doForm(name)
    canvas.restoreState()


def _answer(chance: random.Random, number: int) -> AnswerLine:
    line = sample_record.answer(number)
    note = f"{chance.choice(NOTES)}{chance.choice('甲乙丙丁戊己庚辛')}{chance.randint(1, 99)}"
    return replace(line, remark=note, fact="", details=(), photos=())


def _picture(chance: random.Random) -> bytes:
    noise = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3)).resize(PHOTO_SIZE)
    held = BytesIO()
    noise.save(held, "JPEG", quality=70)
    return held.getvalue()


def _ink(chance: random.Random, role: str, name: str, record: InspectionRecord) -> StrokeSet:
    strokes = tuple(
        tuple(
            (
                round(3000 + 2000 * stroke + 1200 * math.sin(step / 7) + chance.randint(0, 60)),
                round(2000 + 900 * math.cos(step / 5 + stroke)),
                500,
            )
            for step in range(60)
        )
        for stroke in range(4)
    )
    return StrokeSet(
        role=role,
        name=name,
        at="2026-03-02T03:45:00Z",
        record_sha256=fingerprint(record),
        width=12000,
        height=5000,
        strokes=strokes,
    )
