"""Pictures as they are kept: upright, scaled, without the place and the telephone in their metadata."""

from io import BytesIO
from pathlib import Path

from ohdesk.errors import UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr

MOST_PIXELS = 40_000_000
MOST_BYTES = 40_000_000
LONGEST_SIDE = 1600  # pixels
JPEG_QUALITY = 85
_DOTS_PER_INCH = 150  # of a page that shows one
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


def clean_picture(original: bytes) -> bytes:
    """Return a picture as it is kept: upright, at most 1600 pixels long, JPEG, nothing of its metadata.

    Raises UserError when it cannot be decoded or has more than 40 million pixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # late: 4 MB that only a photo needs

    try:
        with Image.open(BytesIO(original), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UserError(
                    tr("照片太大：{width}×{height} 像素。", width=opened.width, height=opened.height),
                    tr("请用不超过 4000 万像素的照片。"),
                )
            # Lets the JPEG decoder skip what scaling would throw away.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise _no_picture() from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # A new picture from the pixels alone: Pillow would copy place and telephone from the metadata of the old one.
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    kept = BytesIO()
    bare.save(kept, "JPEG", quality=JPEG_QUALITY)
    return kept.getvalue()


def picture_bytes(source: Path | bytes) -> bytes:
    """Return the bytes of a picture that a person named. Raises UserError for too many, or where it cannot be read."""
    content = source if isinstance(source, bytes) else handed_in(source, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UserError(tr("照片文件超过 {limit} MB。", limit=MOST_BYTES // 1_000_000), tr("请另选较小的照片。"))
    return content


def picture_page(content: bytes) -> bytes:
    """Return a picture on a page of its own, as a PDF. Raises UserError when it cannot be decoded."""
    from PIL import Image, UnidentifiedImageError

    page = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            opened.convert("RGB").save(page, "PDF", resolution=_DOTS_PER_INCH)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise _no_picture() from error
    return page.getvalue()


def _no_picture() -> UserError:
    return UserError(tr("这个文件不是可用的照片。"), tr("请选择 JPG 或 PNG 照片；文件可能已损坏。"))
