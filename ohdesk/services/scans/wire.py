"""What the child is asked of a picture of a page, and what it says."""

from enum import StrEnum

import msgspec


class Refusal(StrEnum):
    """Why nothing is made of a picture; the first ones are those of pictures of any kind."""

    NO_PICTURE = "no_picture"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    COLOURS = "colours"
    RAW = "raw"
    PASSWORD = "password"  # noqa: S105 - of a PDF that asks for one
    DRAWN = "drawn"  # a page of a PDF without any picture: printed into a file, never on paper
    SEVERAL = "several"  # marks of different pages on one picture


class Asked(msgspec.Struct, frozen=True):
    """A file as it came, which of its pages is meant (from 0), and by how much it is turned (degrees clockwise)."""

    original: bytes
    part: int = 0
    turn: int = 0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A page upright (JPEG), or why there is none.

    text: of its mark, "" where none can be read · parts: pages in the file
    width, height: of a picture that is refused, in pixels
    """

    copy: bytes = b""
    text: str = ""
    parts: int = 1
    refusal: Refusal | None = None
    width: int = 0
    height: int = 0
