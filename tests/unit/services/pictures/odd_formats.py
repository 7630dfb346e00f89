"""Pictures as scanners, drawing programs, chats and broken sticks leave them: further cases beside `odd_pictures`."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from ohdesk.services.pictures.wire import Refusal
from tests.unit.services.pictures.odd_pictures import (
    BLACK,
    BLUE,
    GREEN,
    PHONE,
    RED,
    SIZE,
    WHITE,
    Kept,
    Odd,
    jpeg,
    png_chunk,
    png_of,
    saved,
    scene,
    with_segment,
)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UPRIGHT_ON_SIDE = Kept((32, 64), (BLUE, RED, WHITE, GREEN))  # the scene turned by 90 degrees
_HALVES = Kept(corners=(BLACK, WHITE, BLACK, WHITE))


def more_cases() -> Iterator[Odd]:
    """Yield every case."""
    yield from _jpegs()
    yield from _metadata()
    yield from _pngs()
    yield from _tiffs()
    yield from _bitmaps()
    yield from _webps()
    yield from _copied_badly()


def exif_of(tag_6: bool = True, **parts: object) -> Image.Exif:
    exif = Image.Exif()
    if tag_6:
        exif[0x0112] = 6
    return exif


def _jpegs() -> Iterator[Odd]:
    yield Odd("fill before a segment", lambda: jpeg()[:2] + b"\xff\xff" + jpeg()[2:], Kept())
    yield Odd("its end missing, jpeg", lambda: jpeg()[:-2], Refusal.TRUNCATED)
    yield Odd("print, with its profile broken", lambda: jpeg(scene().convert("CMYK"), icc_profile=b"x" * 200), Kept())
    yield Odd("sampled coarsely", lambda: jpeg(subsampling=2), Kept())
    yield Odd("restart marks", lambda: jpeg(restart_marker_blocks=1), Kept())
    yield Odd("progressive and turned", lambda: jpeg(progressive=True, exif=exif_of()), _UPRIGHT_ON_SIDE)
    yield Odd("progressive, half", lambda: _half(jpeg(_noise(), progressive=True)), Refusal.TRUNCATED)
    yield Odd("a comment as long as may be", lambda: _with_segments(b"\xfe", b"x" * 65_000, 20), Kept())
    yield Odd("many segments nobody knows", lambda: _with_segments(b"\xed", bytes(60_000), 20), Kept())
    yield Odd("a profile of grey on colours", lambda: jpeg(icc_profile=_profile_bytes("sRGB")[:128]), Kept())
    yield Odd("a profile that holds", lambda: jpeg(icc_profile=_profile_bytes("sRGB")), Kept())
    yield Odd("quality of nothing", lambda: jpeg(quality=1), Kept(corners=None))
    yield Odd("grey, turned", lambda: jpeg(scene().convert("L"), exif=exif_of()), Kept((32, 64), None))
    yield Odd("with a small picture inside", lambda: _with_thumbnail(), _UPRIGHT_ON_SIDE)
    yield Odd("two eyes, turned", lambda: _two_eyes(), _UPRIGHT_ON_SIDE)
    yield Odd("two eyes, the second cut off", lambda: _two_eyes()[:-300], _UPRIGHT_ON_SIDE)
    yield Odd("150 million pixels in the head", lambda: _claimed(12_500, 12_500), Refusal.TOO_LARGE)
    yield Odd("a side of nothing", lambda: _claimed(0, 32), Refusal.NO_PICTURE)


def _metadata() -> Iterator[Odd]:
    exif = exif_of()
    turned = _UPRIGHT_ON_SIDE
    place = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description exif:GPSLatitude='23,7.0N'/></x:xmpmeta>"
    yield Odd("a place in words (XMP)", lambda: with_segment(place), Kept())
    yield Odd(
        "turned behind the end of its list", lambda: _exif_bytes(b"II*\0\x08\0\0\0\xff\xff" + _entry(0x0112, 6)), turned
    )
    yield Odd(
        "the list of the next picture far away", lambda: _exif_bytes(_directory(_entry(0x0112, 6), b"\xff" * 4)), turned
    )
    yield Odd("large end first", lambda: _exif_bytes(_directory(_entry(0x0112, 6, ">"), bytes(4), ">")), turned)
    yield Odd("turned as a long number", lambda: _exif_bytes(_directory(struct.pack("<HHII", 0x0112, 4, 1, 6))), turned)
    yield Odd("turned twice", lambda: _exif_bytes(_directory(_entry(0x0112, 6) * 2)), turned)
    yield Odd("a list in a circle", lambda: _exif_bytes(_directory(_entry(0x0112, 6), struct.pack("<I", 8))), turned)
    yield Odd("details in a circle", lambda: _exif_bytes(_directory(struct.pack("<HHII", 0x8769, 4, 1, 8))), Kept())
    yield Odd("a maker's own notes", lambda: _noted(bytes(range(256)) * 100), turned)
    yield Odd("notes that say they go on for ever", lambda: _noted(b"Nikon\0\2\x10\0\0MM\0*\xff\xff\xff\xff"), turned)
    yield Odd(
        "shot in the future, to the part of a second", lambda: _shot("2099:12:31 23:59:59", "+14:00", "999"), turned
    )
    yield Odd("shot at 25 o'clock", lambda: _shot("2026:02:30 25:61:61", "-99:99", "x" * 400), turned)
    yield Odd("two sets of metadata", lambda: _twice(exif), turned)
    yield Odd("metadata of 60 kB of nothing", lambda: with_segment(b"Exif\0\0" + bytes(60_000)), Kept())
    yield Odd("a place that is no number", lambda: _placed(IFDRational(0, 0)), turned)


def _pngs() -> Iterator[Odd]:
    yield Odd("in turns of seven", lambda: _interlaced(), Kept())
    yield Odd("turned, png", lambda: saved(scene(), exif=exif_of()), _UPRIGHT_ON_SIDE)
    yield Odd(
        "colours of 16 bits",
        lambda: _png16(2, [0xFFFF, 0x0101, 0], [0, 0, 0xFFFF]),
        Kept(corners=(RED, BLUE, RED, BLUE)),
    )
    yield Odd("colours of 16 bits, erased", lambda: _png16(6, [0, 0, 0, 0xFFFF], [0xFFFF, 0, 0, 0]), _HALVES)
    yield Odd("grey of 16 bits, erased", lambda: _png16(4, [0, 0xFFFF], [0x8000, 0]), _HALVES)
    yield Odd(
        "grey of 16 bits, one shade seen through", lambda: _png16(0, [0], [0x8000], _seen_through(0x8000)), _HALVES
    )
    yield Odd("grey of two bits", lambda: _grey_bits(2), _HALVES)
    yield Odd("grey of four bits", lambda: _grey_bits(4), _HALVES)
    yield Odd("black writing on nothing", lambda: _writing(), Kept(corners=(WHITE,) * 4))
    yield Odd(
        "half seen through", lambda: saved(Image.new("RGBA", SIZE, (0, 0, 0, 128))), Kept(corners=((127,) * 3,) * 4)
    )
    yield Odd("a palette without its colours", lambda: _png(3, 8, bytes(65) * 32), Refusal.TRUNCATED)
    yield Odd("a picture that moves once", lambda: saved(scene(), save_all=True, append_images=[]), Kept())
    yield Odd("a sum that is wrong", lambda: _wrong_sum(), Refusal.TRUNCATED)
    yield Odd(
        "no picture in it", lambda: _SIGNATURE + png_of(64, 32)[8:33] + png_chunk(b"IEND", b""), Refusal.TRUNCATED
    )
    yield Odd("its end missing", lambda: saved(scene())[:-12], Kept())
    yield Odd("a profile that swells", lambda: _swelling_profile(), Refusal.NO_PICTURE)
    yield Odd("bent brightness", lambda: _with_chunk(b"gAMA", struct.pack(">I", 45455)), Kept())
    yield Odd("long as a street", lambda: saved(Image.new("L", (20_000, 10), 255)), Refusal.STRIP)
    yield Odd("one line", lambda: saved(Image.new("L", (3200, 1), 255)), Kept((3200, 1), (WHITE,) * 4))


def _tiffs() -> Iterator[Odd]:
    yield Odd("fax", lambda: saved(_two_tones(), "TIFF", compression="group4"), _HALVES)
    yield Odd("fax, old", lambda: saved(_two_tones(), "TIFF", compression="group3"), _HALVES)
    yield Odd("tiff, jpeg inside", lambda: saved(scene(), "TIFF", compression="jpeg", quality=95), Kept())
    yield Odd("tiff, deflate", lambda: saved(scene(), "TIFF", compression="tiff_adobe_deflate"), Kept())
    yield Odd("tiff, packed", lambda: saved(scene(), "TIFF", compression="packbits"), Kept())
    yield Odd("tiff, tiles", lambda: _tiles(), Kept())
    yield Odd("tiff, palette", lambda: saved(scene().quantize(8), "TIFF"), Kept())
    yield Odd("tiff, erased", lambda: saved(_erased(), "TIFF"), _HALVES)
    yield Odd("tiff, turned", lambda: saved(scene(), "TIFF", tiffinfo={0x0112: 6}), _UPRIGHT_ON_SIDE)
    yield Odd("tiff, white is nothing", lambda: _white_is_zero(), _HALVES)
    yield Odd("tiff, colours of 16 bits", lambda: _tiff16(), Kept(corners=(RED, BLUE, RED, BLUE)))
    yield Odd("tiff, half", lambda: _half(saved(_noise(), "TIFF")), Refusal.TRUNCATED)


def _bitmaps() -> Iterator[Odd]:
    yield Odd("bmp, palette", lambda: saved(scene().quantize(8), "BMP"), Kept())
    yield Odd("bmp, black and white", lambda: saved(_two_tones(), "BMP"), _HALVES)
    yield Odd("bmp of 32 bits, the fourth unused", lambda: _bmp32(alpha=0), Kept(corners=(RED,) * 4))
    yield Odd("bmp of 32 bits, the fourth full", lambda: _bmp32(alpha=255), Kept(corners=(RED,) * 4))
    yield Odd("bmp of 16 bits", lambda: _bmp565(), Kept(corners=(RED,) * 4))
    yield Odd("bmp, top first", lambda: _top_first(), Kept())
    yield Odd("bmp, half", lambda: _half(saved(_noise(), "BMP")), Refusal.TRUNCATED)


def _webps() -> Iterator[Odd]:
    yield Odd("webp, with loss", lambda: saved(scene(), "WEBP", quality=95), Kept(corners=None))
    yield Odd("webp, turned", lambda: saved(scene(), "WEBP", lossless=True, exif=exif_of()), _UPRIGHT_ON_SIDE)
    yield Odd("webp, half", lambda: _half(saved(_noise(), "WEBP")), Refusal.NO_PICTURE)
    yield Odd("webp, profile broken", lambda: saved(scene(), "WEBP", lossless=True, icc_profile=b"x" * 99), Kept())


def _copied_badly() -> Iterator[Odd]:
    whole = jpeg(_noise())
    yield Odd("a film with an ending of a photo", lambda: b"\0\0\0\x18ftypmp42" + bytes(2000), Refusal.NO_PICTURE)
    yield Odd("an archive behind the photo", lambda: jpeg() + b"PK\x03\x04" + bytes(2000), Kept())
    yield Odd("another photo behind it", lambda: jpeg() + jpeg(Image.new("RGB", SIZE, "teal")), Kept())
    yield Odd("zeros behind its half", lambda: whole[: len(whole) // 2] + bytes(len(whole) // 2), Refusal.TRUNCATED)
    yield Odd("zeros in its middle", lambda: _holed(whole), Kept((300, 200), None))
    yield Odd("zeros alone", lambda: bytes(100_000), Refusal.NO_PICTURE)
    yield Odd("a line before it", lambda: b"\r\n" + jpeg(), Refusal.NO_PICTURE)
    yield Odd("a page of the web", lambda: b"<!DOCTYPE html><html><body>404", Refusal.NO_PICTURE)
    yield Odd(
        "gif that moves",
        lambda: saved(scene(), "GIF", save_all=True, append_images=[Image.new("RGB", SIZE)]),
        Refusal.NO_PICTURE,
    )
    yield Odd("jpeg 2000", lambda: saved(scene(), "JPEG2000"), Refusal.NO_PICTURE)
    yield Odd("an icon", lambda: saved(scene(), "ICO"), Refusal.NO_PICTURE)
    yield Odd("a drawing", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', Refusal.NO_PICTURE)
    yield Odd("heic, bytes behind it", lambda: PHONE.read_bytes() + bytes(500), Kept(corners=None))
    yield Odd("heic, zeros in its middle", lambda: _holed(PHONE.read_bytes()), Refusal.NO_PICTURE)


def _noise() -> Image.Image:
    return Image.effect_noise((300, 200), 90).convert("RGB")


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _holed(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes(400) + content[at + 400 :]


def _erased() -> Image.Image:
    picture = Image.new("RGBA", SIZE, (*BLACK, 255))
    picture.paste((*RED, 0), (32, 0, 64, 32))
    return picture


def _two_tones() -> Image.Image:
    picture = Image.new("1", SIZE, 1)
    picture.paste(0, (0, 0, 32, 32))
    return picture


def _with_segments(kind: bytes, content: bytes, many: int) -> bytes:
    plain = jpeg()
    segment = b"\xff" + kind + struct.pack(">H", len(content) + 2) + content
    return plain[:2] + segment * many + plain[2:]


def _profile_bytes(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def _claimed(width: int, height: int) -> bytes:
    """Return a JPEG whose head says another size."""
    plain = jpeg()
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", height, width) + plain[at + 4 :]


def _with_thumbnail() -> bytes:
    small = jpeg(Image.new("RGB", (16, 16), "teal"))
    first = _entry(0x0112, 6)
    second = struct.pack("<HHII", 0x0201, 4, 1, 62) + struct.pack("<HHII", 0x0202, 4, 1, len(small))
    body = b"II*\0" + struct.pack("<IH", 8, 1) + first + struct.pack("<I", 26)
    return _exif_bytes(body + struct.pack("<H", 2) + second + bytes(4) + bytes(6) + small)


def _two_eyes() -> bytes:
    return saved(scene(), "MPO", save_all=True, append_images=[scene()], quality=95, subsampling=0, exif=exif_of())


def _entry(tag: int, value: int, order: str = "<") -> bytes:
    return struct.pack(f"{order}HHIHH", tag, 3, 1, value, 0)


def _directory(entries: bytes, following: bytes = bytes(4), order: str = "<") -> bytes:
    head = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return head + struct.pack(f"{order}H", len(entries) // 12) + entries + following


def _exif_bytes(body: bytes) -> bytes:
    return with_segment(b"Exif\0\0" + body)


def _noted(notes: bytes) -> bytes:
    exif = exif_of()
    exif.get_ifd(0x8769)[0x927C] = notes
    return jpeg(exif=exif)


def _shot(said: str, offset: str, part: str) -> bytes:
    exif = exif_of()
    exif.get_ifd(0x8769).update({0x9003: said, 0x9011: offset, 0x9291: part})
    return jpeg(exif=exif)


def _placed(latitude: IFDRational) -> bytes:
    exif = exif_of()
    exif.get_ifd(0x8825)[2] = (latitude, latitude, latitude)
    return jpeg(exif=exif)


def _twice(exif: Image.Exif) -> bytes:
    content = exif.tobytes()
    other = exif_of(tag_6=False).tobytes()
    plain = jpeg()
    segments = [b"\xff\xe1" + struct.pack(">H", len(each) + 2) + each for each in (content, other)]
    return plain[:2] + b"".join(segments) + plain[2:]


def _png(kind: int, bits: int, rows: bytes, *more: bytes, interlaced: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", *SIZE, bits, kind, 0, 0, interlaced)
    return b"".join(
        (
            _SIGNATURE,
            png_chunk(b"IHDR", head),
            *more,
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        )
    )


def _png16(kind: int, left: list[int], right: list[int], *more: bytes) -> bytes:
    """Return 16 bits for each part of a colour: one on the left, another on the right."""
    pixel = f">{len(left)}H"
    row = b"\0" + struct.pack(pixel, *left) * 32 + struct.pack(pixel, *right) * 32
    return _png(kind, 16, row * 32, *more)


def _seen_through(shade: int) -> bytes:
    return png_chunk(b"tRNS", struct.pack(">H", shade))


def _grey_bits(bits: int) -> bytes:
    half = 32 * bits // 8
    return _png(0, bits, (b"\0" + bytes(half) + b"\xff" * half) * 32)


def _interlaced() -> bytes:
    """Return the scene in the seven passes of Adam."""
    picture = scene()
    rows = b""
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for y in range(y0, SIZE[1], dy):
            rows += b"\0" + b"".join(bytes(picture.getpixel((x, y))) for x in range(x0, SIZE[0], dx))
    return _png(2, 8, rows, interlaced=1)


def _writing() -> bytes:
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    picture.paste((*BLACK, 255), (20, 10, 44, 22))
    return saved(picture)


def _wrong_sum() -> bytes:
    content = bytearray(saved(_noise()))
    content[content.index(b"IDAT") + 40] ^= 1
    return bytes(content)


def _with_chunk(name: bytes, content: bytes) -> bytes:
    plain = saved(scene())
    return plain[:33] + png_chunk(name, content) + plain[33:]


def _swelling_profile() -> bytes:
    return _with_chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(70_000_000)))


def _tiles() -> bytes:
    """Return the scene in two tiles of 32 by 32."""
    picture = scene()
    tiles = [picture.crop((left, 0, left + 32, 32)).tobytes() for left in (0, 32)]
    tags = [
        (256, 3, 1, 64),
        (257, 3, 1, 32),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (277, 3, 1, 3),
        (322, 3, 1, 32),
        (323, 3, 1, 32),
    ]
    end = 8 + 2 + 12 * (len(tags) + 2) + 4
    offsets, counts = end, end + 8
    first = counts + 8
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    entries += struct.pack("<HHII", 324, 4, 2, offsets) + struct.pack("<HHII", 325, 4, 2, counts)
    where = struct.pack("<II", first, first + len(tiles[0])) + struct.pack("<II", *map(len, tiles))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags) + 2) + entries + bytes(4) + where + b"".join(tiles)


def _strip(rows: bytes, bits: int, parts: int, meaning: int) -> bytes:
    """Return a TIFF in one strip; meaning: 0 white is zero, 2 colours."""
    tags = [
        (256, 3, 1, 64),
        (257, 3, 1, 32),
        (258, 3, 1, bits),
        (259, 3, 1, 1),
        (262, 3, 1, meaning),
        (273, 4, 1, 0),
        (277, 3, 1, parts),
        (278, 3, 1, 32),
        (279, 4, 1, len(rows)),
    ]
    end = 8 + 2 + 12 * len(tags) + 4
    more = b""
    if parts == 3:
        tags[2] = (258, 3, 3, end)
        more = struct.pack("<HHH", bits, bits, bits)
    tags[5] = (273, 4, 1, end + len(more))
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + more + rows


def _white_is_zero() -> bytes:
    return _strip((b"\xff" * 32 + bytes(32)) * 32, 8, 1, 0)


def _tiff16() -> bytes:
    row = struct.pack("<HHH", 0xFFFF, 0, 0) * 32 + struct.pack("<HHH", 0, 0, 0xFFFF) * 32
    return _strip(row * 32, 16, 3, 2)


def _bmp32(alpha: int) -> bytes:
    return _bmp(32, bytes((0, 0, 255, alpha)) * 64 * 32)


def _bmp565() -> bytes:
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    return _bmp(16, struct.pack("<H", 0xF800) * 64 * 32, masks)


def _bmp(bits: int, rows: bytes, masks: bytes = b"") -> bytes:
    offset = 14 + 40 + len(masks)
    head = struct.pack("<IiiHHIIiiII", 40, *SIZE, 1, bits, 3 if masks else 0, len(rows), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + head + masks + rows


def _top_first() -> bytes:
    rows = b"".join(bytes(scene().getpixel((x, y))[::-1]) for y in range(32) for x in range(64))
    content = bytearray(_bmp(24, rows))
    content[22:26] = struct.pack("<i", -SIZE[1])
    return bytes(content)
