"""Photos that were only announced when the record was signed: brought in by number, put onto a signed page."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from ohdesk.domain.record import PhotoLine
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record import photo_pages, signing
from ohdesk.services.record.signing import Seat
from ohdesk.services.record.views import OpenRecord
from ohdesk.services.visit import masking, photos
from ohdesk.services.visit.masking import Uncovered
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_file, picture_kinds
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.masking_pane import MaskingPane
from ohdesk.ui.kit.photo_strip import PhotoStrip
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.record.seats import SeatsStep

_LIST_SHARE = 58  # per cent of the page


class Awaited(NamedTuple):
    """Photos announced in a record: who signs the page they come on, the photos, and the pictures that have come."""

    seats: tuple[Seat, ...]
    photos: tuple[PhotoLine, ...]
    pictures: dict[int, bytes]


class PhotosPage(SeatsStep):
    """Emits `advanced` when the page is signed."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit = ""
        self._photos: tuple[PhotoLine, ...] = ()
        self.header = self.put_header(tr("补照片"), tr("返回列表(&L)"))
        # Without words for an empty list: only a record that awaits photos comes here.
        self.list = ListOrWhy("awaited_photos", tr("待补的照片"), _columns(), EmptyState("", ""))
        self.list.view.opened.connect(self._choose)
        self.choose = action("photo", tr("选择照片文件…(&C)"), self._choose)
        self.cover = button(tr("遮盖…(&G)"), tr("盖住人脸、姓名，只改副本"), act=self._ask_for_masks)
        self.masking = MaskingPane()
        self.masking.saved.connect(self._mask)
        self.masking.closed.connect(self._masked)
        self.strip = PhotoStrip()
        self.sign = primary_action("stamp", tr("签名并生成照片说明页(&F)"), self.submit)
        note = tr(
            "逐张选中编号，再选对应的照片文件；笔录不变，照片另做一页，由两名检查人员签名。有人脸、姓名的先遮盖。"
        )
        beside = column(muted(note), grow(self.list), row(self.choose, self.cover, grow()), self.strip)
        self._beside = box(beside)
        self.put_beside(self._beside, _LIST_SHARE, left=True)
        self.cards.addWidget(self.seats)
        self.cards.addWidget(self.masking)
        self.fill(self.masking)
        self.add_actions(self.sign)

    def begin(self, record: OpenRecord) -> None:
        """Begin with a record, and read its photos."""
        self.visit = record.visit
        self.header.say(f"{record.number}　{record.name}")
        self.seats.show_seats(())
        self.say_fault("")
        self._read()

    def bring_in(self, number: int, file: Path) -> None:
        """Store the file of an announced photo."""
        bring_in = partial(photos.bring_in_photo, self.ctx, self.visit, number, file)
        self.work(bring_in, lambda _change: self._read(), tr("正在保存照片"))

    def focus_first(self) -> None:
        """Put the focus into the list."""
        self.list.setFocus()

    def go_back(self) -> None:
        """Give up covering, else leave the page."""
        if self.masking.isHidden():
            super().go_back()
        else:
            self.masking.put_away()

    def submit(self) -> None:
        """Save what is covered, or sign the page with the photos that have come."""
        if not self.masking.isHidden():
            self._mask()
        elif self.sign.isEnabled():
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

    def _read(self) -> None:
        self.work(partial(_awaited, self.ctx, self.visit), self._show)

    def _show(self, awaited: Awaited) -> None:
        if not self.seats.cards:
            self.seats.show_seats(awaited.seats)
        self._photos = awaited.photos
        self.list.show_rows(awaited.photos)
        # The next one to bring in; where none is left, the selection stays.
        held = max(self.list.view.currentIndex().row(), 0)
        self.list.view.selectRow(next((place for place, photo in enumerate(awaited.photos) if photo.announced), held))
        self.strip.show_photos(self._come, awaited.pictures)
        self.show_state()
        self.focus_first()

    def _choose(self) -> None:
        photo = self.list.view.current()
        if photo is None or self.is_busy:
            return
        if file := choose_file(self, tr("选择照片 {number}", number=photo.number), picture_kinds()):
            self.bring_in(photo.number, file)

    def _ask_for_masks(self) -> None:
        photo = self.list.view.current()
        if photo is not None and not photo.announced and not self.is_busy:
            uncovered = partial(masking.uncovered, self.ctx, self.visit, photo.number)
            self.work(uncovered, self._show_masks, tr("打开照片"))

    def _show_masks(self, photo: Uncovered) -> None:
        self._make_room(masking=True)
        self.masking.show_photo(photo)

    def _mask(self) -> None:
        number, masks = self.masking.number, self.masking.editor.masks()
        work = partial(masking.mask, self.ctx, self.visit, number, masks)
        self.work(work, lambda _: self.masking.put_away(), tr("遮盖照片"))

    def _masked(self) -> None:
        self._make_room(masking=False)
        self._read()

    def _make_room(self, *, masking: bool) -> None:
        """Give the whole page to the photo that is being covered, or back to the others."""
        for each in (self._beside, self.seats, self.sign):
            each.setVisible(not masking)

    def _signed(self, number: str) -> None:
        self.done.emit(tr("照片说明页 {number} 已签名。", number=number))
        self.advanced.emit()


def _awaited(ctx: Context, visit: str) -> Awaited:
    lines = photo_pages.awaited_views(ctx, visit)
    pictures = {line.number: photos.photo_bytes(ctx, line) for line in lines if not line.announced}
    return Awaited(signing.seats(ctx, visit), lines, pictures)


def _state(photo: PhotoLine) -> str:
    if photo.masked:
        return tr("✔ 已遮盖 {count} 处", count=photo.masked)
    return tr("○ 待补") if photo.announced else tr("✔ 已补入")


def _columns() -> tuple[Column[PhotoLine], ...]:
    return (
        Column(tr("照片编号"), lambda photo: str(photo.number), 84, numeric=True),
        Column(tr("拍摄内容"), lambda photo: photo.caption or "—", 180),
        Column(tr("地点"), lambda photo: photo.place or "—", 110),
        Column(
            tr("状态"),
            _state,
            110,
            kind=lambda photo: "warn" if photo.announced else "ok",
        ),
    )
