"""Pictures from anywhere, opened: refused where they are none or too large, turned upright, freed of their metadata.

Runs in a limited child: Pillow and libheif meet bytes from anywhere.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, UnidentifiedImageError

from ohdesk.services.pictures.wire import Refusal

register_heif_opener()  # as one more format of Pillow's
Image.MAX_IMAGE_PIXELS = None  # asked here, by the head, with the size to be told

MOST_PIXELS = 40_000_000
MOST_JPEG_PIXELS = 120_000_000  # its decoder leaves out what scaling throws away, so more fits into the memory
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF")
_ORIENTATION = 0x0112
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
BROKEN = (OSError, ValueError, SyntaxError, TypeError, EOFError, ArithmeticError, LookupError, MemoryError)


class RefusedError(Exception):
    """Nothing is made of a picture of this size, in pixels."""

    def __init__(self, why: Refusal, picture: Image.Image) -> None:
        self.why, self.width, self.height = why, picture.width, picture.height


def opened(original: bytes) -> Image.Image:
    """Return a picture of which only the head is read. Raises UnidentifiedImageError, and what is in `BROKEN`."""
    try:
        return Image.open(BytesIO(original), formats=FORMATS)
    except BROKEN as error:
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


def load(picture: Image.Image, original: bytes) -> None:
    """Decode all but a JPEG, and refuse what has lost a part that the decoder does without."""
    if _is_jpeg(picture):
        scan = max((end for _, end in _segments(original)), default=len(_JPEG))
        # A copy that broke off may have the length of the whole, with zeros for the rest: they are decoded as grey.
        if original.startswith(_SCAN, scan) and original.find(_END, scan) < 0:
            raise RefusedError(Refusal.TRUNCATED, picture)
        return
    # Before its metadata are asked for: Pillow decodes it to find them, and what failed there is black the next time.
    picture.load()
    if picture.mode == "P" and picture.palette is None:
        raise RefusedError(Refusal.TRUNCATED, picture)


def check(picture: Image.Image) -> None:
    """Refuse by the head alone, before anything is decoded."""
    if picture.width * picture.height > (MOST_JPEG_PIXELS if _is_jpeg(picture) else MOST_PIXELS):
        raise RefusedError(Refusal.TOO_LARGE, picture)
    # Of 32 bits to a pixel nobody says what is white.
    if picture.mode not in _SHOWN and not picture.mode.startswith(_GREY_16):
        raise RefusedError(Refusal.COLOURS, picture)
    if picture.format == "TIFF" and _RAW in picture.getexif():
        raise RefusedError(Refusal.RAW, picture)


def parts(picture: Image.Image) -> int:
    """Return how many pictures are in the file."""
    # The second picture in a JPEG (MPO) is the same scene for other eyes.
    alone = _is_jpeg(picture) or picture.format == "HEIF"
    return 1 if alone else getattr(picture, "n_frames", 1)


def _is_jpeg(picture: Image.Image) -> bool:
    return picture.format in {"JPEG", "MPO"}


def bare(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture as `size` before it is turned upright, in sRGB, on white, nothing of its metadata with it."""
    orientation = _orientation(picture)
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
    return Image.frombytes("RGB", small.size, small.tobytes())


def _orientation(picture: Image.Image) -> int:
    """Return how it is to be turned, 1 to 8; what cannot be read counts as not said."""
    with suppress(*BROKEN):
        # libheif turns the picture itself, and so does the reader of TIFF.
        said = None if picture.format in {"HEIF", "TIFF"} else picture.getexif().get(_ORIENTATION)
        return said if said in _UPRIGHT else 1
    return 1


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
        with suppress(ImageCms.PyCMSError, *BROKEN):
            srgb, own = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB") or picture.convert("RGB")
    return picture.convert("RGB")
