"""The photos of a visit where they are taken: shown, chosen, stored one after the other, or announced."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from ohdesk.domain.record import PhotoLine
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding.earlier import earlier_photos
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit import photo_intake, photos
from ohdesk.services.visit.photo_intake import Intake, Taken
from ohdesk.services.visit.photos import Caption
from ohdesk.ui.kit.files import choose_files, picture_kinds
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column, grow, muted, row, say
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.photo_strip import PhotoStrip


class VisitPhotos(Page):
    """Those of one question, or of the visit as a whole where that is empty; emits `stored` when there are others.

    Of a finding that is looked at again, those of last time stand beside them.
    """

    stored = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = self._question = ""
        self._offered: tuple[QPushButton, ...] = ()
        self.refused: UserError | None = None  # why none may be kept, where that is so
        self.count = 0
        self._earlier: RectificationRow | None = None
        self._strip, self._strip_before = PhotoStrip(), PhotoStrip()
        self._now, self._before = muted(tr("这次")), muted()
        then = column(self._before, self._strip_before, gap="gap_tiny")
        now = column(self._now, self._strip, gap="gap_tiny")
        row(then, now, grow(), of=self, gap="gap")
        self.hide()

    def show_those_of(
        self,
        visit: str,
        question: str = "",
        read: Sequence[PhotoLine] | None = None,
        earlier: RectificationRow | None = None,
    ) -> None:
        """Show the photos of a question, at first as frames: the pictures are fetched on the worker.

        read: the photos of the visit, where they were just read · earlier: the finding that is looked at again
        """
        self._earlier = earlier
        if visit != self._visit:
            self._ask_whether(visit)
        self._visit, self._question = visit, question
        if read is None:
            self.reload()
        else:
            self._show(read)

    def reload(self) -> None:
        """Read again which photos there are."""
        if self._visit:
            self._show(photos.list_photos(self.ctx, self._visit))

    def _show(self, of_visit: Sequence[PhotoLine]) -> None:
        shown = tuple(each for each in of_visit if each.question == self._question)
        self.count = len(shown)
        self.setVisible(bool(shown))
        self._strip.show_photos(shown, {})
        self._show_before(())
        self.latest.forget()  # the pictures of another question
        held, earlier = [photo for photo in shown if not photo.announced], self._earlier
        if held or earlier:
            self.latest.ask(
                lambda: (
                    {photo.number: photos.photo_bytes(self.ctx, photo) for photo in held},
                    earlier_photos(self.ctx, earlier) if earlier else (),
                ),
                lambda read: self._show_pictures(shown, *read),
            )

    def _show_pictures(
        self, shown: Sequence[PhotoLine], pictures: Mapping[int, bytes], before: Sequence[tuple[PhotoLine, bytes]]
    ) -> None:
        large = len(before) == 1 and len(shown) <= 1  # there is room to see what has become of it
        self._strip.show_photos(shown, pictures, large=large)
        self._show_before(before, large=large)
        self.setVisible(bool(shown or before))

    def _show_before(self, before: Sequence[tuple[PhotoLine, bytes]], *, large: bool = False) -> None:
        on = self._earlier.found_on if self._earlier else ""
        say(self._before, tr("上次 {day}", day=on) if before else "")
        self._now.setVisible(bool(before))
        lines, pictures = [photo for photo, _ in before], {photo.number: data for photo, data in before}
        self._strip_before.show_photos(lines, pictures, large=large)

    def offer_by(self, *buttons: QPushButton) -> None:
        """Have these buttons grey, with the reason, where no photo may be kept."""
        self._offered = buttons
        self._say_whether()

    def _ask_whether(self, visit: str) -> None:
        self.refused = None
        try:
            photos.check_allowed(self.ctx, visit)
        except UserError as error:
            self.refused = error
        self._say_whether()

    def _say_whether(self) -> None:
        said = "" if self.refused is None else self.refused.whole
        for each in self._offered:
            each.setEnabled(not said)
            each.setToolTip(plain_tip(said))
            each.setAccessibleDescription(said)

    def choose(self) -> None:
        """Ask for files and store them."""
        if self.refused is not None:  # by its key
            self.failed.emit(self.refused)
            return
        paths = choose_files(self, tr("选择照片"), picture_kinds())
        if paths:
            self.attach(paths)

    def attach(self, paths: Sequence[Path]) -> None:
        """Store photos on the worker, so that it can be watched and stopped; those stored before a stop stay."""
        visit, question = self._visit, self._question
        caption = Caption(taken_by=self.ctx.actor.name, place=tr("检查现场"))
        job = self.work_reporting(
            lambda report: photo_intake.take_in(self.ctx, visit, paths, question, caption, report),
            self._say_taken,
            tr("保存照片"),
            self._say_failed,
        )
        job.cancelled.connect(self._say_stopped)

    def announce(self) -> None:
        """Give a photo its number; its bytes are brought in later."""
        with self.telling():
            photo = photos.announce_photo(self.ctx, self._visit, self._question, Caption(text=tr("照片随后补入")))
            self._say_stored((photo,))

    def _say_taken(self, intake: Intake) -> None:
        if intake.taken:
            self._say_stored(intake.taken)
        if problem := intake.problem:
            self.failed.emit(problem)

    def _say_stored(self, others: Sequence[PhotoLine | Taken]) -> None:
        self._take_note()
        numbers = "、".join(str(photo.number) for photo in others)
        self.done.emit(tr("{number} 号照片已登记。", number=numbers))

    def _say_failed(self, error: Exception) -> None:
        self._take_note()  # those before the bad one are stored
        self.failed.emit(error)

    def _say_stopped(self) -> None:
        self._take_note()
        self.done.emit(tr("已停止，前面保存的照片留着。"))

    def _take_note(self) -> None:
        self.reload()
        self.stored.emit()
