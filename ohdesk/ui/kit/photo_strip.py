"""Photos side by side: small pictures with their number and what they show."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ohdesk.domain.record import PhotoLine
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.label import Label, plain_tip
from ohdesk.ui.kit.lay import box, clear, column, row

_HEIGHT_ROWS, _LARGE_ROWS, _RATIO = 3, 5, 4 / 3  # rows of a table
_MOST = 5


class PhotoStrip(QWidget):
    """The photos of one question; announced ones as an empty frame with their number."""

    def __init__(self) -> None:
        super().__init__()
        self._row = row(of=self)
        self._row.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def show_photos(self, photos: Sequence[PhotoLine], pictures: Mapping[int, bytes], *, large: bool = False) -> None:
        """Show photos; `pictures` holds the JPEG bytes by number of those already fetched."""
        clear(self._row)
        for photo in photos[:_MOST]:
            self._row.addWidget(_tile(photo, pictures.get(photo.number), _LARGE_ROWS if large else _HEIGHT_ROWS))
        if len(photos) > _MOST:
            self._row.addWidget(Label(tr("另有 {count} 张", count=len(photos) - _MOST)))
        self.setVisible(bool(photos))


def _tile(photo: PhotoLine, picture: bytes | None, rows: int) -> QWidget:
    height = theme.size("row") * rows
    width = int(height * _RATIO)
    image = Label("", "photo")
    image.setFixedSize(width, height)
    image.setAlignment(Qt.AlignmentFlag.AlignCenter)
    if photo.announced:
        image.setText(tr("待补"))
    elif picture is not None:
        pixmap = QPixmap()
        pixmap.loadFromData(picture)
        scaled = pixmap.scaled(
            image.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        image.setPixmap(scaled)
    text = tr("{number} 号　{caption}", number=photo.number, caption=photo.caption)
    caption = Label("", "muted")
    # A long caption would make its tile wider than the others.
    caption.setText(caption.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width))
    caption.setToolTip(plain_tip(text))
    image.setAccessibleName(text)
    return box(column(image, caption, gap="gap_tiny"))
