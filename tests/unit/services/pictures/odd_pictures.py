"""Pictures as telephones, scanners and careless copying give them, each with what is to become of it.

A picture that is kept shows, upright: red, green / blue, white in its four corners, unless its case says otherwise.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, PngImagePlugin, TiffImagePlugin

from ohdesk.services.pictures.wire import Refusal

RED, GREEN, BLUE, WHITE, BLACK = (254, 0, 0), (0, 128, 0), (0, 0, 254), (255, 255, 255), (0, 0, 0)
CORNERS = (RED, GREEN, BLUE, WHITE)
SIZE = (64, 32)
PHONE = Path(__file__).parent / "phone.heic"
_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


class Kept(NamedTuple):
    """The copy: how large it is, and the colours of its corners, top left to bottom right; None where any will do."""

    size: tuple[int, int] = SIZE
    corners: tuple[tuple[int, int, int], ...] | None = CORNERS


class Odd(NamedTuple):
    name: str
    make: Callable[[], bytes]
    becomes: Kept | Refusal


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture with another colour in each corner."""
    picture = Image.new("RGB", size)
    middle = (size[0] // 2, size[1] // 2)
    picture.paste(RED, (0, 0, *middle))
    picture.paste(GREEN, (middle[0], 0, size[0], middle[1]))
    picture.paste(BLUE, (0, middle[1], middle[0], size[1]))
    picture.paste(WHITE, (*middle, *size))
    return picture


def saved(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    """Return a picture as a file of a kind."""
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def jpeg(picture: Image.Image | None = None, **how: object) -> bytes:
    """Return a JPEG, by default of the scene, sharp at its colours."""
    return saved(picture or scene(), "JPEG", **{"quality": 95, "subsampling": 0, **how})


def turned(orientation: int) -> bytes:
    """Return the scene as a telephone held otherwise stores it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return jpeg(scene().transpose(_BACK[orientation]) if orientation in _BACK else scene(), exif=exif)


def with_entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    """Return a JPEG whose metadata hold one entry written by hand, whatever it says."""
    long = value if len(value) > 4 else b""
    inline = struct.pack("<I", 26) if long else value.ljust(4, b"\0")
    body = b"II*\0\x08\0\0\0" + struct.pack("<HHHI", 1, tag, kind, count) + inline + bytes(4) + long
    return with_segment(b"Exif\0\0" + body)


def with_segment(content: bytes) -> bytes:
    """Return a JPEG with this in its segment of metadata."""
    plain = jpeg()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + plain[2:]


def shot(said: str, offset: str = "") -> bytes:
    """Return a JPEG that says when it was shot."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = said
    if offset:
        exif.get_ifd(0x8769)[0x9011] = offset
    return jpeg(exif=exif)


def grey_16(kind: str, mode: str) -> bytes:
    """Return 16 bits of grey: dark on the left, mid grey on the right."""
    order = ">" if mode.endswith("B") else "<"
    line = b"".join(struct.pack(f"{order}H", 0x2000 if x < 32 else 0x8000) for x in range(64))
    return saved(Image.frombytes(mode, SIZE, line * 32), kind)


def see_through(mode: str) -> bytes:
    """Return a picture whose left is black and whose right is erased, with red still under it."""
    picture = Image.new("RGBA", SIZE, (*BLACK, 255))
    picture.paste((*RED, 0), (32, 0, 64, 32))
    return saved(picture.convert(mode))


def palette(transparency: object) -> bytes:
    """Return a picture of a palette: index 0 (red) on the left, 1 (blue) on the right."""
    picture = Image.new("P", SIZE, 0)
    picture.putpalette([*RED, *BLUE])
    picture.paste(1, (32, 0, 64, 32))
    return saved(picture, transparency=transparency)


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width: int, height: int) -> bytes:
    """Return a PNG whose head says this size, with hardly anything behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def text_bomb() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("comment", "x" * 70_000_000, zip=True)
    return saved(scene(), pnginfo=words)


def raw_photo() -> bytes:
    extra = TiffImagePlugin.ImageFileDirectory_v2()
    extra[50706] = b"\x01\x04\0\0"
    return saved(scene(), "TIFF", tiffinfo=extra)


def several(kind: str) -> bytes:
    return saved(scene(), kind, save_all=True, append_images=[Image.new("RGB", SIZE, "teal")], lossless=True)


def two_eyes() -> bytes:
    return saved(scene(), "MPO", save_all=True, append_images=[scene()], quality=95, subsampling=0)


def circle_of_directories() -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 256, 3, 1, 64) + struct.pack("<I", 8)


def cases() -> Iterator[Odd]:
    """Yield every case."""
    yield from (Odd(f"turned {each}", lambda each=each: turned(each), Kept()) for each in range(10))
    yield from _metadata()
    yield from _colours()
    yield from _shapes()
    yield from _broken()


def _metadata() -> Iterator[Odd]:
    nan = struct.pack("<II", 0, 0)
    said = {
        "height below the sea": with_entry(0x8825, 5, 1, struct.pack("<ii", -12, 1)),
        "resolution of nothing": with_entry(0x011A, 5, 1, nan),
        "resolution in words": with_entry(0x011A, 2, 8, b"seventy\0"),
        "unit below zero": with_entry(0x0128, 8, 1, struct.pack("<h", -2)),
        "width below zero": with_entry(0xA002, 9, 1, struct.pack("<i", -64)),
        "turned in words": with_entry(0x0112, 2, 6, b"right\0"),
        "turned by a fraction": with_entry(0x0112, 5, 1, struct.pack("<II", 1, 6)),
        "an entry behind the end": with_entry(0x010F, 2, 60_000, b"far away\0"),
        "an entry of no kind": with_entry(0x010F, 99, 3, b"abc"),
        "no directory": with_segment(b"Exif\0\0II*\0\xff\xff\xff\xff"),
        "nothing behind its name": with_segment(b"Exif\0\0"),
        "noise": with_segment(bytes(range(256)) * 20),
        "shot never": shot("0000:00:00 00:00:00"),
        "shot yesterday": shot("昨天"),
        "shot in another form": shot("2026-03-02T09:15:07"),
        "shot in the year 9999": shot("9999:12:31 23:59:59"),
        "offset of nonsense": shot("2026:03:02 09:15:07", "UTC+八"),
    }
    yield from (Odd(name, lambda content=content: content, Kept()) for name, content in said.items())


def _colours() -> Iterator[Odd]:
    grey = scene().convert("L")
    corners = tuple((level,) * 3 for level in (76, 75, 29, 255))
    in_grey = Kept(corners=corners)
    halves = Kept(corners=(BLACK, WHITE, BLACK, WHITE))
    dark_and_mid = Kept(corners=((32,) * 3, (128,) * 3, (32,) * 3, (128,) * 3))
    keyed = Kept(corners=(WHITE, BLUE, WHITE, BLUE))
    yield Odd("grey", lambda: saved(grey), in_grey)
    yield Odd("grey jpeg", lambda: jpeg(grey), in_grey)
    yield Odd("grey of 16 bits", lambda: grey_16("PNG", "I;16"), dark_and_mid)
    yield Odd("grey of 16 bits, large end first", lambda: grey_16("TIFF", "I;16B"), dark_and_mid)
    yield Odd("black and white", lambda: saved(Image.new("1", SIZE, 1)), Kept(corners=(WHITE,) * 4))
    yield Odd("erased", lambda: see_through("RGBA"), halves)
    yield Odd("erased grey", lambda: see_through("LA"), halves)
    yield Odd("erased webp", lambda: saved(Image.open(BytesIO(see_through("RGBA"))), "WEBP", lossless=True), halves)
    yield Odd("palette", lambda: saved(scene().quantize(8)), Kept())
    yield Odd("palette with one colour seen through", lambda: palette(0), keyed)
    yield Odd("palette with levels", lambda: palette(b"\0\xff"), keyed)
    yield Odd("a colour seen through", lambda: saved(scene(), transparency=RED), Kept(corners=(WHITE, *CORNERS[1:])))
    yield Odd("a grey seen through", lambda: saved(grey, transparency=29), Kept(corners=(*corners[:2], WHITE, WHITE)))
    yield Odd("for print", lambda: jpeg(scene().convert("CMYK")), Kept())
    yield Odd("for print, tiff", lambda: saved(scene().convert("CMYK"), "TIFF"), Kept())
    yield Odd("progressive", lambda: jpeg(progressive=True), Kept())
    yield Odd("webp", lambda: saved(scene(), "WEBP", lossless=True), Kept())
    yield Odd("bmp", lambda: saved(scene(), "BMP"), Kept())
    yield Odd("tiff", lambda: saved(scene(), "TIFF", compression="tiff_lzw"), Kept())
    yield Odd("numbers with a point", lambda: saved(Image.new("F", SIZE, 0.5), "TIFF"), Refusal.COLOURS)
    yield Odd("numbers of 32 bits", lambda: saved(Image.new("I", SIZE, 70_000), "TIFF"), Refusal.COLOURS)
    yield Odd("lab", lambda: saved(Image.new("LAB", SIZE), "TIFF"), Refusal.COLOURS)
    yield Odd("a profile of nonsense", lambda: jpeg(icc_profile=b"no profile" * 20), Kept())
    yield Odd("heic", PHONE.read_bytes, Kept(corners=(RED, BLUE, RED, BLUE)))


def _shapes() -> Iterator[Odd]:
    yield Odd("one pixel", lambda: saved(scene((1, 1))), Kept((1, 1), None))
    yield Odd("panorama", lambda: jpeg(scene((6400, 1200))), Kept((3200, 600)))
    yield Odd("panorama on its side", lambda: jpeg(scene((1200, 6400))), Kept((600, 3200)))
    yield Odd("four to three", lambda: jpeg(scene((2000, 1500))), Kept((1600, 1200)))
    yield Odd("long screenshot", lambda: saved(Image.new("1", (1080, 20_000), 1)), Refusal.STRIP)
    yield Odd("screenshot of four screens", lambda: jpeg(scene((1080, 6400))), Kept((540, 3200)))
    yield Odd("narrow as it is", lambda: saved(scene((80, 1600))), Kept((80, 1600)))
    yield Odd("64 million pixels", lambda: saved(Image.new("1", (8000, 8000))), Refusal.TOO_LARGE)


def _broken() -> Iterator[Odd]:
    noise = Image.effect_noise((300, 200), 90)
    whole = jpeg(noise)
    yield Odd("nothing", lambda: b"", Refusal.NO_PICTURE)
    yield Odd("one byte", lambda: b"\xff", Refusal.NO_PICTURE)
    yield Odd("words", lambda: "这不是照片".encode(), Refusal.NO_PICTURE)
    yield Odd("a paper", lambda: b"%PDF-1.7\n%%EOF", Refusal.NO_PICTURE)
    yield Odd("an archive", lambda: b"PK\x03\x04" + bytes(200), Refusal.NO_PICTURE)
    yield Odd("gif", lambda: saved(scene(), "GIF"), Refusal.NO_PICTURE)
    yield Odd("half a jpeg", lambda: whole[: len(whole) // 2], Refusal.TRUNCATED)
    yield Odd("a jpeg without its last bytes", lambda: whole[:-400], Refusal.TRUNCATED)
    yield Odd("half a png", lambda: saved(noise)[:20_000], Refusal.TRUNCATED)
    yield Odd("half a heic", lambda: PHONE.read_bytes()[:500], Refusal.NO_PICTURE)
    yield Odd("the head of a jpeg", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0", Refusal.NO_PICTURE)
    yield Odd("a head that says more", lambda: png_of(60_000, 60_000), Refusal.TOO_LARGE)
    yield Odd("a head that says more than is there", lambda: png_of(600, 600), Refusal.TRUNCATED)
    yield Odd("words that swell", text_bomb, Refusal.NO_PICTURE)
    yield Odd("directories in a circle", circle_of_directories, Refusal.NO_PICTURE)
    yield Odd("film behind the picture", lambda: jpeg() + b"\0\0\0\x18ftypmp42" + bytes(500), Kept())
    yield Odd("two eyes", two_eyes, Kept())
    yield Odd("pages", lambda: saved(scene(), "TIFF", save_all=True, append_images=[scene()]), Refusal.SEVERAL)
    yield Odd("moving webp", lambda: several("WEBP"), Refusal.SEVERAL)
    yield Odd("moving png", lambda: several("PNG"), Refusal.SEVERAL)
    yield Odd("raw", raw_photo, Refusal.RAW)
