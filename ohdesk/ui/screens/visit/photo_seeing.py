"""Photos read to be shown: each in the size it has in the page, or known to be lost."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ohdesk.domain.record import PhotoLine
from ohdesk.services.context import Context
from ohdesk.services.visit import photos
from ohdesk.ui.kit.thumbnails import jpeg_image


class Seen(NamedTuple):
    """A photo as it was read for its place in the page; lost: its bytes are gone."""

    key: str
    image: QImage
    lost: bool


def seen(ctx: Context, wanted: Sequence[tuple[str, PhotoLine]], size: QSize) -> list[Seen]:
    """Return photos by their keys, none larger than `size`; on any thread."""
    return [_one_seen(ctx, key, line, size) for key, line in wanted]


def _one_seen(ctx: Context, key: str, line: PhotoLine, size: QSize) -> Seen:
    try:
        return Seen(key, jpeg_image(photos.photo_bytes(ctx, line), size), lost=False)
    except photos.LostPhotoError:
        return Seen(key, QImage(), lost=True)
