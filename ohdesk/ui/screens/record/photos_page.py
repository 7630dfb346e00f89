"""Photos that were only announced when the record was signed: brought in by number, put onto a signed page."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal

from ohdesk.domain.record import PhotoLine
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record import photo_pages
from ohdesk.services.record.views import OpenRecord
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.photo_strip import PhotoStrip
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.record.seats import SeatsStep

_LIST_SHARE = 58  # per cent of the page


class PhotosPage(SeatsStep):
    """Emits `photo_wanted(number)` to have a file chosen, `advanced` when the page is signed."""

    photo_wanted = Signal(int)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit = ""
        self._photos: tuple[PhotoLine, ...] = ()
        self.header = self.put_header(tr("补照片"), tr("返回列表(&L)"))
        self.list = ListOrWhy("awaited_photos", tr("待补的照片"), _columns(), EmptyState("", ""))
        self.list.view.opened.connect(self._choose)
        self.choose = action("photo", tr("选择照片文件…(&C)"), self._choose)
        self.strip = PhotoStrip()
        self.sign = primary_action("stamp", tr("签名并生成照片说明页(&F)"), self.submit)
        note = tr("逐张选中编号，再选择对应的照片文件；笔录本身不变，照片另做一页，由两名检查人员签名。")
        photos = column(muted(note), grow(self.list), row(self.choose, grow()), self.strip)
        self.put_beside(box(photos), _LIST_SHARE, left=True)
        self.cards.addWidget(self.seats)
        self.add_actions(self.sign)

    def begin(self, record: OpenRecord) -> None:
        """Begin with a record; its photos are being read."""
        self.visit = record.visit
        self.header.say(f"{record.number}　{record.name}")
        self.seats.show_seats(())
        self.say_fault("")

    def show_photos(self, photos: Sequence[PhotoLine], pictures: Mapping[int, bytes]) -> None:
        """Show what is awaited, and what has come."""
        self._photos = tuple(photos)
        self.list.show_rows(photos)
        held = max(self.list.view.currentIndex().row(), 0)
        self.list.view.selectRow(next((place for place, photo in enumerate(photos) if photo.announced), held))
        self.strip.show_photos(self._come, pictures)
        self.show_state()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the list."""
        self.list.setFocus()

    def submit(self) -> None:
        """Sign the page with the photos that have come."""
        if self.sign.isEnabled():
            ctx, visit, signers = self.ctx, self.visit, self.seats.signers
            self.do(
                lambda: photo_pages.add_photo_page(ctx, visit, *signers).number, self._signed, tr("正在签名照片说明页")
            )

    def show_state(self) -> None:
        come, left = len(self._come), len(self._photos) - len(self._come)
        missing = [] if come else [tr("至少一张照片")]
        missing += [tr("{name}的签名", name=name) for name in self.seats.missing]
        ready = tr("已补 {come} 张，全部补齐。", come=come)
        if left:
            ready = tr("已补 {come} 张，其余 {left} 张以后还可以补。", come=come, left=left)
        self.show_missing(missing, tr("正在签名…") if self.is_busy else ready)
        self.sign.setEnabled(not missing)

    @property
    def _come(self) -> tuple[PhotoLine, ...]:
        return tuple(photo for photo in self._photos if not photo.announced)

    def _choose(self) -> None:
        photo = self.list.view.current()
        if photo is not None and not self.is_busy:
            self.photo_wanted.emit(photo.number)

    def _signed(self, number: str) -> None:
        self.done.emit(tr("照片说明页 {number} 已签名。", number=number))
        self.advanced.emit()


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
