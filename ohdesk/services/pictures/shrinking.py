"""What becomes of one picture, whatever a telephone put into it: the copy that is kept, or why there is none.

Runs in a limited child: Pillow and libheif meet bytes from anywhere.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from ohdesk.domain.calendar import BEIJING, instant_in, instant_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.masking import Mask
from ohdesk.services.pictures.opening import BROKEN, RefusedError, bare, check, load, opened, parts
from ohdesk.services.pictures.wire import Refusal, Shrunk

LONGEST_SIDE = 1600  # pixels of a copy
LONGEST_STRIP = 3200  # of one more than three times as long as wide, a panorama or a long screenshot
LEAST_SIDE = 480  # pixels across a strip: with fewer, nobody reads what stands on it
STRIP = 3
JPEG_QUALITY = 85
_COVER = (64, 64, 64)  # unlike the black of a burnt lamp, it is seen to be a cover
_MAKE, _MODEL, _DETAILS, _SHOT_AT, _OFFSET = 0x010F, 0x0110, 0x8769, 0x9003, 0x9011
_LONGEST_DEVICE = 60  # characters


def shrink(original: bytes, masks: Sequence[Mask] = ()) -> Shrunk:
    """Return the copy of a picture: upright, at most 1600 pixels long, JPEG in sRGB, nothing of its metadata.

    masks: painted over before the copy is encoded, so that no trace of what was there is in it
    """
    try:
        with opened(original) as picture:
            _check(picture)
            load(picture, original)
            (width, height), (shot_at, device) = picture.size, _said(picture)
            copy = _copy(picture, masks)
            return Shrunk(copy=copy, width=width, height=height, shot_at=shot_at, device=device)
    except RefusedError as refused:
        return Shrunk(refusal=refused.why, width=refused.width, height=refused.height)
    except UnidentifiedImageError:
        return Shrunk(refusal=Refusal.NO_PICTURE)
    except BROKEN:
        return Shrunk(refusal=Refusal.TRUNCATED)


def _check(picture: Image.Image) -> None:
    """Refuse by the head alone what no copy is made of."""
    check(picture)
    if parts(picture) > 1:
        raise RefusedError(Refusal.SEVERAL, picture)
    width, height = _scaled(picture.width, picture.height)
    if min(width, height) < min(LEAST_SIDE, picture.width, picture.height) and max(width, height) == LONGEST_STRIP:
        raise RefusedError(Refusal.STRIP, picture)


def _scaled(width: int, height: int) -> tuple[int, int]:
    """Return how large the copy becomes."""
    longer, shorter = max(width, height), min(width, height)
    most = LONGEST_STRIP if longer > STRIP * shorter else LONGEST_SIDE
    factor = min(1.0, most / longer)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _said(picture: Image.Image) -> tuple[str, str]:
    """Return time of shooting and device; what cannot be read counts as not said."""
    shot_at, device = "", ""
    with suppress(*BROKEN):
        exif = picture.getexif()
        words = (_word(exif.get(_MAKE)), _word(exif.get(_MODEL)))
        device = " ".join(dict.fromkeys(filter(None, words)))[:_LONGEST_DEVICE]
        details = exif.get_ifd(_DETAILS)
        shot_at = _instant(_word(details.get(_SHOT_AT)), _word(details.get(_OFFSET)))
    return shot_at, device


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


def _copy(picture: Image.Image, masks: Sequence[Mask]) -> bytes:
    copy = bare(picture, _scaled(picture.width, picture.height))
    for mask in masks:
        box = (mask.x, mask.y, min(mask.x + mask.width, copy.width), min(mask.y + mask.height, copy.height))
        if box[0] >= box[2] or box[1] >= box[3]:
            raise RefusedError(Refusal.MASK, copy)
        copy.paste(_COVER, box)
    kept = BytesIO()
    copy.save(kept, "JPEG", quality=JPEG_QUALITY)
    return kept.getvalue()
