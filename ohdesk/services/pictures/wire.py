"""What the child is asked of a picture, and what it says."""

from enum import StrEnum

import msgspec

from ohdesk.domain.masking import Mask


class Refusal(StrEnum):
    """Why there is no copy."""

    NO_PICTURE = "no_picture"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    STRIP = "strip"  # shrunk, it could not be read
    COLOURS = "colours"  # 32 bits to a pixel, or LAB: nobody says how it looks
    RAW = "raw"
    SEVERAL = "several"  # pages, or pictures that move
    MASK = "mask"  # what is to be covered lies outside of it


class Asked(msgspec.Struct, frozen=True):
    """A picture as it came, and what is to be covered on its copy."""

    original: bytes
    masks: tuple[Mask, ...] = ()


class Shrunk(msgspec.Struct, frozen=True, kw_only=True):
    """The copy (JPEG) of a picture and what its telephone said, or why there is none.

    width, height: of the picture, pixels; of its copy, where a mask lies outside
    shot_at: instant, "" unknown · device: maker and model, "" unknown
    """

    copy: bytes = b""
    refusal: Refusal | None = None
    width: int = 0
    height: int = 0
    shot_at: str = ""
    device: str = ""
