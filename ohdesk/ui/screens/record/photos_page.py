"""Photos that were only announced when the record was signed: brought in by number, put onto a signed page."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.domain.record import PhotoLine
from ohdesk.i18n import tr
from ohdesk.services.record.signing import Seat, SecondSigner, SignerError
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.photo_strip import PhotoStrip
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView
from ohdesk.ui.screens.record.foot import Foot, frame
from ohdesk.ui.screens.record.seats_box import SeatsBox

_LIST_SHARE = 0.58  # of the page


class PhotosPage(QWidget):
    """Emits `photo_wanted(number)` to have a file chosen, `sign_wanted` when both inspectors can sign the page."""

    photo_wanted = Signal(int)
    sign_wanted = Signal()
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._photos: tuple[PhotoLine, ...] = ()
        self.header = Header(tr("补照片"))
        self.back = action("back", tr("返回列表(&L)"), self.back_wanted.emit)
        self.header.add(self.back)
        columns = _columns()
        self._table: PagedTable[PhotoLine] = PagedTable(columns)
        self.view = TableView("awaited_photos", tr("待补的照片"))
        self.view.show_table(self._table, columns)
        self.view.opened.connect(self._choose)
        self.choose = action("photo", tr("选择照片文件…(&C)"), self._choose)
        self.strip = PhotoStrip()
        self.seats = SeatsBox()
        self.seats.changed.connect(self._say_missing)
        self.seats.submitted.connect(self._submit)
        self.sign = primary_action("stamp", tr("签名并生成照片说明页(&F)"), self._submit)
        self.foot = Foot(self.sign)
        self._lay_out()

    @property
    def signers(self) -> tuple[SecondSigner, ...]:
        """The colleagues with their passwords."""
        return self.seats.signers

    def show_record(self, title: str, seats: Sequence[Seat]) -> None:
        """Begin with a record."""
        self._busy = False
        self.header.say(title)
        self.seats.show_seats(seats)
        self.foot.forgive()

    def show_photos(self, photos: Sequence[PhotoLine], pictures: Mapping[int, bytes]) -> None:
        """Show what is awaited, and what has come."""
        held = self.view.currentIndex().row()
        self._photos = tuple(photos)
        self._table.show_rows(len(photos), lambda offset, limit: self._photos[offset : offset + limit])
        open_ones = [place for place, photo in enumerate(photos) if photo.announced]
        self.view.selectRow(open_ones[0] if open_ones else max(held, 0))
        come = tuple(photo for photo in photos if not photo.announced)
        self.strip.show_photos(come, pictures)
        self.strip.setVisible(bool(come))
        self._say_missing()

    def focus_first(self) -> None:
        """Put the focus into the list."""
        self.view.setFocus()

    def set_busy(self) -> None:
        """The page is being signed."""
        self._busy = True
        self.foot.forgive()
        self._say_missing()

    def refuse(self, error: Exception) -> None:
        """Say what was refused, in its place."""
        self._busy = False
        self._say_missing()
        if isinstance(error, SignerError):
            self.seats.show_error(error)
        else:
            self.foot.refuse(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._busy:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, _row: object = None) -> None:
        photo = self.view.current()
        if photo is not None:
            self.photo_wanted.emit(photo.number)

    def _submit(self) -> None:
        if self.sign.isEnabled():
            self.sign_wanted.emit()

    def _say_missing(self) -> None:
        come = [photo for photo in self._photos if not photo.announced]
        missing = [] if come else [tr("至少一张照片")]
        missing += [tr("{name}的签名", name=name) for name in self.seats.missing]
        left = len(self._photos) - len(come)
        ready = tr("已补 {come} 张，其余 {left} 张以后还可以补。") if left else tr("已补 {come} 张，全部补齐。")
        busy = tr("正在签名…")
        self.foot.show_missing(missing, busy if self._busy else ready.format(come=len(come), left=left))
        self.sign.setEnabled(not missing and not self._busy)

    def _lay_out(self) -> None:
        note = QLabel(tr("逐张选中编号，再选择对应的照片文件；笔录本身不变，照片另做一页，由两名检查人员签名。"))
        note.setObjectName("muted")
        note.setWordWrap(True)
        left = QVBoxLayout()
        left.setSpacing(theme.size("gap_small"))
        left.addWidget(note)
        left.addWidget(self.view, 1)
        left.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.strip)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.seats)
        column.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        body.addLayout(left, round(_LIST_SHARE * 100))
        body.addWidget(Scrolled(right), round((1 - _LIST_SHARE) * 100))
        frame(self, self.header, body, self.foot)


def _columns() -> tuple[Column[PhotoLine], ...]:
    return (
        Column(tr("照片编号"), lambda photo: str(photo.number), 84, numeric=True),
        Column(tr("拍摄内容"), lambda photo: photo.caption or "—", 180),
        Column(tr("地点"), lambda photo: photo.place or "—", 110),
        Column(
            tr("状态"),
            lambda photo: tr("○ 待补") if photo.announced else tr("✔ 已补入"),
            110,
            kind=lambda photo: "warn" if photo.announced else "ok",
        ),
    )
