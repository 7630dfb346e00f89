"""What becomes of one picture, whatever a telephone put into it: the copy that is kept, or why there is none.

Runs in a limited child: Pillow and libheif meet bytes from anywhere.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, UnidentifiedImageError

from ohdesk.domain.calendar import BEIJING, instant_in, instant_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.masking import Mask
from ohdesk.services.pictures.wire import Refusal, Shrunk

register_heif_opener()  # as one more format of Pillow's
Image.MAX_IMAGE_PIXELS = None  # asked here, by the head, with the size to be told

LONGEST_SIDE = 1600  # pixels of a copy
LONGEST_STRIP = 3200  # of one more than three times as long as wide, a panorama or a long screenshot
LEAST_SIDE = 480  # pixels across a strip: with fewer, nobody reads what stands on it
STRIP = 3
MOST_PIXELS = 40_000_000
MOST_JPEG_PIXELS = 120_000_000  # its decoder leaves out what scaling throws away, so more fits into the memory
JPEG_QUALITY = 85
_COVER = (64, 64, 64)  # unlike the black of a burnt lamp, it is seen to be a cover
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF")
_ORIENTATION, _MAKE, _MODEL, _DETAILS, _SHOT_AT, _OFFSET = 0x0112, 0x010F, 0x0110, 0x8769, 0x9003, 0x9011
_RAW = 50706  # DNGVersion: what opens of it is a thumbnail
_PLAIN = frozenset({"RGB", "CMYK", "L"})
_SEEN_THROUGH = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_SHOWN = _PLAIN | _SEEN_THROUGH | {"1", "P", "RGBX", "YCbCr", "HSV"}
_GREY_16 = "I;16"
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_JPEG, _SCAN, _END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"  # how one begins, its picture begins, and it ends
_METADATA, _FILL = 0xE1, 0xFF  # kinds of its segments
_LONGEST_DEVICE = 60  # characters
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, EOFError, ArithmeticError, LookupError, MemoryError)


class _RefusedError(Exception):
    def __init__(self, why: Refusal, picture: Image.Image) -> None:
        self.answer = Shrunk(refusal=why, width=picture.width, height=picture.height)


def shrink(original: bytes, masks: Sequence[Mask] = ()) -> Shrunk:
    """Return the copy of a picture: upright, at most 1600 pixels long, JPEG in sRGB, nothing of its metadata.

    masks: painted over before the copy is encoded, so that no trace of what was there is in it
    """
    try:
        with _opened(original) as picture:
            _check(picture)
            _load(picture, original)
            (width, height), (orientation, shot_at, device) = picture.size, _said(picture)
            copy = _copy(picture, orientation, masks)
            return Shrunk(copy=copy, width=width, height=height, shot_at=shot_at, device=device)
    except _RefusedError as refused:
        return refused.answer
    except UnidentifiedImageError:
        return Shrunk(refusal=Refusal.NO_PICTURE)
    except _BROKEN:
        return Shrunk(refusal=Refusal.TRUNCATED)


def _opened(original: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(original), formats=FORMATS)
    except _BROKEN as error:
        # A number in its metadata that is none keeps Pillow from opening what else is sound.
        bare = _without_metadata(original)
        if bare == original:
            raise UnidentifiedImageError from error
        return Image.open(BytesIO(bare), formats=("JPEG",))


def _without_metadata(original: bytes) -> bytes:
    """Return a JPEG without its segments of metadata (APP1); anything else as it is."""
    if not original.startswith(_JPEG):
        return original
    kept, at = [_JPEG], len(_JPEG)
    for begin, end in _segments(original):
        if original[begin + 1] != _METADATA:
            kept.append(original[begin:end])
        at = end
    return b"".join((*kept, original[at:]))


def _segments(original: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each segment of a JPEG begins and ends, those before its picture."""
    at = len(_JPEG)
    while original[at : at + 1] == b"\xff" and original[at : at + 2] not in {_SCAN, _END, b"\xff"}:
        is_fill = original[at + 1] == _FILL
        end = at + (1 if is_fill else 2 + int.from_bytes(original[at + 2 : at + 4]))
        yield at, end
        at = end


def _load(picture: Image.Image, original: bytes) -> None:
    """Decode all but a JPEG, and refuse what has lost a part that the decoder does without."""
    if _is_jpeg(picture):
        scan = max((end for _, end in _segments(original)), default=len(_JPEG))
        # A copy that broke off may have the length of the whole, with zeros for the rest: they are decoded as grey.
        if original.startswith(_SCAN, scan) and original.find(_END, scan) < 0:
            raise _RefusedError(Refusal.TRUNCATED, picture)
        return
    # Before its metadata are asked for: Pillow decodes it to find them, and what failed there is black the next time.
    picture.load()
    if picture.mode == "P" and picture.palette is None:
        raise _RefusedError(Refusal.TRUNCATED, picture)


def _check(picture: Image.Image) -> None:
    """Refuse by the head alone, before anything is decoded."""
    if picture.width * picture.height > (MOST_JPEG_PIXELS if _is_jpeg(picture) else MOST_PIXELS):
        raise _RefusedError(Refusal.TOO_LARGE, picture)
    # Of 32 bits to a pixel nobody says what is white.
    if picture.mode not in _SHOWN and not picture.mode.startswith(_GREY_16):
        raise _RefusedError(Refusal.COLOURS, picture)
    # The second picture in a JPEG (MPO) is the same scene for other eyes.
    if not _is_jpeg(picture) and picture.format != "HEIF" and getattr(picture, "n_frames", 1) > 1:
        raise _RefusedError(Refusal.SEVERAL, picture)
    if picture.format == "TIFF" and _RAW in picture.getexif():
        raise _RefusedError(Refusal.RAW, picture)
    width, height = _scaled(picture.width, picture.height)
    if min(width, height) < min(LEAST_SIDE, picture.width, picture.height) and max(width, height) == LONGEST_STRIP:
        raise _RefusedError(Refusal.STRIP, picture)


def _is_jpeg(picture: Image.Image) -> bool:
    return picture.format in {"JPEG", "MPO"}


def _scaled(width: int, height: int) -> tuple[int, int]:
    """Return how large the copy becomes."""
    longer, shorter = max(width, height), min(width, height)
    most = LONGEST_STRIP if longer > STRIP * shorter else LONGEST_SIDE
    factor = min(1.0, most / longer)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _said(picture: Image.Image) -> tuple[int, str, str]:
    """Return orientation (1 to 8), time of shooting and device; what cannot be read counts as not said."""
    orientation, shot_at, device = 1, "", ""
    with suppress(*_BROKEN):
        exif = picture.getexif()
        # libheif turns the picture itself, and so does the reader of TIFF.
        if picture.format not in {"HEIF", "TIFF"} and exif.get(_ORIENTATION) in _UPRIGHT:
            orientation = exif[_ORIENTATION]
        words = (_word(exif.get(_MAKE)), _word(exif.get(_MODEL)))
        device = " ".join(dict.fromkeys(filter(None, words)))[:_LONGEST_DEVICE]
        details = exif.get_ifd(_DETAILS)
        shot_at = _instant(_word(details.get(_SHOT_AT)), _word(details.get(_OFFSET)))
    return orientation, shot_at, device


def _word(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return clean_text(text.partition("\0")[0]).strip()


def _instant(said: str, offset: str) -> str:
    """Return the instant of a time as telephones write it; without an offset it is Beijing's."""
    with suppress(ValueError):
        at = datetime.strptime(said[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=BEIJING)
        with suppress(ValueError):
            at = at.replace(tzinfo=datetime.strptime(offset, "%z").tzinfo)
        text = instant_text(at.astimezone(UTC))
        return text if instant_in(text) is not None else ""
    return ""


def _copy(picture: Image.Image, orientation: int, masks: Sequence[Mask]) -> bytes:
    size = _scaled(picture.width, picture.height)
    # Lets the JPEG decoder skip what scaling would throw away.
    picture.draft("RGB", size)
    small = _eight_bits(picture)
    is_transparent = small.mode in _SEEN_THROUGH or "transparency" in small.info
    if is_transparent or small.mode not in _PLAIN:
        small = small.convert("RGBA" if is_transparent else "RGB")
    # As sharp as a copy needs after the decoder's own scaling, in two thirds of the time of the finest filter.
    small = small.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    small = _as_srgb(_on_white(small) if is_transparent else small, picture.info.get("icc_profile"))
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    # A new picture from the pixels alone: Pillow would copy place and telephone from the metadata of the old one.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    for mask in masks:
        box = (mask.x, mask.y, min(mask.x + mask.width, bare.width), min(mask.y + mask.height, bare.height))
        if box[0] >= box[2] or box[1] >= box[3]:
            raise _RefusedError(Refusal.MASK, bare)
        bare.paste(_COVER, box)
    kept = BytesIO()
    bare.save(kept, "JPEG", quality=JPEG_QUALITY)
    return kept.getvalue()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits as one of 8: converting alone makes white of all that is no black."""
    if not picture.mode.startswith(_GREY_16):
        return picture
    small = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if isinstance(seen_through := picture.info.get("transparency"), int):
        small.info["transparency"] = seen_through >> 8
    return small


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture with transparent parts on white: what was erased stays hidden."""
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _as_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture in the colours that are meant when no profile says others: the profile does not stay with it."""
    if profile:
        with suppress(ImageCms.PyCMSError, *_BROKEN):
            srgb, own = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB") or picture.convert("RGB")
    return picture.convert("RGB")
