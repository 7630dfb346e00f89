"""照片: all photos of a visit: taken in from a folder, put to their items by digits, captioned, put in order."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import masking, photo_intake, photo_order, photos
from ohdesk.services.visit.masking import Uncovered
from ohdesk.services.visit.photo_intake import Intake
from ohdesk.services.visit.photo_order import Particulars, PhotosView, VisitPhoto
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.confirm import AskingLine
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_files, choose_folder, picture_kinds
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, muted, row, say, stack, text
from ohdesk.ui.kit.masking_pane import MaskingPane
from ohdesk.ui.kit.thumbnails import LARGEST, PictureView, Thumbnail, Thumbnails
from ohdesk.ui.screens.visit.photo_seeing import Seen, seen
from ohdesk.ui.screens.visit.photo_words import about, clock, counted, named, offered_lines, state
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import VisitPage

_AT_ONCE = 8  # thumbnails that are fetched together
_SHARE = 56  # per cent of the page that the thumbnails take


class PhotosPage(VisitPage):
    """Digits put the photo selected to what is offered, Enter enlarges it; what is typed is saved on leaving it."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._view: PhotosView | None = None
        self._refused: UserError | None = None
        self._small, self._large = Latest(self, aside=True), Latest(self, aside=True)
        self._lost: set[str] = set()
        self.list = Thumbnails(tr("照片"))
        self.nothing = EmptyState(
            tr("还没有照片"),
            tr("把手机或优盘里的照片文件夹一次收入；时间、归入的检查项由程序先提出，再用数字键确认。"),
            tr("收入文件夹…(&F)"),
            primary=False,
        )
        self._stack = stack(self.list, self.nothing)
        self.count = muted()
        self.picture = PictureView()
        self.name, self.about, self._offers = text("", "question"), muted(), muted()
        self.question, self.caption, self.place = LongChoice(), QLineEdit(), QLineEdit()
        self.fields = {
            "question": Field(tr("归入检查项"), self.question),
            "caption": Field(tr("说明"), self.caption),
            "place": Field(tr("地点"), self.place),
        }
        self.shown = QLineEdit()
        self.fields["shown"] = Field(tr("照片上电脑显示的时间"), self.shown, tr("如 09:15:07；不是当天的写上日期。"))
        self.clock = AskingLine(self.fields["shown"], words=tr("校正(&J)"), give=self._correct)
        self.masking = MaskingPane()
        self._make_actions()
        self._listen()
        self._lay_out()

    def _make_actions(self) -> None:
        self.accept = button(tr("都按时间归入(&P)"), act=self._settle_all)
        self.correct = button(tr("校正手机时间…(&K)"), tr("选中拍了电脑时钟的那张"), act=self._ask_for_clock)
        self.cover = button(tr("遮盖…(&G)"), tr("盖住人脸、姓名，只改副本"), act=self._ask_for_masks)
        self.clear = button(tr("其余无人脸(&W)"), tr("看过的照片上没有人脸和姓名"), act=self._ask_to_clear)
        self.restore = action("undo", tr("恢复移除的(&B)"), self._restore, "Ctrl+Z")
        self.attach = action("photo", tr("附照片  F6"), self.choose_files)
        self.evidence = button(tr("证据清单(&E)"), act=lambda: self.page_wanted.emit(Page.EVIDENCE))
        self.take = primary_action("add", tr("收入文件夹…(&F)"), self.choose_folder)
        self.back = button(tr("返回(&Y)"), "Esc", act=self.go_back)

    def _listen(self) -> None:
        self.nothing.wanted.connect(self.choose_folder)
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.list.digit.connect(self._settle)
        self.list.opened.connect(self._enlarge)
        self.list.removed.connect(self._remove)
        self.list.moved.connect(self._move)
        self.question.activated.connect(
            lambda _: self._describe(Particulars(question=str(self.question.currentData())))
        )
        self.caption.editingFinished.connect(self._save_words)
        self.place.editingFinished.connect(self._save_words)
        self.clock.closed.connect(self.list.setFocus)
        self.confirm.confirmed.connect(lambda _: self._clear())
        self.masking.saved.connect(self._mask)
        self.masking.closed.connect(self._masked)
        self.on_key("F6", self.choose_files)
        self.on_key("Ctrl+Z", self._restore)

    @property
    def current(self) -> VisitPhoto | None:
        """The photo that is selected."""
        shown = self._view.photos if self._view else ()
        return next((each for each in shown if each.id == self.list.current_key), None)

    def show_visit(self, view: VisitView) -> None:
        self.visit = view.id
        self.say_fault("")
        self._refused = None
        try:
            photos.check_allowed(self.ctx, view.id)
        except UserError as error:
            self._refused = error
            self.say_fault(error.whole)
        for each in (self.take, self.attach, self.nothing.button):
            each.setEnabled(self._refused is None)
        self.reload()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the photos."""
        (self.list if self._view and self._view.photos else self.take).setFocus()

    def reload(self) -> None:
        """Read again which photos there are."""
        if self.visit:
            self._show(photo_order.view(self.ctx, self.visit))

    def keep(self) -> None:
        """Save what was just typed."""
        self._save_words()

    def submit(self) -> None:
        """Save what is covered, or go on from a field: from the caption to the place, from there to the next photo."""
        if not self.masking.isHidden():
            self._mask()
        elif self.caption.hasFocus():
            self.place.setFocus()
            self.place.selectAll()
        elif self.place.hasFocus():
            self._take_place_of_before()
            self._save_words()
            self.list.setCurrentRow(min(self.list.currentRow() + 1, self.list.count() - 1))
            self.caption.setFocus()

    def go_back(self) -> None:
        """Give up covering, make the picture small again, else leave the page."""
        if not self.masking.isHidden():
            self.masking.put_away()
        elif self._left.isHidden():
            self._enlarge()
        else:
            super().go_back()

    def choose_folder(self) -> None:
        """Ask for a folder and take it in."""
        if self._refused is None and (folder := choose_folder(self, tr("收入照片的文件夹"))):
            self.take_folder(folder)

    def choose_files(self) -> None:
        """Ask for photos and take them in."""
        if self._refused is None and (paths := choose_files(self, tr("选择照片"), picture_kinds())):
            self._take_in(lambda: list(paths))

    def take_folder(self, folder: Path) -> None:
        """Take in the photos of a folder on the worker; it can be watched and stopped, and what came before stays."""
        self._take_in(partial(photo_intake.files_in, folder))

    def _take_in(self, files: Callable[[], list[Path]]) -> None:
        ctx, visit = self.ctx, self.visit
        self._save_words()
        job = self.work_reporting(
            lambda report: photo_intake.take_in(ctx, visit, files(), report=report),
            self._taken,
            tr("收入照片"),
            self._not_all_taken,
        )
        job.cancelled.connect(self._stopped)

    def _taken(self, intake: Intake) -> None:
        self._changed()
        if intake.taken:
            self.done.emit(tr("已收入 {count} 张照片。", count=len(intake.taken)))
        if intake.problem is not None:
            self.failed.emit(intake.problem)
        self._go_to_first_open()

    def _not_all_taken(self, error: Exception) -> None:
        self._changed()
        self.failed.emit(error)

    def _stopped(self) -> None:
        self._changed()
        self.done.emit(tr("已停止，前面收入的照片留着。"))

    def _go_to_first_open(self) -> None:
        shown = self._view.photos if self._view else ()
        first = next((place for place, each in enumerate(shown) if not each.settled and each.offers), -1)
        if first >= 0:
            self.list.setCurrentRow(first)
        self.focus_first()

    def _show(self, view: PhotosView, current: str = "") -> None:
        self._view = view
        self.list.show_those([self._thumbnail(each) for each in view.photos], current)
        self._stack.setCurrentWidget(self.list if view.photos else self.nothing)
        self._right.setVisible(bool(view.photos))
        self.take.setVisible(bool(view.photos))
        self.restore.setVisible(view.removed > 0)
        self.accept.setVisible(any(not each.settled and each.offers for each in view.photos))
        self.clear.setVisible(view.uncleared > 0)
        self.cover.setVisible(bool(view.photos))
        self.correct.setVisible(any(each.shot_at for each in view.photos))
        self.count.setText(counted(view))
        self._show_current()
        self._fetch()

    def _thumbnail(self, photo: VisitPhoto) -> Thumbnail:
        line = photo.line
        stands = tr("✗ 文件丢失") if photo.id in self._lost else state(photo, self._numbers())
        words = f"{line.number} · {clock(line)}\n{stands}"
        return Thumbnail(photo.id, words, tr("照片 {number}", number=line.number) + f" {stands} {line.caption}")

    def _numbers(self) -> dict[str, int]:
        return {each.id: each.number for each in self._view.form.questions} if self._view else {}

    def _fetch(self) -> None:
        """Fetch thumbnails that are not here, some at once, until all are."""
        shown = {each.id: each.line for each in self._view.photos} if self._view else {}
        wanted = [(key, shown[key]) for key in self.list.missing()[:_AT_ONCE] if not shown[key].announced]
        if wanted:
            self._small.ask(partial(seen, self.ctx, wanted, self.list.size_of_one), self._put)

    def _put(self, fetched: Sequence[Seen]) -> None:
        self.list.put({each.key: each.image for each in fetched})
        lost = {each.key for each in fetched if each.lost} - self._lost
        self._lost |= lost
        if lost:
            self.reload()
        else:
            self._fetch()

    def _show_current(self) -> None:
        photo = self.current
        self.clock.hide()
        if photo is None or self._view is None:
            return
        line = photo.line
        self.name.setText(tr("照片 {number}", number=line.number) + f"　{photo.file}")
        say(self.about, about(photo))
        by_id = self._view.form.by_id
        offered = [by_id[each] for each in photo.offers if each in by_id]
        say(self._offers, offered_lines(offered))
        rest = [each for each in self._view.form.questions if each not in offered]
        self.question.offer([("", tr("0 整次检查")), *((each.id, named(each)) for each in (*offered, *rest))])
        self.question.setCurrentIndex(max(0, self.question.findData(line.question)))
        self.caption.setText(line.caption)
        self.place.setText(line.place)
        before = self._place_before(line.number)
        self.place.setPlaceholderText(tr("同上一张：{place}  Enter", place=before) if before else "")
        if line.announced:
            self.picture.show_image(QImage())
        else:
            self._large.ask(partial(seen, self.ctx, [(photo.id, line)], LARGEST), self._show_large)

    def _show_large(self, fetched: Sequence[Seen]) -> None:
        self.picture.show_image(fetched[0].image, self.name.text())
        if fetched[0].lost:
            say(self.about, tr("✗ 文件已丢失或损坏，不能签名：请从手机重新补入，或移除。"))

    def _place_before(self, number: int) -> str:
        shown = self._view.photos if self._view else ()
        places = [each.line.place for each in shown if each.line.number < number and each.line.place]
        return places[-1] if places else ""

    def _take_place_of_before(self) -> None:
        if (photo := self.current) and not self.place.text().strip():
            self.place.setText(self._place_before(photo.line.number))

    def _save_words(self) -> None:
        photo = self.current
        if photo is None:
            return
        said = (self.caption.text().strip(), self.place.text().strip())
        if said != (photo.line.caption, photo.line.place):
            self._describe(Particulars(caption=said[0], place=said[1]))

    def _describe(self, said: Particulars) -> None:
        if photo := self.current:
            with self.refusing():
                photo_order.describe(self.ctx, self.visit, photo.line.number, said)
                self._changed()

    def _settle(self, digit: int) -> None:
        """Put the photo selected to what the digit stands for, and go on to the next that belongs to nothing yet."""
        photo = self.current
        if photo is None or digit > len(photo.offers):
            return
        self._describe(Particulars(question=photo.offers[digit - 1] if digit else ""))
        self.list.setCurrentRow(min(self.list.currentRow() + 1, self.list.count() - 1))

    def _settle_all(self) -> None:
        with self.telling():
            count = photo_order.settle_all(self.ctx, self.visit)
            self._changed()
            self.done.emit(tr("{count} 张照片已按时间归入。", count=count))
            self.list.setFocus()

    def _move(self, by: int) -> None:
        if (photo := self.current) and 1 <= photo.line.number + by <= self.list.count():
            with self.telling():
                photo_order.move(self.ctx, self.visit, photo.line.number, photo.line.number + by)
                self._changed(photo.id)

    def _remove(self) -> None:
        if photo := self.current:
            with self.telling():
                photo_order.remove(self.ctx, self.visit, photo.line.number)
                self._changed()
                self.done.emit(tr("照片 {number} 已移除。Ctrl+Z 恢复。", number=photo.line.number))
                self.focus_first()

    def _restore(self) -> None:
        with self.telling():
            number = photo_order.restore(self.ctx, self.visit)
            self._changed()
            self.list.setCurrentRow(number - 1)
            self.list.setFocus()

    def _ask_for_masks(self) -> None:
        """Show the photo as it came, and what is covered on it."""
        if (photo := self.current) and not photo.line.announced:
            uncovered = partial(masking.uncovered, self.ctx, self.visit, photo.line.number)
            self.work(uncovered, self._show_masks, tr("打开照片"))

    def _show_masks(self, photo: Uncovered) -> None:
        if self.current is not None and self.current.line.number == photo.number:
            self._make_room(masking=True)
            self.masking.show_photo(photo)

    def _mask(self) -> None:
        if photo := self.current:
            work = partial(masking.mask, self.ctx, self.visit, photo.line.number, self.masking.editor.masks())
            self.work(work, lambda _: self._saved_masks(photo.id), tr("遮盖照片"))

    def _saved_masks(self, key: str) -> None:
        self.list.forget(key)
        self.masking.put_away()
        self._changed(key)
        self.done.emit(tr("遮盖已存入副本，原件没有改动。"))

    def _masked(self) -> None:
        self._make_room(masking=False)
        self._show(photo_order.view(self.ctx, self.visit))
        self.list.setFocus()

    def _make_room(self, *, masking: bool) -> None:
        """Give the whole page to the photo that is being covered, or back to the others."""
        for each in (self._left, self._shown, *self._acts):
            each.setVisible(not masking)

    def _ask_to_clear(self) -> None:
        count = self._view.uncleared if self._view else 0
        asked = tr("{count} 张照片都看过，没有人脸、姓名要遮盖？", count=count)
        self.confirm.ask(asked, tr("都没有(&T)"), calm=True)

    def _clear(self) -> None:
        with self.telling():
            count = masking.clear(self.ctx, self.visit)
            self._changed()
            self.done.emit(tr("{count} 张照片已记为无人脸。", count=count))
            self.list.setFocus()

    def _enlarge(self) -> None:
        """Let the picture take the whole page, or give the rest its place back."""
        large = not self._left.isHidden()
        for each in (self._left, *self._fields):
            each.setVisible(not large)
        (self.picture if large else self.list).setFocus()

    def _ask_for_clock(self) -> None:
        self.shown.clear()
        self.fields["shown"].clear_error()
        self.clock.show()
        self.shown.setFocus()

    def _correct(self) -> None:
        if photo := self.current:
            with self.refusing():
                count = photo_order.correct_clock(self.ctx, self.visit, photo.line.number, self.shown.text())
                self.clock.give_up()
                self._changed()
                self.done.emit(tr("已校正这部手机的 {count} 张照片的时间。", count=count))

    def _changed(self, current: str = "") -> None:
        self._show(photo_order.view(self.ctx, self.visit), current)
        self.changed.emit(Change.VISITS)

    def _lay_out(self) -> None:
        keys = muted(tr("数字键归入，0 整次检查；Enter 放大，Delete 移除，Ctrl+← Ctrl+→ 换次序"))
        head = row(grow(self.count), self.clear)
        self._left = box(column(head, grow(self._stack), row(grow(keys), self.accept)))
        self._fields: tuple[QWidget, ...] = (
            *(self.fields[key] for key in ("question", "caption", "place")),
            self._offers,
        )
        parts = (row(grow(self.name), self.cover), self.about, self.clock, grow(self.picture), self._offers)
        fields = (self.fields["question"], row(grow(self.fields["caption"]), grow(self.fields["place"])))
        self._shown = box(column(*parts, *fields))
        self._right = box(column(self._shown, self.masking))
        self.put_beside(self._left, _SHARE, left=True)
        self.cards.addWidget(self._right)
        self.fill(self._right)
        self._acts = (self.restore, self.correct, self.attach, self.evidence, self.back, self.take)
        self.add_actions(*self._acts)
