"""What the child says of a picture."""

from enum import StrEnum

import msgspec


class Refusal(StrEnum):
    """Why there is no copy."""

    NO_PICTURE = "no_picture"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    STRIP = "strip"  # shrunk, it could not be read
    COLOURS = "colours"  # 32 bits to a pixel, or LAB: nobody says how it looks
    RAW = "raw"
    SEVERAL = "several"  # pages, or pictures that move


class Shrunk(msgspec.Struct, frozen=True, kw_only=True):
    """The copy (JPEG) of a picture and what its telephone said, or why there is none.

    width, height: of the picture, pixels · shot_at: instant, "" unknown · device: maker and model, "" unknown
    """

    copy: bytes = b""
    refusal: Refusal | None = None
    width: int = 0
    height: int = 0
    shot_at: str = ""
    device: str = ""
