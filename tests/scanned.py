"""Paper that went through a pen and a telephone: pages with their marks, and pictures of them taken askew."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.reports.furniture import Foot, paper_foot
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.styles import BODY, TITLE

PAPER, OTHER = "019cacb3-f200-7a2d-ac7a-da07c17e09d4", "019cacb3-f200-7a2d-ac7a-da07c17e09d5"
DIGITS = "9f86d081884c7d65"
_TEXT = "检查时，打磨车间三名工人正在作业，集气罩开启，作业点未见粉尘外溢；现场查看了二〇二六年的检测报告与告知卡。"
_TABLE = (96, 78, 60)  # what paper lies on
_LARGE = 12_000_000  # pixels
_LENGTH = 297  # mm of paper
_MARGIN = 0.06  # of the paper's length, left around it on a photo


@cache
def paper(total: int = 3, paper: str = PAPER, digits: str = DIGITS) -> bytes:
    """Return a fair copy of `total` pages, each with its mark at the foot."""
    pages = Pages()
    for number in range(1, total + 1):
        if number > 1:
            pages.start_page()
        pages.paragraph(f"现场笔录　第{number}页", TITLE)
        for _ in range(14):
            pages.paragraph(_TEXT, BODY)

    def furniture(page: Page, number: int, count: int) -> None:
        paper_foot(page, Foot("现场笔录", f"第 {number} 页 共 {count} 页"), PaperMark(paper, number, count, digits))

    return paint(pages.pages, furniture, {}, Properties("现场笔录", "石桥镇人民政府", ""))


@cache
def printed(pdf: bytes, number: int, dots: int = 200) -> Image.Image:
    """Return a page (from 1) as it comes out of the printer, signed with a pen."""
    with pypdfium2.PdfDocument(pdf) as document:
        sheet: Image.Image = document[number - 1].render(scale=dots / 72).to_pil().convert("RGB")
    pen = ImageDraw.Draw(sheet)
    unit = sheet.width // 40
    dips = [(unit * (8 + step), unit * (46 + step * (-1) ** step // 4)) for step in range(12)]
    pen.line(dips, fill=(24, 32, 110), width=max(2, dots // 60), joint="curve")
    return sheet


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is taken.

    angle: degrees clockwise · tilt: how much shorter the far edge is, a share · pixels: of the picture
    noise: spread of the grain of a large picture, of 255
    dark: how much light the far side lacks, a share · blur: on the paper, mm
    """

    angle: float = 0.0
    tilt: float = 0.0
    pixels: int = 2_000_000
    noise: float = 0.0
    dark: float = 0.0
    blur: float = 0.0
    quality: int = 85


def at_random(chance: random.Random, askew: float = 15.0, pixels: Sequence[int] = (2, 3, 5, 8, 12)) -> Shot:
    """Return how somebody in a hurry takes one: askew by up to `askew` degrees, of so many million `pixels`."""
    return Shot(
        angle=chance.uniform(-askew, askew) + chance.choice((0, 0, 0, 90, 180, 270)),
        tilt=chance.uniform(0, 0.15),
        pixels=chance.choice(pixels) * 1_000_000,
        noise=chance.uniform(0, 12),
        dark=chance.uniform(0, 0.6),
        blur=chance.uniform(0, 0.2),
        quality=chance.choice((60, 75, 85, 92)),
    )


def photographed(sheet: Image.Image, shot: Shot, chance: random.Random) -> bytes:
    """Return the JPEG of a photo of a sheet that lies on a table."""
    longer = round((shot.pixels * 4 / 3) ** 0.5)
    # A sheet on its side is taken with the telephone on its side.
    size = (longer, longer * 3 // 4) if round(shot.angle / 90) % 2 else (longer * 3 // 4, longer)
    room = Image.new("RGB", size, _TABLE)
    paper = sheet.resize(_fitted(sheet, size, shot.angle), Image.Resampling.HAMMING)
    turned = paper.convert("RGBA").rotate(-shot.angle, Image.Resampling.BILINEAR, expand=True)
    room.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2), turned)
    if shot.tilt:
        room = _tilted(room, shot.tilt, chance)
    if shot.blur:
        room = room.filter(ImageFilter.GaussianBlur(shot.blur * paper.height / _LENGTH))
    if shot.dark:
        light = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(size)
        light = light.point(lambda value: round(255 - shot.dark * value))
        room = ImageChops.multiply(room, Image.merge("RGB", (light, light, light)))
    if shot.noise:
        # A small picture is a large one made smaller, which takes the grain out of it.
        grain = Image.effect_noise(size, shot.noise * min(1.0, (shot.pixels / _LARGE) ** 0.5))
        room = ImageChops.add(room, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)
    return jpeg(room, shot.quality)


def jpeg(picture: Image.Image, quality: int = 85, **more: object) -> bytes:
    """Return the bytes of a picture."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def _fitted(sheet: Image.Image, room: tuple[int, int], angle: float) -> tuple[int, int]:
    """Return how large the sheet lies on the photo, so that all of it is there when it is turned."""
    around = sheet.convert("1").resize((60, 85)).rotate(angle, expand=True)
    across = min(room[0] / around.width, room[1] / around.height) * (1 - 2 * _MARGIN)
    return round(60 * across), round(85 * across)


def _tilted(picture: Image.Image, tilt: float, chance: random.Random) -> Image.Image:
    """Return a picture seen from a side: one edge farther away, and so shorter."""
    turn = chance.choice((0, 90, 180, 270))
    upright = picture.rotate(turn, expand=True)
    width, height = upright.size
    inset = width * tilt / 2
    corners = [(inset, 0.0), (width - inset, 0.0), (float(width), float(height)), (0.0, float(height))]
    whole = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    bent = upright.transform(
        upright.size,
        Image.Transform.PERSPECTIVE,
        _perspective(corners, whole),
        Image.Resampling.BILINEAR,
        fillcolor=_TABLE,
    )
    return bent.rotate(-turn, expand=True)


def _perspective(seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]) -> list[float]:
    """Return the eight numbers that lead from what is seen to the flat picture."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(8):
            if row != at:
                rows[row] = [mine - rows[row][at] * its for mine, its in zip(rows[row], rows[at], strict=True)]
    return [row[8] for row in rows]
