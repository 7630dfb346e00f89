"""Photos for the demonstration: drawn workshops, as a telephone would deliver them, place and all."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (1200, 900)
_DETAILS, _SHOT_AT = 0x8769, 0x9003
_WALL, _FLOOR, _DARK, _LIGHT, _WARN = "#d8d4c8", "#9a958a", "#4a4f55", "#f4efdf", "#d9a520"


def workshop_photo(seed: int, shot_at: str = "") -> bytes:
    """Return a JPEG of an invented workshop, 1200 × 900, with a telephone's EXIF (the program strips it).

    shot_at: as telephones write it, "2026:03:19 14:02:10", in Beijing's time; "" where it does not say
    """
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    picture = Image.new("RGB", SIZE, _WALL)
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    horizon = height * chance.randint(52, 60) // 100
    draw.rectangle((0, horizon, width, height), fill=_FLOOR)
    for lamp in range(4):
        x = 120 + lamp * 300
        draw.rectangle((x, 68, x + 165, 84), fill=_LIGHT)
    for _ in range(chance.randint(3, 5)):
        _machine(draw, chance, horizon)
    for x in range(-200, width, 260):
        draw.polygon(
            [(x, height), (x + 90, height), (x + 330, horizon + 180), (x + 290, horizon + 180)],
            fill=_WARN if (x // 260) % 2 else _FLOOR,
        )
    finished = Image.blend(picture, _grain(chance), 0.08)
    target = io.BytesIO()
    finished.save(target, "JPEG", quality=82, exif=_exif(shot_at))
    return target.getvalue()


def _grain(chance: random.Random) -> Image.Image:
    """Return noise of this chance: Pillow's own takes its numbers from what the whole process shares."""
    size = (SIZE[0] // 4, SIZE[1] // 4)
    noise = Image.frombytes("L", size, chance.randbytes(size[0] * size[1])).point(
        [64 + value // 2 for value in range(256)]
    )
    return noise.resize(SIZE).convert("RGB")


def _machine(draw: ImageDraw.ImageDraw, chance: random.Random, horizon: int) -> None:
    x, wide, high = chance.randint(30, 930), chance.randint(140, 240), chance.randint(180, 320)
    colour = chance.choice(["#5f7f95", "#7b8a5f", "#8d6a5a", "#66707a"])
    top = horizon + 90 - high
    draw.rectangle((x, top, x + wide, horizon + 90), fill=colour, outline=_DARK, width=6)
    draw.rectangle((x + 24, top + 28, x + wide - 24, top + high // 3), fill=_DARK)
    draw.ellipse(
        (x + wide // 2 - 40, horizon - 40, x + wide // 2 + 40, horizon + 40), fill=_LIGHT, outline=_DARK, width=5
    )
    draw.line((x + wide - 30, top, x + wide - 30, 130), fill=_DARK, width=16)


def _exif(shot_at: str) -> bytes:
    exif = Image.Exif()
    if shot_at:
        exif.get_ifd(_DETAILS)[_SHOT_AT] = shot_at
    exif[0x010F] = "telephone"
    exif[0x0112] = 1
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = "N", (0.0, 0.0, 1.0), "E", (0.0, 0.0, 1.0)
    return exif.tobytes()
